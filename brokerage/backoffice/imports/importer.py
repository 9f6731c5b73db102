"""What an app says about a list that it takes: columns, checks, and the use case behind a row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import Promise

from brokerage.backoffice.imports.tidying import in_one_line
from brokerage.core import roles
from brokerage.core.registry import Registry
from brokerage.users.models import User

Text = str | Promise
Cells = Mapping[str, str]
"""The texts of a row as they stand in the file, by column key."""
Values = Mapping[str, Any]
"""The cleaned values of a row, by column key; a column with an error is missing."""


@dataclass(frozen=True)
class Column:
    """One column of a list.

    Attributes:
        key: its name in code, and a heading that is always understood.
        field: cleans the text of a cell; its label is the heading in each language, its help
            text explains the column, `required` says whether a row may leave it empty.
        example: stands in the template that people download.
        also: further headings that mean this column.
        keeps_lines: whether line breaks in a cell mean something; else they are spaces.
    """

    key: str
    field: forms.Field
    example: str = ""
    also: tuple[str, ...] = ()
    keeps_lines: bool = False

    @property
    def label(self) -> Text:
        """The heading in the reader's language."""
        return self.field.label or self.key


class Importer:
    """One kind of list. Subclass it, set the attributes, and write `take`.

    Errors are Django's ValidationErrors with lazily translated messages, so that maker and
    checker each read their own language; they never repeat what stands in the cell.

    Attributes:
        key: unique, a slug such as `outlets`.
        label: what the list holds, in the plural.
        intro: one sentence for the page where a file is chosen.
        icon: name in static/portal/icons.svg.
        permission: of the role table; who has it may bring such a list.
        columns: in the order of the template.
        unique: columns that together may not repeat within a file.
        can_undo: whether `undo` takes back what `take` did.
    """

    key: str
    label: Text
    intro: Text
    icon: str = "doc"
    permission: str
    columns: tuple[Column, ...]
    unique: tuple[str, ...] = ()
    can_undo: bool = False

    def facts(self, rows: Sequence[Values], *, user: User) -> Any:
        """What `check` needs to know about some hundred rows, found in a few queries.

        Args:
            rows: cleaned values, those of bad rows included.
            user: who brings the list; look things up through `core.scope`.
        """
        return None

    def check(self, row: Values, facts: Any, *, user: User) -> None:
        """Look at a row whose cells are each fine by themselves.

        Raises:
            ValidationError: of a dictionary from column to errors, or of errors of the row.
        """

    def take(self, row: Values, *, maker: User, checker: User, at: datetime) -> UUID | None:
        """Put one row into effect, through a use case; runs in a savepoint of its own.

        Returns:
            The ref of the record, shown as a link and handed to `undo`; None without one.

        Raises:
            ValidationError: the row cannot be taken after all.
        """
        raise NotImplementedError

    def undo(self, ref: UUID, *, user: User, at: datetime) -> None:
        """Take back one row; only asked where `can_undo` is set.

        Raises:
            ValidationError: it was used since and stays.
        """
        raise NotImplementedError

    def record_of(self, ref: UUID, *, user: User) -> Any:
        """The record behind a taken row, for a link; None where the reader may not see it."""
        return None


importers: Registry[Importer] = Registry("backoffice.importers")


def clean(importer: Importer, cells: Cells) -> tuple[dict[str, Any], dict[str, list[Any]]]:
    """The values of a row, and the errors of its cells by column."""
    values: dict[str, Any] = {}
    errors: dict[str, list[Any]] = {}
    for column in importer.columns:
        text = cells.get(column.key, "")
        try:
            values[column.key] = column.field.clean(
                text if column.keeps_lines else in_one_line(text)
            )
        except ValidationError as error:
            errors[column.key] = list(error.error_list)
    return values, errors


def errors_of(error: ValidationError) -> dict[str, list[Any]]:
    """The errors of a row by column; the empty column holds those of the whole row."""
    if hasattr(error, "error_dict"):
        return {key: list(found) for key, found in error.error_dict.items()}
    return {"": list(error.error_list)}


def label_of(key: str) -> Text:
    """What a list of this kind is called; its key where no app knows it any more."""
    return importers.get(key).label if key in importers else key


def may_bring(user: Any, importer: Importer) -> bool:
    """Whether a role of `user` may bring such a list."""
    return roles.may(user, "backoffice.add_importrun") and roles.may(user, importer.permission)
