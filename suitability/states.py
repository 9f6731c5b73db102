"""The lives of records of this app."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from brokerage.core.states import StateTable


class JumpStatus(models.TextChoices):
    """What became of a class that rose shortly after a refusal."""

    WAITING = "waiting", _("Waiting for a supervisor")
    ACCEPTED = "accepted", _("Accepted")
    TALK = "talk", _("To be talked over with the customer")


JUMP_TRANSITIONS = StateTable(
    {
        JumpStatus.WAITING: [JumpStatus.ACCEPTED, JumpStatus.TALK],
        JumpStatus.TALK: [JumpStatus.ACCEPTED],
        JumpStatus.ACCEPTED: [],
    }
)


class CoachingStatus(models.TextChoices):
    """What compliance made of signs of coaching."""

    WAITING = "waiting", _("Waiting for compliance")
    HARMLESS = "harmless", _("Harmless")
    FOLLOWED = "followed", _("Followed up")


COACHING_TRANSITIONS = StateTable(
    {
        CoachingStatus.WAITING: [CoachingStatus.HARMLESS, CoachingStatus.FOLLOWED],
        CoachingStatus.HARMLESS: [],
        CoachingStatus.FOLLOWED: [],
    }
)


class InsistStatus(models.TextChoices):
    """How far a customer is who insists on what does not suit them."""

    ASKED = "asked", _("Wish noted")
    WARNED = "warned", _("Warned")
    ACKNOWLEDGED = "acknowledged", _("Warning acknowledged")
    CONFIRMED = "confirmed", _("Confirmed again")
    WITHDRAWN = "withdrawn", _("Given up")


INSIST_TRANSITIONS = StateTable(
    {
        InsistStatus.ASKED: [InsistStatus.WARNED, InsistStatus.WITHDRAWN],
        InsistStatus.WARNED: [InsistStatus.ACKNOWLEDGED, InsistStatus.WITHDRAWN],
        InsistStatus.ACKNOWLEDGED: [InsistStatus.CONFIRMED, InsistStatus.WITHDRAWN],
        InsistStatus.CONFIRMED: [],
        InsistStatus.WITHDRAWN: [],
    }
)
