"""Selling units of a fund: how many, what they bring and when, then ordered; always open."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.life.states import Ability
from brokerage.core import clock
from brokerage.customers.models import Customer
from brokerage.customers.own import customer_or_404
from brokerage.journal.actors import Actor
from products.forms import SellForm
from products.models import Holding
from products.selectors.orders import estimate_of_sale
from products.use_cases.order_checks import (
    LookAgain,
    UnableToOrder,
    arrival_of,
    check_units,
    day_of,
    require_able,
    terms_of_sale,
)
from products.use_cases.placing import redeem


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def sell(request: HttpRequest, code: str) -> HttpResponse:
    """How many units → what they bring, for which day → ordered; always open."""
    customer = customer_or_404(request)
    if "\x00" in code:
        raise Http404
    held = (
        Holding.objects.select_related("product__item")
        .filter(customer=customer, product__item__code=code, units__gt=0)
        .first()
    )
    if held is None:
        raise Http404
    page: dict[str, Any] = {
        "product": held.product,
        "held": held,
        "free": held.units - held.reserved,
    }
    if request.method != "POST":
        start = {"key": uuid4(), "units": request.GET.get("units", "")[:30]}
        return _page(request, page, SellForm(initial=start, free=page["free"]))
    form = SellForm(request.POST, free=page["free"])
    if not form.is_valid():
        return _page(request, page, form, status=422)
    try:
        if request.POST.get("step") == "place":
            return _place(request, customer, held, form)
        return _shown(request, customer, held, form, page)
    except LookAgain as changed:
        return _shown(request, customer, held, form, page | {"changed": str(changed)})
    except UnableToOrder as refusal:
        return _refused(request, form, page, refusal)


def _shown(
    request: HttpRequest, customer: Customer, held: Holding, form: SellForm, page: dict[str, Any]
) -> HttpResponse:
    try:
        return _preview(request, customer, held, form, page)
    except UnableToOrder as refusal:
        return _refused(request, form, page, refusal)


def _preview(
    request: HttpRequest, customer: Customer, held: Holding, form: SellForm, page: dict[str, Any]
) -> HttpResponse:
    """What the units would bring by the newest value, the fee of their lots, and the day."""
    at = clock.now()
    units = form.cleaned_data["units"]
    require_able(customer, Ability.SELL)
    check_units(held, units)
    terms = terms_of_sale(held.product, clock.business_date(at))
    day = day_of(terms, at)
    told = {"units": f"{units:f}", "key": form.cleaned_data["key"], "day": day}
    page |= {
        "units": units,
        "day": day,
        "terms": terms,
        "arrives": arrival_of(terms, day),
        "bill": estimate_of_sale(customer, held.product, terms, units, day),
    }
    return _page(request, page, SellForm(initial=told, free=page["free"]))


def _refused(
    request: HttpRequest, form: SellForm, page: dict[str, Any], refusal: UnableToOrder
) -> HttpResponse:
    form.add_error(refusal.field or None, str(refusal))
    return _page(request, page, form, status=409)


def _place(
    request: HttpRequest, customer: Customer, held: Holding, form: SellForm
) -> HttpResponse:
    if form.cleaned_data["day"] is None:
        raise LookAgain(_("Look at what it brings first."))
    made = redeem(
        customer=customer,
        product=held.product,
        units=form.cleaned_data["units"],
        key=form.cleaned_data["key"],
        day=form.cleaned_data["day"],
        actor=_actor(request),
        at=clock.now(),
    )
    return redirect("products:order", ref=made.ref)


def _page(
    request: HttpRequest, page: dict[str, Any], form: SellForm, *, status: int = 200
) -> HttpResponse:
    return render(request, "products/sell.html", page | {"form": form}, status=status)


def _actor(request: HttpRequest) -> Actor:
    user: Any = request.user
    return Actor.of(user)
