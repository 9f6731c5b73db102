"""Who sees wishes for other markets, what the timeline tells, and what the customer hears."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from accounts.evidence.events import CheckAnswered
from accounts.evidence.states import OF_A_LATER_MARKET
from accounts.later_markets import events
from accounts.terms import Market
from branches.access import in_units_of
from brokerage.core import roles, scope
from brokerage.core.roles import Role
from brokerage.customers.own import own_rows
from brokerage.journal.subscriptions import subscribe
from brokerage.journal.timeline import register_kind

BY_OUTLET = (Role.BRANCH_MANAGER, Role.OPENING_OFFICER, Role.OPERATIONS, Role.HEAD_OFFICE)
MODEL, VIEW = "accounts.MarketWish", "accounts.view_marketwish"
TOLD = (
    (
        events.MarketAsked,
        _("You asked for another market: {market}"),
        _("The customer asked for another market: {market}"),
        "doc",
    ),
    (
        events.MarketSigned,
        _("You signed for another market: {market}"),
        _("The customer signed for another market with a code: {market}"),
        "key",
    ),
    (
        events.MarketOpened,
        _("The depository opened your account: {market}"),
        _("The depository opened another market: {market}"),
        "check",
    ),
    (
        events.MarketRefused,
        _("The depository did not open your account: {market}"),
        _("The depository did not open another market: {market}"),
        "alert",
    ),
    (
        events.MarketTakenBack,
        _("You took back that you want another market: {market}"),
        _("The customer no longer wants another market: {market}"),
        "x",
    ),
)
SENT = (events.MarketOpened, events.MarketRefused)


def declare() -> None:
    """Fill the registries of the foundation; called once when the app is ready."""
    scope.register(MODEL, Role.CUSTOMER, own_rows("application__customer__"))
    for role in BY_OUTLET:
        scope.register(MODEL, role, in_units_of(role, "application__outlet"))
        roles.allow(role, VIEW)
    scope.register_readers(MODEL, *sorted(roles.READERS))
    for role in sorted(roles.READERS):
        roles.allow(role, VIEW)
    for event, label, staff, icon in TOLD:
        register_kind(event, label, icon=icon, public=True, staff=staff, words={"market": Market})
    register_kind(events.MarketSealed, _("The signed file of another market was made"))
    for sent in SENT:
        verb = sent.kind.partition(".")[2]
        subscribe(sent, "accounts.later_markets.handlers.tell", name=f"accounts.tell_{verb}")
    subscribe(
        CheckAnswered,
        "accounts.later_markets.handlers.take_answer",
        name="accounts.take_later_market",
        field="of_kind",
        values=OF_A_LATER_MARKET,
    )
