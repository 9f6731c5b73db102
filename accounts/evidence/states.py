"""States of what proves an opening, as tables."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from brokerage.core.states import StateTable


class CheckKind(models.TextChoices):
    """What is asked outside, and of whom."""

    IDENTITY = "identity", _("Police identity check")
    FACE = "face", _("Face comparison")
    PHONE = "phone", _("Telephone and person")
    REGISTRY = "registry", _("Registry of enterprises")
    HOLDINGS = "holdings", _("Accounts at the depository")
    OPENING = "opening", _("Opening at the depository")
    CARD = "card", _("Bank card and person")
    LINK = "link", _("Link to the custody bank")
    LINK_STATE = "link_state", _("Completion of the link at the bank")
    RELINK = "relink", _("Link to another bank or card")
    CLOSING = "closing", _("Closing of market accounts")
    UNLINK = "unlink", _("End of the link to the custody bank")
    LIMITS = "limits", _("Limits at the trading counter")
    KEY_POLICE = "key_police", _("Police check of a changed name or number")
    KEY_CHANGE = "key_change", _("Changed name or number at the depository")
    PERMITTED = "permitted", _("Trading permissions at the trading counter")
    WITHDRAWN = "withdrawn", _("Lost permissions in the register")
    PINS = "pins", _("Set passwords at the trading counter")
    LATER_HELD = "later_held", _("Accounts at the depository, before another market")
    LATER_OPEN = "later_open", _("Opening of another market at the depository")


BEFORE_THE_REVIEW = (
    CheckKind.IDENTITY,
    CheckKind.FACE,
    CheckKind.PHONE,
    CheckKind.REGISTRY,
    CheckKind.HOLDINGS,
    CheckKind.CARD,
)
"""Questions outside whose answers the rule of the review waits for."""
OF_THE_OPENING = (CheckKind.OPENING, CheckKind.LINK, CheckKind.UNLINK)
"""Questions outside that open accounts."""
OF_THE_CLOSING = (CheckKind.CLOSING, CheckKind.UNLINK)
"""Questions outside that close accounts."""
OF_A_LATER_MARKET = (CheckKind.LATER_HELD, CheckKind.LATER_OPEN)
"""Questions outside about a market that an active account lacks."""
OF_THE_BANK = (CheckKind.RELINK, CheckKind.LINK_STATE)
"""Questions outside about another bank, and about what was left to do at one."""
MENDED_BY_THE_CUSTOMER = (
    CheckKind.IDENTITY,
    CheckKind.REGISTRY,
    CheckKind.CARD,
    CheckKind.HOLDINGS,
)
"""Questions outside of which some answers give a step back."""


class CheckStatus(models.TextChoices):
    """Where a question stands."""

    ASKED = "asked", _("Waiting for the answer")
    ANSWERED = "answered", _("Answered")
    UNANSWERED = "unanswered", _("No answer")
    SUPERSEDED = "superseded", _("Replaced by a later question")


CHECK_TRANSITIONS = StateTable(
    {
        CheckStatus.ASKED: [
            CheckStatus.ANSWERED,
            CheckStatus.UNANSWERED,
            CheckStatus.SUPERSEDED,
        ],
        CheckStatus.ANSWERED: [CheckStatus.SUPERSEDED],
        CheckStatus.UNANSWERED: [CheckStatus.SUPERSEDED],
        CheckStatus.SUPERSEDED: [],
    }
)


class CheckResult(models.TextChoices):
    """What an answer says; each kind uses some of them."""

    MATCH = "match", _("Agrees")
    MISMATCH = "mismatch", _("Does not agree")
    NOT_FOUND = "not_found", _("Not known there")
    ENDED = "ended", _("No longer in business")
    SAME = "same", _("The same person")
    DIFFERENT = "different", _("Another person")
    UNCLEAR = "unclear", _("Not clear")
    FOUND = "found", _("Has accounts")
    NONE = "none", _("Has no accounts")
    OPENED = "opened", pgettext_lazy("check", "Opened")
    PARTLY = "partly", _("Partly opened")
    REFUSED = "refused", pgettext_lazy("check", "Refused")
    OWN = "own", _("The person's own card")
    OTHER = "other", _("Another person's card")
    UNKNOWN = "unknown", _("The bank does not know the card")
    INACTIVE = "inactive", _("The card is not active")
    WRONG_CLASS = "wrong_class", _("No Class I debit card")
    LINKED = "linked", _("Linked")
    LAPSED = "lapsed", _("Not finished in time")
    AT_BANK = "at_bank", _("To be finished at the bank")
    BLOCKED = "blocked", _("Blocked")
    CLOSED = "closed", pgettext_lazy("check", "Closed")
    UNLINKED = "unlinked", _("Link ended")
    CHANGED = "changed", pgettext_lazy("check", "Changed")
    TAKEN = "taken", pgettext_lazy("check", "Taken over")


class PackStatus(models.TextChoices):
    """Where the agreements of an application stand."""

    PRESENTED = "presented", _("To be read and signed")
    SIGNED = "signed", _("Signed")
    SEALED = "sealed", _("Signed and sealed")
    SUPERSEDED = "superseded", _("Replaced by another pack")


PACK_TRANSITIONS = StateTable(
    {
        PackStatus.PRESENTED: [PackStatus.SIGNED, PackStatus.SUPERSEDED],
        PackStatus.SIGNED: [PackStatus.SEALED, PackStatus.SUPERSEDED],
        PackStatus.SEALED: [PackStatus.SUPERSEDED],  # what was signed was corrected
        PackStatus.SUPERSEDED: [],
    }
)


class CardSide(models.TextChoices):
    """Which side of an identity card."""

    PORTRAIT = "portrait", _("Side with the portrait")
    EMBLEM = "emblem", _("Side with the emblem")


class ReadingStatus(models.TextChoices):
    """Where the reading of a photograph stands."""

    WAITING = "waiting", _("Being read")
    READ = "read", pgettext_lazy("document", "Read")
    UNREADABLE = "unreadable", _("Cannot be read")


READING_TRANSITIONS = StateTable(
    {
        ReadingStatus.WAITING: [ReadingStatus.READ, ReadingStatus.UNREADABLE],
        ReadingStatus.READ: [],
        ReadingStatus.UNREADABLE: [],
    }
)


class WitnessingMode(models.TextChoices):
    """How a person is witnessed; a dated rule says which of them counts online."""

    ONE_WAY = "one_way", _("Recording by the customer")
    TWO_WAY = "two_way", _("Video call with a witness")
    OUTLET = "outlet", _("At an outlet")
    PRESENT = "present", _("Two people at an outlet, without a recording")


AT_OUTLETS = (WitnessingMode.OUTLET, WitnessingMode.PRESENT)


class WitnessingStatus(models.TextChoices):
    """Where a recording stands."""

    OPEN = "open", _("Chapters are missing")
    COMPLETE = "complete", _("Complete")
    SUPERSEDED = "superseded", _("Replaced by a later one")


WITNESSING_TRANSITIONS = StateTable(
    {
        WitnessingStatus.OPEN: [WitnessingStatus.COMPLETE, WitnessingStatus.SUPERSEDED],
        # the last where a person turned out to be one whom a counter serves
        WitnessingStatus.COMPLETE: [WitnessingStatus.OPEN, WitnessingStatus.SUPERSEDED],
        WitnessingStatus.SUPERSEDED: [],
    }
)
