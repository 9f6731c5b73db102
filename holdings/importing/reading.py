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

    def add(self, row: int, name: str, code: IssueCode) -> None:
        """Note one; raises GaveUp when that was the last one wanted."""
        self.found.append(Issue(row, name, code))
        if len(self.found) >= MOST_ISSUES:
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
    """The rows of one file with their line numbers, as PostgreSQL's COPY takes them.

    Attributes:
        announced: what the file has to be.
        names: its columns.
        issues: filled on the way.
        optional: so many of the last columns may be missing from the whole file.
        rows, total: what the last line says; None until it was read.
        seen: rows that were read.
    """

    announced: Announced
    names: tuple[str, ...]
    issues: Issues
    optional: int = 0
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
        """Blocks of good rows. They end early where too much is wrong; the rest is hashed only.

        Nothing is raised here for a bad file: an exception within a COPY would end the
        transaction.
        """
        source = iter(chunks)
        try:
            yield from self._blocks(source)
        except GaveUp:
            for chunk in source:
                self._hash.update(chunk)

    def _blocks(self, chunks: Iterator[bytes]) -> Iterator[bytes]:
        number = 0
        for lines in self._lines(chunks):
            good = bytearray()
            for line in lines:
                number += 1
                if number <= 2:
                    self._top(number, line)
                elif self._fits(number, line):
                    good += b"%d,%b%b\n" % (number, line, b"," * self._lacking)
            if good:
                yield bytes(good)
        self._close(number)

    def _lines(self, chunks: Iterator[bytes]) -> Iterator[list[bytes]]:
        rest = b""
        for chunk in chunks:
            self._hash.update(chunk)
            *whole, rest = (rest + chunk).split(b"\n")
            yield whole
            if len(rest) > LONGEST:
                self.issues.add(0, "", IssueCode.CELLS)
                raise GaveUp
        if rest:
            yield [rest]

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
        for lacking in range(self.optional + 1):
            if line == ",".join(self.names[: len(self.names) - lacking]).encode():
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
        if line.count(b",") != len(self.names) - self._lacking - 1 or len(line) > LONGEST:
            self.issues.add(number, "", IssueCode.CELLS)
            return False
        return True

    def _close(self, lines: int) -> None:
        if lines < 2:
            self.issues.add(1, "", IssueCode.HEADER)
        elif self.rows is None:
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
