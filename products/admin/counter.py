"""Orders at the counter: type the customer's code, see product and match, type the amount."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRefresh

from accounts.counter.forms import ReleaseCodeForm
from accounts.counter.states import ReleaseEnd
from accounts.use_cases.release_codes import UnableToRelease
from brokerage.backoffice.frame import page
from brokerage.backoffice.people import user_of
from brokerage.core import clock, roles, scope
from brokerage.journal.actors import Actor
from products.counter_access import SELL
from products.counter_states import CounterStatus
from products.forms import AmountForm
from products.models import Book, SaleRelease, Terms
from products.rules.costs import bill
from products.selectors.books import open_book_of
from products.selectors.counter import newest_proposal, open_sales, state_of
from products.selectors.orders import newest_decision
from products.use_cases.counter_ordering import propose_order, withdraw_order
from products.use_cases.counter_releasing import end_sale, outlets_to_sell_at, take_sale
from products.use_cases.order_checks import UnableToOrder, terms_of_sale
from suitability.models import MatchRecord
from suitability.rules.matching import Duty
from suitability.use_cases.duties import DutyOpen, NothingToSell, require_told

COUNTER, SALE = "admin:products_counter", "admin:products_sale"
CLOSE, WITHDRAW = "close", "withdraw"


def choose(request: HttpRequest) -> HttpResponse:
    """The outlets at whose counters this person sells; the only one is opened at once."""
    _need_sell(request)
    found = list(outlets_to_sell_at(request.user, clock.today())[:200])
    if len(found) == 1:
        return redirect(COUNTER, found[0].code)
    return page(request, "admin/products/counters.html", {"outlets": found})


def counter(request: HttpRequest, outlet: str) -> HttpResponse:
    """Type a code; beside it the purchases that customers opened to this person."""
    _need_sell(request)
    at = clock.now()
    unit = outlets_to_sell_at(request.user, clock.business_date(at)).filter(code=outlet).first()
    if unit is None:
        raise Http404
    form = ReleaseCodeForm(request.POST or None)
    if form.is_valid():
        code, helper = form.cleaned_data["code"], user_of(request)
        try:
            taken = take_sale(code=code, outlet=unit, helper=helper, at=at)
        except UnableToRelease as refusal:
            form.add_error("code", str(refusal))
        else:
            return redirect(SALE, taken.ref)
    context = {"unit": unit, "form": form, "sales": open_sales(request.user, at)}
    return page(request, "admin/products/counter.html", context)


def sale(request: HttpRequest, ref: UUID) -> HttpResponse:
    """One purchase that its customer opened to this person: the match, and the amount."""
    release = _sale_or_404(request, ref)
    if request.method != "POST":
        seen = request.GET.get("seen")
        if seen is not None and getattr(request, "htmx", False):
            same = seen == state_of(release, newest_proposal(release), clock.now())
            return HttpResponse(status=204) if same else HttpResponseClientRefresh()
        return _sale_page(request, release, AmountForm())
    act, helper, at = request.POST.get("act"), user_of(request), clock.now()
    assert release.outlet is not None, "an opened release has its outlet"
    if act == CLOSE:
        end_sale(release=release, ended_by=ReleaseEnd.STAFF, actor=Actor.of(helper), at=at)
        return redirect(COUNTER, release.outlet.code)
    if act == WITHDRAW:
        _withdraw(request, release)
        return redirect(SALE, ref)
    form = AmountForm(request.POST)
    if form.is_valid():
        amount = form.cleaned_data["amount"]
        try:
            propose_order(release=release, amount=amount, helper=helper, at=at)
        except UnableToOrder as refusal:
            form.add_error(refusal.field or None, str(refusal))
        else:
            return redirect(SALE, ref)
    return _sale_page(request, release, form)


def _withdraw(request: HttpRequest, release: SaleRelease) -> None:
    proposal = newest_proposal(release)
    if proposal is None:
        return
    try:
        withdraw_order(proposal=proposal, helper=user_of(request), at=clock.now())
    except UnableToOrder as refusal:
        messages.error(request, str(refusal))


def _sale_or_404(request: HttpRequest, ref: UUID) -> SaleRelease:
    """Still open to this person, or ended by the customer's yes, which is told; else a 404."""
    _need_sell(request)
    rows = SaleRelease.objects.select_related("customer", "product__item", "outlet")
    found = rows.filter(helper=user_of(request), ref=ref).first()
    if found is None:
        raise Http404
    ordered = found.proposals.filter(status=CounterStatus.ORDERED).exists()
    if not ordered and not open_sales(request.user, clock.now()).filter(pk=found.pk).exists():
        raise Http404
    return found


def _sale_page(request: HttpRequest, release: SaleRelease, form: AmountForm) -> HttpResponse:
    at, today = clock.now(), clock.today()
    proposal = newest_proposal(release)
    terms = terms_of_sale(release.product, today)
    decision = newest_decision(release.customer, release.product, today)
    context: dict[str, Any] = {
        "release": release,
        "product": release.product,
        "least": _least(release, terms, at),
        "form": form,
        "decision": decision,
        "decision_url": _decision_url(request, decision),
        "owed": _owed(decision, at),
        "proposal": proposal,
        "state": state_of(release, proposal, at),
        "waits": proposal is not None and proposal.status == CounterStatus.PROPOSED,
        "bill": bill(terms.table, proposal.amount) if proposal else None,
    }
    return page(request, "admin/products/sale.html", context)


def _least(release: SaleRelease, terms: Terms, at: datetime) -> Terms | Book:
    """Whose least amount and step count: of the open book, or of the terms of a fund."""
    return open_book_of(release.product, at) or terms


def _owed(decision: MatchRecord | None, at: datetime) -> str:
    """What stands between this customer and the purchase, in words for who sells; or nothing."""
    if decision is None:
        return _("The match is checked anew when you type the amount.")
    try:
        require_told(decision=decision, at=at)
    except DutyOpen as due:
        if due.duty is Duty.INSIST_ROUTE:
            return _(
                "It does not suit the customer. Who insists all the same goes that way on the "
                "phone or with a colleague who serves here; never invite to it."
            )
        return _(
            "The customer has still to be told what is owed before a purchase: on the phone, or "
            "by a colleague who serves here, with a double recording."
        )
    except NothingToSell as refused:
        return str(refused)
    return ""


def _decision_url(request: HttpRequest, decision: MatchRecord | None) -> str:
    """The page of the decision, for who may see it anyway: the release opens no more."""
    if decision is None or not scope.visible(MatchRecord, request.user).filter(pk=decision.pk):
        return ""
    return reverse("admin:suitability_matchrecord_change", args=[decision.ref])


def _need_sell(request: HttpRequest) -> None:
    """Refuse whoever takes down no orders; raises PermissionDenied."""
    if not roles.may(request.user, SELL):
        raise PermissionDenied
