"""What is sold at outlets only: the customer's code, what the outlet took down, yes or no."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST
from django_htmx.http import HttpResponseClientRefresh

from accounts.counter.states import ReleaseEnd
from accounts.signing.codes import UnableToSign
from brokerage.core import clock, masking
from brokerage.customers.own import customer_or_404, own_or_404
from brokerage.journal.actors import Actor
from brokerage.users.forms import CodeForm
from products.counter_states import CounterStatus
from products.models import Bid, CounterOrder, Order, SaleRelease
from products.rules.costs import bill
from products.selectors.counter import live_sale, newest_proposal, state_of
from products.use_cases.counter_ordering import (
    ask_again,
    confirm_order,
    refuse_order,
    send_code,
)
from products.use_cases.counter_releasing import end_sale, offer_sale
from products.use_cases.order_checks import LookAgain, UnableToOrder, terms_of_sale
from products.views.orders import decision_on, product_or_404
from suitability.explaining import explain
from suitability.models import Outcome
from suitability.rules.matching import Duty
from suitability.use_cases.duties import DutyOpen, NothingToSell, require_told
from suitability.use_cases.matching import UnableToMatch

CODE, REFUSE, END = "code", "refuse", "end"


@login_required
@require_POST
def at_outlet(request: HttpRequest, code: str) -> HttpResponse:
    """Make a code for an outlet, or lead to the one that is live; the match comes first."""
    customer, at = customer_or_404(request), clock.now()
    product = product_or_404(code, customer)
    try:
        decision = decision_on(request, customer, product)
        if decision.outcome == Outcome.REFUSED:
            return redirect("suitability:decision", ref=decision.ref)
        release = offer_sale(customer=customer, product=product, actor=_actor(request), at=at)
    except UnableToMatch:
        raise Http404 from None
    except UnableToOrder as refusal:
        messages.error(request, str(refusal))
        return redirect("products:product", code)
    return redirect("products:sale", release.ref)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def sale(request: HttpRequest, ref: UUID) -> HttpResponse:
    """The code; then what the outlet took down, with costs, risks and match, and the answer."""
    wanted = ("product__item", "product__issuer", "customer__user", "outlet", "helper")
    found = own_or_404(SaleRelease.objects.select_related(*wanted), request, ref)
    if request.method != "POST":
        seen = request.GET.get("seen")
        if seen is not None and getattr(request, "htmx", False):
            same = seen == state_of(found, newest_proposal(found), clock.now())
            return HttpResponse(status=204) if same else HttpResponseClientRefresh()
        return render(request, "products/sale.html", _page(found))
    if request.POST.get("act") == END:
        end_sale(
            release=found, ended_by=ReleaseEnd.CUSTOMER, actor=_actor(request), at=clock.now()
        )
        messages.success(request, _("Ended. The outlet can take nothing down for you now."))
        return redirect("products:sale", ref)
    proposal = newest_proposal(found)
    if proposal is None or request.POST.get("proposal") != str(proposal.ref):
        messages.error(request, _("Something has changed since you looked. Look once more."))
        return redirect("products:sale", ref)
    return _answer(request, found, proposal)


def _answer(request: HttpRequest, release: SaleRelease, proposal: CounterOrder) -> HttpResponse:
    """Send the code, confirm with it, or say no; a refusal is told and nothing is lost."""
    at, act, form = clock.now(), request.POST.get("act"), CodeForm()
    page: dict[str, Any] = {}
    try:
        if act == REFUSE:
            refuse_order(proposal=proposal, actor=_actor(request), at=at)
            messages.success(request, _("You said no. Nothing was ordered."))
        elif act == CODE:
            language = get_language() or "zh-hans"
            send_code(proposal=proposal, language=language, at=at)
        else:
            form = CodeForm(request.POST)
            if form.is_valid():
                made = confirm_order(
                    proposal=proposal,
                    code=form.cleaned_data["code"],
                    actor=_actor(request),
                    at=at,
                )
                return redirect(_page_of(made), made.ref)
            page["form"] = form
    except LookAgain as moved:
        return _asked_again(request, release, proposal, str(moved))
    except UnableToOrder as refusal:
        page["refused"] = str(refusal)
    except UnableToSign as refusal:
        page["form"] = _with_error(form, str(refusal))
    except DutyOpen:
        pass  # the page says what is owed
    if page:
        return render(request, "products/sale.html", _page(_again(release)) | page, status=422)
    return redirect("products:sale", release.ref)


def _page_of(made: Order | Bid) -> str:
    return "products:order" if isinstance(made, Order) else "products:bid"


def _asked_again(
    request: HttpRequest, release: SaleRelease, proposal: CounterOrder, changed: str
) -> HttpResponse:
    """Show match and day as they are now; the customer says yes anew."""
    page = {"changed": changed}
    try:
        ask_again(proposal=proposal, actor=_actor(request), at=clock.now())
    except UnableToOrder as refusal:
        page = {"refused": str(refusal)}
    return render(request, "products/sale.html", _page(_again(release)) | page, status=409)


def _page(release: SaleRelease) -> dict[str, Any]:
    """What the page shows; `live` while code or help still count."""
    at = clock.now()
    proposal = newest_proposal(release)
    live = live_sale(release, at)
    context: dict[str, Any] = {
        "release": release,
        "product": release.product,
        "live": live,
        "proposal": proposal,
        "state": state_of(release, proposal, at),
        "form": CodeForm(),
    }
    if live and proposal is not None and proposal.status == CounterStatus.PROPOSED:
        context |= _to_confirm(release, proposal)
    return context


def _to_confirm(release: SaleRelease, proposal: CounterOrder) -> dict[str, Any]:
    """What the customer reads before a yes: match, risks, costs, day, and what is still owed."""
    at, product = clock.now(), release.product
    terms = terms_of_sale(product, clock.today())
    user = release.customer.user
    found: dict[str, Any] = {
        "bill": bill(terms.table, proposal.amount),
        "book": proposal.book,
        "terms": terms,
        "decision": proposal.decision,
        "suits": proposal.decision.outcome == Outcome.MATCH,
        "told": explain(proposal.decision),
        "phone": masking.phone(str(user.phone or "")) if user else "",
        "sent": bool(proposal.code_hash),
    }
    try:
        require_told(decision=proposal.decision, at=at)
    except DutyOpen as due:
        found |= {"due": str(due), "route": due.duty is Duty.INSIST_ROUTE}
    except NothingToSell as refused:
        found["refused"] = str(refused)
    return found


def _again(release: SaleRelease) -> SaleRelease:
    wanted = ("product__item", "product__issuer", "customer__user", "outlet", "helper")
    return SaleRelease.objects.select_related(*wanted).get(pk=release.pk)


def _with_error(form: CodeForm, said: str) -> CodeForm:
    """The form with a refusal beside the code, also where none was typed yet."""
    if form.is_bound:
        form.add_error("code", said)
        return form
    fresh = CodeForm({})
    fresh.errors["code"] = fresh.error_class([said])
    return fresh


def _actor(request: HttpRequest) -> Actor:
    user: Any = request.user
    return Actor.of(user)
