"""Tasks that the back office itself knows: second pairs of eyes, finished exports."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.contrib import admin
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from brokerage.backoffice import exports
from brokerage.backoffice.imports.states import Status
from brokerage.backoffice.models import Export, ImportRun
from brokerage.backoffice.tasks import Task, with_rows
from brokerage.core import roles, scope
from brokerage.core.four_eyes import Decision, FourEyed, FourEyedQuerySet

PROMISE = timedelta(hours=4)
"""So soon a second person should look."""
EACH = 20


def approvals(user: Any, at: datetime) -> Iterator[Task]:
    """What others made and this person may decide, the oldest first.

    One query says which models have such rows; only those are asked.
    """
    listed: dict[Any, Any] = admin.site._registry
    waiting = {
        model._meta.label: pending(scope.visible(model, user)).exclude(made_by_ref=user.ref)
        for model in listed
        if issubclass(model, FourEyed) and _may_decide(user, model)
    }
    there = with_rows({label: [rows] for label, rows in waiting.items()})
    for model, model_admin in listed.items():
        if model._meta.label not in there:
            continue
        for row in waiting[model._meta.label].order_by("made_at")[:EACH]:
            yield Task(
                title=_("{kind}: {row}").format(kind=capfirst(model._meta.verbose_name), row=row),
                url=model_admin.object_url(row),
                action=_("Check"),
                started_at=row.made_at,
                due_at=row.made_at + PROMISE,
            )


def pending(rows: Any) -> Any:
    """What waits for a second person; a model may say that more narrowly than by its decision."""
    if isinstance(rows, FourEyedQuerySet):
        return rows.pending()
    return rows.filter(decision=Decision.PENDING)


def finished_exports(user: Any, at: datetime) -> Iterator[Task]:
    """Files of this person that are ready."""
    for export in _ready(user, at).order_by("-finished_at")[:EACH]:
        yield Task(
            title=_("Your export is ready: {name}").format(name=export),
            url=reverse("admin:export_file", args=[export.ref]),
            action=_("Fetch"),
        )


def read_imports(user: Any, at: datetime) -> Iterator[Task]:
    """Lists of this person that were read and wait for their word."""
    for run in _read(user)[:EACH]:
        yield Task(
            title=_("Your list was read: {name}").format(name=run),
            detail=_("{bad} of {rows} rows have errors").format(
                bad=run.bad_count, rows=run.row_count
            ),
            url=reverse("admin:backoffice_importrun_change", args=[run.ref]),
            action=_("Look"),
        )


def probe_exports(user: Any, at: datetime) -> list[Any]:
    """Rows behind `finished_exports`."""
    return [_ready(user, at)]


def probe_imports(user: Any, at: datetime) -> list[Any]:
    """Rows behind `read_imports`."""
    return [_read(user)]


def _ready(user: Any, at: datetime) -> Any:
    return Export.objects.of(user.ref).filter(finished_at__gt=at - exports.KEPT)


def _read(user: Any) -> Any:
    return ImportRun.objects.of(user.ref).filter(status=Status.READ)


def _may_decide(user: Any, model: type[FourEyed]) -> bool:
    opts = model._meta
    return roles.may(user, f"{opts.app_label}.change_{opts.model_name}")
