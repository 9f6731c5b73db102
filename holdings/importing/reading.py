"""Reading a file as a stream: first line, column names, rows, last line. Nothing is kept.

H,positions,2026-03-02,1
account,market,code,…
(rows)
T,<number of rows>,<sum of the control column>
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Protocol

from holdings.importing.cells import whole_lines, wrong_cells
from holdings.importing.layouts import Layout
from holdings.states import FileKind, IssueCode


class Hash(Protocol):
    """What this needs of hashlib's objects."""

    def update(self, data: bytes, /) -> None: ...
    def hexdigest(self) -> str: ...


MOST_ISSUES = 200
LONGEST = 4_000  # bytes of one line
# so many digits as `CounterFile.total` holds
_TOTAL = re.compile(rb"T,(\d{1,9}),(\d{1,20}(?:\.\d{1,6})?)", re.ASCII)
_UNFIT = (b'"', b"\\", b"\x00", b"\r")


@dataclass(frozen=True, order=True)
class Issue:
    """What is wrong where; `row` counts lines from 1, 0 is the file."""

    row: int
    field: str
    code: IssueCode


class GaveUp(Exception):
    """Nothing more is looked for: the file is refused anyway."""


@dataclass
class Issues:
    """What was found so far; the first MOST_ISSUES are enough to mend a file."""

    found: list[Issue] = field(default_factory=list)

    @property
    def room(self) -> int:
        """How many more are wanted."""
        return MOST_ISSUES - len(self.found)

    def note(self, row: int, name: str, code: IssueCode) -> None:
        """Note one, as long as more are wanted."""
        if self.room > 0:
            self.found.append(Issue(row, name, code))

    def forget(self, row: int) -> None:
        """Nothing is wrong with the cells of this line."""
        self.found = [each for each in self.found if each.row != row]

    def add(self, row: int, name: str, code: IssueCode) -> None:
        """Note one; raises GaveUp when that was the last one wanted."""
        self.note(row, name, code)
        if self.room <= 0:
            raise GaveUp


@dataclass(frozen=True)
class Announced:
    """What the counter said a file is, before it was read."""

    name: str
    kind: FileKind
    day: date
    revision: int

    @property
    def header(self) -> bytes:
        """The first line that the file must have."""
        return f"H,{self.kind},{self.day.isoformat()},{self.revision}".encode()


@dataclass
class Reader:
    """The rows of one file as PostgreSQL's COPY takes them: from line 3 on, none left out.

    Attributes:
        announced: what the file has to be.
        layout: its columns.
        issues: filled on the way.
        rows, total: what the last line says; None until it was read.
        seen: rows that were read.
    """

    announced: Announced
    layout: Layout
    issues: Issues
    rows: int | None = None
    total: Decimal | None = None
    seen: int = 0
    _lacking: int = 0
    _hash: Hash = field(default_factory=hashlib.sha256)

    @property
    def sha256(self) -> str:
        """The hash of what was read."""
        return self._hash.hexdigest()

    def blocks(self, chunks: Iterable[bytes]) -> Iterator[bytes]:
        """Blocks of good rows; none after the first that is wrong, for the file is refused then.

        They end early where too much is wrong; the rest is hashed only. Nothing is raised here
        for a bad file: an exception within a COPY would end the transaction.
        """
        source = iter(chunks)
        try:
            yield from self._blocks(source)
        except GaveUp:
            for chunk in source:
                self._hash.update(chunk)

    def _blocks(self, chunks: Iterator[bytes]) -> Iterator[bytes]:
        number = 0
        for block in self._lines(chunks):
            if number >= 2 and self.rows is None and self._all_good(block):
                many, rows = block.count(b"\n"), block
                if self._lacking:
                    rows = block.replace(b"\n", b"," * self._lacking + b"\n")
                self.seen += many
            else:
                lines = block.removesuffix(b"\n").split(b"\n")
                many, rows = len(lines), self._one_by_one(lines, number)
            number += many
            if rows and not self.issues.found:
                yield rows
        self._close(number)

    def _all_good(self, block: bytes) -> bool:
        """Whether each cell of the block has its form; False also where nobody can say at once."""
        good = whole_lines(self.layout, self._lacking)
        return bool(good and good.fullmatch(block))

    def _one_by_one(self, lines: list[bytes], before: int) -> bytes:
        """The good rows of some lines, `before` of which were read before them."""
        rows = bytearray()
        for number, line in enumerate(lines, before + 1):
            if number <= 2:
                self._top(number, line)
            elif self._fits(number, line):
                rows += b"%b%b\n" % (line, b"," * self._lacking)
        return bytes(rows)

    def _lines(self, chunks: Iterator[bytes]) -> Iterator[bytes]:
        """Blocks of whole lines with their ends; only the last may lack it."""
        rest = b""
        for chunk in chunks:
            self._hash.update(chunk)
            whole, end, rest = (rest + chunk).rpartition(b"\n")
            if end:
                yield whole + end
            if len(rest) > LONGEST:
                self.issues.add(0, "", IssueCode.CELLS)
                raise GaveUp
        if rest:
            yield rest

    def _top(self, number: int, line: bytes) -> None:
        if number == 2:
            self._lacking = self._columns_left_out(line)
            return
        if line == self.announced.header:
            return
        parts = line.split(b",")
        if len(parts) == 4 and parts[:2] == self.announced.header.split(b",")[:2]:
            self.issues.add(1, "day", IssueCode.DAY)
        else:
            self.issues.add(1, "", IssueCode.HEADER)
        raise GaveUp

    def _columns_left_out(self, line: bytes) -> int:
        names = self.layout.names
        for lacking in range(self.layout.optional + 1):
            if line == ",".join(names[: len(names) - lacking]).encode():
                return lacking
        self.issues.add(2, "", IssueCode.COLUMNS)
        raise GaveUp  # every cell would be another one

    def _fits(self, number: int, line: bytes) -> bool:
        if self.rows is not None:
            self.issues.add(number, "", IssueCode.AFTER_END)
            return False
        if line.startswith(b"T,") and (end := _TOTAL.fullmatch(line)):
            self.rows, self.total = int(end[1]), Decimal(end[2].decode())
            return False
        self.seen += 1
        if any(byte in line for byte in _UNFIT) or not _is_text(line):
            self.issues.add(number, "", IssueCode.ENCODING)
            return False
        cells = line.count(b",") + 1 + self._lacking
        if cells != len(self.layout.columns) or len(line) > LONGEST:
            self.issues.add(number, "", IssueCode.CELLS)
            return False
        for name, code in wrong_cells(self.layout, line + b"," * self._lacking):
            self.issues.note(number, name, code)
        return True

    def _close(self, lines: int) -> None:
        if lines < 2:
            self.issues.add(1, "", IssueCode.HEADER)
        elif self.rows is None:
            self.issues.forget(lines)  # its cells are those of a last line that is none
            self.issues.add(lines, "", IssueCode.ENDING)
        elif self.rows != self.seen:
            self.issues.add(lines, "", IssueCode.ROWS)


def _is_text(line: bytes) -> bool:
    if line.isascii():
        return True
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True
