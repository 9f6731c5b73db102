"""Words of an active account's life: its document, and what a customer may still do."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from brokerage.core.states import StateTable


class Ability(models.TextChoices):
    """One thing an account can do; each is open or closed for itself."""

    DEPOSIT = "deposit", _("Pay in")
    WITHDRAW = "withdraw", _("Pay out")
    SELL = "sell", _("Sell")
    BUY = "buy", _("Buy")


class DocumentStatus(models.TextChoices):
    """Where the document stands that an account rests on."""

    VALID = "valid", pgettext_lazy("document", "Valid")
    ENDING = "ending", pgettext_lazy("document", "Ends soon")
    EXPIRED = "expired", pgettext_lazy("document", "Expired, nothing is limited yet")
    LIMITED = "limited", pgettext_lazy("document", "Expired, the account is limited")


DOCUMENT_TRANSITIONS = StateTable(
    {
        DocumentStatus.VALID: [
            DocumentStatus.ENDING,
            DocumentStatus.EXPIRED,
            DocumentStatus.LIMITED,
        ],
        DocumentStatus.ENDING: [
            DocumentStatus.VALID,
            DocumentStatus.EXPIRED,
            DocumentStatus.LIMITED,
        ],
        DocumentStatus.EXPIRED: [
            DocumentStatus.VALID,
            DocumentStatus.ENDING,
            DocumentStatus.LIMITED,
        ],
        DocumentStatus.LIMITED: [
            DocumentStatus.VALID,
            DocumentStatus.ENDING,
            DocumentStatus.EXPIRED,  # a later rule gives more time
            DocumentStatus.LIMITED,  # the next grade
        ],
    }
)
RUNS_OUT = (DocumentStatus.ENDING, DocumentStatus.EXPIRED, DocumentStatus.LIMITED)


class RenewalStatus(models.TextChoices):
    """A new document on its way to us."""

    DRAFT = "draft", pgettext_lazy("renewal", "In progress")
    SENT = "sent", pgettext_lazy("renewal", "With us")
    PROPOSED = "proposed", pgettext_lazy("renewal", "One person agreed")
    RETURNED = "returned", pgettext_lazy("renewal", "To be done again")
    CONFIRMED = "confirmed", pgettext_lazy("renewal", "Confirmed")


RENEWAL_TRANSITIONS = StateTable(
    {
        RenewalStatus.DRAFT: [RenewalStatus.SENT],
        RenewalStatus.SENT: [RenewalStatus.PROPOSED, RenewalStatus.RETURNED],
        RenewalStatus.PROPOSED: [RenewalStatus.CONFIRMED, RenewalStatus.RETURNED],
        RenewalStatus.RETURNED: [RenewalStatus.SENT],
        RenewalStatus.CONFIRMED: [],
    }
)
RENEWAL_EDITABLE = (RenewalStatus.DRAFT, RenewalStatus.RETURNED)
RENEWAL_WITH_US = (RenewalStatus.SENT, RenewalStatus.PROPOSED)
RENEWAL_OPEN = (*RENEWAL_EDITABLE, *RENEWAL_WITH_US)


class ClosingStatus(models.TextChoices):
    """A customer's wish to close the account."""

    ASKED = "asked", pgettext_lazy("closing", "To be confirmed")
    CONFIRMED = "confirmed", pgettext_lazy("closing", "Confirmed, can be taken back")
    RUNNING = "running", pgettext_lazy("closing", "Being closed")
    DONE = "done", pgettext_lazy("closing", "Closed")
    WITHDRAWN = "withdrawn", pgettext_lazy("closing", "Taken back")


CLOSING_TRANSITIONS = StateTable(
    {
        ClosingStatus.ASKED: [ClosingStatus.CONFIRMED, ClosingStatus.WITHDRAWN],
        ClosingStatus.CONFIRMED: [ClosingStatus.RUNNING, ClosingStatus.WITHDRAWN],
        ClosingStatus.RUNNING: [ClosingStatus.DONE],
        ClosingStatus.DONE: [],
        ClosingStatus.WITHDRAWN: [],
    }
)
CLOSING_OPEN = (ClosingStatus.ASKED, ClosingStatus.CONFIRMED, ClosingStatus.RUNNING)
WITHDRAWABLE = (ClosingStatus.ASKED, ClosingStatus.CONFIRMED)


class Obstacle(models.TextChoices):
    """What has to be settled before an account can be closed."""

    POSITIONS = "positions", _("You still hold securities")
    CASH = "cash", _("There is still money in the account")
    FROZEN = "frozen", _("Some money is held or pledged")
    DEBT = "debt", _("There is a debt from margin trading")
    UNSETTLED = "unsettled", _("Trades are not settled yet")
    APPLICATION = "application", _("Another application is open")
    RENEWAL = "renewal", _("A new identity document is being checked")
    LINK = "link", _("The link to the bank is not finished")
    BANK_CHANGE = "bank_change", _("A change of the bank is not finished")
    MARKET = "market", _("Another market is being opened")
    PERMISSION = "permission", _("An application for a trading permission is open")
    OTHER = "other", _("It cannot be closed at the moment")
    FUNDS = "funds", _("You still hold units of funds")
    ORDERS = "orders", _("Orders, bids or contracts are on their way")
    REFUNDS = "refunds", _("Money is still to be paid back to you")
