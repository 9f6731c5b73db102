"""Who sees and does what with trading permissions, and what the rest of the house shows."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from accounts.counter.states import ReleaseEnd
from accounts.life.events import AccountClosed
from accounts.permissions import events, home, own_data, retention
from accounts.permissions.proofs import PERMISSION_PROOF_LIST
from accounts.permissions.standing import standing
from accounts.permissions.states import AttemptStatus, CaseStatus, CaseVerdict, Loss, ProvedFact
from accounts.permissions.use_cases.reviewing import DECIDES, PROPOSES
from branches.access import at_home_in_units_of
from brokerage.backoffice.imports import register as register_importer
from brokerage.backoffice.tasks import register_source
from brokerage.core import data_export, home_cards, roles, scope
from brokerage.core import retention as core_retention
from brokerage.core.roles import Role
from brokerage.customers.own import own_rows
from brokerage.journal.subscriptions import subscribe
from brokerage.journal.timeline import register_kind
from suitability import applying
from suitability.events import ClassChanged
from suitability.profiles import standings

MODELS = ("TradingPermission", "PermissionApplication")
BY_OUTLET = (Role.BRANCH_MANAGER, Role.ADVISER, Role.OPENING_OFFICER, Role.REVIEWER)


def declare() -> None:
    """Fill the registries of the foundation; called once when the app is ready."""
    for name in MODELS:
        label = f"accounts.{name}"
        scope.register(label, Role.CUSTOMER, own_rows())
        for role in BY_OUTLET:
            scope.register(label, role, at_home_in_units_of(role, "customer__"))
        scope.register_readers(label, *sorted(roles.READERS))
        for role in (*BY_OUTLET, *sorted(roles.READERS)):
            roles.allow(role, f"accounts.view_{name.lower()}")
    scope.register("accounts.TestAttempt", Role.CUSTOMER, own_rows("application__customer__"))
    scope.register_readers("accounts.TestAttempt", *sorted(roles.READERS))
    roles.allow(Role.OPENING_OFFICER, PROPOSES)
    roles.allow(Role.REVIEWER, PROPOSES, DECIDES)
    for role in (Role.BRANCH_MANAGER, Role.OPERATIONS):
        roles.allow(role, PERMISSION_PROOF_LIST.permission)
    register_importer(PERMISSION_PROOF_LIST)
    scope.register_readers("accounts.QuestionBank", *sorted(roles.READERS))
    for role in sorted(roles.READERS):
        roles.allow(role, "accounts.view_questionbank")
    roles.allow(Role.COMPLIANCE, "accounts.add_questionbank", "accounts.change_questionbank")
    standings.register("accounts.permissions", standing)
    applying.entries.register("accounts.permissions", home.entry)
    home_cards.sources.register("accounts.permissions", home.cards)
    home_cards.facts.register("accounts.permission_waits", home.waits)
    register_source("accounts.permissions", _("Trading permissions"), home.tasks, home.probe)
    for policy in retention.POLICIES:
        core_retention.register(policy)
    data_export.exempt("accounts.QuestionBank", "questions of a test: nobody's data")
    own_data.register()
    _label_events()
    _subscribe()


def _label_events() -> None:
    """For the customer in the second person; for staff in the third."""
    told = [
        (
            events.PermissionApplied,
            _("You applied for a trading permission"),
            _("The customer applied for a trading permission"),
            "doc",
        ),
        (
            events.FirstTradeKnown,
            _("The depository told us your first trade"),
            _("The depository told the first trade"),
            "check",
        ),
        (
            events.RiskRead,
            _("You read the risk disclosure"),
            _("The customer read the risk disclosure"),
            "doc",
        ),
        (
            events.PermissionSigned,
            _("You signed the risk disclosure"),
            _("The customer signed the risk disclosure"),
            "check",
        ),
        (
            events.PermissionReported,
            _("We report your permission to the exchange"),
            _("Reviewed; the exchange is told"),
            "clock",
        ),
        (
            events.PermissionGranted,
            _("You have the trading permission; it counts from {effective_on}"),
            _("Granted; it counts from {effective_on}"),
            "check",
        ),
        (
            events.PermissionRefused,
            _("You did not get the trading permission"),
            _("The trading permission was refused"),
            "x",
        ),
        (
            events.PermissionWithdrawn,
            _("You gave up the application for a trading permission"),
            _("The customer gave up the application"),
            "x",
        ),
        (
            events.PermissionExpired,
            _("Your application for a trading permission ended: it was not signed in time"),
            _("Ended: it was not signed in time"),
            "x",
        ),
    ]
    for event, label, staff, icon in told:
        register_kind(event, label, icon=icon, public=True, staff=staff)
    register_kind(
        events.PermissionProofTaken,
        _("A document of yours was taken as a proof: {fact}"),
        icon="doc",
        public=True,
        staff=_("A document was taken as a proof: {fact}"),
        words={"fact": ProvedFact},
    )
    _label_help()
    for held, label, staff in (
        (
            events.PermissionSuspended,
            _("You cannot buy with this permission now; selling stays open"),
            _("Suspended by rule; selling stays open"),
        ),
        (
            events.PermissionRestored,
            _("You can buy with this permission again"),
            _("Restored by rule"),
        ),
        (
            events.PermissionReachable,
            _("You meet the conditions of a trading permission now"),
            _("The conditions are met now"),
        ),
    ):
        register_kind(held, label, icon="swap", public=True, staff=staff)
    register_kind(
        events.PermissionRevoked,
        _("The permission is revoked; selling stays open: {by}"),
        icon="x",
        public=True,
        words={"by": Loss},
    )
    register_kind(events.RevocationProposed, _("It was proposed to revoke the permission"))
    register_kind(
        events.AttemptBegun,
        _("You began attempt {number} at the knowledge test"),
        icon="list",
        public=True,
        staff=_("Attempt {number} at the knowledge test began"),
    )
    register_kind(
        events.AttemptEnded,
        _("Attempt {number} at the knowledge test: {outcome}"),
        icon="list",
        public=True,
        words={"outcome": AttemptStatus},
    )
    register_kind(
        events.PermissionVerdictProposed,
        _("A verdict on the trading permission was proposed: {verdict}"),
        words={"verdict": CaseVerdict},
    )


def _label_help() -> None:
    """What happens with an outlet's help, and the signed file."""
    register_kind(
        events.PermissionSealed,
        _("Your signed application for the permission is ready"),
        icon="doc",
        public=True,
        staff=_("The signed file was made"),
    )
    register_kind(
        events.PermissionEvidenceExported,
        _("The evidence was exported for an inspection"),
        icon="file",
    )
    register_kind(
        events.PermissionOffered,
        _("You made a code for an outlet"),
        icon="key",
        public=True,
        staff=_("The customer made a code for an outlet"),
    )
    register_kind(
        events.PermissionOpenedAtOutlet,
        _("An outlet opened your application with your code"),
        icon="eye",
        public=True,
        staff=_("Opened at an outlet with the customer's code"),
    )
    register_kind(
        events.PermissionStepHelped,
        _("An outlet did a step with you: {step}"),
        icon="pin",
        public=True,
        staff=_("Done at an outlet: {step}"),
        words={"step": CaseStatus},
    )
    register_kind(
        events.PermissionClosedAtOutlet,
        _("An outlet's access ended: {ended_by}"),
        icon="lock",
        public=True,
        words={"ended_by": ReleaseEnd},
    )


def _subscribe() -> None:
    subscribe(
        ClassChanged,
        "accounts.permissions.handlers.look_at_class",
        name="accounts.permission_class",
    )
    subscribe(
        AccountClosed,
        "accounts.permissions.handlers.end_with_account",
        name="accounts.permission_end_with_account",
    )
    for held, verb in (
        (events.PermissionSuspended, "suspended"),
        (events.PermissionRestored, "restored"),
        (events.PermissionRevoked, "revoked"),
        (events.PermissionReachable, "reachable"),
    ):
        subscribe(
            held,
            "accounts.permissions.handlers.tell_of_loss",
            name=f"accounts.permission_tell_{verb}",
        )
    for event, verb in (
        (events.FirstTradeKnown, "first_trade"),
        (events.PermissionGranted, "granted"),
        (events.PermissionRefused, "refused"),
        (events.PermissionExpired, "expired"),
    ):
        subscribe(
            event,
            "accounts.permissions.handlers.tell_customer",
            name=f"accounts.permission_tell_{verb}",
        )
