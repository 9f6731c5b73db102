"""Bidding in a subscription book: look, read what has to be told, bid, follow."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from brokerage.core import clock
from brokerage.core.money import yuan
from brokerage.customers.models import Customer
from brokerage.customers.own import customer_or_404, own_or_404
from brokerage.journal.actors import Actor
from products.forms import BuyForm
from products.models import Bid, Book, BookCount
from products.selectors.books import bids_of, book_of
from products.selectors.counter import at_outlet_only
from products.selectors.pages import terms_on
from products.use_cases import bidding
from products.use_cases.order_checks import LookAgain, UnableToOrder
from products.views.orders import decision_on, product_or_404
from suitability.models import MatchRecord, Outcome
from suitability.rules.matching import Duty
from suitability.use_cases.duties import DutyOpen, require_told


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def book(request: HttpRequest, code: str) -> HttpResponse:
    """The book with its rule; how much → what it means → bid. What has to be told comes before."""
    customer = customer_or_404(request)
    product = product_or_404(code, customer)
    at = clock.now()
    found = book_of(product, at)
    if found is None:
        raise Http404
    terms = terms_on(product, clock.business_date(at))
    page: dict[str, Any] = {
        "product": product,
        "book": found,
        "terms": terms,
        "at_outlet": at_outlet_only(product, terms, at),
        "is_open": Book.objects.open(at).filter(pk=found.pk).exists(),
        "bids": bids_of(customer, found),
    }
    if request.method != "POST":
        start = {"amount": request.GET.get("amount", "")[:30], "key": uuid4()}
        return _page(request, page, BuyForm(initial=start))
    form = BuyForm(request.POST)
    if not form.is_valid():
        return _page(request, page, form, status=422)
    try:
        if request.POST.get("step") == "place":
            return _place(request, customer, found, form)
        return _preview(request, customer, form, page)
    except LookAgain as changed:
        page["changed"] = str(changed)
        return _page(request, page, form, status=409)
    except UnableToOrder as refusal:
        form.add_error(refusal.field or None, str(refusal))
        return _page(request, page, form, status=409)
    except DutyOpen:
        return _preview(request, customer, form, page)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def bid(request: HttpRequest, ref: UUID) -> HttpResponse:
    """One bid: where it stands and what it came to; POST takes it back."""
    wanted = ["book__product__item", "book__company", "outlet", "customer"]
    wanted += ["counter__release__outlet", "counter__release__helper"]
    rows = Bid.objects.select_related(*wanted)
    found = own_or_404(rows, request, ref)
    at = clock.now()
    if request.method == "POST":
        try:
            bidding.withdraw_bid(bid=found, actor=_actor(request), at=at)
        except UnableToOrder as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("You took the bid back."))
        return redirect("products:bid", ref=ref)
    context = {"bid": found, "can_withdraw": bidding.can_withdraw(found, at)}
    return render(request, "products/bid.html", context)


def _preview(
    request: HttpRequest, customer: Customer, form: BuyForm, page: dict[str, Any]
) -> HttpResponse:
    """Everything that can be known before, and what is still owed."""
    at = clock.now()
    found: Book = page["book"]
    amount = form.cleaned_data["amount"]
    count = BookCount.objects.filter(book=found).first()
    bidding.look_at_bid(customer, found, amount, at, count=count)
    decision = decision_on(request, customer, page["product"])
    if decision.outcome == Outcome.REFUSED:
        return redirect("suitability:decision", ref=decision.ref)
    try:
        require_told(decision=decision, at=at)
    except DutyOpen as due:
        page |= {"decision": decision, "due": str(due), "route": due.duty is Duty.INSIST_ROUTE}
        return _page(request, page, form)
    told = {"amount": yuan(amount), "key": form.cleaned_data["key"], "decision": decision.ref}
    return _page(request, page | {"amount": told["amount"]}, BuyForm(initial=told))


def _place(request: HttpRequest, customer: Customer, found: Book, form: BuyForm) -> HttpResponse:
    given = form.cleaned_data
    rows = MatchRecord.objects.select_related("item", "customer")
    decision = rows.filter(customer=customer, ref=given["decision"]).first()
    if decision is None:
        raise LookAgain(_("Look at what it costs first."))
    made = bidding.place_bid(
        customer=customer,
        book=found,
        amount=given["amount"],
        decision=decision,
        key=given["key"],
        actor=_actor(request),
        at=clock.now(),
    )
    return redirect("products:bid", ref=made.ref)


def _page(
    request: HttpRequest, page: dict[str, Any], form: BuyForm, *, status: int = 200
) -> HttpResponse:
    return render(request, "products/book.html", page | {"form": form}, status=status)


def _actor(request: HttpRequest) -> Actor:
    user: Any = request.user
    return Actor.of(user)
