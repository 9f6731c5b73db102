"""Who sees and does what here, and how higher apps scope their rows by unit."""

from __future__ import annotations

from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from branches import code_events, desk, events, network_access, overview, place_events, portal
from branches.commission import access as commission_access
from branches.imports.commission import COMMISSION
from branches.imports.hours import HOURS
from branches.imports.outlets import OUTLETS
from branches.imports.staff import STAFF_LIST
from branches.models import StaffAssignment
from branches.selectors import units_of
from branches.suggestions import access as suggestions_access
from branches.use_cases.propose_role import give_approved_role
from brokerage.backoffice import four_eyes, home
from brokerage.backoffice.imports import register
from brokerage.backoffice.overview import Part, parts
from brokerage.core import clock, home_cards, roles, scope
from brokerage.core.roles import Role
from brokerage.journal.subscriptions import subscribe
from brokerage.journal.timeline import register_kind

BY_UNIT = (
    Role.BRANCH_MANAGER,
    Role.OPENING_OFFICER,
    Role.REVIEWER,
    Role.ADVISER,
    Role.CALL_CENTRE,
    Role.OPERATIONS,
    Role.HEAD_OFFICE,
    Role.PARTNER_MANAGER,
)
"""Roles whose rows are those of their units. At head office that is the whole firm."""


LOOK_AFTER_STAFF = frozenset({Role.BRANCH_MANAGER, Role.HEAD_OFFICE, Role.ADMINISTRATOR})

PATHS = {
    "branches.OrgUnit": "pk",
    "branches.Placement": "unit",
    "branches.StaffAssignment": "unit",
    "branches.RoleRequest": "unit",
    "branches.UnitProfile": "unit",
    "branches.OpeningHours": "unit",
    "branches.HoursException": "unit",
    "branches.UnitService": "unit",
    "branches.Room": "unit",
    "branches.EntryCode": "unit",
    "branches.Broker": "unit",
    "branches.UnitLicence": "unit",
    "branches.UnitName": "unit",
    "branches.PointHost": "unit",
}
PEOPLE = ("branches.Licence", "branches.Absence", "branches.Departure")
LISTS = ("branches.Service", "branches.LicenceKind")


PART = Part(label=_("Outlet and visits"), order=50, find=overview.facts)


def in_units_of(role: Role, *paths: str) -> scope.Policy:
    """A policy: rows whose unit at one of `paths` (such as `application__unit`) is the role's."""

    def policy(rows: QuerySet[Any], user: Any) -> QuerySet[Any]:
        units = units_of(user, clock.today(), roles=[role]).values("pk")
        return rows.filter(reduce(or_, (Q(**{f"{path}__in": units}) for path in paths)))

    return policy


def register_by_unit(label: str, path: str, *unit_roles: Role) -> None:
    """Scope a model by the unit at `path` for these roles (all roles of units by default)."""
    for role in unit_roles or BY_UNIT:
        scope.register(label, role, in_units_of(role, path))


def in_force(user: Any, held: frozenset[Role]) -> frozenset[Role]:
    """Drop the roles whose every assignment has ended or not begun.

    A role without any assignment was given for the whole system and stays.
    """
    today = clock.today()
    rows = StaffAssignment.objects.filter(user=user).values_list("role", "valid_from", "valid_to")
    dated: dict[str, bool] = {}
    for role, start, end in rows:
        now = start <= today and (end is None or today < end)
        dated[role] = dated.get(role, False) or now
    return frozenset(role for role in held if dated.get(role, True))


def declare() -> None:
    """Fill the registries of core; called once when the app is ready."""
    roles.limits.register("branches.dates", in_force)
    everyone = (*BY_UNIT, *sorted(roles.READERS), Role.ADMINISTRATOR)
    for label, path in PATHS.items():
        register_by_unit(label, path)
        scope.register_readers(label, Role.COMPLIANCE, Role.AUDITOR, Role.ADMINISTRATOR)
    for role in everyone:
        roles.allow(role, "branches.view_orgunit", "branches.view_placement")
        for label in LISTS:
            scope.register_readers(label, role)
    for label in PEOPLE:
        scope.register(label, Role.BRANCH_MANAGER, of_colleagues)
        scope.register_readers(label, Role.HEAD_OFFICE, *sorted(roles.READERS))
    for role in LOOK_AFTER_STAFF | roles.READERS:
        roles.allow(role, "branches.view_staffassignment", "branches.view_rolerequest")
    for role in LOOK_AFTER_STAFF:
        roles.allow(role, "branches.add_rolerequest", "branches.end_assignment")
    for role in (*LOOK_AFTER_STAFF, *sorted(roles.READERS)):
        roles.allow(role, "branches.view_entrycode", "branches.view_broker")
    for role in (Role.BRANCH_MANAGER, Role.HEAD_OFFICE):
        roles.allow(role, "branches.add_entrycode")
    roles.allow(Role.HEAD_OFFICE, "branches.add_broker")
    roles.allow(Role.HEAD_OFFICE, "branches.manage_orgunit", "branches.change_rolerequest")
    for importer in (OUTLETS, HOURS, STAFF_LIST, COMMISSION):
        register(importer)
    for role in (Role.BRANCH_MANAGER, Role.HEAD_OFFICE):
        roles.allow(role, "branches.add_openinghours")
    four_eyes.on_approval("branches.RoleRequest", give_approved_role)
    _declare_people()
    _declare_kinds()
    for event in (events.RoleGiven, events.RoleEnded):
        verb = event.kind.partition(".")[2]
        subscribe(event, f"branches.handlers.tell_{verb}", name=f"branches.tell_{verb}")
    commission_access.declare(register_by_unit)
    network_access.declare()
    suggestions_access.declare()
    home.signs.register("branches.units", desk.signs)
    home_cards.sources.register("branches.outlet", portal.cards)
    home_cards.facts.register("branches.outlet", portal.outlet_of)
    parts.register("branches", PART)


def _declare_people() -> None:
    """Customers by their home outlet, staff by their unit."""
    for role in (Role.BRANCH_MANAGER, Role.OPENING_OFFICER, Role.REVIEWER, Role.ADVISER):
        scope.register("customers.Customer", role, at_home_in_units_of(role))
    for role in (Role.HEAD_OFFICE, Role.ADMINISTRATOR, *sorted(roles.READERS)):
        scope.register("users.User", role, staff_only)
        roles.allow(role, "users.view_user")
    scope.register("users.User", Role.BRANCH_MANAGER, colleagues)
    roles.allow(Role.BRANCH_MANAGER, "users.view_user")


def staff_only(rows: QuerySet[Any], user: Any) -> QuerySet[Any]:
    """Log-ins of staff; those of customers belong to no list."""
    return rows.filter(is_staff=True)


def colleagues(rows: QuerySet[Any], user: Any) -> QuerySet[Any]:
    """Staff who work, worked or will work in the manager's units."""
    units = units_of(user, clock.today(), roles=[Role.BRANCH_MANAGER])
    return staff_only(rows, user).filter(
        pk__in=StaffAssignment.objects.filter(unit__in=units.values("pk")).values("user")
    )


def of_colleagues(rows: QuerySet[Any], user: Any) -> QuerySet[Any]:
    """Rows about people who work, worked or will work in the manager's units."""
    units = units_of(user, clock.today(), roles=[Role.BRANCH_MANAGER])
    return rows.filter(
        user__in=StaffAssignment.objects.filter(unit__in=units.values("pk")).values("user")
    )


def at_home_in_units_of(role: Role, path: str = "") -> scope.Policy:
    """Rows of customers whose home outlet belongs to the units of one's role.

    Args:
        role: the role whose units count.
        path: from a row to its customer, such as `account__customer__`; empty for customers.
    """

    def policy(rows: QuerySet[Any], user: Any) -> QuerySet[Any]:
        units = units_of(user, clock.today(), roles=[role])
        refs: Any = units.values("ref") if path else known_units(user, role, "ref")
        return rows.filter(**{f"{path}home_outlet_ref__in": refs})

    return policy


def known_units(user: Any, role: Role, column: str = "pk") -> list[Any]:
    """The units of one's role, read first: for the tables that grow by customers.

    With plain values the planner knows from its statistics how many rows an outlet has. Behind a
    subquery it guesses, and reads a million customers backwards for one that has thirty. Kept on
    the object as the roles are (`roles.roles_of`), thus for one request.

    Args:
        column: of the unit, as the row that is filtered points at it: `pk` or `ref`.
    """
    kept = user.__dict__.setdefault("_role_units", {})
    key = (role, today := clock.today())
    if key not in kept:
        kept[key] = list(units_of(user, today, roles=[role]).values("pk", "ref"))
    return [unit[column] for unit in kept[key]]


def _declare_kinds() -> None:
    register_kind(events.UnitOpened, _("Opened"), icon="plus")
    register_kind(events.UnitMoved, _("Moved in the tree from {on}"), icon="swap")
    register_kind(place_events.ProfileChanged, _("New address or access from {on}"), icon="pin")
    register_kind(place_events.UnitRenamed, _("Called {after} from {on}"), icon="edit")
    register_kind(place_events.PointHosted, _("Stands at an institution from {on}"), icon="home")
    register_kind(place_events.HostingEnded, _("Stands there no longer from {on}"), icon="x")
    register_kind(place_events.HoursChanged, _("Other opening hours from {on}"), icon="clock")
    register_kind(place_events.ServicesChanged, _("Offers other services from {on}"), icon="list")
    register_kind(code_events.CodeGiven, _("Code given out"), icon="qr")
    register_kind(code_events.CodeEnded, _("Code ended"), icon="x")
    register_kind(code_events.BrokerRegistered, _("Registered until {until}"), icon="id")
    register_kind(code_events.BrokerEnded, _("Registration ended or suspended {on}"), icon="x")
    register_kind(events.RoleGiven, _("Role given from {valid_from}"), icon="key")
    register_kind(events.RoleEnded, _("Role ends on {on}"), icon="x")
    register_kind(events.RoleProposed, _("Role proposed"), icon="user")
