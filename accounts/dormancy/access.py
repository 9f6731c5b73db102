"""Who sees unused accounts, and what the timeline tells of them."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from accounts.dormancy import events, home
from branches.access import in_units_of
from brokerage.core import home_cards, roles, scope
from brokerage.core.roles import Role
from brokerage.customers.own import own_rows
from brokerage.journal.subscriptions import subscribe
from brokerage.journal.timeline import register_kind

LABEL, SEES = "accounts.Dormancy", "accounts.view_dormancy"
BY_OUTLET = (Role.BRANCH_MANAGER, Role.OPENING_OFFICER, Role.OPERATIONS, Role.HEAD_OFFICE)


def declare() -> None:
    """Fill the registries of the foundation; called once when the app is ready."""
    scope.register(LABEL, Role.CUSTOMER, own_rows("application__customer__"))
    for role in BY_OUTLET:
        scope.register(LABEL, role, in_units_of(role, "application__outlet"))
        roles.allow(role, SEES)
    scope.register_readers(LABEL, *sorted(roles.READERS))
    for role in sorted(roles.READERS):
        roles.allow(role, SEES)
    home_cards.sources.register("accounts.rest", home.cards)
    home_cards.facts.register("accounts.rests", home.rests)
    for event in (events.RestAnnounced, events.AccountAtRest, events.AccountWoken):
        verb = event.kind.partition(".")[2]
        subscribe(event, "accounts.dormancy.handlers.tell", name=f"accounts.tell_{verb}")
    told = (
        (
            events.RestAnnounced,
            _("We told you that your unused account will be limited"),
            _("The customer was told that the unused account will be limited"),
            "clock",
        ),
        (
            events.RestCancelled,
            _("Your account is in use again"),
            _("The account is in use again"),
            "check",
        ),
        (
            events.AccountAtRest,
            _("Your account is limited because nobody uses it"),
            _("The account is limited: nobody uses it"),
            "lock",
        ),
        (
            events.AccountWoken,
            _("You woke your account"),
            _("The customer woke the account"),
            "key",
        ),
        (
            events.AccountOpenAgain,
            _("Your account is open again"),
            _("The account is open again after its rest"),
            "check",
        ),
    )
    for happened, label, staff, icon in told:
        register_kind(happened, label, icon=icon, public=True, staff=staff)
