"""The single sheet of an XLSX file, streamed. Formulas, macros and many sheets are refused."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from brokerage.backoffice.imports.refusals import Unreadable
from brokerage.backoffice.imports.tidying import tidy

MOST_UNPACKED = 200_000_000
"""Bytes of a workbook when unpacked: a small file may unpack into a very large one."""
MOST_TEXTS = 60_000_000
"""Bytes of its table of texts, which is held in memory."""
MACROS = "xl/vbaProject.bin"
TEXTS = "xl/sharedStrings.xml"


def lines(body: bytes) -> Iterator[tuple[int, list[str]]]:
    """The lines of the only sheet, as texts.

    Raises:
        Unreadable: also while going through the lines.
    """
    _look_inside(body)
    from openpyxl import load_workbook  # costs a second at import

    try:
        book = load_workbook(io.BytesIO(body), read_only=True, data_only=False, keep_links=False)
    except Exception as error:  # the library raises whatever its parts raise
        raise Unreadable(_("This is no CSV or XLSX file.")) from error
    try:
        if len(book.sheetnames) != 1 or len(book.worksheets) != 1:
            raise Unreadable(
                _("The workbook has several sheets, hidden ones included. Leave one in it.")
            )
        yield from _rows(book.worksheets[0])
    finally:
        book.close()


def _rows(sheet: Any) -> Iterator[tuple[int, list[str]]]:
    sheet.reset_dimensions()  # what the file says of its size is not believed
    rows = sheet.iter_rows()
    number = 0
    while True:
        try:
            row = next(rows)
        except StopIteration:
            return
        except Exception as error:  # broken XML, a date that is none
            raise Unreadable(
                format_lazy(_("The sheet is damaged after line {number}."), number=number)
            ) from error
        number += 1
        cells = [_text(cell, number) for cell in row]
        while cells and not cells[-1]:
            cells.pop()
        yield number, cells


def _text(cell: Any, number: int) -> str:
    value = cell.value
    if cell.data_type == "f" or value.__class__.__name__ in {"ArrayFormula", "DataTableFormula"}:
        raise Unreadable(
            format_lazy(
                _("Line {number} contains a formula. Paste its values instead."), number=number
            )
        )
    match value:
        case None:
            return ""
        case bool():
            return "1" if value else "0"
        case datetime():
            return (
                value.date().isoformat() if value.time() == time() else f"{value:%Y-%m-%d %H:%M}"
            )
        case date():
            return value.isoformat()
        case time():
            return f"{value:%H:%M}"
        case float():  # 0.1 stays 0.1, and a number without places has none
            return str(int(value)) if value.is_integer() else str(Decimal(repr(value)))
    return tidy(str(value))


def _look_inside(body: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as packed:
            parts = {part.filename: part.file_size for part in packed.infolist()}
    except (zipfile.BadZipFile, ValueError) as error:
        raise Unreadable(_("This is no CSV or XLSX file.")) from error
    if MACROS in parts:
        raise Unreadable(_("The workbook contains programs. Save it as XLSX without macros."))
    if sum(parts.values()) > MOST_UNPACKED or parts.get(TEXTS, 0) > MOST_TEXTS:
        raise Unreadable(_("The workbook is too large when unpacked. Send it as CSV."))
