"""The finder and the page of an outlet: the same for everybody, so that caches may keep them."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from branches.finder import outlets as finder
from branches.finder.drawing import Drawing, draw, level_of
from branches.finder.hours import hours_table, usual_week
from branches.finder.outlets import Line, Place, Wish, all_outlets
from branches.finder.rules.geo import Point, point_of
from branches.finder.sheet import newest, newest_now, sheet_of
from branches.finder.structured import json_ld
from branches.finder.ways import ways
from branches.models import OrgUnit, UnitProfile
from branches.selectors import head_of, host_on, services_on
from branches.states import Kind, Language
from branches.visits.selectors import first_free, free_times, in_queue_now, purposes
from branches.visits.supply import minute_of
from brokerage.core import clock
from brokerage.core.everybody import for_everybody, kept_by_caches
from brokerage.reference.models import Division, Level

FIRST, MORE = 20, 60
PLACE = re.compile(r"[1-9]\d{5}")
GEOLOCATION = "camera=(), microphone=(), geolocation=(self), payment=()"


@require_safe
@for_everybody
def outlets(request: HttpRequest) -> HttpResponse:
    """Map and list; four queries at most, however many outlets."""
    at = clock.now()
    day = clock.business_date(at)
    wish = wish_of(request)
    lines = all_outlets(at)
    services, giving = finder.services(wish.service, day)
    found = finder.search(lines, wish, giving)
    instead = None if found or wish.near else finder.named_place(wish.query, day)
    if instead is not None:
        wish = replace(wish, query="", place="", near=instead[1])
        found = finder.search(lines, wish, giving)
    most = MORE if request.GET.get("more") else FIRST
    trail = _trail(lines, wish.place)
    context = {
        "wish": wish,
        "query": request.GET.get("q", "")[:60],
        "near_text": request.GET.get("near", "") if wish.near and not instead else "",
        "instead": instead[0] if instead else "",
        "languages": Language.choices,
        "services": services,
        "provinces": _provinces(lines),
        "drawing": _drawing(found, wish, trail, day, request),
        "lines": found[:most],
        "number": len(found),
        "rest": max(0, len(found) - most),
        "more_url": _with(request, more="1"),
        "trail": [(place, _with(request, place=place.code, near="")) for place in trail],
        "all_url": _with(request, place="", near=""),
        "at": at,
        "filtered": bool(wish.service or wish.language or wish.open_now or wish.step_free),
    }
    return _kept(request, render(request, "finder/outlets.html", context))


@require_safe
def outlet(request: HttpRequest, outlet: str) -> HttpResponse:
    """One outlet: hours, services, way, free times, who leads it."""
    at = clock.now()
    day = clock.business_date(at)
    line = next((one for one in all_outlets(at) if one.code == outlet), None)
    if line is None:
        raise Http404
    unit = OrgUnit.objects.get(pk=line.pk)
    profile = UnitProfile.objects.on(day).get(unit=unit)
    week = usual_week(unit, day)
    given = services_on(unit, day)
    bookable = [one for one in purposes() if one.service_id in {s.pk for s in given}]
    first = bookable[0] if bookable else None
    days = free_times([unit], first, at=at).get(unit.pk, []) if first else []
    url = request.build_absolute_uri(reverse("branches:outlet", args=[unit.code]))
    context = {
        "at": at,
        "outlet": line,
        "profile": profile,
        "host": host_on(unit, day) if unit.kind == Kind.SERVICE_POINT else None,
        "now": _now(line, at),
        "hours": hours_table(unit, day, week),
        "services": given,
        "purposes": [(one, _book_url(unit, one.code)) for one in bookable],
        "first": first,
        "times": [(one, _time_url(unit, first, one.starts_at)) for one in first_free(days)],
        "book_url": _book_url(unit),
        "ways": [way(unit.code) for way in ways] if unit.kind == Kind.OUTLET else [],
        "waiting": in_queue_now(unit, day),
        "head": head_of(unit, day),
        "json_ld": json_ld(line, url=url, firm=str(_("Example Securities")), week=week, on=day),
    }
    return _kept(request, render(request, "finder/outlet.html", context))


def wish_of(request: HttpRequest) -> Wish:
    """What the address asks for; what cannot be read is left out."""
    given = request.GET
    place = given.get("place", "")
    return Wish(
        query=given.get("q", "").replace("\0", "")[:60],
        place=place if PLACE.fullmatch(place) else "",
        service=re.sub(r"[^a-z0-9_]", "", given.get("service", ""))[:40],
        language=given.get("language", "") if given.get("language") in Language.values else "",
        open_now=given.get("open") == "1",
        step_free=given.get("access") == "1",
        near=point_of(given.get("near", "")),
    )


def _drawing(
    found: list[Line], wish: Wish, trail: list[Place], day: date, request: HttpRequest
) -> Drawing | None:
    level = 2 if wish.near else level_of(wish.place)
    shown = found[:FIRST] if wish.near else found
    dots, digest = _backdrop(level, wish, day)
    return draw(
        shown,
        level=level,
        backdrop=dots,
        sheet=sheet_of(digest) if digest else None,
        url_of_place=lambda code: _with(request, place=code, near=""),
        url_of_outlet=lambda line: reverse("branches:outlet", args=[line.code]),
        url_of_spot=lambda point: _with(request, near=f"{point[1]},{point[0]}", place=""),
        spoken=_spoken,
        title=trail[-1].name if trail else str(_("The country")),
        near=wish.near,
    )


def _backdrop(level: int, wish: Wish, day: date) -> tuple[list[Point], str | None]:
    """Centres of the divisions around and the digest of the firm's own map; one query.

    No centres where one looks around oneself.
    """
    if wish.near:
        return [], newest_now()
    rows = Division.objects.on(day).official().filter(lon__isnull=False)
    if level == 0:
        rows = rows.filter(level=Level.PROVINCE)
    elif level == 1:
        rows = rows.filter(code__startswith=wish.place[:2]).exclude(level=Level.PROVINCE)
    else:
        rows = rows.filter(code__startswith=wish.place[:4], level=Level.COUNTY)
    found: Any = list(rows.annotate(sheet=newest()).values_list("lon", "lat", "sheet"))
    dots = [(float(lon), float(lat)) for lon, lat, _sheet in found]
    return dots, found[0][2] if found else None


def _spoken(name: str, number: int) -> str:
    said = ngettext("{name}: {n} outlet", "{name}: {n} outlets", number)
    return said.format(name=name, n=number)


def _trail(lines: list[Line], code: str) -> list[Place]:
    """The way down to the chosen place."""
    for line in lines:
        codes = [place.code for place in line.places]
        if code in codes:
            return line.places[: codes.index(code) + 1]
    return []


def _provinces(lines: list[Line]) -> list[Place]:
    found = {line.places[0].code: line.places[0] for line in lines if line.places}
    return [found[code] for code in sorted(found)]


def _now(line: Line, at: datetime) -> dict[str, Any]:
    """Open until when, or closed until when today."""
    _day, minute = minute_of(at)
    for opens, closes in line.hours:
        if opens <= minute < closes:
            return {"open": True, "until": _clock(closes)}
        if minute < opens:
            return {"open": False, "from": _clock(opens)}
    return {"open": False, "from": ""}


def _clock(minute: int) -> str:
    return f"{minute // 60}:{minute % 60:02}"


def _book_url(unit: OrgUnit, purpose: str = "") -> str:
    values = {"outlet": unit.code} | ({"purpose": purpose} if purpose else {})
    return f"{reverse('visits:new')}?{urlencode(values)}"


def _time_url(unit: OrgUnit, purpose: Any, starts_at: datetime) -> str:
    values = {"outlet": unit.code, "purpose": purpose.code, "time": starts_at.isoformat()}
    return f"{reverse('visits:new')}?{urlencode(values)}"


def _with(request: HttpRequest, **change: str) -> str:
    """The present address with some values changed; empty ones are left out."""
    kept = {
        name: request.GET.get(name, "")
        for name in ("q", "place", "service", "language", "open", "access", "near")
    }
    values = {name: value for name, value in (kept | change).items() if value}
    here = reverse("branches:outlets")
    return f"{here}?{urlencode(values)}" if values else here


def _kept(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """A visitor's page is kept by caches; a button on it may ask where one is."""
    response["Permissions-Policy"] = GEOLOCATION
    return kept_by_caches(request, response)
