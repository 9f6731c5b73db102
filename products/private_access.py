"""Who sells private funds, who calls, and who sees their contracts."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from branches.access import at_home_in_units_of, in_units_of
from brokerage.backoffice import four_eyes
from brokerage.backoffice.tasks import register_source
from brokerage.core import roles, scope
from brokerage.core.roles import Role
from brokerage.customers.own import own_rows
from brokerage.journal.subscriptions import subscribe
from brokerage.journal.timeline import register_kind
from products import private_desk
from products import private_events as events
from products.states import QualifiedFor
from products.use_cases.qualifying import qualified_approved

LABEL = "products.PrivateContract"
QUALIFIED = "products.QualifiedInvestor"
CALLS = "products.call_privatecontract"
EVERYTHING = (Role.HEAD_OFFICE, Role.CALL_CENTRE, *sorted(roles.READERS))


def declare() -> None:
    """Outlets sell; the call centre, which never sells, calls."""
    scope.register(LABEL, Role.CUSTOMER, own_rows())
    scope.register(LABEL, Role.BRANCH_MANAGER, in_units_of(Role.BRANCH_MANAGER, "outlet"))
    scope.register(LABEL, Role.ADVISER, at_home_in_units_of(Role.ADVISER, "customer__"))
    scope.register_readers(LABEL, *EVERYTHING)
    for role in (Role.BRANCH_MANAGER, Role.ADVISER, *EVERYTHING):
        roles.allow(role, "products.view_privatecontract")
    roles.allow(Role.ADVISER, "products.add_privatecontract")
    roles.allow(Role.CALL_CENTRE, CALLS)
    register_source(
        "products.private_calls",
        _("Calls after the time to cool off"),
        private_desk.calls,
        private_desk.probe_calls,
    )
    for event in (
        events.PrivatePaid,
        events.PrivateUnpaid,
        events.PrivateLapsed,
        events.PrivatePaidLate,
        events.PrivateConfirmed,
        events.PrivateCancelled,
        events.PrivateUnreached,
    ):
        verb = event.kind.partition(".")[2]
        subscribe(event, "products.handlers.tell_of_contract", name=f"products.tell_{verb}")
    _declare_qualified()
    _label_events()


def _declare_qualified() -> None:
    """Outlets take proofs down where the customer is at home; a manager or head office agrees."""
    scope.register(QUALIFIED, Role.CUSTOMER, own_rows())
    for role in (Role.BRANCH_MANAGER, Role.ADVISER):
        scope.register(QUALIFIED, role, at_home_in_units_of(role, "customer__"))
    scope.register_readers(QUALIFIED, Role.HEAD_OFFICE, *sorted(roles.READERS))
    for role in (Role.BRANCH_MANAGER, Role.ADVISER, Role.HEAD_OFFICE, *sorted(roles.READERS)):
        roles.allow(role, "products.view_qualifiedinvestor")
    for role in (Role.BRANCH_MANAGER, Role.ADVISER):
        roles.allow(role, "products.add_qualifiedinvestor")
    for role in (Role.BRANCH_MANAGER, Role.HEAD_OFFICE):
        roles.allow(role, "products.change_qualifiedinvestor")
    four_eyes.on_approval(QUALIFIED, qualified_approved)
    labels = (
        (
            events.QualifiedProposed,
            _("You showed a proof as a qualified investor for {products}"),
            _("A proof as a qualified investor for {products} was taken down"),
            "list",
        ),
        (
            events.QualifiedAgreed,
            _("You are a qualified investor for {products}"),
            _("The customer is a qualified investor for {products}"),
            "check",
        ),
    )
    for event, label, staff, icon in labels:
        words = {"products": QualifiedFor}
        register_kind(event, label, icon=icon, public=True, staff=staff, words=words)


def _label_events() -> None:
    labels = (
        (
            events.PrivateSigned,
            _("You signed for a private fund"),
            _("The customer signed for a private fund"),
            "edit",
        ),
        (
            events.PrivatePaid,
            _("The money for a private fund was taken; you can cool off"),
            _("The money for a private fund was taken; the customer can cool off"),
            "card",
        ),
        (
            events.PrivateUnpaid,
            _("A contract of a private fund ended: there was not enough money"),
            "",
            "x",
        ),
        (
            events.PrivateLapsed,
            _("A contract of a private fund ended: nobody answered about the money in time"),
            "",
            "x",
        ),
        (
            events.PrivatePaidLate,
            _("The money for a private fund was taken late; it goes back"),
            "",
            "card",
        ),
        (
            events.PrivateConfirmed,
            _("You confirmed a private fund in a call; it binds"),
            _("The customer confirmed a private fund in a call; it binds"),
            "check",
        ),
        (
            events.PrivateCancelled,
            _("You took back a contract of a private fund"),
            _("The customer took back a contract of a private fund"),
            "x",
        ),
        (
            events.PrivateTried,
            _("We called you about a private fund and got no answer yet"),
            _("A call about a private fund brought no answer yet"),
            "phone",
        ),
        (
            events.PrivateUnreached,
            _("A contract of a private fund ended: nobody confirmed it in a call in time"),
            "",
            "x",
        ),
        (events.PrivateRefunded, _("The money for a private fund was paid back"), "", "card"),
    )
    for event, label, staff, icon in labels:
        register_kind(event, label, icon=icon, public=True, staff=staff)
