"""Lists in files: asked for with a purpose, released by a second person, made in the background.

The file holds what its maker may see when it is made, masked as on the screen, with a watermark
in its first and last line. Cells never start a formula.
"""

from __future__ import annotations

import codecs
import csv
import io
import unicodedata
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import chain, islice
from typing import Any
from uuid import UUID

from django.apps import apps
from django.conf import settings
from django.contrib import admin
from django.db import transaction
from django.test import RequestFactory
from django.utils import translation
from django.utils.html import strip_tags
from django.utils.translation import gettext as _

from brokerage.backoffice.events import ExportFetched, ExportMade, ExportRequested
from brokerage.backoffice.models import Export, ExportPart
from brokerage.core import clock
from brokerage.core.display import formats
from brokerage.core.jobs import Lane, job
from brokerage.core.logs import scrub
from brokerage.journal.actors import Actor
from brokerage.journal.record import record
from brokerage.users.models import User

FORMULA_STARTS = tuple("=+-@\t\r\n|%")
CHUNK = 2_000
KEPT = timedelta(days=7)
"""So long the file can be fetched; the retention rule retention.exports then drops its parts."""


@transaction.atomic
def request_export(
    *,
    model_label: str,
    filters: dict[str, list[str]],
    purpose: str,
    reason: str,
    maker: User,
    at: datetime,
) -> Export:
    """Ask for a list in a file; `backoffice.four_eyes.decide` releases it.

    Args:
        model_label: such as `accounts.Application`; its admin class says the columns.
        filters: parameters of the list's filters.
        purpose: a value of models.Purpose.
        reason: in the maker's words.
    """
    export = Export.objects.create(
        model_label=model_label,
        filters=filters,
        purpose=purpose,
        reason=scrub(reason),
        made_by_ref=maker.ref,
        made_at=at,
    )
    record(
        ExportRequested(subject=export.ref, model=model_label, purpose=purpose),
        actor=Actor.of(maker),
        at=at,
        reason=reason,
    )
    return export


def start_approved_export(export: Export, checker: User, at: datetime) -> None:
    """What an approval does: put the job into the bulk lane, in the decision's transaction."""
    write_export.defer(ref=str(export.ref))


@job(Lane.BULK)
def write_export(ref: str) -> None:
    """Make the file of an approved export; a second run changes nothing."""
    make_file(export_ref=UUID(ref), at=clock.now())


def make_file(*, export_ref: UUID, at: datetime) -> Export:
    """Write the rows in encrypted parts, all or none, and note it on the export."""
    with transaction.atomic():
        rows = Export.objects.approved().select_for_update()
        export = rows.get(ref=export_ref)
        if export.finished_at is not None:
            return export
        maker = User.objects.get(ref=export.made_by_ref)
        with translation.override(maker.language or settings.LANGUAGE_CODE):
            export.row_count = _write(export, maker, at)
        export.finished_at = at
        export.save(update_fields=["row_count", "finished_at"])
        record(
            ExportMade(subject=export.ref, model=export.model_label, rows=export.row_count),
            actor=Actor.system("backoffice.exports"),
            at=at,
        )
    return export


def lines_of(export: Export) -> Iterator[bytes]:
    """The file, part by part."""
    yield codecs.BOM_UTF8  # else spreadsheets misread Chinese
    for part in export.parts.order_by("number").iterator(chunk_size=4):
        yield (part.body or "").encode()


def note_fetched(*, export: Export, user: User, at: datetime) -> None:
    """Record that the maker took the file."""
    with transaction.atomic():
        record(ExportFetched(subject=export.ref), actor=Actor.of(user), at=at)


def _write(export: Export, maker: User, at: datetime) -> int:
    """Write watermark, headings and rows; returns how many rows."""
    from brokerage.backoffice.admin.cells import label_of

    model_admin: Any = admin.site.get_model_admin(apps.get_model(export.model_label))
    columns = model_admin.export_columns
    mark = [safe(watermark(export, maker, at))]
    headings = [safe(label_of(model_admin, name)) for name in columns]
    lines = (_values(model_admin, row, columns) for row in _rows(model_admin, export, maker))
    written = 0
    for number, part in enumerate(_in_parts(chain([mark, headings], lines, [mark]))):
        draft = io.StringIO(newline="")
        csv.writer(draft).writerows(part)
        ExportPart.objects.create(export=export, number=number, body=draft.getvalue())
        written += len(part)
    return written - 3  # the watermark stands twice


def _in_parts(lines: Iterable[list[str]]) -> Iterator[list[list[str]]]:
    rest = iter(lines)
    while part := list(islice(rest, CHUNK)):
        yield part


def watermark(export: Export, maker: User, at: datetime) -> str:
    """Who took the list, when and why, in the maker's language."""
    return _("Exported by {name} ({ref}) on {time} for: {purpose}").format(
        name=maker.display_name,
        ref=str(maker.ref)[:8],
        time=formats.moment(at),
        purpose=export.get_purpose_display(),
    )


def safe(value: Any) -> str:
    """A cell that no spreadsheet takes for a formula; numbers stay numbers."""
    if isinstance(value, (int, float, Decimal)) and not isinstance(value, bool):
        return str(value)
    text = strip_tags(str(value)) if hasattr(value, "__html__") else str(value)
    text = text.replace("\x00", "")
    # spreadsheets take full-width and small forms of the signs too
    start = unicodedata.normalize("NFKC", text[:20]).lstrip(" \ufeff")
    return f"'{text}" if start.startswith(FORMULA_STARTS) else text


def _rows(model_admin: Any, export: Export, maker: User) -> Iterator[Any]:
    """The list's rows as its maker would see them now, fetched in chunks."""
    request = RequestFactory().get("/", data=export.filters)
    request.user = maker
    changes = model_admin.get_changelist_instance(request)
    return iter(changes.get_queryset(request).iterator(chunk_size=CHUNK))


def _values(model_admin: Any, row: Any, columns: tuple[str, ...]) -> list[str]:
    from brokerage.backoffice.admin.cells import cell

    return [safe(cell(model_admin, row, name, for_file=True).value) for name in columns]
