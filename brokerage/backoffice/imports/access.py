"""Who may bring lists, who releases them, and what the journal tells of them."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from brokerage.backoffice import events, four_eyes
from brokerage.backoffice.imports import register
from brokerage.backoffice.imports.calendar_days import CALENDAR_DAYS
from brokerage.backoffice.imports.states import Status
from brokerage.backoffice.models import ImportRun
from brokerage.core import roles, scope
from brokerage.core.roles import Role
from brokerage.journal.timeline import register_kind
from brokerage.users.models import User

BRINGERS = (Role.BRANCH_MANAGER, Role.OPERATIONS, Role.HEAD_OFFICE)
RELEASERS = (Role.OPERATIONS, Role.HEAD_OFFICE)


def own(rows: QuerySet[Any], user: Any) -> QuerySet[Any]:
    """Imports that the person brought."""
    return rows.filter(made_by_ref=user.ref)


def declare() -> None:
    """Fill the registries; called once when the app is ready."""
    for role in BRINGERS:
        roles.allow(role, "backoffice.add_importrun", "backoffice.view_importrun")
    for role in RELEASERS:
        roles.allow(role, "backoffice.change_importrun")
        scope.register_readers("backoffice.ImportRun", role)
    scope.register("backoffice.ImportRun", Role.BRANCH_MANAGER, own)
    for role in roles.READERS:
        roles.allow(role, "backoffice.view_importrun")
        scope.register_readers("backoffice.ImportRun", role)
    four_eyes.on_approval("backoffice.ImportRun", start_taking)
    four_eyes.on_rejection("backoffice.ImportRun", send_back)
    register(CALENDAR_DAYS)
    roles.allow(Role.OPERATIONS, "reference.change_calendarday")
    register_kind(events.ImportReceived, _("A list was brought in"), icon="down")
    register_kind(events.ImportRead, _("A list was read"), icon="eye")
    register_kind(events.ImportProposed, _("A list was proposed for release"), icon="user")
    register_kind(events.ImportDiscarded, _("A list was discarded"), icon="x")
    register_kind(events.ImportTaken, _("The rows of a list were taken"), icon="check")
    register_kind(events.ImportUndoStarted, _("An import is taken back"), icon="refresh")
    register_kind(events.ImportUndone, _("An import was taken back"), icon="refresh")


def start_taking(run: ImportRun, checker: User, at: Any) -> None:
    """What a release does: put the job into the bulk lane, in the decision's transaction."""
    from brokerage.backoffice.imports.tasks import take_import

    take_import.defer(ref=str(run.ref))


def send_back(run: ImportRun, checker: User, at: Any) -> None:
    """What a rejection does: the import is at its end, its maker brings a better file."""
    run.move_to(Status.REJECTED)
    run.finished_at = at
