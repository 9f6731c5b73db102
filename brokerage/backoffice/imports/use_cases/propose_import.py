"""Its maker has seen the preview and wants it taken; or not."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from brokerage.backoffice.events import ImportDiscarded, ImportProposed
from brokerage.backoffice.imports.refusals import UnableToImport
from brokerage.backoffice.imports.states import Status
from brokerage.backoffice.models import ImportRow, ImportRun
from brokerage.journal.actors import Actor
from brokerage.journal.record import record
from brokerage.users.models import User


def propose_import(*, ref: UUID, whole: bool, user: User, at: datetime) -> ImportRun:
    """Ask a second person to release an import.

    Args:
        ref: of the run.
        whole: all rows or none; else the good rows are taken, whatever becomes of the others.
        user: its maker.
        at: now.

    Raises:
        UnableToImport: it is not at this point, has no good row, or has a bad one and `whole`
            is wanted; or the same file was imported already.
    """
    try:
        with transaction.atomic():
            run = _own(ref, user)
            if not run.good_count:
                raise UnableToImport(_("No row is free of errors. Correct the file first."))
            if whole and run.bad_count:
                raise UnableToImport(_("Some rows have errors, so not all can be taken."))
            run.whole = whole
            run.move_to(Status.PROPOSED)
            run.save()
            event = ImportProposed(
                subject=run.ref, importer=run.importer, rows=run.good_count, whole=whole
            )
            record(event, actor=Actor.of(user), at=at)
            return run
    except IntegrityError as error:
        if "a_file_is_imported_once" not in str(error):
            raise
        raise UnableToImport(_("This very file was imported or proposed already.")) from error


@transaction.atomic
def discard_import(*, ref: UUID, user: User, at: datetime) -> ImportRun:
    """Throw the preview away, with all that was read.

    Raises:
        UnableToImport: it was proposed already.
    """
    run = _own(ref, user)
    run.move_to(Status.DISCARDED)
    run.finished_at = at
    run.save()
    ImportRow.objects.filter(run=run).delete()
    record(ImportDiscarded(subject=run.ref, importer=run.importer), actor=Actor.of(user), at=at)
    return run


def _own(ref: UUID, user: User) -> ImportRun:
    run = ImportRun.objects.of(user.ref).select_for_update().filter(ref=ref).first()
    if run is None or run.status != Status.READ:
        raise UnableToImport(_("This import is not at this step any more."))
    return run
