"""Who may look behind the mask, take lists out, and see background work."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from brokerage.backoffice import (
    events,
    exports,
    four_eyes,
    jobs,
    log_in_acts,
    navigation,
    own_tasks,
    tasks,
)
from brokerage.backoffice.admin import filters
from brokerage.backoffice.imports import access as imports
from brokerage.backoffice.retention import EXPORT_FILES, IMPORT_FILES, IMPORT_ROWS
from brokerage.core import retention, roles, scope
from brokerage.core.roles import Role
from brokerage.journal.subscriptions import subscribe
from brokerage.journal.timeline import register_kind

REVEALERS = (
    Role.BRANCH_MANAGER,
    Role.OPENING_OFFICER,
    Role.REVIEWER,
    Role.CALL_CENTRE,
    Role.ADVISER,
    Role.COMPLIANCE,
    Role.AUDITOR,
)
EXPORTERS = (Role.BRANCH_MANAGER, Role.OPERATIONS, Role.HEAD_OFFICE)


def own(rows: QuerySet[Any], user: Any) -> QuerySet[Any]:
    """Exports that the person asked for."""
    return rows.filter(made_by_ref=user.ref)


def declare() -> None:
    """Fill the registries; called once when the app is ready."""
    filters.install()
    for role in REVEALERS:
        roles.allow(role, "backoffice.reveal_personal_data")
    for role in EXPORTERS:
        roles.allow(role, "backoffice.add_export", "backoffice.view_export")
    roles.allow(Role.HEAD_OFFICE, "backoffice.change_export")
    for role in roles.READERS:
        roles.allow(role, "backoffice.view_export", "backoffice.view_reveal")
        scope.register_readers("backoffice.Export", role)
        scope.register_readers("backoffice.Reveal", role)
    scope.register("backoffice.Export", Role.BRANCH_MANAGER, own)
    scope.register("backoffice.Export", Role.OPERATIONS, own)
    scope.register_readers("backoffice.Export", Role.HEAD_OFFICE)
    for role in (Role.OPERATIONS, Role.ADMINISTRATOR, Role.AUDITOR):
        roles.allow(role, jobs.SEE)
    roles.allow(Role.OPERATIONS, jobs.RETRY)
    four_eyes.on_approval("backoffice.Export", exports.start_approved_export)
    for policy in (EXPORT_FILES, IMPORT_FILES, IMPORT_ROWS):
        retention.register(policy)
    imports.declare()
    _declare_lists_below()
    _declare_pages()
    _declare_kinds()
    for event, verb in (
        (events.CheckerDecided, "checker_decided"),
        (events.ExportMade, "export_made"),
    ):
        handler = f"brokerage.backoffice.handlers.tell_{verb}"
        subscribe(event, handler, name=f"backoffice.tell_{verb}")


def _declare_lists_below() -> None:
    """Rights on the lists of lower apps, which leave their staff side to the back office."""
    for role in roles.READERS:
        scope.register_readers("journal.Entry", role)
        roles.allow(role, "journal.view_entry")
    for role in (*REVEALERS, Role.OPERATIONS, Role.HEAD_OFFICE):
        roles.allow(role, "customers.view_customer")
    for role in (Role.CALL_CENTRE, Role.OPERATIONS, Role.HEAD_OFFICE, *sorted(roles.READERS)):
        roles.allow(role, "customers.view_consent")
    for role in (Role.OPERATIONS, Role.CALL_CENTRE, *sorted(roles.READERS)):
        roles.allow(role, "messaging.view_delivery")
    for model in ("Rule", "Switch", "CalendarDay"):
        for role in (Role.OPERATIONS, Role.HEAD_OFFICE, *sorted(roles.READERS)):
            scope.register_readers(f"reference.{model}", role)
            roles.allow(role, f"reference.view_{model.lower()}")
    for model in ("LegalHold", "HoldRelease"):
        for role in (Role.HEAD_OFFICE, *sorted(roles.READERS)):
            scope.register_readers(f"reference.{model}", role)
            roles.allow(role, f"reference.view_{model.lower()}")
    for model in ("rule", "switch", "legalhold", "holdrelease"):
        roles.allow(Role.HEAD_OFFICE, f"reference.add_{model}", f"reference.change_{model}")
    roles.allow(Role.OPERATIONS, "reference.add_rule", "reference.add_switch")
    for role in (Role.OPERATIONS, *sorted(roles.READERS)):
        roles.allow(role, "files.view_storedfile")
    _declare_log_ins()


def _declare_log_ins() -> None:
    """Who helps customers with their log-ins, and who looks after those of staff."""
    for role in (Role.CALL_CENTRE, Role.OPERATIONS):
        roles.allow(role, "customers.change_customer")
    roles.allow(Role.ADMINISTRATOR, "users.change_user", "users.change_factorreset")
    for role in (Role.ADMINISTRATOR, *sorted(roles.READERS)):
        scope.register_readers("users.FactorReset", role)
        roles.allow(role, "users.view_factorreset")
    four_eyes.on_approval("users.FactorReset", log_in_acts.reset_approved)


def _declare_pages() -> None:
    navigation.items.register(
        "today",
        navigation.Item(
            section="today",
            label=_("Today"),
            icon="clock",
            url_name="admin:index",
            shown=lambda request: True,
            order=0,
        ),
    )
    navigation.items.register(
        "jobs",
        navigation.Item(
            section="system",
            label=_("Background work"),
            icon="refresh",
            url_name="admin:jobs",
            shown=jobs.may_see,
        ),
    )
    tasks.register_source("backoffice.approvals", _("Approvals"), own_tasks.approvals)
    tasks.register_source(
        "backoffice.exports", _("Exports"), own_tasks.finished_exports, own_tasks.probe_exports
    )
    tasks.register_source(
        "backoffice.imports", _("Imports"), own_tasks.read_imports, own_tasks.probe_imports
    )


def _declare_kinds() -> None:
    register_kind(events.PersonalDataRevealed, _("Personal data was looked at"), icon="eye")
    register_kind(
        events.BulkLookNoticed, _("Looked at personal data unusually often"), icon="alert"
    )
    register_kind(events.CheckerDecided, _("A second person decided"), icon="check")
    register_kind(events.RecordAdded, _("Added"), icon="plus")
    register_kind(events.RecordChanged, _("Changed"), icon="edit")
    register_kind(events.ExportRequested, _("Export asked for"), icon="out")
    register_kind(events.ExportMade, _("Export made"), icon="file")
    register_kind(events.ExportFetched, _("Export taken"), icon="down")
    register_kind(events.JobRetried, _("Put work back into its queue"), icon="refresh")
