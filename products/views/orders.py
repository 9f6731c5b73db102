"""Buying public funds: look, read what has to be told, order, follow."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from brokerage.core import clock
from brokerage.core.money import yuan
from brokerage.customers.models import Customer
from brokerage.customers.own import customer_or_404, customer_user_or_404, own_or_404
from brokerage.journal.actors import Actor
from products.forms import BuyForm
from products.models import Order, Product, Terms
from products.rules.costs import bill
from products.selectors.basket import with_basket
from products.selectors.books import bids_of
from products.selectors.mandates import mandates_of
from products.selectors.orders import decision_for, holdings_of, orders_of
from products.selectors.pages import product_for
from products.selectors.private import contracts_of
from products.selectors.shelf import matcher_of
from products.states import DONE, OPEN, Mode, Side
from products.use_cases import carrying
from products.use_cases.order_checks import (
    LookAgain,
    UnableToOrder,
    arrival_of,
    day_of,
    look_at_purchase,
)
from products.use_cases.placing import subscribe
from suitability.models import MatchRecord, Outcome
from suitability.rules.matching import Duty
from suitability.use_cases.duties import DutyOpen, require_told
from suitability.use_cases.matching import UnableToMatch


@login_required
@require_safe
def orders(request: HttpRequest) -> HttpResponse:
    """What I hold of funds, my orders, and what our desks prepare with me."""
    mine = Customer.objects.filter(user=customer_user_or_404(request))
    customer = with_basket(mine).first()
    before = request.GET.get("before", "")
    key = int(before) if before.isdecimal() and len(before) < 18 else None
    rows, more = orders_of(customer, before=key) if customer else ([], None)
    context = {
        "in_basket": customer.in_basket if customer else 0,
        "held": holdings_of(customer) if customer else [],
        "orders": rows,
        "bids": bids_of(customer) if customer else [],
        "contracts": contracts_of(customer) if customer else [],
        "mandates": mandates_of(customer) if customer else [],
        "next_url": f"?before={more}" if more else "",
    }
    return render(request, "products/orders.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def order(request: HttpRequest, ref: UUID) -> HttpResponse:
    """One order: where it stands and what it came to; POST takes it back."""
    wanted = ["product__item", "terms", "customer", "outlet", "company", "contract"]
    wanted += ["counter__release__outlet", "counter__release__helper"]
    rows = Order.objects.select_related(*wanted)
    found = own_or_404(rows, request, ref)
    at = clock.now()
    if request.method == "POST":
        try:
            carrying.cancel(order=found, actor=Actor.of(_user(request)), at=at)
        except UnableToOrder as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("You took the order back."))
        return redirect("products:order", ref=ref)
    context = {
        "order": found,
        "can_cancel": carrying.can_cancel(found, at),
        "arrives": arrival_of(found.terms, found.dealing_day)
        if found.side == Side.REDEEM and found.status in (*OPEN, *DONE)
        else None,
    }
    return render(request, "products/order.html", context)


@login_required
@require_POST
def check(request: HttpRequest, code: str) -> HttpResponse:
    """Keep the opinion on a product and show it; the customer asked for it."""
    customer = customer_or_404(request)
    product = product_or_404(code, customer)
    try:
        kept = decision_on(request, customer, product)
    except UnableToMatch:
        raise Http404 from None
    return redirect("suitability:decision", ref=kept.ref)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def buy(request: HttpRequest, code: str) -> HttpResponse:
    """How much → what it costs, for which day → ordered. What has to be told comes before."""
    customer = customer_or_404(request)
    product = product_or_404(code, customer)
    if product.mode != Mode.CART:
        raise Http404
    page: dict[str, Any] = {"product": product}
    if request.method != "POST":
        start = {"amount": request.GET.get("amount", "")[:30], "key": uuid4()}
        return buy_page(request, page, BuyForm(initial=start))
    form = BuyForm(request.POST)
    if not form.is_valid():
        return buy_page(request, page, form, status=422)
    placing = request.POST.get("step") == "place"
    try:
        if placing:
            return _place(request, customer, product, form)
        return _preview(request, customer, product, form, page)
    except UnableToOrder as refusal:
        if isinstance(refusal, LookAgain):
            page["changed"] = str(refusal)
            return _look_again(request, customer, product, form, page)
        form.add_error(refusal.field or None, str(refusal))
        return buy_page(request, page, form, status=409)
    except DutyOpen:
        return _preview(request, customer, product, form, page)


def _preview(
    request: HttpRequest, customer: Customer, product: Any, form: BuyForm, page: dict[str, Any]
) -> HttpResponse:
    """Everything that can be known before, and what is still owed."""
    at = clock.now()
    today = clock.business_date(at)
    amount = form.cleaned_data["amount"]
    terms = look_at_purchase(customer, product, amount, today)
    decision = decision_on(request, customer, product)
    if decision.outcome == Outcome.REFUSED:
        return redirect("suitability:decision", ref=decision.ref)
    try:
        require_told(decision=decision, at=at)
    except DutyOpen as due:
        page |= {"decision": decision, "due": str(due), "route": due.duty is Duty.INSIST_ROUTE}
        return buy_page(request, page, form)
    told = {
        "amount": yuan(amount),
        "key": form.cleaned_data["key"],
        "day": day_of(terms, at),
        "decision": decision.ref,
    }
    page |= {"bill": bill(terms.table, amount), "day": told["day"], "terms": terms}
    return buy_page(request, page, BuyForm(initial=told))


def _look_again(
    request: HttpRequest, customer: Customer, product: Any, form: BuyForm, page: dict[str, Any]
) -> HttpResponse:
    """Show once more what has changed; what was typed stays."""
    try:
        return _preview(request, customer, product, form, page)
    except UnableToOrder as refusal:
        form.add_error(refusal.field or None, str(refusal))
        return buy_page(request, page, form, status=409)


def _place(
    request: HttpRequest, customer: Customer, product: Product, form: BuyForm
) -> HttpResponse:
    given = form.cleaned_data
    rows = MatchRecord.objects.select_related("item", "customer")
    decision = rows.filter(customer=customer, ref=given["decision"]).first()
    if decision is None or given["day"] is None:
        raise LookAgain(_("Look at what it costs first."))
    made = subscribe(
        customer=customer,
        product=product,
        amount=given["amount"],
        decision=decision,
        day=given["day"],
        key=given["key"],
        actor=Actor.of(_user(request)),
        at=clock.now(),
    )
    return redirect("products:order", ref=made.ref)


def buy_page(
    request: HttpRequest, page: dict[str, Any], form: BuyForm, *, status: int = 200
) -> HttpResponse:
    """The page of buying; `page` has the product and what there is to say of it."""
    terms = Terms.objects.approved().on(clock.today()).filter(product=page["product"]).first()
    return render(
        request, "products/buy.html", {"terms": terms} | page | {"form": form}, status=status
    )


def decision_on(request: HttpRequest, customer: Customer, product: Product) -> MatchRecord:
    """Today's kept decision on a product, asked for by its customer; raises UnableToMatch."""
    return decision_for(
        customer,
        product,
        language=get_language() or "zh-hans",
        actor=Actor.of(_user(request)),
        at=clock.now(),
    )


def product_or_404(code: str, customer: Customer) -> Any:
    """The product for sale, where this customer may see it."""
    today = clock.today()
    try:
        return product_for(code, today, matcher_of(customer, today))
    except Product.DoesNotExist:
        raise Http404 from None


def _user(request: HttpRequest) -> Any:
    return request.user
