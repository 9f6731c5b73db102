"""Rows are read the same way in blocks of any size, at once or one by one."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest

from holdings.importing.cells import whole_lines, wrong_cells
from holdings.importing.layouts import LAYOUTS
from holdings.importing.reading import MOST_ISSUES, Issues, Reader
from holdings.states import FileKind, IssueCode
from tests.holdings.factories import BANK, a_file, pieces

REF = "0f5b1c00-0000-4000-8000-00000000c0de"
GOOD = {
    FileKind.POSITIONS: f"{REF},HK,99001,100,10.5,1050.00,900,HKD,0.9215",
    FileKind.CASH: f"{REF},500.25,100",
    FileKind.MARGIN: f"{REF},0,99999999999999.99",
    FileKind.ACCOUNTS: f"{REF},{REF},margin,2024-02-29,",
    FileKind.TRADES: f"A-1,{REF},{BANK},sell,100.000001,10.5,1050.00,0,,",
}
WRONG = [
    "",
    "2026-02-29",
    "2026-04-31",
    "2026-13-01",
    "x",
    "-1",
    "--1",
    "1e5",
    "1.",
    ".5",
    "1.1234567",
    "0" * 30,
    "SH ",
    "１",
    "é",
    " 1",
]


def read(kind: FileKind, content: bytes, size: int) -> tuple[bytes, Reader]:
    announced, _content = a_file(kind, [])
    reader = Reader(announced, LAYOUTS[kind], Issues())
    return b"".join(reader.blocks(pieces(content, size))), reader


def files(kind: FileKind, *, broken: bool) -> Iterator[bytes]:
    """Files of forty rows; a broken one has some wrong cells."""
    chance = random.Random(f"{kind}{broken}")
    for _each in range(6):
        rows = [GOOD[kind]] * 40
        for place in chance.sample(range(40), 3) if broken else []:
            cells = rows[place].split(",")
            cells[chance.randrange(len(cells))] = chance.choice(WRONG)
            rows[place] = ",".join(cells)
        total = "1"
        yield a_file(kind, rows, total=total)[1]


@pytest.mark.parametrize("kind", sorted(GOOD))
@pytest.mark.parametrize("broken", [False, True])
def test_portions_change_nothing_of_what_is_read_and_found(kind: FileKind, broken: bool):
    for content in files(kind, broken=broken):
        whole, once = read(kind, content, len(content))
        assert bool(once.issues.found) is broken
        for size in (1, 7, 100, 1000):
            rows, reader = read(kind, content, size)
            assert sorted(reader.issues.found) == sorted(once.issues.found)
            assert (reader.seen, reader.total, reader.sha256) == (40, once.total, once.sha256)
            if not broken:
                assert rows == whole == (GOOD[kind] + "\n").encode() * 40


def test_columns_that_a_file_leaves_out_are_empty_whatever_the_portions():
    row = f"{REF},{BANK},100,10.5,1050.00,900"
    content = a_file(FileKind.POSITIONS, [row] * 40)[1]
    assert b"rate" not in content
    for size in (1, 100, len(content)):
        rows, reader = read(FileKind.POSITIONS, content, size)
        assert (reader.issues.found, reader.seen) == ([], 40)
        assert rows == f"{row},,\n".encode() * 40
    assert whole_lines(LAYOUTS[FileKind.POSITIONS], 2).fullmatch(f"{row}\n".encode() * 3)  # type: ignore[union-attr]  # there is one


@pytest.mark.parametrize("market", ["SH", "SZ", "BJ", "HK", "NQ"])
def test_a_code_is_one_of_its_market_at_once_and_cell_by_cell(market: str):
    layout = LAYOUTS[FileKind.POSITIONS]
    fast = whole_lines(layout)
    assert fast
    lengths = {"SH": {6, 8}, "SZ": {6, 8}, "HK": {5}}.get(market, {6})
    for length in range(10):
        line = f"{REF},{market},{'9' * length},1,1,1,1,,".encode()
        assert bool(fast.fullmatch(line + b"\n")) is (length in lengths)
        names = [name for name, _code in wrong_cells(layout, line)]
        assert names == ([] if length in lengths else ["code"])


@pytest.mark.parametrize("kind", sorted(GOOD))
def test_a_whole_line_fits_exactly_where_no_cell_is_wrong(kind: FileKind):
    layout, cells = LAYOUTS[kind], GOOD[kind].split(",")
    fast = whole_lines(layout)
    assert fast
    assert fast.fullmatch(f"{GOOD[kind]}\n".encode() * 3)
    for place in range(len(cells)):
        for wrong in WRONG:
            line = ",".join([*cells[:place], wrong, *cells[place + 1 :]]).encode()
            found = list(wrong_cells(layout, line))
            assert bool(found) is not bool(fast.fullmatch(line + b"\n")), line


def test_a_file_full_of_errors_is_counted_to_its_end():
    rows = [f"x{number},1,0" for number in range(MOST_ISSUES * 3)]
    content = a_file(FileKind.CASH, rows)[1]
    sent, reader = read(FileKind.CASH, content, 5000)
    assert (reader.seen, len(reader.issues.found), sent) == (MOST_ISSUES * 3, MOST_ISSUES, b"")
    assert {each.code for each in reader.issues.found} == {IssueCode.FORM}
