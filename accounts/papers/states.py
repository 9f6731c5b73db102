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


class Hold(models.TextChoices):
    """Why somebody is a beneficial owner: the three tests, the last only where no other fits."""

    SHARE = "share", _("Holds a share")
    CONTROL = "control", _("Controls it in another way")
    MANAGES = "manages", _("Manages it, as nobody holds or controls it")


class Nature(models.TextChoices):
    """What kind of organisation it is."""

    COMPANY = "company", _("Company")
    PARTNERSHIP = "partnership", _("Partnership")
    PUBLIC = "public", _("Public institution or association")
    OTHER = "other", pgettext_lazy("nature", "Other organisation")


class Look(models.TextChoices):
    """One thing that whoever holds the original says to have looked at."""

    ORIGINAL = "original", _("I hold the original, not a copy")
    PERSON = "person", _("The picture shows the person in front of me")
    FEATURES = "features", _("I checked its security features under the lamp and by touch")
    SECOND = "second", _("I compared it with the other paper of this person")
    REGISTRY = "registry", _("I looked it up in the public registry of enterprises")
    MANDATE = "mandate", _("I saw the original of the authority, and it names this agent")
    PEOPLE = "people", _("I saw the papers of everybody who is named")
    STAY = "stay", _("I saw the original of the proof of living or working here")
