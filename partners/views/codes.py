"""Campaign codes of the institution: begun, shown as QR image, counted, ended."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from branches.entry_codes import qr_png, qr_svg
from brokerage.core import clock, scope
from partners.forms import CampaignForm
from partners.models import Campaign
from partners.selectors import told_counts_of, visible_outlets
from partners.states import ApiScope
from partners.use_cases.campaigns import UnableToCampaign, end_campaign, make_campaign
from partners.views.frame import Desk, for_operators
from partners.views.refusals import tell

SHOWN = 50
"""Campaigns on one page."""


@require_http_methods(["GET", "HEAD", "POST"])
@for_operators()
def codes(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The campaigns, the newest first; POST begins one."""
    desk.need(ApiScope.CAMPAIGNS_WRITE)
    form = CampaignForm(
        request.POST if request.method == "POST" else None,
        outlets=visible_outlets(desk.partner.ref),
    )
    if form.is_valid():
        try:
            made = _begin(desk, dict(form.cleaned_data))
        except UnableToCampaign as refusal:
            tell(form, _named(refusal))
        else:
            messages.success(request, _("The code works from now on."))
            return redirect("partners:code", ref=made.ref)
    rows = _own(desk).order_by("-pk")
    before = request.GET.get("before", "")
    if before.isascii() and before.isdigit() and len(before) < 19:
        rows = rows.filter(pk__lt=int(before))
    found = list(rows[: SHOWN + 1])
    more = f"?before={found[SHOWN - 1].pk}" if len(found) > SHOWN else ""
    context = {"desk": desk, "campaigns": found[:SHOWN], "next_url": more, "form": form}
    context |= {"at": clock.now()}
    status = 422 if form.errors else 200
    return render(request, "partners/desk/codes.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@for_operators()
def code(request: HttpRequest, desk: Desk, ref: UUID) -> HttpResponse:
    """One campaign with its QR image and counts; POST ends it."""
    desk.need(ApiScope.CAMPAIGNS_WRITE)
    campaign = desk.own_or_404(_own(desk), ref)
    if request.method == "POST":
        try:
            end_campaign(campaign=campaign, actor=desk.actor, at=clock.now())
        except UnableToCampaign as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("The code leads nowhere any more."))
        return redirect("partners:code", ref=ref)
    at = clock.now()
    context = {
        "desk": desk,
        "campaign": campaign,
        "counts": told_counts_of(campaign, at),
        "address": _address(request, campaign),
        "living": Campaign.objects.living(at).filter(pk=campaign.pk).exists(),
    }
    return render(request, "partners/desk/code.html", context)


@require_safe
@for_operators()
def code_image(request: HttpRequest, desk: Desk, ref: UUID, kind: str) -> HttpResponse:
    """The QR image as a file, for print (SVG) or a page (PNG)."""
    desk.need(ApiScope.CAMPAIGNS_WRITE)
    address = _address(request, desk.own_or_404(_own(desk), ref))
    if kind == "png":
        return HttpResponse(qr_png(address), content_type="image/png")
    if kind == "svg":
        drawn = qr_svg(address).replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)
        return HttpResponse(drawn, content_type="image/svg+xml")
    raise Http404


def _begin(desk: Desk, values: dict[str, Any]) -> Campaign:
    """The last day counts as a whole, by the clock of Shanghai."""
    ends_at = datetime.combine(values.pop("last_day"), time(23, 59, 59), clock.SHANGHAI)
    return make_campaign(
        partner=desk.partner, ends_at=ends_at, actor=desk.actor, at=clock.now(), **values
    )


def _named(refusal: UnableToCampaign) -> UnableToCampaign:
    """The same with the name that the form has for the end."""
    names = {"ends_at": "last_day"}
    return UnableToCampaign({names.get(name, name): x for name, x in refusal.errors.items()})


def _own(desk: Desk) -> Any:
    return scope.visible(Campaign, desk.user).select_related("code", "unit", "partner")


def _address(request: HttpRequest, campaign: Campaign) -> str:
    return request.build_absolute_uri(reverse("branches:entry", args=[campaign.code.code]))
