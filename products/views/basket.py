"""The basket of funds: put in, look at all of it, order it together."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from brokerage.core import clock
from brokerage.customers.models import Customer
from brokerage.customers.own import customer_or_404
from brokerage.journal.actors import Actor
from holdings.selectors.leftovers import free_cash_of
from products.forms import BasketForm, BuyForm
from products.models import Basket, BasketItem
from products.selectors.basket import open_basket
from products.selectors.pages import documents_by_product
from products.states import Mode
from products.use_cases.basket_checks import Hurdle, Inside, look_into
from products.use_cases.filling_basket import (
    agree_anew,
    change_basket,
    empty_basket,
    put_in_basket,
)
from products.use_cases.order_checks import UnableToOrder
from products.use_cases.ordering_basket import Outcome, Seen, order_basket
from products.views.orders import buy_page, decision_on, product_or_404
from suitability.use_cases.matching import UnableToMatch


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def put_in(request: HttpRequest, code: str) -> HttpResponse:
    """Put a fund in the basket; what is refused stands beside the amount on the page of buying.

    Nothing is to be seen here: whoever comes by a link chooses an amount there.
    """
    customer = customer_or_404(request)
    product = product_or_404(code, customer)
    if product.mode != Mode.CART:
        raise Http404
    if request.method != "POST":
        return redirect("products:buy", code=code)
    amount = request.POST.get("amount", "")
    form = BuyForm({"amount": amount, "key": request.POST.get("key") or uuid4()})
    if not form.is_valid():
        return buy_page(request, {"product": product}, form, status=422)
    try:
        put_in_basket(
            customer=customer,
            product=product,
            amount=form.cleaned_data["amount"],
            **_who_and_when(request),
        )
    except UnableToOrder as refusal:
        form.add_error(refusal.field or None, str(refusal))
        return buy_page(request, {"product": product}, form, status=409)
    messages.success(request, _("{name} is in your basket.").format(name=product))
    return redirect("products:basket")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def basket(request: HttpRequest) -> HttpResponse:
    """Each fund as it stands now; POST saves the amounts and does what was tapped."""
    customer = customer_or_404(request)
    found = open_basket(customer)
    if request.method == "POST" and found is not None:
        return _change(request, found)
    return _basket_page(request, found)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def order_together(request: HttpRequest) -> HttpResponse:
    """All that can be ordered with its costs and papers; POST orders what was seen."""
    customer = customer_or_404(request)
    if request.method == "POST":
        seen = [one for text in request.POST.getlist("seen")[:99] if (one := Seen.read(text))]
        done = order_basket(customer=customer, seen=seen, **_who_and_when(request))
        return _told(request, done)
    inside = look_into(open_basket(customer), clock.now())
    if not inside.ready:
        return redirect("products:basket")
    papers = documents_by_product([line.item.product_id for line in inside.ready])
    context = {
        "rows": [
            {"line": line, "seen": str(Seen.of(line)), "papers": papers[line.item.product_id]}
            for line in inside.ready
        ],
        "sums": inside.sums,
        "kept": len(inside.lines) - len(inside.ready),
    }
    return render(request, "products/basket_order.html", context | _money(customer, inside))


def _change(request: HttpRequest, found: Basket) -> HttpResponse:
    """Save the amounts; then take out, agree, read, or go on to the order."""
    verb, ref = _tapped(request)
    items = BasketItem.objects.waiting().filter(basket=found)
    item = next((each for each in items if each.ref == ref), None)
    out = ref if verb in ("out", "apart") else None
    form = BasketForm(
        request.POST, items=[] if verb == "empty" else [each for each in items if each.ref != out]
    )
    if not form.is_valid():
        return _basket_page(request, found, typed=form, status=422)
    given: dict[str, Any] = {"actor": Actor.of(_user(request)), "at": clock.now()}
    version = form.cleaned_data["version"]
    try:
        if verb == "empty":
            empty_basket(basket=found, version=version, **given)
        else:
            change_basket(basket=found, version=version, amounts=form.amounts, out=out, **given)
        if verb == "agree" and item is not None:
            agree_anew(item=item, **_who_and_when(request))
    except UnableToOrder as refusal:
        form.add_error(None, str(refusal))
        return _basket_page(request, open_basket(found.customer), typed=form, status=409)
    if verb in ("apart", "read") and item is not None:
        return _decision_page(request, found.customer, item)
    return redirect("products:basket_order" if verb == "look" else "products:basket")


def _basket_page(
    request: HttpRequest, found: Basket | None, typed: BasketForm | None = None, status: int = 200
) -> HttpResponse:
    """The basket as it is now; what was typed and not saved stays in its fields."""
    inside = look_into(found, clock.now())
    form = _form_of(found, inside, typed)
    context = {
        "form": form,
        "rows": [
            {"line": line, "field": form[form.names[line.item.ref]]} for line in inside.lines
        ],
        "inside": inside,
        "sums": inside.sums,
    }
    if found is not None and inside.lines:
        context |= _money(found.customer, inside)
    return render(request, "products/basket.html", context, status=status)


def _form_of(found: Basket | None, inside: Inside, typed: BasketForm | None) -> BasketForm:
    """A form of the funds that wait now, with what is wrong beside each amount."""
    data: dict[str, Any] = {"version": found.version if found else 0}
    data |= {f"amount-{line.item.ref}": str(line.item.amount) for line in inside.lines}
    if typed is not None:
        data |= {
            name: typed.data[name] for name in data if name != "version" and name in typed.data
        }
    form = BasketForm(data, items=[line.item for line in inside.lines])
    form.is_valid()
    for line in inside.lines:
        name = form.names[line.item.ref]
        if line.hurdle is Hurdle.AMOUNT and name not in form.errors:
            form.add_error(name, line.said)
    for said in typed.non_field_errors() if typed else ():
        form.add_error(None, said)
    return form


def _money(customer: Customer, inside: Inside) -> dict[str, Any]:
    """What the counter last told of the customer's cash, and how much is lacking beside it."""
    cash = free_cash_of(customer)
    lacking = max(inside.sums.amount - cash.amount, Decimal(0)) if cash else Decimal(0)
    return {"cash": cash, "lacking": lacking}


def _decision_page(request: HttpRequest, customer: Customer, item: BasketItem) -> HttpResponse:
    """Today's kept match, from which what is owed is read and the insist route begins."""
    try:
        kept = decision_on(request, customer, item.product)
    except UnableToMatch as refusal:
        messages.error(request, str(refusal))
        return redirect("products:basket")
    return redirect("suitability:decision", ref=kept.ref)


def _told(request: HttpRequest, done: Outcome) -> HttpResponse:
    """What was ordered and what was not, each by its name; on to where the rest waits."""
    number = len(done.placed)
    if number:
        said = ngettext("{n} order was placed.", "{n} orders were placed.", number)
        messages.success(request, said.format(n=number))
    for one in done.refused:
        said = _("{name} was not ordered: {why}")
        messages.error(request, said.format(name=one.name, why=one.why))
    if not number and not done.refused:
        messages.error(request, _("Nothing was ordered. Look at what it costs first."))
    return redirect("products:orders" if number and not done.refused else "products:basket")


def _tapped(request: HttpRequest) -> tuple[str, UUID | None]:
    """What the button says: a verb, and the ref of the fund that it is about."""
    verb, _colon, ref = request.POST.get("act", "save").partition(":")
    try:
        return verb, UUID(ref) if ref else None
    except ValueError:
        return "save", None


def _who_and_when(request: HttpRequest) -> dict[str, Any]:
    return {
        "language": get_language() or "zh-hans",
        "actor": Actor.of(_user(request)),
        "at": clock.now(),
    }


def _user(request: HttpRequest) -> Any:
    return request.user
