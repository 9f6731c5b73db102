"""Campaigns of offers: who falls out of one and why, how each customer fared, how it ends."""

from __future__ import annotations

from django.db import models
from django.utils.translation import pgettext_lazy


class Why(models.TextChoices):
    """Why somebody gets no offer, in the order in which it is asked: the first reason counts.

    What holds for long comes first, what another day may change comes last. Complaints and holds
    are one reason, so that a figure of a small outlet tells nobody of a hold.
    """

    NO_INBOX = "no_inbox", pgettext_lazy("campaign", "has no log-in, so no inbox")
    CONSENT = "consent", pgettext_lazy("campaign", "has not agreed to offers that fit their use")
    CLOSED = "closed", pgettext_lazy("campaign", "has an open complaint or is under a hold")
    MUTED = "muted", pgettext_lazy("campaign", "wants nothing of this kind, or said “not for me”")
    HAS = "has", pgettext_lazy("campaign", "has the product already")
    ASSESSMENT = "assessment", pgettext_lazy("campaign", "has no risk assessment that counts")
    UNREAD = "unread", pgettext_lazy("campaign", "has an assessment that is not read yet")
    RISK = "risk", pgettext_lazy("campaign", "does not suit: risk")
    TIME = "time", pgettext_lazy("campaign", "does not suit: how long money is bound")
    TYPE = "type", pgettext_lazy("campaign", "does not suit: type")
    OFTEN = "often", pgettext_lazy("campaign", "was offered something lately")
    LIMIT = "limit", pgettext_lazy("campaign", "has got as many offers as the limit allows")
    SILENCE = "silence", pgettext_lazy("campaign", "wants no offers for a while")


class TargetStatus(models.TextChoices):
    """What became of one customer of a campaign."""

    WAITING = "waiting", pgettext_lazy("campaign", "waiting")
    SENT = "sent", pgettext_lazy("campaign", "sent")
    HELD = "held", pgettext_lazy("campaign", "held back")


class RunEnd(models.TextChoices):
    """Why nothing more is sent."""

    DONE = "done", pgettext_lazy("campaign", "everybody was reached or held back")
    STOPPED = "stopped", pgettext_lazy("campaign", "stopped by a person")
    OVER = "over", pgettext_lazy("campaign", "its last day was over")
    OFF = "off", pgettext_lazy("campaign", "the product is not for sale any more")
