"""Who sees and does what about documents of active accounts, and what the timeline tells."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from accounts.events import AccountActivated
from accounts.evidence.events import CheckAnswered, CheckUnanswered
from accounts.evidence.states import OF_THE_CLOSING
from accounts.life import events, home
from accounts.states import Lack
from branches.access import in_units_of
from brokerage.backoffice.tasks import register_source
from brokerage.core import home_cards, roles, scope
from brokerage.core.roles import Role
from brokerage.customers.own import own_rows
from brokerage.journal.subscriptions import subscribe
from brokerage.journal.timeline import register_kind

BY_OUTLET = (
    Role.BRANCH_MANAGER,
    Role.OPENING_OFFICER,
    Role.REVIEWER,
    Role.OPERATIONS,
    Role.HEAD_OFFICE,
)
MODELS = ("IdDocument", "DocumentRenewal", "Closing")
ASKS_AGAIN = "accounts.ask_again_closing"


def declare() -> None:
    """Fill the registries of the foundation; called once when the app is ready."""
    for model in MODELS:
        label, right = f"accounts.{model}", f"accounts.view_{model.lower()}"
        scope.register(label, Role.CUSTOMER, own_rows("application__customer__"))
        for role in BY_OUTLET:
            scope.register(label, role, in_units_of(role, "application__outlet"))
            roles.allow(role, right)
        scope.register_readers(label, *sorted(roles.READERS))
        for role in sorted(roles.READERS):
            roles.allow(role, right)
    home_cards.sources.register("accounts.document", home.cards)
    home_cards.facts.register("accounts.document_runs_out", home.runs_out)
    register_source("accounts.documents", _("Identity documents"), home.tasks, home.probe)
    _label_events()
    subscribe(AccountActivated, "accounts.life.handlers.take_in", name="accounts.watch_document")
    for event in (
        events.DocumentEnding,
        events.DocumentExpired,
        events.AccountLimited,
        events.RenewalReturned,
        events.DocumentRenewed,
        events.ClosingConfirmed,
        events.ClosingHeld,
        events.AccountClosed,
    ):
        verb = event.kind.partition(".")[2]
        subscribe(event, "accounts.life.handlers.tell", name=f"accounts.tell_{verb}")

    for answer, word in ((CheckAnswered, "answered"), (CheckUnanswered, "unanswered")):
        subscribe(
            answer,
            "accounts.life.handlers.go_on_closing",
            name=f"accounts.go_on_closing_{word}",
            field="of_kind",
            values=OF_THE_CLOSING,
        )
    roles.allow(Role.OPERATIONS, ASKS_AGAIN)


def _label_events() -> None:
    told = (
        (
            events.DocumentEnding,
            _("Your identity document ends within {days} days"),
            _("The identity document ends within {days} days"),
            "clock",
        ),
        (
            events.DocumentExpired,
            _("Your identity document has expired"),
            _("The identity document has expired"),
            "alert",
        ),
        (
            events.AccountLimited,
            _("Your account is limited until your new document is confirmed"),
            _("The account is limited: the document was not renewed in time"),
            "lock",
        ),
        (
            events.RenewalSent,
            _("You sent your new identity document"),
            _("The customer sent a new identity document"),
            "doc",
        ),
        (
            events.KeyDataChanged,
            _("Your name or identity number was changed"),
            _("Name or identity number was changed"),
            "person",
        ),
        (
            events.DocumentRenewed,
            _("Your new identity document counts from now on"),
            _("The new identity document was confirmed"),
            "check",
        ),
    )
    for event, label, staff, icon in told:
        register_kind(event, label, icon=icon, public=True, staff=staff)
    register_kind(
        events.RenewalReturned,
        _("We asked you to send your new document again"),
        icon="alert",
        public=True,
        staff=_("The new document was returned: {lack}"),
        words={"lack": Lack},
    )
    closing = (
        (
            events.ClosingAsked,
            _("You asked to close your account"),
            _("The customer asked to close the account"),
            "doc",
        ),
        (
            events.ClosingConfirmed,
            _("You confirmed that your account is closed"),
            _("The customer confirmed the closing with a code"),
            "key",
        ),
        (
            events.ClosingWithdrawn,
            _("You took the closing back"),
            _("The customer took the closing back"),
            "x",
        ),
        (
            events.ClosingBegan,
            _("We asked the depository to close your accounts"),
            _("The depository is asked to close the accounts"),
            "clock",
        ),
        (
            events.AccountClosed,
            _("Your account is closed"),
            _("The account is closed"),
            "check",
        ),
    )
    for happened, label, staff, icon in closing:
        register_kind(happened, label, icon=icon, public=True, staff=staff)
    register_kind(
        events.ClosingHeld,
        _("Something is in the way of closing your account"),
        icon="alert",
        public=True,
        staff=_("The closing waits: {problem}"),
    )
    register_kind(events.RenewalProposed, _("One person agreed to the new document"))
