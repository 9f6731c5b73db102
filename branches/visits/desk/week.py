"""The week of an outlet: who has which visits, what is blocked, and how much is free."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from branches.models import OrgUnit, Room, StaffAssignment
from branches.visits.desk.common import PLAN, may_plan, need, outlet_or_404
from branches.visits.models import BlockedTime, Visit
from branches.visits.selectors import blocks_of
from branches.visits.states import TAKES_TIME
from branches.visits.supply import moment, opening_minutes
from branches.visits.use_cases.block_time import UnableToBlock, block_time, release_time
from brokerage.backoffice.frame import page
from brokerage.backoffice.people import user_of
from brokerage.core import clock
from brokerage.journal.actors import Actor
from brokerage.users.models import User

DAYS = 7


@dataclass
class Cell:
    """What one person has on one day."""

    visits: list[Visit] = field(default_factory=list)
    blocks: list[BlockedTime] = field(default_factory=list)


@dataclass
class Row:
    """One person or room with the days of the week."""

    name: str
    cells: list[Cell]


class BlockForm(forms.Form):
    """Hours of one person or room on one day."""

    who = forms.ChoiceField(
        label=gettext_lazy("Person or room"),
        error_messages={"required": gettext_lazy("Choose a person or a room.")},
    )
    day = forms.DateField(
        label=pgettext_lazy("visit", "Day"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    start = forms.TimeField(
        label=pgettext_lazy("time", "from"),
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )
    end = forms.TimeField(
        label=pgettext_lazy("time", "until"),
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )
    note = forms.CharField(label=pgettext_lazy("visit", "why"), max_length=80, required=False)

    def __init__(self, *args: Any, people: list[User], rooms: list[Room], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = {f"person-{one.ref}": one for one in people}
        self.rooms = {f"room-{one.ref}": one for one in rooms}
        who: Any = self.fields["who"]
        who.choices = [
            ("", "–"),
            *((key, one.display_name) for key, one in self.people.items()),
            *((key, one.name) for key, one in self.rooms.items()),
        ]


def week_view(request: HttpRequest, outlet: str) -> HttpResponse:
    """Seven days from the one that is asked for; planning needs its own right."""
    unit = outlet_or_404(request, outlet)
    first = _first(request)
    days = [first + timedelta(days=n) for n in range(DAYS)]
    people = _people(unit, days)
    rooms = list(Room.objects.overlapping(first, days[-1] + timedelta(days=1)).filter(unit=unit))
    form = BlockForm(
        request.POST if request.POST.get("act") == "block" else None,
        people=people,
        rooms=rooms,
        initial={"day": first},
    )
    if request.method == "POST":
        need(request, PLAN)
        if _planned(request, unit, form):
            return redirect(_url(unit, first))
    hours = opening_minutes([unit.pk], days)
    context = {
        "unit": unit,
        "days": [(day, list(hours.get((unit.pk, day), ()))) for day in days],
        "today": clock.today(),
        "rows": _rows(unit, days, people, rooms),
        "blocks": list(blocks_of(unit, days[0], days[-1])),
        "form": form,
        "may_plan": may_plan(request),
        "previous_url": _url(unit, first - timedelta(days=DAYS)),
        "next_url": _url(unit, first + timedelta(days=DAYS)),
        "queue_url": reverse("admin:branches_visit_queue", args=[unit.code]),
    }
    return page(request, "admin/visits/week.html", context)


def _first(request: HttpRequest) -> date:
    try:
        return date.fromisoformat(request.GET.get("from", ""))
    except ValueError:
        return clock.today()


def _url(unit: OrgUnit, first: date) -> str:
    return f"{reverse('admin:branches_visit_week', args=[unit.code])}?from={first.isoformat()}"


def _people(unit: OrgUnit, days: list[date]) -> list[User]:
    rows = StaffAssignment.objects.overlapping(days[0], days[-1] + timedelta(days=1))
    found = {row.user_id: row.user for row in rows.filter(unit=unit).select_related("user")}
    return sorted(found.values(), key=lambda user: (user.display_name, user.pk))


def _rows(unit: OrgUnit, days: list[date], people: list[User], rooms: list[Room]) -> list[Row]:
    visits = Visit.objects.filter(
        unit=unit, day__range=(days[0], days[-1]), status__in=TAKES_TIME, starts_at__isnull=False
    ).select_related("purpose")
    cells: dict[tuple[str, int, date], Cell] = defaultdict(Cell)
    for visit in visits.order_by("starts_at", "pk"):
        cells["person", visit.host_id or 0, visit.day].visits.append(visit)
        if visit.room_id:
            cells["room", visit.room_id, visit.day].visits.append(visit)
    for block in blocks_of(unit, days[0], days[-1]):
        key = ("person", block.person_id) if block.person_id else ("room", block.room_id or 0)
        cells[key[0], key[1], clock.business_date(block.starts_at)].blocks.append(block)
    named = [("person", one.pk, one.display_name) for one in people]
    named += [("room", one.pk, one.name) for one in rooms]
    return [Row(name, [cells[kind, pk, day] for day in days]) for kind, pk, name in named]


def _planned(request: HttpRequest, unit: OrgUnit, form: BlockForm) -> bool:
    if request.POST.get("act") == "release":
        return _release(request, unit)
    if not form.is_valid():
        return False
    given = form.cleaned_data
    try:
        block_time(
            unit=unit,
            person=form.people.get(given["who"]),
            room=form.rooms.get(given["who"]),
            starts_at=_instant(given["day"], given["start"]),
            ends_at=_instant(given["day"], given["end"]),
            note=given["note"],
            actor=Actor.of(user_of(request)),
            at=clock.now(),
        )
    except UnableToBlock as error:
        form.add_error(None, str(error))
        return False
    messages.success(request, _("Blocked. Nobody can book this time."))
    return True


def _release(request: HttpRequest, unit: OrgUnit) -> bool:
    try:
        ref = UUID(request.POST.get("block", ""))
    except ValueError:
        return False
    block = BlockedTime.objects.filter(unit=unit, ref=ref).first()
    if block is None:
        return False
    release_time(block=block, actor=Actor.of(user_of(request)), at=clock.now())
    messages.success(request, _("Released. The time can be booked again."))
    return True


def _instant(day: date, time: Any) -> datetime:
    return moment(day, time.hour * 60 + time.minute)
