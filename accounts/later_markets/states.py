"""The life of a wish for another market, and what the depository may have against it."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from brokerage.core.states import StateTable


class WishStatus(models.TextChoices):
    """Where a customer's wish for another market stands."""

    ASKED = "asked", pgettext_lazy("market wish", "To be signed")
    SIGNED = "signed", pgettext_lazy("market wish", "Signed, your accounts are being counted")
    OPENING = "opening", pgettext_lazy("market wish", "Being opened")
    DONE = "done", pgettext_lazy("market wish", "Opened")
    REFUSED = "refused", pgettext_lazy("market wish", "Not opened")
    WITHDRAWN = "withdrawn", pgettext_lazy("market wish", "Taken back")


WISH_TRANSITIONS = StateTable(
    {
        WishStatus.ASKED: [WishStatus.SIGNED, WishStatus.REFUSED, WishStatus.WITHDRAWN],
        WishStatus.SIGNED: [WishStatus.OPENING, WishStatus.REFUSED, WishStatus.WITHDRAWN],
        WishStatus.OPENING: [WishStatus.DONE, WishStatus.REFUSED],
        WishStatus.DONE: [],
        WishStatus.REFUSED: [],
        WishStatus.WITHDRAWN: [],
    }
)
WISH_OPEN = (WishStatus.ASKED, WishStatus.SIGNED, WishStatus.OPENING)
WISH_ENDED = (WishStatus.DONE, WishStatus.REFUSED, WishStatus.WITHDRAWN)
CAN_BE_TAKEN_BACK = (WishStatus.ASKED, WishStatus.SIGNED)
SIGNED_FOR = (WishStatus.SIGNED, WishStatus.OPENING, WishStatus.DONE)
"""In these there is a signature; a wish that was refused or taken back may have one."""


class NotOpened(models.TextChoices):
    """Why the depository opened nothing, in words for the customer."""

    TOO_MANY = "too_many", _("You have three accounts of this kind already, with all brokers")
    IDENTITY = "identity", _("The depository knows your name or number otherwise")
    OTHER = "other", _("The depository did not open it")

    @classmethod
    def of(cls, code: str) -> NotOpened:
        """What a word of the depository comes to; `OTHER` for one that is not known."""
        return cls(code) if code in cls.values else cls.OTHER
