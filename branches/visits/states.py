"""The lives of a visit and of an entry of the wait-list, as tables."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from brokerage.core.states import StateTable


class Status(models.TextChoices):
    """Where a visit stands. A walk-in begins checked in."""

    HELD = "held", _("Held for you")
    BOOKED = "booked", _("Booked")
    CONFIRMED = "confirmed", pgettext_lazy("visit", "Confirmed")
    CHECKED_IN = "checked_in", _("Checked in")
    CALLED = "called", _("Called")
    SERVING = "serving", _("Being served")
    DONE = "done", pgettext_lazy("visit", "Done")
    NO_SHOW = "no_show", _("Did not come")
    CANCELLED = "cancelled", _("Cancelled")
    EXPIRED = "expired", pgettext_lazy("visit", "Not booked in time")


VISIT_TRANSITIONS = StateTable(
    {
        Status.HELD: [Status.BOOKED, Status.CANCELLED, Status.EXPIRED],
        Status.BOOKED: [
            Status.CONFIRMED,
            Status.CHECKED_IN,
            Status.NO_SHOW,
            Status.CANCELLED,
        ],
        # a confirmed visit that is moved has to be confirmed again
        Status.CONFIRMED: [
            Status.BOOKED,
            Status.CHECKED_IN,
            Status.NO_SHOW,
            Status.CANCELLED,
        ],
        Status.CHECKED_IN: [Status.CALLED, Status.CANCELLED],
        Status.CALLED: [Status.CHECKED_IN, Status.SERVING, Status.NO_SHOW],
        Status.SERVING: [Status.DONE],
        Status.DONE: [],
        Status.NO_SHOW: [],
        Status.CANCELLED: [],
        Status.EXPIRED: [],
    }
)

AHEAD = (Status.BOOKED, Status.CONFIRMED)
IN_QUEUE = (Status.CHECKED_IN, Status.CALLED, Status.SERVING)
TAKES_TIME = (Status.HELD, *AHEAD, *IN_QUEUE)
"""While a visit stands here, nobody else gets its person, room or customer at that time."""
ENDED = (Status.DONE, Status.NO_SHOW, Status.CANCELLED, Status.EXPIRED)


class WaitStatus(models.TextChoices):
    """Where an entry of the wait-list stands."""

    WAITING = "waiting", pgettext_lazy("wait-list", "Waiting")
    OFFERED = "offered", _("Time offered")
    BOOKED = "booked", _("Booked")
    EXPIRED = "expired", pgettext_lazy("wait-list", "Ended without a time")
    LEFT = "left", _("Left the list")


WAIT_TRANSITIONS = StateTable(
    {
        WaitStatus.WAITING: [WaitStatus.OFFERED, WaitStatus.EXPIRED, WaitStatus.LEFT],
        WaitStatus.OFFERED: [WaitStatus.BOOKED, WaitStatus.EXPIRED, WaitStatus.LEFT],
        WaitStatus.BOOKED: [],
        WaitStatus.EXPIRED: [],
        WaitStatus.LEFT: [],
    }
)
ON_LIST = (WaitStatus.WAITING, WaitStatus.OFFERED)
