"""Where a code leads, its picture, and the certificate of a registered broker."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_safe

from branches import entry_codes
from branches.models import Broker, EntryCode
from branches.selectors import profile_on
from brokerage.core import clock

PICTURES = {"svg": "image/svg+xml", "png": "image/png"}


@require_safe
def entry(request: HttpRequest, code: str) -> HttpResponse:
    """Who gave this code out and where it leads; the same page for dead and invented codes."""
    at = clock.now()
    found = entry_codes.find_living(code, at)
    if found is None:
        return render(request, "branches/code_gone.html", status=404)
    today = clock.business_date(at)
    context = {
        "code": found,
        "institution": found.institution_ref
        and entry_codes.institution_name(found.institution_ref),
        "profile": found.unit and profile_on(found.unit, today),
        "leads_to": entry_codes.destination(found),
    }
    return render(request, "branches/code.html", context)


@require_safe
def picture(request: HttpRequest, code: str, kind: str) -> HttpResponse:
    """The QR code of a living code as SVG or PNG."""
    found = entry_codes.find_living(code, clock.now())
    if found is None or kind not in PICTURES:
        raise Http404
    address = address_of(request, found)
    content = (
        entry_codes.qr_svg(address).encode() if kind == "svg" else entry_codes.qr_png(address)
    )
    response = HttpResponse(content, content_type=PICTURES[kind])
    response["Content-Disposition"] = f'inline; filename="{found.code}.{kind}"'
    return response


def address_of(request: HttpRequest, code: EntryCode) -> str:
    """The full address that the QR code holds."""
    return request.build_absolute_uri(reverse("branches:entry", args=[code.code]))


@require_safe
def broker(request: HttpRequest, number: str) -> HttpResponse:
    """The certificate of a registered broker, as it stands today."""
    found = Broker.objects.select_related("unit").filter(number=number.upper()).first()
    if found is None:
        return render(request, "branches/broker_unknown.html", {"number": number}, status=404)
    today = clock.today()
    address = request.build_absolute_uri(reverse("branches:broker", args=[found.number]))
    context = {
        "broker": found,
        "address": address,
        "qr": mark_safe(entry_codes.qr_svg(address)),  # noqa: S308 - made by segno
        "holds": found.holds_on(today),
        "today": today,
        "profile": profile_on(found.unit, today),
    }
    return render(request, "branches/broker.html", context)
