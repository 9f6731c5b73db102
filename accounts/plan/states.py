"""Words of the first days of an account."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class PlanStep(models.TextChoices):
    """One step of the plan; whether it is done is read from facts, never kept."""

    FUND = "fund", _("Put money into your account")
    PERMISSIONS = "permissions", _("Apply for a trading permission")
    GREETING = "greeting", _("A greeting from your outlet")


class GreetingOutcome(models.TextChoices):
    """What came of the outlet's greeting."""

    TALKED = "talked", pgettext_lazy("greeting", "Talked")
    DECLINED = "declined", pgettext_lazy("greeting", "Wants no call")
    NOT_REACHED = "not_reached", pgettext_lazy("greeting", "Not reached")
