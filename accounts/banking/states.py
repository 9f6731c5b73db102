"""The life of a change of the custody bank, and what a bank may have against it."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from brokerage.core.states import StateTable


class ChangeStatus(models.TextChoices):
    """Where a customer's wish for another bank stands."""

    ASKED = "asked", pgettext_lazy("bank change", "To be confirmed")
    RUNNING = "running", pgettext_lazy("bank change", "The bank is being asked")
    AT_BANK = "at_bank", pgettext_lazy("bank change", "To be finished at the bank")
    DONE = "done", pgettext_lazy("bank change", "Done")
    BLOCKED = "blocked", pgettext_lazy("bank change", "Not possible yet")
    WITHDRAWN = "withdrawn", pgettext_lazy("bank change", "Taken back")


CHANGE_TRANSITIONS = StateTable(
    {
        ChangeStatus.ASKED: [ChangeStatus.RUNNING, ChangeStatus.WITHDRAWN],
        ChangeStatus.RUNNING: [ChangeStatus.AT_BANK, ChangeStatus.DONE, ChangeStatus.BLOCKED],
        ChangeStatus.AT_BANK: [ChangeStatus.DONE, ChangeStatus.BLOCKED, ChangeStatus.WITHDRAWN],
        ChangeStatus.DONE: [],
        ChangeStatus.BLOCKED: [],
        ChangeStatus.WITHDRAWN: [],
    }
)
CHANGE_OPEN = (ChangeStatus.ASKED, ChangeStatus.RUNNING, ChangeStatus.AT_BANK)
CHANGE_ENDED = (ChangeStatus.DONE, ChangeStatus.BLOCKED, ChangeStatus.WITHDRAWN)
CAN_BE_TAKEN_BACK = (ChangeStatus.ASKED, ChangeStatus.AT_BANK)


class Blocker(models.TextChoices):
    """Why a bank did not take the account, in words for the customer."""

    CASH = "cash", _("There is still money in the account")
    ORDERS = "orders", _("There are orders of today")
    TRANSFERS = "transfers", _("Money was transferred today")
    SUBSCRIPTIONS = "subscriptions", _("A subscription is not finished")
    DEBT = "debt", _("There is a debt from margin trading")
    CARD = "card", _("The bank does not accept this card")
    UNANSWERED = "unanswered", _("The bank did not answer")
    UNKNOWN = "unknown", _("The bank did not say why")
