"""Files of exports and rows of imports end; that somebody moved a list stays in the journal."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from brokerage.backoffice.imports.states import AT_WORK
from brokerage.backoffice.models import ExportPart, ImportPart, ImportRow
from brokerage.core.retention import Policy, Rows


def _parts(before: datetime) -> Rows:
    return ExportPart.objects.filter(export__finished_at__lt=before)


EXPORT_FILES = Policy(
    key="backoffice.export_files",
    label=_("Files of exports"),
    rule="retention.exports",
    due=_parts,
    held_by={"backoffice.export": "export__ref"},
)


def _rows(before: datetime) -> Rows:
    """Rows of imports that nobody works on; whoever waits longer brings the file again."""
    return ImportRow.objects.filter(run__made_at__lt=before).exclude(run__status__in=AT_WORK)


def _unread(before: datetime) -> Rows:
    return ImportPart.objects.filter(run__made_at__lt=before)


IMPORT_ROWS = Policy(
    key="backoffice.import_rows",
    label=_("Rows of imports"),
    rule="retention.imports",
    due=_rows,
    held_by={"backoffice.importrun": "run__ref"},
)
IMPORT_FILES = Policy(
    key="backoffice.import_files",
    label=_("Files of imports that were not read"),
    rule="retention.imports",
    due=_unread,
    held_by={"backoffice.importrun": "run__ref"},
)
