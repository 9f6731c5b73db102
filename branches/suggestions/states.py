"""The life of a suggestion, as a table."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from brokerage.core.states import StateTable


class Status(models.TextChoices):
    """Where a suggestion stands."""

    SUBMITTED = "submitted", pgettext_lazy("suggestion", "Waits for an answer")
    MERGED = "merged", pgettext_lazy("suggestion", "Joined with another")
    ACCEPTED = "accepted", pgettext_lazy("suggestion", "Accepted")
    DECLINED = "declined", pgettext_lazy("suggestion", "Declined")
    CONTESTED = "contested", pgettext_lazy("suggestion", "Decision contested")
    CLOSED = "closed", pgettext_lazy("suggestion", "Declined for good")
    RELEASED = "released", pgettext_lazy("suggestion", "Released")
    MEASURED = "measured", pgettext_lazy("suggestion", "Effect measured")


TRANSITIONS = StateTable(
    {
        Status.SUBMITTED: [Status.MERGED, Status.ACCEPTED, Status.DECLINED],
        Status.MERGED: [],
        Status.ACCEPTED: [Status.RELEASED, Status.MERGED],
        Status.DECLINED: [Status.CONTESTED],
        Status.CONTESTED: [Status.ACCEPTED, Status.CLOSED],
        Status.CLOSED: [],
        Status.RELEASED: [Status.MEASURED],
        Status.MEASURED: [],
    }
)
ANSWERED = (
    Status.ACCEPTED,
    Status.DECLINED,
    Status.CONTESTED,
    Status.CLOSED,
    Status.RELEASED,
    Status.MEASURED,
)
LIVE = (Status.RELEASED, Status.MEASURED)
WAITING = (Status.SUBMITTED, Status.CONTESTED)


class Device(models.TextChoices):
    """On what the screen was seen."""

    PHONE = "phone", _("Phone")
    DESKTOP = "desktop", _("Computer")


class Mood(models.TextChoices):
    """What a customer says of a screen."""

    PRAISE = "praise", _("Praise")
    COMPLAINT = "complaint", _("Complaint")
    IDEA = "idea", _("Idea")
