"""Who sees the first days of accounts and greets, and what the timeline tells of it."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from accounts.events import AccountActivated
from accounts.plan import events, home
from accounts.plan.states import GreetingOutcome
from branches.access import in_units_of
from brokerage.backoffice.tasks import register_source
from brokerage.core import home_cards, roles, scope
from brokerage.core.roles import Role
from brokerage.customers.own import own_rows
from brokerage.journal.subscriptions import subscribe
from brokerage.journal.timeline import register_kind

LABEL, SEES = "accounts.FirstDays", "accounts.view_firstdays"
BY_OUTLET = (Role.BRANCH_MANAGER, Role.OPENING_OFFICER, Role.OPERATIONS, Role.HEAD_OFFICE)
GREET = (Role.BRANCH_MANAGER, Role.OPENING_OFFICER)


def declare() -> None:
    """Fill the registries of the foundation; called once when the app is ready."""
    scope.register(LABEL, Role.CUSTOMER, own_rows("application__customer__"))
    for role in BY_OUTLET:
        scope.register(LABEL, role, in_units_of(role, "application__outlet"))
        roles.allow(role, SEES)
    scope.register_readers(LABEL, *sorted(roles.READERS))
    for role in sorted(roles.READERS):
        roles.allow(role, SEES)
    for role in GREET:
        roles.allow(role, home.GREETS)
    home_cards.sources.register("accounts.first_days", home.cards)
    home_cards.facts.register("accounts.in_first_days", home.in_first_days)
    register_source("accounts.greetings", _("Greetings"), home.tasks, home.probe)
    subscribe(AccountActivated, "accounts.plan.handlers.begin", name="accounts.begin_first_days")
    register_kind(events.FirstDaysBegan, _("The first days of the account began"), icon="clock")
    register_kind(
        events.GreetingTried,
        _("Greeting by the outlet: {outcome}"),
        icon="user",
        words={"outcome": GreetingOutcome},
    )
