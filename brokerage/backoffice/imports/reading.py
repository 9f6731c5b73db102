"""From the bytes of a file to rows of texts, one at a time. Nothing here trusts the file."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from brokerage.backoffice.imports import workbook
from brokerage.backoffice.imports.refusals import Unreadable
from brokerage.backoffice.imports.tidying import tidy

MOST_BYTES = 20_000_000
MOST_ROWS = 100_000
MOST_COLUMNS = 80
MOST_LETTERS = 20_000
"""Characters in one cell."""
DELIMITERS = ",;\t|"
CHUNK = 65_536

Line = tuple[int, list[str]]
"""The number of a line in the file, from 1, and its cells."""


def lines(body: bytes) -> Iterator[Line]:
    """The lines of a CSV or XLSX file that are not empty, the heading first.

    Args:
        body: the whole file.

    Raises:
        Unreadable: also while going through the lines.
    """
    if not body.strip(b"\x00\r\n\t "):
        raise Unreadable(_("The file is empty."))
    found = workbook.lines(body) if body.startswith(b"PK") else _csv(body)
    count = 0
    for number, cells in found:
        if not any(cells):
            continue
        if len(cells) > MOST_COLUMNS:
            raise Unreadable(format_lazy(_("Line {number} has too many columns."), number=number))
        if any(len(cell) > MOST_LETTERS for cell in cells):
            raise Unreadable(
                format_lazy(
                    _("A cell of line {number} has more than {most} characters."),
                    number=number,
                    most=f"{MOST_LETTERS:,}",
                )
            )
        count += 1
        if count > MOST_ROWS + 1:
            raise Unreadable(
                format_lazy(_("More than {most} rows. Split the file."), most=f"{MOST_ROWS:,}")
            )
        yield number, cells


def _csv(body: bytes) -> Iterator[Line]:
    text = io.TextIOWrapper(io.BytesIO(body), encoding=encoding_of(body), newline="")
    head = text.readline()
    text.seek(0)
    csv.field_size_limit(MOST_LETTERS * 4)
    reader = csv.reader(text, delimiter=_delimiter(head), strict=True)
    try:
        for cells in reader:
            yield reader.line_num, [tidy(cell).removeprefix("\ufeff") for cell in cells]
    except csv.Error as error:
        raise Unreadable(
            format_lazy(
                _("Line {number} is no CSV: check its quotation marks."), number=reader.line_num
            )
        ) from error


def encoding_of(body: bytes) -> str:
    """UTF-8 (with or without its mark), else GB18030, which Chinese spreadsheets write.

    Raises:
        Unreadable: it is neither, or no text at all.
    """
    if b"\x00" in body:
        raise Unreadable(_("This is no CSV or XLSX file."))
    for encoding in ("utf-8-sig", "gb18030"):
        decoder = codecs.getincrementaldecoder(encoding)()
        try:
            for start in range(0, len(body), CHUNK):
                decoder.decode(body[start : start + CHUNK])
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            continue
        return encoding
    raise Unreadable(_("The characters cannot be read. Save the file as CSV UTF-8."))


def _delimiter(head: str) -> str:
    return max(DELIMITERS, key=head.count)
