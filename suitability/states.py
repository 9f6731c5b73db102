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
