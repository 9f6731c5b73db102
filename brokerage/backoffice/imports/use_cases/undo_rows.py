"""Take back what an import did, where its importer can."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from brokerage.backoffice.events import ImportUndone, ImportUndoStarted
from brokerage.backoffice.imports.importer import errors_of, importers
from brokerage.backoffice.imports.refusals import UnableToImport
from brokerage.backoffice.imports.states import RowState, Status
from brokerage.backoffice.imports.wording import told
from brokerage.backoffice.models import ImportRow, ImportRun
from brokerage.core import roles, scope
from brokerage.core.locking import lock_row
from brokerage.core.logs import scrub
from brokerage.journal.actors import Actor
from brokerage.journal.record import record
from brokerage.users.models import User

UNDOER = Actor.system("backoffice.imports")
CHUNK = 200


@transaction.atomic
def start_undo(*, ref: UUID, user: User, reason: str, at: datetime) -> ImportRun:
    """Have an import taken back, last row first; somebody who releases imports may do this.

    Raises:
        UnableToImport: without the right or a reason, or where it cannot be undone.
        Http404: when the user cannot see it.
    """
    from brokerage.backoffice.imports.tasks import undo_import

    if not roles.may(user, "backoffice.change_importrun"):
        raise UnableToImport(_("Your role may not undo imports."))
    if not reason.strip():
        raise UnableToImport(_("Say why it is undone."))
    rows = ImportRun.objects.select_for_update(of=("self",))
    run = scope.visible_or_404(rows, user, ref=ref)
    if run.status != Status.TAKEN or not importers.get(run.importer).can_undo:
        raise UnableToImport(_("This import cannot be undone."))
    if not run.rows.filter(state=RowState.TAKEN).exists():
        raise UnableToImport(_("Its rows are no longer kept, so it cannot be undone."))
    run.move_to(Status.UNDOING)
    run.undo_by_ref, run.undo_reason = user.ref, scrub(reason.strip())
    run.save()
    record(
        ImportUndoStarted(subject=run.ref, importer=run.importer),
        actor=Actor.of(user),
        at=at,
        reason=reason,
    )
    undo_import.defer(ref=str(run.ref))
    return run


def undo_rows(*, ref: UUID, at: datetime) -> ImportRun:
    """Take the rows back in portions; what cannot be taken back stays, with the reason."""
    run = ImportRun.objects.get(ref=ref)
    while _portion(run, at):
        pass
    return _finish(run, at)


@transaction.atomic
def _portion(run: ImportRun, at: datetime) -> bool:
    locked = lock_row(ImportRun, run.pk)
    if locked.status != Status.UNDOING:
        return False
    left = ImportRow.objects.filter(run=run, state=RowState.TAKEN).order_by("-number")
    rows = list(left[:CHUNK])
    user = User.objects.get(ref=locked.undo_by_ref)
    for row in rows:
        locked.undone_count += _undo(locked, row, user, at)
    locked.save(update_fields=["undone_count"])
    return bool(rows)


def _undo(run: ImportRun, row: ImportRow, user: User, at: datetime) -> bool:
    importer = importers.get(run.importer)
    try:
        with transaction.atomic():
            if row.target_ref is not None:
                importer.undo(row.target_ref, user=user, at=at)
    except ValidationError as error:
        row.write(row.content["cells"], told([errors_of(error)])[0])
        row.state = RowState.KEPT
    else:
        row.state = RowState.UNDONE
    row.save()
    return row.state == RowState.UNDONE


@transaction.atomic
def _finish(run: ImportRun, at: datetime) -> ImportRun:
    locked = lock_row(ImportRun, run.pk)
    if locked.status != Status.UNDOING:
        return locked
    locked.move_to(Status.UNDONE)
    locked.finished_at = at
    locked.save()
    event = ImportUndone(subject=locked.ref, importer=locked.importer, undone=locked.undone_count)
    record(event, actor=UNDOER, at=at)
    return locked
