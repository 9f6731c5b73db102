"""Whether the cells of a file have their form: whole blocks at once, line by line where not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from holdings.importing.layouts import Form, Layout
from holdings.states import IssueCode


@cache
def whole_lines(layout: Layout) -> re.Pattern[bytes] | None:
    """Fits a block of lines whose cells are all right; None where free text stands in them.

    A million rows are checked in a second, where a loop over lines and cells takes a minute.
    Possessive, so that a wrong line ends the search instead of trying all ways to read the block.
    """
    if any(form.is_free_text for _name, form in layout.columns):
        return None
    line = ",".join(form.pattern for _name, form in layout.columns)
    return re.compile(rf"(?:{line}\n)*+".encode())


@cache
def _whole(form: Form) -> re.Pattern[str]:
    return re.compile(form.pattern)


def wrong_cells(layout: Layout, line: bytes) -> Iterator[tuple[str, IssueCode]]:
    """The columns of a line whose cell has not its form, with what is wrong there.

    Args:
        layout: of the file.
        line: as many cells as columns, in UTF-8.
    """
    for (name, form), cell in zip(layout.columns, line.decode().split(","), strict=True):
        if form.is_figure and cell.startswith("-") and _whole(form).fullmatch(cell[1:]):
            yield name, IssueCode.NEGATIVE
        elif not _whole(form).fullmatch(cell):
            yield name, IssueCode.FORM
