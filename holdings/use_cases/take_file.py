"""Taking one file of the trading counter, as a whole or not at all."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db import connection, transaction

from brokerage.core.clock import business_date
from brokerage.journal.actors import Actor
from brokerage.journal.record import record
from brokerage.reference.calendars import CalendarEnds, is_trading_day
from holdings.events import (
    AccountKept,
    CounterFileEvent,
    FileNotTaken,
    FileReplaced,
    FileTaken,
)
from holdings.importing.accounts import merge_accounts, resolve_accounts
from holdings.importing.layouts import LAYOUTS, Layout
from holdings.importing.merging import Changes, merge_day, merge_securities, source_of
from holdings.importing.reading import Announced, GaveUp, Issue, Issues, Reader
from holdings.importing.staging import LOCK, check_repeats, check_total, resolve, stage
from holdings.models import Account, CounterFile, CounterFileQuerySet, FileIssue
from holdings.states import FINAL, MISSING, NAMING, FileKind, FileStatus, IssueCode
from holdings.use_cases.measure_day import measure_day

ACTOR = Actor.system("holdings.counter")
TOLD_EACH = 500
"""Customers are told of so many new accounts of a list; more are the stock of a first one."""


class ImportRuns(Exception):
    """Another file is being taken at this moment; try again later."""


@transaction.atomic
def take_file(
    *, announced: Announced, chunks: Iterable[bytes], at: datetime, actor: Actor = ACTOR
) -> CounterFile:
    """Read a file and make the rows of its day those of the file.

    All in one transaction: whoever is killed in the middle leaves nothing, and the same call
    again does it whole. The same file again changes nothing, unless it left rows of accounts out
    that are known now; one of a lower revision than the one taken changes nothing either.

    Args:
        announced: what the counter said it is.
        chunks: its bytes in portions.
        at: the instant.
        actor: who asked for it.

    Returns:
        The file with where it stands; its issues say why it was not taken.

    Raises:
        ImportRuns: while another one is being taken.
    """
    _one_at_a_time()
    layout = LAYOUTS[announced.kind]
    reader = Reader(announced, layout, Issues())
    stage(layout, reader, chunks)
    file = _row(announced, reader, at)
    if file.status in FINAL and not file.retake:
        return file
    kept = _look(file, layout, reader, at)
    if reader.issues.found:
        if file.retake:
            return CounterFile.objects.get(pk=file.pk)  # what was taken stays
        return _not_taken(file, reader.issues.found, actor, at)
    file.left_out = file.rows - kept
    return _take(file, layout, actor, at)


def _one_at_a_time() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [LOCK])
        if not cursor.fetchone()[0]:
            raise ImportRuns


def _row(announced: Announced, reader: Reader, at: datetime) -> CounterFile:
    """The row of this file, known by its bytes; its counts as the file says."""
    file, _made = CounterFile.objects.select_for_update().get_or_create(
        kind=announced.kind,
        day=announced.day,
        revision=announced.revision,
        sha256=reader.sha256,
        defaults={"name": announced.name, "received_at": at},
    )
    file.rows, file.total = reader.seen, reader.total or 0
    return file


def _look(file: CounterFile, layout: Layout, reader: Reader, at: datetime) -> int:
    """Note all that is wrong, later checks only where earlier ones found nothing.

    Returns:
        How many rows are of customers that are kept here, where nothing is wrong.
    """
    issues = reader.issues
    try:
        if day_issue := _of_day(file.day, at):
            issues.add(1, "day", day_issue)
        if _taken(file).filter(revision=file.revision).exclude(pk=file.pk).exists():
            issues.add(1, "revision", IssueCode.SAME_REVISION)
        if not issues.found:
            check_repeats(layout, issues)
        if not issues.found:
            check_total(layout, reader, issues)
        if not issues.found and file.kind == FileKind.ACCOUNTS:
            return resolve_accounts(issues)
        if not issues.found:
            return resolve(layout, file.day, issues)
    except GaveUp:
        pass
    return 0


def _of_day(day: date, at: datetime) -> IssueCode | None:
    if day > business_date(at):
        return IssueCode.FUTURE
    try:
        return None if is_trading_day(day) else IssueCode.NO_TRADING
    except CalendarEnds:
        return IssueCode.CALENDAR


def _taken(file: CounterFile) -> CounterFileQuerySet:
    return CounterFile.objects.taken().filter(kind=file.kind, day=file.day)


def _not_taken(file: CounterFile, found: list[Issue], actor: Actor, at: datetime) -> CounterFile:
    waits = all(issue.code in MISSING for issue in found)
    status = FileStatus.WAITING if waits else FileStatus.REFUSED
    if waits and _taken(file).filter(revision__gt=file.revision).exists():
        status = FileStatus.OUTDATED  # what it names may come, but nobody waits for it any more
    unique = sorted(set(found))
    file.issues.all().delete()
    FileIssue.objects.bulk_create(
        FileIssue(file=file, row=each.row, field=each.field, code=each.code) for each in unique
    )
    if file.status == status and file.issue_count == len(unique):
        return file  # as it stood before: nothing happened
    return _decide(file, status, actor, at, issues=len(unique))


def _take(file: CounterFile, layout: Layout, actor: Actor, at: datetime) -> CounterFile:
    file.issues.all().delete()
    before = _taken(file).exclude(pk=file.pk).select_for_update().first()
    late = before is not None and before.revision > file.revision
    if late and file.kind not in NAMING:
        file.left_out = 0
        return _decide(file, FileStatus.OUTDATED, actor, at, issues=0)
    changes = _merge(file, layout, actor, at)
    again, file.retake = file.retake, False
    if again and not changes.any:
        file.save()
        return file  # what became known is none of its rows
    if before is not None and not late:
        before.move_to(FileStatus.REPLACED)
        before.retake = False
        before.save()
        record(FileReplaced(**_named(before)), actor=actor, at=at)
    status = FileStatus.REPLACED if late else FileStatus.TAKEN
    _decide(file, status, actor, at, issues=0, changes=changes)
    _outdate_waiting(file, actor, at)
    measure_day(file=file, actor=actor, at=at)
    return file


def _merge(file: CounterFile, layout: Layout, actor: Actor, at: datetime) -> Changes:
    """Write what differs."""
    if file.kind == FileKind.SECURITIES:
        return merge_securities(source_of(file.day, file.revision), file.pk)
    if file.kind != FileKind.ACCOUNTS:
        return merge_day(layout, file.day, file.pk)
    changes, made = merge_accounts(source_of(file.day, file.revision), file.pk)
    if len(made) <= TOLD_EACH:
        for account in Account.objects.filter(ref__in=made).select_related("customer"):
            event = AccountKept(
                subject=account.ref, customer=account.customer.ref, account_kind=account.kind
            )
            record(event, actor=actor, at=at)
    return changes


def _outdate_waiting(taken: CounterFile, actor: Actor, at: datetime) -> None:
    """What waited with a lower revision waits for nothing, even if the counter lost it."""
    older = CounterFile.objects.waiting().filter(
        kind=taken.kind, day=taken.day, revision__lt=taken.revision
    )
    for file in older.select_for_update():
        _decide(file, FileStatus.OUTDATED, actor, at, issues=file.issue_count)


def _decide(
    file: CounterFile,
    status: FileStatus,
    actor: Actor,
    at: datetime,
    *,
    issues: int,
    changes: Changes | None = None,
) -> CounterFile:
    if file.status != status:
        file.move_to(status)
    file.decided_at, file.issue_count = at, issues
    event: CounterFileEvent
    if changes is None:
        event = FileNotTaken(**_named(file), status=status, issues=issues)
    else:
        file.added, file.changed, file.removed = changes.added, changes.changed, changes.removed
        event = FileTaken(
            **_named(file), added=file.added, changed=file.changed, removed=file.removed
        )
    file.save()
    record(event, actor=actor, at=at)
    return file


def _named(file: CounterFile) -> dict[str, Any]:
    return {
        "subject": file.ref,
        "file_kind": file.kind,
        "day": file.day,
        "revision": file.revision,
    }
