"""What becomes of a cell: long texts, lines and paragraphs."""

from __future__ import annotations

import io

import pytest
from django import forms
from openpyxl import Workbook

from brokerage.backoffice.imports.importer import Column, Importer, clean
from brokerage.backoffice.imports.reading import MOST_LETTERS, lines
from brokerage.backoffice.imports.refusals import Unreadable
from brokerage.backoffice.imports.tidying import tidy
from content.importing import TEXTS
from content.models.intake import LONGEST

TEXT = "第一段  有空格。\r\n同一段。\n\n\n\n第二段。 "
TIDY = "第一段 有空格。\n同一段。\n\n第二段。"


class Notes(Importer):
    key, label, intro, permission = "notes", "Notes", "x", "x.x"
    columns = (
        Column("title", forms.CharField()),
        Column("body", forms.CharField(), keeps_lines=True),
    )


def as_csv(*cells: str) -> bytes:
    quoted = ",".join('"' + cell.replace('"', '""') + '"' for cell in cells)
    return f"title,body\n{quoted}\n".encode()


def as_xlsx(*cells: str) -> bytes:
    book, out = Workbook(), io.BytesIO()
    book.active.append(["title", "body"])
    book.active.append(list(cells))
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize("write", [as_csv, as_xlsx])
def test_paragraphs_are_kept_where_they_mean_something(write):
    _head, (_number, cells) = lines(write(TEXT, TEXT))
    values, errors = clean(Notes(), dict(zip(("title", "body"), cells, strict=True)))
    assert errors == {}
    assert values == {"title": "第一段 有空格。 同一段。 第二段。", "body": TIDY}


@pytest.mark.parametrize("text", ["", "  ", "a", " a  b ", TEXT, "\n\na\n\n", "a\u2028b"])
def test_a_tidy_text_stays_as_it_is(text):
    assert tidy(tidy(text)) == tidy(text)


@pytest.mark.parametrize("write", [as_csv, as_xlsx])
def test_a_text_may_be_as_long_as_by_hand_and_one_that_is_longer_is_named(write):
    """A report is longer than the note that a cell was once made for."""
    field = next(column.field for column in TEXTS.columns if column.key == "body")
    assert isinstance(field, forms.CharField)
    assert field.max_length == LONGEST <= MOST_LETTERS
    _head, (_number, cells) = lines(write("x", "字" * MOST_LETTERS))
    assert len(cells[1]) == MOST_LETTERS
    with pytest.raises(Unreadable) as refused:
        list(lines(write("x", "字" * (MOST_LETTERS + 1))))
    said = str(refused.value)
    assert "20,000" in said
    assert any(number in said for number in ("2", "3"))
