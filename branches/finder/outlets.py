"""All outlets with what the finder shows of them, in at most four queries.

The network is small (some hundred rows), so that searching, sorting and counting happen in
memory; the database is asked for the rows, the hours of the day and the chosen service.
"""

from __future__ import annotations

import copy
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Q, Subquery

from branches.finder.rules.geo import Point, distance_km
from branches.finder.rules.words import folded, matches, wanted
from branches.models import OrgUnit, PointHost, Service, UnitName, UnitProfile
from branches.selectors.services import offers
from branches.states import Access, Kind
from branches.visits.supply import minute_of, opening_minutes
from brokerage.core.display.languages import reads_english
from brokerage.reference.models import Division

SHOWN_KINDS = (Kind.OUTLET, Kind.SERVICE_POINT)
_DIVISION = ("code", "name_zh", "name_en", "pinyin", "lon", "lat", "is_official")
MIN_NAME = 2
_UNIT = ("code", "name_zh", "name_en", "outlet_type")
_PROFILE = ("address_zh", "address_en", "lon", "lat", "phone", "access", "languages")


@dataclass(frozen=True)
class Place:
    """A division as the finder needs it; `text` is what a search may name, folded."""

    code: str
    name_zh: str
    name_en: str
    point: Point | None
    text: str

    @property
    def name(self) -> str:
        """The name in the language of the reader."""
        return (_english() and self.name_en) or self.name_zh


@dataclass
class Line:
    """One outlet in the finder.

    Attributes:
        places: province, prefecture, county, as far as the outlet's division reaches.
        host_zh, host_en: the institution in whose rooms a service point stands; else None.
        former: earlier names, so that whoever knows only the old one finds it.
        hours: opening minutes of the day that is shown.
        open_now: whether it is open at the instant that was asked about.
        km: distance from where the reader is; None while nobody asked.
    """

    pk: int
    code: str
    name_zh: str
    name_en: str
    kind: str
    outlet_type: str
    address_zh: str
    address_en: str
    phone: str
    access: list[str]
    languages: list[str]
    point: Point | None
    host_zh: str | None = None
    host_en: str | None = None
    former: list[str] = field(default_factory=list)
    places: list[Place] = field(default_factory=list)
    hours: list[tuple[int, int]] = field(default_factory=list)
    open_now: bool = False
    km: float | None = None

    @property
    def name(self) -> str:
        return self.name_en if _english() else self.name_zh

    @property
    def host(self) -> str:
        """The institution in whose rooms our desk stands, or nothing."""
        return (self.host_en if _english() else self.host_zh) or ""

    @property
    def address(self) -> str:
        return (_english() and self.address_en) or self.address_zh

    @property
    def step_free(self) -> bool:
        """Whether one gets in on wheels."""
        return Access.STEP_FREE in self.access

    @property
    def text(self) -> str:
        """Everything that a search may name, folded."""
        own = [self.code, self.name_zh, self.name_en, self.address_zh, self.address_en]
        own += [*self.former, self.host_zh or "", self.host_en or ""]
        return folded("".join(own)) + "".join(place.text for place in self.places)


@dataclass(frozen=True)
class Wish:
    """What somebody looks for; everything is optional.

    Attributes:
        query: words in any language.
        place: code of a division: everything below it.
        service: code of a service that can be had today.
        language: value of states.Language that is spoken there.
        open_now, step_free: only those.
        near: where the reader is.
    """

    query: str = ""
    place: str = ""
    service: str = ""
    language: str = ""
    open_now: bool = False
    step_free: bool = False
    near: Point | None = None


_kept: dict[date, tuple[float, list[Line]]] = {}
"""By its day, until when (of the monotonic clock) a process trusts what it read, and that."""


def all_outlets(at: datetime) -> list[Line]:
    """Every outlet that works on the day of `at`, by province and code; two queries.

    What was read is trusted for some seconds (`OUTLETS_KEPT_SECONDS`): the whole network is a
    small part of a page that thousands ask for.
    """
    day, minute = minute_of(at)
    now = time.monotonic()
    until, read = _kept.get(day, (0.0, []))
    if until <= now:
        read = _read(day)
        _kept.clear()
        _kept[day] = (now + settings.OUTLETS_KEPT_SECONDS, read)
    lines = [copy.copy(line) for line in read]
    for line in lines:
        line.open_now = any(opens <= minute < closes for opens, closes in line.hours)
    return lines


def _read(day: date) -> list[Line]:
    columns = ["unit_id", "unit__kind", *(f"unit__{name}" for name in _UNIT), *_PROFILE]
    columns += ["host_zh", "host_en", "former"]
    hosts = PointHost.objects.on(day).filter(unit=OuterRef("unit"))
    former = UnitName.objects.filter(unit=OuterRef("unit"), valid_to__lte=day)
    for path in ("division", "division__parent", "division__parent__parent"):
        columns += [f"{path}__{name}" for name in _DIVISION]
    rows = (
        UnitProfile.objects.on(day)
        .filter(Q(unit__closed_on=None) | Q(unit__closed_on__gt=day), unit__opened_on__lte=day)
        .annotate(
            host_zh=Subquery(hosts.values("name_zh")),
            host_en=Subquery(hosts.values("name_en")),
            former=ArraySubquery(former.values("name_zh")),
        )
        .filter(Q(unit__kind=Kind.OUTLET) | Q(unit__kind__in=SHOWN_KINDS, host_zh__isnull=False))
        .order_by("division__code", "unit__code")
        .values_list(*columns)
    )
    known: dict[str, Place | None] = {}
    lines = [_line(row, known) for row in rows]
    hours = opening_minutes([line.pk for line in lines], [day])
    for line in lines:
        line.hours = list(hours.get((line.pk, day), ()))
    return lines


def search(lines: Iterable[Line], wish: Wish, giving: set[int] | None = None) -> list[Line]:
    """The outlets that fit, the nearest first where a place is known; no query.

    Args:
        giving: keys of the units that can give the chosen service; None when none is chosen.
    """
    words = wanted(wish.query)
    found = [
        line
        for line in lines
        if (giving is None or line.pk in giving)
        and (not wish.open_now or line.open_now)
        and (not wish.step_free or line.step_free)
        and (not wish.language or wish.language in line.languages)
        and (not wish.place or any(place.code == wish.place for place in line.places))
        and (not words or matches(words, line.text))
    ]
    if wish.near is not None:
        for line in found:
            line.km = distance_km(wish.near, line.point) if line.point else None
        found.sort(key=lambda one: (one.km is None, one.km or 0, one.code))
    return found


def named_place(query: str, day: date) -> tuple[str, Point] | None:
    """Name and centre of the division that somebody typed, with or without 市, 区 or 县.

    Asked only where no outlet fits, to show the nearest ones instead; one query.
    """
    typed = query.strip()
    if len(typed) < MIN_NAME:
        return None
    named = Q(name_zh=typed) | Q(short_zh=typed) | Q(pinyin__iexact=typed)
    named |= Q(name_en__iexact=typed) | Q(name_en__istartswith=f"{typed} ")
    rows = Division.objects.on(day).official().filter(named, lon__isnull=False)
    found = rows.order_by("level", "code").first()
    centre = _point(found.lon, found.lat) if found else None
    return (found.name, centre) if found and centre else None


def services(chosen: str, day: date) -> tuple[list[Service], set[int] | None]:
    """The services to filter by, and who can give the chosen one on `day`; one query.

    An unknown service is given by nobody; without a choice nobody is left out (None).
    """
    rows = Service.objects.order_by("position", "code")
    if not chosen:
        return list(rows), None
    able = offers(day).filter(service=OuterRef("pk"), service__code=chosen)
    found: list[Any] = list(rows.annotate(units=ArraySubquery(able.values("unit_id"))))
    return found, {unit for service in found for unit in service.units}


def outlets_for(service: Service, day: date, *, near: OrgUnit | None = None) -> list[OrgUnit]:
    """Outlets that can give `service` on `day`; `near` itself first, then those around it."""
    rows = offers(day).filter(service=service, unit__kind__in=SHOWN_KINDS)
    units = [row.unit for row in rows.select_related("unit").order_by("unit__code")]
    if near is None:
        return units
    points = _points([near.pk, *(unit.pk for unit in units)], day)
    here = points.get(near.pk)

    def order(unit: OrgUnit) -> tuple[bool, float, str]:
        there = points.get(unit.pk)
        far = distance_km(here, there) if here and there else float("inf")
        return (unit.pk != near.pk, far, unit.code)

    return sorted(units, key=order)


def around(outlet: Line, lines: Iterable[Line], number: int = 3) -> list[Line]:
    """The nearest other outlets."""
    others = [line for line in lines if line.pk != outlet.pk and line.point]
    if outlet.point is None:
        return []
    for line in others:
        assert line.point is not None
        line.km = distance_km(outlet.point, line.point)
    return sorted(others, key=lambda one: (one.km, one.code))[:number]


def _points(units: list[int], day: date) -> dict[int, Point]:
    rows = UnitProfile.objects.on(day).filter(unit__in=units, lon__isnull=False)
    return {
        unit: (float(lon), float(lat)) for unit, lon, lat in rows.values_list("unit", "lon", "lat")
    }


def _line(row: tuple[Any, ...], known: dict[str, Place | None]) -> Line:
    pk, kind, code, name_zh, name_en, outlet_type, zh, en, lon, lat, phone, *more = row
    access, languages, host_zh, host_en, former, *rest = more
    places: list[Place] = []
    for start in range(0, len(rest), len(_DIVISION)):
        division = rest[start]
        if division not in known:  # many outlets, few places
            known[division] = _place(rest[start : start + len(_DIVISION)])
        if found := known[division]:
            places.insert(0, found)
    return Line(
        pk=pk,
        code=code,
        name_zh=name_zh,
        name_en=name_en,
        kind=kind,
        outlet_type=outlet_type,
        address_zh=zh,
        address_en=en,
        phone=phone,
        access=access,
        languages=languages,
        point=_point(lon, lat),
        host_zh=host_zh,
        host_en=host_en,
        former=former,
        places=places,
    )


def _place(values: Any) -> Place | None:
    code, name_zh, name_en, pinyin, lon, lat, official = values
    if code is None or not official:
        return None  # the grouping codes below municipalities are no places
    text = folded(name_zh + name_en + pinyin)
    return Place(code, name_zh, name_en, _point(lon, lat), text)


def _point(lon: Any, lat: Any) -> Point | None:
    return None if lon is None or lat is None else (float(lon), float(lat))


def _english() -> bool:
    return reads_english()
