"""One suggestion, asked for by the customer: its reason, how it was ranked, and "not for me"."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from brokerage.core import clock
from brokerage.customers.own import customer_or_404, customer_user_or_404, own_or_404
from brokerage.customers.selectors import customer_of
from brokerage.journal.actors import Actor
from products.dated import ranking_on
from products.models import Mute, Offer, Product
from products.rules.ranking import Part
from products.states import HIDDEN, Family
from products.use_cases.offering import UnableToOffer, decline, mute, offer_of, suggest
from products.wording import PARTS, reason_of
from suitability.models import GradeChoice


@dataclass(frozen=True)
class Line:
    """A product of the ranking with its points, in the order of the parts."""

    product: Any
    points: list[Decimal]
    total: Decimal


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def for_me(request: HttpRequest) -> HttpResponse:
    """Today's suggestion; POST looks for one. Nothing is suggested before somebody asks."""
    writes = request.method == "POST"
    customer = customer_or_404(request) if writes else customer_of(customer_user_or_404(request))
    at = clock.now()
    context: dict[str, Any] = {}
    if request.method == "POST" and customer:
        try:
            suggest(customer=customer, actor=Actor.of(_user(request)), at=at)
        except UnableToOffer as refusal:
            context = {"refusal": str(refusal), "why": refusal.why.value}
        else:
            return redirect("products:for_me")
    offer = offer_of(customer, clock.today()) if customer else None
    rules = ranking_on(clock.today())
    muted = set(Mute.objects.filter(customer=customer).values_list("family", flat=True))
    families = [each for each in Family if each not in HIDDEN]
    context |= {
        "offer": offer,
        "muted": [each for each in families if each.value in muted],
        "weights": [(PARTS[part], weight) for part, weight in rules.weights.items()],
        "least": rules.least,
    }
    if offer is not None:
        parts = [part for part in Part if offer.points and part.value in offer.points[0]["parts"]]
        lines = _lines(offer, parts)
        context |= {"lines": lines, "parts": [PARTS[part] for part in parts]}
        if offer.product is not None and lines:
            context["reason"] = reason_of(offer.points[0]["parts"])
            context["grade"] = _grade(offer.product)
    status = 409 if "why" in context else 200
    return render(request, "products/for_me.html", context, status=status)


@login_required
@require_POST
def not_for_me(request: HttpRequest, ref: UUID) -> HttpResponse:
    """The customer turns a suggestion down."""
    offer = own_or_404(Offer.objects.all(), request, ref)
    decline(offer=offer, actor=Actor.of(_user(request)), at=clock.now())
    messages.success(request, _("We will not suggest it again for a while."))
    return redirect("products:for_me")


@login_required
@require_POST
def mute_family(request: HttpRequest) -> HttpResponse:
    """No suggestions of a family any more, or again."""
    customer = customer_or_404(request)
    family = request.POST.get("family", "")
    if family in Family.values:
        silent = request.POST.get("again") != "1"
        mute(
            customer=customer,
            family=Family(family),
            on=silent,
            actor=Actor.of(_user(request)),
            at=clock.now(),
        )
    return redirect("products:for_me")


def _lines(offer: Offer, parts: list[Part]) -> list[Line]:
    """The ranking of an offer; the parts are those of the rule that it rests on."""
    codes = [each["code"] for each in offer.points]
    rows = Product.objects.filter(item__code__in=codes).select_related("item")
    known = {row.item.code: row for row in rows}
    return [
        Line(
            known[each["code"]],
            [Decimal(each["parts"][part.value]) for part in parts],
            Decimal(each["total"]),
        )
        for each in offer.points
        if each["code"] in known
    ]


def _grade(product: Product) -> Any:
    """The grade of today; empty where it has lost it."""
    found: Any = Product.objects.for_sale(clock.today()).filter(pk=product.pk).first()
    return GradeChoice(found.grade).label if found else ""


def _user(request: HttpRequest) -> Any:
    return request.user
