"""Files of exports end; that somebody took a list stays in the journal."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from brokerage.backoffice.models import ExportPart
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
