"""Kinds, states and verdicts of what is read."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from brokerage.core.states import StateTable


class SourceKind(models.TextChoices):
    """Who speaks."""

    HOUSE = "house", _("House commentary")
    RESEARCH = "research", _("Research institute")
    NEWS = "news", _("News agency")
    COMMUNITY = "community", _("Community of investors")
    OUTLET = "outlet", pgettext_lazy("source", "Outlet")


class Way(models.TextChoices):
    """How a text came in."""

    HAND = "hand", _("By hand")
    FILE = "file", _("By file")
    FEED = "feed", _("By feed")


class RawStatus(models.TextChoices):
    """What the desk made of a text that came in."""

    WAITING = "waiting", _("Waiting for the desk")
    TAKEN = "taken", _("Worked up")
    DROPPED = "dropped", _("Dropped")


RAW_TRANSITIONS = StateTable(
    {
        RawStatus.WAITING: {RawStatus.TAKEN, RawStatus.DROPPED},
        RawStatus.TAKEN: {RawStatus.WAITING},
        RawStatus.DROPPED: set(),
    }
)


class ItemKind(models.TextChoices):
    """What a reader gets."""

    CHECK = "check", _("Fact check")
    COMMENTARY = "comment", _("Commentary")
    NEWS = "news", _("News")
    RESEARCH = "research", _("Research")
    EVENT = "event", pgettext_lazy("item", "Event")


class Verdict(models.TextChoices):
    """What became of a claim."""

    VERIFIED = "verified", pgettext_lazy("claim", "Verified")
    DISPUTED = "disputed", pgettext_lazy("claim", "Disputed")
    UNVERIFIABLE = "unverifiable", pgettext_lazy("claim", "Cannot be verified")
    EXTREME = "extreme", pgettext_lazy("claim", "Extreme")


class ItemStatus(models.TextChoices):
    """The life of an item. Dropped is a draft that never becomes anything."""

    DRAFT = "draft", pgettext_lazy("item", "In work")
    LIVE = "live", pgettext_lazy("item", "Released")
    WITHDRAWN = "withdrawn", pgettext_lazy("item", "Withdrawn")
    DROPPED = "dropped", pgettext_lazy("item", "Dropped")


ITEM_TRANSITIONS = StateTable(
    {
        ItemStatus.DRAFT: {ItemStatus.LIVE, ItemStatus.DROPPED},
        ItemStatus.LIVE: {ItemStatus.LIVE, ItemStatus.WITHDRAWN},
        ItemStatus.WITHDRAWN: set(),
        ItemStatus.DROPPED: set(),
    }
)


class CorrectionKind(models.TextChoices):
    """What happened to a version that people had read."""

    CORRECTED = "corrected", pgettext_lazy("item", "Corrected")
    WITHDRAWN = "withdrawn", pgettext_lazy("item", "Withdrawn")


class ReminderKind(models.TextChoices):
    """What a customer is reminded of by this app; others add theirs (`core.reminders`)."""

    TRADING = "trading", _("Trading too often")
    CONCENTRATION = "concentration", _("Too much in one security")
    RUMOUR = "rumour", _("Bought after reading of a rumour")
    RATING = "rating", _("A rating of what you hold changed")
    VALUATION = "valuation", _("Valuation far from its own history")


class Lapse(models.TextChoices):
    """Why a reminder that was put off is not said any more."""

    OVER = "over", _("it holds no longer")
    LATE = "late", _("too late to be of use")
    UNWANTED = "unwanted", _("the customer does not want it any more")


class RatingLevel(models.TextChoices):
    """What a source thinks of a security, the worst first."""

    SELL = "sell", pgettext_lazy("rating", "Sell")
    REDUCE = "reduce", pgettext_lazy("rating", "Reduce")
    HOLD = "hold", pgettext_lazy("rating", "Neutral")
    ADD = "add", pgettext_lazy("rating", "Add")
    BUY = "buy", pgettext_lazy("rating", "Buy")

    @property
    def height(self) -> int:
        """0 for the worst."""
        return list(RatingLevel).index(self)


class Outcome(models.TextChoices):
    """What came of an adviser's follow-up. Not reached is an attempt: it is tried again."""

    TALKED = "talked", _("Talked with the customer")
    UNREACHED = "unreached", _("Could not be reached")
    UNNEEDED = "unneeded", _("Not needed")
