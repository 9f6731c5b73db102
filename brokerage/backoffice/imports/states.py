"""The life of an import, and of one row of it."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from brokerage.core.states import StateTable


class Status(models.TextChoices):
    RECEIVED = "received", _("being read")
    UNREADABLE = "unreadable", _("could not be read")
    READ = "read", _("read, nothing taken yet")
    DISCARDED = "discarded", _("discarded")
    PROPOSED = "proposed", _("waits for a second person")
    REJECTED = "rejected", _("sent back")
    TAKING = "taking", _("being taken")
    TAKEN = "taken", _("taken")
    FAILED = "failed", _("nothing taken: a row failed")
    UNDOING = "undoing", _("being undone")
    UNDONE = "undone", _("undone")


AT_WORK = (Status.RECEIVED, Status.TAKING, Status.UNDOING)
"""A worker is busy with it; the page shows progress."""
UNCHECKED = (Status.RECEIVED, Status.UNREADABLE, Status.READ, Status.DISCARDED, Status.PROPOSED)
"""No second person has spoken."""
RELEASED = (Status.TAKING, Status.TAKEN, Status.FAILED, Status.UNDOING, Status.UNDONE)
"""A second person agreed."""

TRANSITIONS = StateTable(
    {
        Status.RECEIVED: [Status.READ, Status.UNREADABLE],
        Status.UNREADABLE: [],
        Status.READ: [Status.PROPOSED, Status.DISCARDED],
        Status.DISCARDED: [],
        Status.PROPOSED: [Status.TAKING, Status.REJECTED],
        Status.REJECTED: [],
        Status.TAKING: [Status.TAKEN, Status.FAILED],
        Status.TAKEN: [Status.UNDOING],
        Status.FAILED: [],
        Status.UNDOING: [Status.UNDONE],
        Status.UNDONE: [],
    }
)


class RowState(models.TextChoices):
    GOOD = "good", _("good")
    BAD = "bad", _("has errors")
    TAKEN = "taken", _("taken")
    FAILED = "failed", _("not taken")
    UNDONE = "undone", _("undone")
    KEPT = "kept", _("could not be undone")


WITH_ERRORS = (RowState.BAD, RowState.FAILED, RowState.KEPT)
