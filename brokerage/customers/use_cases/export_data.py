"""A copy of everything about a customer: asked for, made by a job, downloaded, expired."""

from __future__ import annotations

import base64
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from brokerage.core.locking import lock_row
from brokerage.customers.archive import make_archive
from brokerage.customers.events import (
    DataExportDownloaded,
    DataExportReady,
    DataExportRequested,
)
from brokerage.customers.models import Customer, DataExport
from brokerage.customers.states import ExportStatus
from brokerage.journal.actors import Actor
from brokerage.journal.record import record

KEPT = timedelta(days=7)
PAUSE = timedelta(hours=1)


class ExportRefused(Exception):
    """No copy now; the message is translated and may be shown."""


def request_export(*, customer: Customer, actor: Actor, at: datetime) -> DataExport:
    """Ask for a copy; while one is being made, that one is returned.

    Raises:
        ExportRefused: when the last one is less than an hour old.
    """
    from brokerage.customers.tasks import make_export

    with transaction.atomic():
        lock_row(Customer, customer.pk)
        last = customer.exports.order_by("-id").first()
        if last and last.status == ExportStatus.REQUESTED:
            return last
        if last and last.status == ExportStatus.READY and at < last.requested_at + PAUSE:
            raise ExportRefused(_("Your last copy is less than an hour old. Download that one."))
        export = DataExport.objects.create(customer=customer, requested_at=at)
        record(DataExportRequested(subject=customer.ref, export=export.ref), actor=actor, at=at)
        make_export.defer(ref=str(export.ref))
    return export


def build_export(*, ref: UUID, at: datetime) -> DataExport:
    """Make the archive; a second call changes nothing. Older archives are emptied."""
    with transaction.atomic():
        export = DataExport.objects.select_for_update(of=("self",)).get(ref=ref)
        if export.status != ExportStatus.REQUESTED:
            return export
        customer = export.customer
        for older in customer.exports.select_for_update().filter(status=ExportStatus.READY):
            _expire(older)
        export.move_to(ExportStatus.READY)
        export.ready_at, export.expires_at = at, at + KEPT
        export.archive = base64.b64encode(make_archive(customer=customer, at=at)).decode()
        export.save()
        record(
            DataExportReady(subject=customer.ref, export=export.ref),
            actor=Actor.system("customers.export"),
            at=at,
        )
    return export


def download_export(*, export: DataExport, actor: Actor, at: datetime) -> bytes:
    """The archive; every download is journalled.

    Raises:
        ExportRefused: when it is not ready or has expired.
    """
    with transaction.atomic():
        locked = lock_row(DataExport, export.pk)
        if locked.status != ExportStatus.READY or locked.expires_at is None:
            raise ExportRefused(_("This copy is no longer kept. Ask for a new one."))
        if at >= locked.expires_at:
            raise ExportRefused(_("This copy is no longer kept. Ask for a new one."))
        record(
            DataExportDownloaded(subject=locked.customer.ref, export=locked.ref),
            actor=actor,
            at=at,
        )
        return locked.content


def expire_exports(*, at: datetime) -> int:
    """Empty the archives whose time is over; returns how many."""
    with transaction.atomic():
        over = DataExport.objects.select_for_update(skip_locked=True).filter(
            status=ExportStatus.READY, expires_at__lte=at
        )
        return sum(1 for export in over if _expire(export))


def _expire(export: DataExport) -> bool:
    export.move_to(ExportStatus.EXPIRED)
    export.archive = None
    export.save(update_fields=["status", "archive"])
    return True
