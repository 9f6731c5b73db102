"""What the address of a booking page asks for; anything unknown is left out, never an error."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse

from branches.models import OrgUnit
from branches.states import Kind
from branches.visits.desk.help import finishable
from branches.visits.models import Purpose
from branches.visits.selectors import purposes
from brokerage.core import clock


@dataclass(frozen=True)
class Asked:
    """A wish on its way to a time.

    Attributes:
        purpose, outlet: chosen so far; None while they are not.
        subject, step: what it is about, for the app that sent the customer here.
        day: the day whose times are shown.
        time: a chosen start.
    """

    purpose: Purpose | None = None
    outlet: OrgUnit | None = None
    subject: UUID | None = None
    step: str = ""
    day: date | None = None
    time: datetime | None = None

    def url(self, **change: object) -> str:
        """The address of the booking page with these values, or others for some."""
        values = {
            "purpose": self.purpose.code if self.purpose else "",
            "outlet": self.outlet.code if self.outlet else "",
            "subject": self.subject or "",
            "step": self.step,
            "day": self.day or "",
            "time": self.time.isoformat() if self.time else "",
        }
        kept = {name: value for name, value in (values | change).items() if value}
        return f"{reverse('visits:new')}?{urlencode(kept)}" if kept else reverse("visits:new")


def asked_by(request: HttpRequest) -> Asked:
    """Read the address (or the form) of a booking page."""
    given = request.POST if request.method == "POST" else request.GET
    on = clock.today()
    outlets = OrgUnit.objects.open(on).filter(kind__in=[Kind.OUTLET, Kind.SERVICE_POINT])
    code, outlet = given.get("outlet", ""), None
    if code and "\0" not in code:
        outlet = outlets.filter(code=code).first()
    purpose = None
    if wanted := given.get("purpose", ""):
        purpose = next((one for one in purposes() if one.code == wanted), None)
    step = given.get("step", "")
    return Asked(
        purpose=purpose,
        outlet=outlet,
        subject=_uuid(given.get("subject", "")),
        step=step if any(step in known for known in finishable) else "",
        day=_day(given.get("day", "")),
        time=_time(given.get("time", "")),
    )


def _uuid(value: str) -> UUID | None:
    try:
        return UUID(value)
    except ValueError:
        return None


def _day(value: str) -> date | None:
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None


def _time(value: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(value)
    except ValueError:
        return None
    return found if found.tzinfo else None
