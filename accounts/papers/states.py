"""Words of other papers: who needs more than an ordinary adult, and looking at an original."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class AgeGroup(models.TextChoices):
    """Who needs more than an ordinary adult, on the day of the answer."""

    ADULT = "adult", pgettext_lazy("age group", "Adult")
    MINOR = "minor", _("Under 18, with own income")
    ELDER = "elder", _("Older than the online way serves")


class Look(models.TextChoices):
    """One thing that whoever holds the original says to have looked at."""

    ORIGINAL = "original", _("I hold the original, not a copy")
    PERSON = "person", _("The picture shows the person in front of me")
    FEATURES = "features", _("I checked its security features under the lamp and by touch")
    SECOND = "second", _("I compared it with the other paper of this person")
    STAY = "stay", _("I saw the original of the proof of living or working here")
