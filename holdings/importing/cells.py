"""Whether the cells of a file have their form: whole blocks at once, line by line where not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from brokerage.reference.models import CODES
from holdings.importing.layouts import Form, Layout
from holdings.states import IssueCode

ANY_CODE = "|".join(CODES.values())
"""Of a row whose market is none: that is told, and the code is not told besides."""


@cache
def whole_lines(layout: Layout, lacking: int = 0) -> re.Pattern[bytes] | None:
    """Fits a block of lines whose cells are all right; None where free text stands in them.

    `lacking` of the last columns are left out of the file.

    A million rows are checked in a second, where a loop over lines and cells takes a minute.
    Possessive, so that a wrong line ends the search instead of trying all ways to read the block.
    """
    if any(form.is_free_text for _name, form in layout.columns):
        return None
    columns = layout.columns[: len(layout.columns) - lacking]
    line = ",".join(form.pattern for _name, form in columns)
    return re.compile(rf"(?:{line}\n)*+".encode())


@cache
def _whole(form: Form, before: str) -> re.Pattern[str]:
    """What fits a cell of this form; a code is that of the market `before` it."""
    return re.compile(CODES.get(before, ANY_CODE) if form is Form.CODE else form.pattern)


def wrong_cells(layout: Layout, line: bytes) -> Iterator[tuple[str, IssueCode]]:
    """The columns of a line whose cell has not its form, with what is wrong there.

    Args:
        layout: of the file.
        line: as many cells as columns, in UTF-8.
    """
    market = ""
    for (name, form), cell in zip(layout.columns, line.decode().split(","), strict=True):
        if form is Form.MARKET:
            market = cell if cell in CODES else ""
        whole = _whole(form, market if form is Form.CODE else "")
        if form.is_figure and cell.startswith("-") and whole.fullmatch(cell[1:]):
            yield name, IssueCode.NEGATIVE
        elif not whole.fullmatch(cell):
            yield name, IssueCode.FORM
