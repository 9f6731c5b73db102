"""Words of screening and rating."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from brokerage.core.states import StateTable


class ListKind(models.TextChoices):
    """What stands on a list."""

    SANCTIONS = "sanctions", _("Sanctions and terror")
    WANTED = "wanted", _("Wanted persons")
    PEP = "pep", _("Politically exposed persons")
    OWN = "own", _("Our own list")


class MatchedOn(models.TextChoices):
    """What agrees between a customer and an entry of a list."""

    DOCUMENT = "document", _("Number of the document")
    NAME = "name", _("Name")
    SOUND = "sound", _("Sound of the name")
    BIRTH = "birth", _("Birth date")


class HitStatus(models.TextChoices):
    """Where a match stands."""

    OPEN = "open", pgettext_lazy("screening", "To be decided")
    PROPOSED = "proposed", pgettext_lazy("screening", "Waits for a second person")
    CLEARED = "cleared", pgettext_lazy("screening", "Somebody else")
    CONFIRMED = "confirmed", pgettext_lazy("screening", "The same person")


UNDECIDED = (HitStatus.OPEN, HitStatus.PROPOSED)
"""A match in one of these holds an approval, whatever the list."""

HIT_TRANSITIONS = StateTable(
    {
        HitStatus.OPEN: [HitStatus.CLEARED, HitStatus.PROPOSED, HitStatus.CONFIRMED],
        # of a politically exposed person: the second person agrees, or it is open again
        HitStatus.PROPOSED: [HitStatus.CONFIRMED, HitStatus.OPEN],
        HitStatus.CLEARED: [HitStatus.OPEN],  # the entry of the list changed
        HitStatus.CONFIRMED: [HitStatus.CLEARED],  # new facts
    }
)


class AmlLevel(models.TextChoices):
    """How closely a relationship is watched."""

    LOW = "low", pgettext_lazy("watch", "Low")
    MEDIUM = "medium", pgettext_lazy("watch", "Medium")
    HIGH = "high", pgettext_lazy("watch", "High")


class AmlFactor(models.TextChoices):
    """A fact that raises the level."""

    LISTED = "listed", _("Confirmed on a list of sanctions, terror or wanted persons")
    EXPOSED = "exposed", _("Politically exposed person")
    ABROAD = "abroad", _("Tax residence abroad")
    OTHERS_MONEY = "others_money", _("Somebody else decides or owns the money")
    WEALTH = "wealth", _("More assets than the income explains")
    OCCUPATION = "occupation", _("An occupation that is not on the list")
    BAD_FAITH = "bad_faith", _("Declares an entry in a record of bad faith")
