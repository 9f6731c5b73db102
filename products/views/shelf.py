"""The shelf and the page of a product: the same for every visitor, matched for a customer."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from brokerage.core import clock
from brokerage.core.display import formats
from brokerage.core.everybody import for_everybody, has_session, kept_by_caches
from brokerage.customers.models import Customer
from brokerage.customers.own import customer_or_404
from brokerage.users.models import Kind
from products.families import ATTRIBUTES
from products.forms import AmountForm, WishForm
from products.models import Product, Terms
from products.rules.costs import bill
from products.selectors.basket import with_basket
from products.selectors.books import book_of
from products.selectors.counter import at_outlet_only
from products.selectors.pages import (
    Opinion,
    documents_of,
    history_of,
    mine_of,
    near_of,
    opinion_of,
    product_for,
    terms_on,
)
from products.selectors.shelf import Matcher, matcher_of, open_shelf, own_shelf
from products.states import Channel, Family, Mode
from products.use_cases.order_checks import (
    UnableToOrder,
    place_of,
    require_channel,
    require_unit,
)
from products.wording import fee_lines
from suitability.models import Exposure, GradeChoice, InsistCase
from suitability.rules.matching import is_professional
from suitability.states import InsistStatus
from suitability.use_cases.matching import record_exposures

AMOUNTS = (Decimal(10_000), Decimal(100_000))


@require_safe
@for_everybody
def shelf(request: HttpRequest) -> HttpResponse:
    """What is for sale; for a customer what of it suits, unless they ask for everything."""
    today = clock.today()
    matcher = matcher_for(request)
    professional = matcher is not None and is_professional(matcher.investor, today)
    form = WishForm(request.GET, hidden=professional)
    wish = form.wish(request.GET.get("after", ""))
    own = matcher is not None and not request.GET.get("all")
    page = own_shelf(matcher, wish) if own and matcher else open_shelf(today, wish)
    context = {
        "form": form,
        "wish": wish,
        "page": page,
        "own": own,
        "customer": matcher is not None,
        "in_basket": in_basket(matcher),
        "assessed": matcher is not None and (matcher.investor.investor_class or professional),
        "all": bool(request.GET.get("all")),
        "more_url": _with(request, after=page.more) if page.more else "",
        "all_url": _with(request, all="1", after=""),
        "own_url": _with(request, all="", after=""),
    }
    return render(request, "products/shelf.html", context)


@require_safe
def product(request: HttpRequest, code: str) -> HttpResponse:
    """Whether it suits, what it costs, its risks, its past; in this order."""
    today = clock.today()
    matcher = matcher_for(request)
    try:
        found = product_for(code, today, matcher)
    except Product.DoesNotExist:
        return _not_for_sale(request, code)
    terms = terms_on(found, today)
    form = AmountForm(request.GET if "amount" in request.GET else None)
    amount = max(AMOUNTS[0], terms.minimum)
    if form.is_bound and form.is_valid():
        amount = form.cleaned_data["amount"]
    opinion = opinion_of(matcher, found) if matcher else None
    why_not = _why_not(request, found, terms, opinion)
    online = found.mode == Mode.CART and not why_not
    context = {
        "product": found,
        "grade": GradeChoice(found.grade).label,
        "terms": terms,
        "opinion": opinion,
        "book": book_of(found, clock.now()) if found.mode == Mode.BOOK else None,
        "why_not": why_not,
        "can_buy": online and _may_buy(request, found, opinion),
        "in_basket": in_basket(matcher),
        "talk_url": _talk_url(found),
        "at_outlet": at_outlet_only(found, terms, clock.now())
        and _may_buy(request, found, opinion),
        "form": form if form.is_bound else AmountForm(initial={"amount": amount}),
        "bill": bill(terms.table, amount),
        "fees": fee_lines(terms.table),
        "attributes": _attributes(found),
        "documents": documents_of(found),
        "history": history_of(found, today),
    }
    return kept_by_caches(request, render(request, "products/product.html", context))


@login_required
@require_POST
def shown(request: HttpRequest, code: str) -> HttpResponse:
    """What is close to a product that does not suit, and suits: a part of its page.

    The page asks for it once it is there, so that nothing is shown that is not an exposure, and
    the page itself, a GET, writes nothing.
    """
    customer, at = customer_or_404(request), clock.now()
    matcher = matcher_of(customer, clock.business_date(at))
    try:
        found = product_for(code, matcher.on, matcher)
    except Product.DoesNotExist:
        raise Http404 from None
    near = near_of(matcher, found)
    if not near:
        return HttpResponse(status=204)
    refs = [one.item.ref for one in near]
    record_exposures(customer=customer, refs=refs, way=Exposure.Way.SHOWN, at=at)
    return render(request, "products/parts/near.html", {"near": near})


def _not_for_sale(request: HttpRequest, code: str) -> HttpResponse:
    """What the customer holds or has ordered of it; 404 for everybody else."""
    customer = _customer_of(request)
    mine = mine_of(code, customer) if customer else None
    if mine is None:
        raise Http404
    return render(request, "products/not_for_sale.html", {"mine": mine})


def matcher_for(request: HttpRequest) -> Matcher | None:
    """Of the customer who is signed in; nobody else has a shelf of their own."""
    customer = _customer_of(request)
    return matcher_of(customer, clock.today()) if customer else None


def _customer_of(request: HttpRequest) -> Customer | None:
    if not has_session(request) or getattr(request.user, "kind", "") != Kind.CUSTOMER:
        return None
    return with_basket(Customer.objects.filter(user=request.user.pk)).first()


def in_basket(matcher: Matcher | None) -> int:
    """How many funds wait in the basket of the customer who looks; asks nothing."""
    return getattr(matcher.customer, "in_basket", None) or 0 if matcher else 0


def _why_not(request: HttpRequest, product: Any, terms: Terms, opinion: Opinion | None) -> str:
    """Why a customer cannot buy it on the portal, before they choose an amount; or nothing."""
    if opinion is None or product.mode not in (Mode.CART, Mode.BOOK):
        return ""
    try:
        require_channel(terms, Channel.ONLINE)
        customer = _customer_of(request) if terms.unit_id else None
        if customer is not None and customer.home_outlet_ref:
            require_unit(terms, place_of(customer, clock.today()).outlet, clock.today())
    except UnableToOrder as refusal:
        return str(refusal)
    return ""


def _may_buy(request: HttpRequest, product: Any, opinion: Opinion | None) -> bool:
    """What suits, or what the customer went the whole insist route for today."""
    if opinion is None or opinion.suits:
        return opinion is not None
    return InsistCase.objects.filter(
        customer__user=request.user.pk,
        record__item=product.item_id,
        record__decided_on=clock.today(),
        status=InsistStatus.CONFIRMED,
    ).exists()


def _talk_url(product: Any) -> str:
    """Where to book an appointment about what is not bought on the portal; the outlet reads it."""
    if product.mode not in (Mode.APPOINTMENT, Mode.PIPELINE):
        return ""
    purpose = "institution_visit" if product.mode == Mode.PIPELINE else "wealth_talk"
    asked = {"purpose": purpose, "subject": product.ref, "step": "product"}
    return f"{reverse('visits:new')}?{urlencode(asked)}"


def _attributes(product: Any) -> list[tuple[Any, str]]:
    """What its family says of itself, in the reader's language."""
    lines = []
    for asked in ATTRIBUTES[Family(product.family)]:
        value = product.attributes.get(asked.key)
        if value is None:
            continue
        if asked.is_date:
            text = formats.day(date.fromisoformat(value), year=True)
        else:
            text = value["zh" if formats.is_chinese() else "en"]
        lines.append((asked.label, text))
    return lines


def _with(request: HttpRequest, **changed: str) -> str:
    """The address with some parts of its query changed; empty parts are left out."""
    given = {key: request.GET.get(key, "") for key in ("family", "grade", "q", "all", "after")}
    return "?" + urlencode({key: value for key, value in (given | changed).items() if value})
