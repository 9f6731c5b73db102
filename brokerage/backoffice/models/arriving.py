"""Lists that somebody brings in: the run, its rows, and the file until it is read."""

from __future__ import annotations

import json
from typing import Any, ClassVar, Self
from uuid import UUID

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from brokerage.backoffice.imports.states import (
    RELEASED,
    TRANSITIONS,
    UNCHECKED,
    WITH_ERRORS,
    RowState,
    Status,
)
from brokerage.core.fields import EncryptedTextField
from brokerage.core.four_eyes import FourEyed, FourEyedQuerySet, FourEyesRefused
from brokerage.core.models import Referenced
from brokerage.core.states import Stateful, StateTable


class ImportRunQuerySet(FourEyedQuerySet["ImportRun"]):
    def of(self, user_ref: UUID) -> Self:
        """The imports of one person."""
        return self.filter(made_by_ref=user_ref)

    def pending(self) -> Self:
        """Imports that were proposed: only these wait for a second person."""
        return self.filter(status=Status.PROPOSED)


class ImportRun(Referenced, Stateful, FourEyed):
    """One file that somebody brings in.

    It is received and read in the background: each row is parsed and checked, nothing is taken.
    Its maker looks at the preview and either discards it or proposes to take it, the good rows
    or all of them. A second person releases it; then the rows go through the importer's use
    case, one by one. What the importer can undo may be undone as a whole.

    Not for: what the rows mean (the importer), or who made each record (the journal).
    """

    TRANSITIONS: ClassVar[StateTable] = TRANSITIONS

    importer = models.CharField(_("kind of list"), max_length=60, editable=False)
    status = models.CharField(
        _("status"), max_length=10, choices=Status, default=Status.RECEIVED, editable=False
    )
    sha256 = models.CharField(_("SHA-256"), max_length=64, editable=False)
    size = models.PositiveIntegerField(_("bytes"), editable=False)
    problem = models.JSONField(_("why it could not be read"), default=dict, editable=False)
    unused = models.JSONField(_("columns that are not used"), default=list, editable=False)
    whole = models.BooleanField(_("all rows or none"), default=False, editable=False)
    announced_count = models.PositiveIntegerField(
        _("rows announced"),
        null=True,
        editable=False,
        help_text=_("As many as the sender said there are; empty where nobody said."),
    )
    row_count = models.PositiveIntegerField(_("rows"), default=0, editable=False)
    bad_count = models.PositiveIntegerField(_("rows with errors"), default=0, editable=False)
    taken_count = models.PositiveIntegerField(_("rows taken"), default=0, editable=False)
    failed_count = models.PositiveIntegerField(_("rows not taken"), default=0, editable=False)
    undone_count = models.PositiveIntegerField(_("rows undone"), default=0, editable=False)
    finished_at = models.DateTimeField(_("finished at"), null=True, editable=False)
    undo_by_ref = models.UUIDField(_("undone by"), null=True, editable=False)
    undo_reason = models.CharField(_("why it was undone"), max_length=200, editable=False)

    objects = ImportRunQuerySet.as_manager()

    class Meta(FourEyed.Meta):
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        constraints = [
            *FourEyed.Meta.constraints,
            models.CheckConstraint(
                condition=Q(decision="pending", status__in=UNCHECKED)
                | Q(decision="rejected", status=Status.REJECTED)
                | Q(
                    decision="approved",
                    status__in=RELEASED,
                ),
                name="only_a_released_import_is_taken",
            ),
            models.CheckConstraint(
                condition=Q(bad_count__lte=F("row_count"))
                & Q(taken_count__lte=F("row_count") - F("failed_count")),
                name="rows_of_an_import_add_up",
            ),
            models.CheckConstraint(
                condition=Q(undo_by_ref=None, undo_reason="")
                | (Q(undo_by_ref__isnull=False) & ~Q(undo_reason="")),
                name="an_undone_import_says_who_and_why",
            ),
            models.UniqueConstraint(
                fields=["importer", "sha256"],
                condition=Q(status__in=[Status.PROPOSED, Status.TAKING, Status.TAKEN]),
                name="a_file_is_imported_once",
                violation_error_message=_("This very file was imported or proposed already."),
            ),
        ]
        indexes = [models.Index(fields=["made_by_ref", "-made_at"], name="imports_of_a_person")]

    def __str__(self) -> str:
        from brokerage.backoffice.imports.importer import label_of

        return str(label_of(self.importer))

    @property
    def is_pending(self) -> bool:
        """Whether a second person has still to look: from the proposal on."""
        return self.status == Status.PROPOSED

    @property
    def good_count(self) -> int:
        """Rows without an error."""
        return self.row_count - self.bad_count

    def approving(self, at: Any) -> None:
        """Only what was proposed is released."""
        if self.status != Status.PROPOSED:
            raise FourEyesRefused(_("Its maker has not proposed it yet."))
        self.move_to(Status.TAKING)


class ImportRow(Referenced):
    """One row of a file: its cells and what is wrong with them, encrypted; goes with its run."""

    run = models.ForeignKey(ImportRun, models.PROTECT, related_name="rows")
    number = models.PositiveIntegerField(_("line"))
    state = models.CharField(_("state"), max_length=6, choices=RowState)
    body = EncryptedTextField()
    target_ref = models.UUIDField(_("record"), null=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["run", "number"], name="rows_have_numbers"),
        ]
        indexes = [
            models.Index(
                fields=["run", "number"],
                condition=Q(state__in=WITH_ERRORS),
                name="rows_with_errors",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.run_id}/{self.number}"

    @property
    def content(self) -> dict[str, Any]:
        """`cells` by column, and `errors` by language and column (empty key: of the row)."""
        found: dict[str, Any] = json.loads(self.body or "{}")
        return {"cells": found.get("cells", {}), "errors": found.get("errors", {})}

    def write(self, cells: dict[str, str], errors: dict[str, dict[str, list[str]]]) -> None:
        """Set cells and errors in memory."""
        self.body = json.dumps({"cells": cells, "errors": errors}, ensure_ascii=False)


class ImportPart(Referenced):
    """Some bytes of a file (base64, encrypted) until it is read."""

    run = models.ForeignKey(ImportRun, models.PROTECT, related_name="parts")
    number = models.PositiveIntegerField()
    body = EncryptedTextField()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["run", "number"], name="import_parts_have_numbers")
        ]

    def __str__(self) -> str:
        return f"{self.run_id}/{self.number}"
