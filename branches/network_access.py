"""Who sees and does what with facts of units, licences, leave, procedures and departures."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from branches import blockers, procedure_events
from branches import duties_home as home
from branches.selectors import units_of
from brokerage.backoffice.tasks import register_source
from brokerage.core import clock, roles, scope
from brokerage.core.roles import Role
from brokerage.core.scope import Policy
from brokerage.journal.subscriptions import subscribe
from brokerage.journal.timeline import register_kind

MANAGES = (Role.BRANCH_MANAGER, Role.HEAD_OFFICE)
DOES_STEPS = (*MANAGES, Role.OPERATIONS)
OF_UNITS = (
    "unitprofile",
    "openinghours",
    "hoursexception",
    "unitservice",
    "room",
    "unitlicence",
    "pointhost",
)
OF_PEOPLE = ("licence", "absence", "departure")


def declare() -> None:
    """Fill the registries of core; called once when the app is ready."""
    readers = sorted(roles.READERS)
    for name in (*OF_UNITS, *OF_PEOPLE):
        for role in (*MANAGES, *readers):
            roles.allow(role, f"branches.view_{name}")
    for name in ("hoursexception", "room", "absence"):
        for role in MANAGES:
            roles.allow(role, f"branches.add_{name}", f"branches.change_{name}")
    for name in ("unitprofile", "unitservice", "licence", "departure"):
        roles.allow(Role.HEAD_OFFICE, f"branches.add_{name}")
    for name in ("licence", "unitlicence"):
        roles.allow(Role.HEAD_OFFICE, f"branches.add_{name}", f"branches.change_{name}")
    for label in ("UnitProcedure", "ProcedureStep"):
        for role in DOES_STEPS:
            scope.register(f"branches.{label}", role, _of_procedures(role, label))
        scope.register_readers(f"branches.{label}", *readers)
    for role in (*DOES_STEPS, *readers):
        roles.allow(role, "branches.view_unitprocedure")
    roles.allow(Role.COMPLIANCE, "branches.do_step")
    for role in DOES_STEPS:
        roles.allow(role, "branches.do_step")
    roles.allow(Role.HEAD_OFFICE, "branches.add_unitprocedure", "branches.run_unitprocedure")
    blockers.register_own()
    register_source("branches.steps", _("Procedures of outlets"), home.steps, home.probe_steps)
    register_source("branches.licences", _("Licences"), home.licences, home.probe_licences)
    register_source("branches.leave", _("Forced leave"), home.leave)
    subscribe(
        procedure_events.ProcedureAnnounced,
        "branches.handlers.tell_of_announcement",
        name="branches.tell_of_announcement",
    )
    _declare_kinds()


def _of_procedures(role: Role, label: str) -> Policy:
    """Procedures of one's units, and of units that will stand under them."""
    path = "" if label == "UnitProcedure" else "procedure__"

    def policy(rows: QuerySet[Any], user: Any) -> QuerySet[Any]:
        units = units_of(user, clock.today(), roles=[role]).values("pk")
        mine = Q(**{f"{path}unit__in": units}) | Q(**{f"{path}parent__in": units})
        return rows.filter(mine)

    return policy


def _declare_kinds() -> None:
    kinds = procedure_events
    register_kind(kinds.ProcedureStarted, _("Planned for {on}"), icon="route")
    register_kind(kinds.StepDone, _("A step was done"), icon="check")
    register_kind(kinds.ProcedureAnnounced, _("Announced for {on}"), icon="mail")
    register_kind(kinds.ProcedurePostponed, _("Postponed to {on}"), icon="cal")
    register_kind(kinds.ProcedureDone, _("Took effect on {on}"), icon="check")
    register_kind(kinds.ProcedureCancelled, _("Called off"), icon="x")
    register_kind(kinds.CustomersMoved, _("{number} customers moved"), icon="users")
    register_kind(kinds.DepartureStarted, _("Leaves on {on}"), icon="out")
    register_kind(kinds.DepartureDone, _("Everything is handed over"), icon="check")
