"""Who sees changes of banks, what the timeline tells, and what the customer hears."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from accounts.banking import events, home
from accounts.evidence.events import CheckAnswered, CheckUnanswered
from accounts.evidence.states import OF_THE_BANK
from branches.access import in_units_of
from brokerage.core import home_cards, roles, scope
from brokerage.core.roles import Role
from brokerage.customers.own import own_rows
from brokerage.journal.subscriptions import subscribe
from brokerage.journal.timeline import register_kind

BY_OUTLET = (Role.BRANCH_MANAGER, Role.OPENING_OFFICER, Role.OPERATIONS, Role.HEAD_OFFICE)
MODEL, VIEW = "accounts.BankChange", "accounts.view_bankchange"
TOLD = (
    (
        events.BankLinked,
        _("Your bank is linked"),
        _("The bank linked the account"),
        "check",
    ),
    (
        events.LinkToFinish,
        _("Finish the link at your bank"),
        _("The customer has to finish the link at the bank"),
        "clock",
    ),
    (
        events.LinkFinished,
        _("Your bank is linked: it was finished there"),
        _("The link was finished at the bank"),
        "check",
    ),
    (
        events.LinkRefused,
        _("Your bank did not link the account"),
        _("The bank did not link the account"),
        "alert",
    ),
    (
        events.BankChangeAsked,
        _("You asked for another bank or card"),
        _("The customer asked for another bank or card"),
        "doc",
    ),
    (
        events.BankChangeConfirmed,
        _("You confirmed the other bank or card"),
        _("The customer confirmed the other bank or card with a code"),
        "key",
    ),
    (
        events.BankChangeBlocked,
        _("The bank cannot take your account yet"),
        _("The bank cannot take the account yet"),
        "alert",
    ),
    (
        events.BankChangeTakenBack,
        _("You took the change of the bank back"),
        _("The customer took the change of the bank back"),
        "x",
    ),
    (
        events.BankChanged,
        _("Another bank keeps your money from now on"),
        _("Another bank is linked from now on"),
        "check",
    ),
)
SENT = (
    events.LinkToFinish,
    events.LinkFinished,
    events.LinkRefused,
    events.BankChangeBlocked,
    events.BankChanged,
)


def declare() -> None:
    """Fill the registries of the foundation; called once when the app is ready."""
    scope.register(MODEL, Role.CUSTOMER, own_rows("application__customer__"))
    for role in BY_OUTLET:
        scope.register(MODEL, role, in_units_of(role, "application__outlet"))
        roles.allow(role, VIEW)
    scope.register_readers(MODEL, *sorted(roles.READERS))
    for role in sorted(roles.READERS):
        roles.allow(role, VIEW)
    home_cards.sources.register("accounts.bank", home.cards)
    home_cards.facts.register("accounts.bank_waits", home.waits)
    for event, label, staff, icon in TOLD:
        register_kind(event, label, icon=icon, public=True, staff=staff)
    for sent in SENT:
        verb = sent.kind.partition(".")[2]
        subscribe(sent, "accounts.banking.handlers.tell", name=f"accounts.tell_{verb}")
    for answer, word in ((CheckAnswered, "answered"), (CheckUnanswered, "unanswered")):
        subscribe(
            answer,
            "accounts.banking.handlers.take_answer",
            name=f"accounts.bank_{word}",
            field="of_kind",
            values=OF_THE_BANK,
        )
