"""Which approved materials an institution may show today, with their files."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from brokerage.core import clock, scope
from brokerage.files import api as files
from partners.models import Material
from partners.states import OPEN_MATERIALS, ApiScope, MaterialState
from partners.views.frame import Desk, for_operators

SHOWN = 100
"""Versions on the page, the newest first; older ones stand in the API."""


@require_safe
@for_operators()
def materials(request: HttpRequest, desk: Desk) -> HttpResponse:
    """What may be shown today and from a later day on, and what no longer may."""
    desk.need(ApiScope.MATERIALS_READ)
    rows = list(_own(desk).order_by("-pk")[:SHOWN])
    for row in rows:
        row.last_day = row.valid_to - timedelta(days=1)
        row.state_label = MaterialState(row.state).label
    context = {
        "desk": desk,
        "today": [row for row in rows if row.state == MaterialState.IN_FORCE],
        "later": [row for row in rows if row.state == MaterialState.SCHEDULED],
        "over": [row for row in rows if row.state not in OPEN_MATERIALS],
    }
    return render(request, "partners/desk/materials.html", context)


@require_safe
@for_operators()
def material_file(request: HttpRequest, desk: Desk, ref: UUID) -> HttpResponseBase:
    """The checked file of a version that may be shown; none of any other."""
    desk.need(ApiScope.MATERIALS_READ)
    row: Material = desk.own_or_404(_own(desk), ref)
    if row.state not in OPEN_MATERIALS:
        raise Http404
    return files.serve(request, row.file, at=clock.now())


def _own(desk: Desk) -> Any:
    rows: Any = scope.visible(Material, desk.user)
    return rows.standing(clock.now()).select_related("file")
