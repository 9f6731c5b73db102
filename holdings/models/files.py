"""Files of the trading counter and what was wrong with them."""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from brokerage.core.models import Referenced
from brokerage.core.states import Stateful, StateTable
from brokerage.reference.models import Instrument
from holdings.models.accounts import Account
from holdings.states import (
    FILE_TRANSITIONS,
    FINAL,
    MAY_PASS,
    AskProblem,
    FileKind,
    FileStatus,
    IssueCode,
)

DECIDED_ROWS = (FileStatus.TAKEN, FileStatus.REPLACED)


class CounterFileQuerySet(models.QuerySet["CounterFile"]):
    def taken(self) -> Self:
        """Files whose rows are the present state of their day."""
        return self.filter(status=FileStatus.TAKEN)

    def waiting(self) -> Self:
        """Files that wait for securities or accounts."""
        return self.filter(status=FileStatus.WAITING)

    def to_fetch(self) -> Self:
        """Files that wait, and taken ones whose left-out rows are of accounts known by now."""
        return self.filter(Q(status=FileStatus.WAITING) | Q(retake=True))

    def settled(self) -> Self:
        """Files that the same bytes at another time would change nothing about."""
        passing = FileIssue.objects.filter(file=OuterRef("pk"), code__in=MAY_PASS)
        refused = Q(status=FileStatus.REFUSED) & ~Exists(passing)
        return self.filter(Q(status__in=FINAL, retake=False) | refused)


class CounterFile(Referenced, Stateful):
    """One file as it came, known by kind, day, revision and hash. Its bytes are not kept.

    Life: received → taken, refused as a whole, or waiting for what it names; a taken file is
    replaced by one of a higher revision for the same day. `left_out` counts its rows of unknown
    accounts; once one of them is known, it is to `retake`. `asked_at` stands while somebody of
    the desk waits for the worker to fetch it again; `ask_problem` says why that came to nothing.
    """

    TRANSITIONS: ClassVar[StateTable] = FILE_TRANSITIONS

    kind = models.CharField(_("kind"), max_length=10, choices=FileKind)
    day = models.DateField(_("business day"))
    revision = models.PositiveSmallIntegerField(_("revision"))
    sha256 = models.CharField(_("SHA-256"), max_length=64, editable=False)
    name = models.CharField(_("name at the counter"), max_length=80)
    rows = models.PositiveIntegerField(_("rows"), default=0)
    total = models.DecimalField(_("control total"), max_digits=26, decimal_places=6, default=0)
    status = models.CharField(
        _("status"), max_length=8, choices=FileStatus, default=FileStatus.RECEIVED
    )
    received_at = models.DateTimeField(_("received at"))
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    added = models.PositiveIntegerField(_("rows added"), default=0)
    changed = models.PositiveIntegerField(_("rows changed"), default=0)
    removed = models.PositiveIntegerField(_("rows removed"), default=0)
    left_out = models.PositiveIntegerField(_("rows left out"), default=0)
    retake = models.BooleanField(default=False, editable=False)
    issue_count = models.PositiveIntegerField(_("errors"), default=0)
    asked_at = models.DateTimeField(_("fetched again at"), null=True, blank=True)
    ask_problem = models.CharField(
        _("why it was not fetched"), max_length=12, choices=AskProblem, blank=True
    )

    objects = CounterFileQuerySet.as_manager()

    class Meta:
        verbose_name = _("file of the trading counter")
        verbose_name_plural = _("files of the trading counter")
        ordering = ["-day", "kind", "-revision", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "day", "revision", "sha256"], name="a_counter_file_is_known_once"
            ),
            models.UniqueConstraint(
                fields=["kind", "day"],
                condition=Q(status=FileStatus.TAKEN),
                name="one_taken_file_of_a_kind_and_day",
            ),
            models.CheckConstraint(
                condition=Q(revision__gte=1), name="revisions_of_a_counter_file_count_from_one"
            ),
            models.CheckConstraint(
                condition=Q(status=FileStatus.RECEIVED, decided_at__isnull=True)
                | (~Q(status=FileStatus.RECEIVED) & Q(decided_at__gte=F("received_at"))),
                name="a_counter_file_is_decided_after_it_came",
            ),
            models.CheckConstraint(
                condition=Q(status__in=DECIDED_ROWS, issue_count=0)
                | (~Q(status__in=DECIDED_ROWS) & Q(added=0, changed=0, removed=0, left_out=0)),
                name="only_a_taken_counter_file_changed_rows",
            ),
            models.CheckConstraint(
                condition=Q(retake=False) | Q(status=FileStatus.TAKEN, left_out__gt=0),
                name="only_what_left_rows_out_is_taken_again",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.day} r{self.revision}"


class FileIssue(models.Model):
    """One thing that is wrong: row, field and code; never the value. The first ones are kept.

    `row` counts lines of the file from 1; 0 speaks of the file as a whole.
    """

    file = models.ForeignKey(CounterFile, models.CASCADE, related_name="issues")
    row = models.PositiveIntegerField(_("line"))
    field = models.CharField(_("column"), max_length=20)
    code = models.CharField(_("what is wrong"), max_length=16, choices=IssueCode)

    class Meta:
        verbose_name = _("error in a file")
        verbose_name_plural = _("errors in files")
        ordering = ["row", "field", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["file", "row", "field", "code"], name="an_issue_is_told_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.row} {self.field}: {self.code}"


class FileChange(models.Model):
    """What a correction changed in one row, as the first MOST_CHANGES of a file; never changed.

    `before` is null for a row that came, `after` for one that went; both hold the figures of the
    row as text. The first file of a day corrects nothing and has none.
    """

    file = models.ForeignKey(CounterFile, models.CASCADE, related_name="changes")
    account = models.ForeignKey(
        Account, models.PROTECT, null=True, verbose_name=_("account"), related_name="+"
    )
    instrument = models.ForeignKey(
        Instrument,
        models.PROTECT,
        null=True,
        verbose_name=_("security"),
        db_index=False,
        related_name="+",
    )
    number = models.CharField(_("trade number"), max_length=20, blank=True)
    before = models.JSONField(_("before"), null=True)
    after = models.JSONField(_("after"), null=True)

    class Meta:
        verbose_name = _("corrected row")
        verbose_name_plural = _("corrected rows")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(before__isnull=False) | Q(after__isnull=False),
                name="a_corrected_row_was_or_is",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.file_id}: {self.account_id} {self.instrument_id} {self.number}"
