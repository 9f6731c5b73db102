"""Which column of the file is which column of the list."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from django.conf import settings
from django.utils import translation
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from brokerage.backoffice.imports.importer import Column, Importer
from brokerage.backoffice.imports.refusals import Unreadable


@dataclass(frozen=True)
class Heading:
    """The understood first line.

    Attributes:
        places: key of each used column → its place in a line.
        unused: headings that mean nothing here.
        width: how many cells a line may have.
    """

    places: dict[str, int]
    unused: list[str]
    width: int

    def cells(self, line: list[str]) -> dict[str, str]:
        """The used cells of a line by column."""
        return {key: line[at] if at < len(line) else "" for key, at in self.places.items()}


def understand(importer: Importer, line: list[str]) -> Heading:
    """Find the columns by their names in any of our languages.

    Raises:
        Unreadable: a required column is missing, or one stands there twice.
    """
    known = {name: column.key for column in importer.columns for name in names_of(column)}
    places: dict[str, int] = {}
    unused = []
    for at, heading in enumerate(line):
        key = known.get(_plain(heading))
        if key is None:
            if heading:
                unused.append(heading[:60])
        elif key in places:
            raise Unreadable(
                format_lazy(_("The column “{name}” stands there twice."), name=heading[:60])
            )
        else:
            places[key] = at
    missing = [c for c in importer.columns if c.field.required and c.key not in places]
    if missing:
        raise Unreadable(
            format_lazy(
                _("The first line does not name the column “{name}”."), name=missing[0].label
            )
        )
    return Heading(places, unused, len(line))


def names_of(column: Column) -> set[str]:
    """Every heading that means this column, in the plain form for comparing."""
    found = {column.key, *column.also}
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            found.add(str(column.label))
    return {_plain(name) for name in found}


def _plain(name: str) -> str:
    text = unicodedata.normalize("NFKC", name).casefold()
    return "".join(sign for sign in text if sign not in " \t\n\u3000*_-:：\ufeff")
