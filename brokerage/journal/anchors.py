"""Anchors: the newest seal, written outside the database so that a cut tail is noticed.

One signed line for each anchored seal, appended to a file of the business month and forced to
disk. Whoever can change the database but not this folder cannot hide what they did; copy the
folder to another machine (docs/journal.md).
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings

from brokerage.core.clock import SHANGHAI
from brokerage.core.crypto import is_hash_of, keyed_hash
from brokerage.journal.models import Seal

PURPOSE = "journal.anchor"


class BadAnchor(Exception):
    """A line of an anchor file is torn or was not written by this system."""


@dataclass(frozen=True)
class Anchor:
    """What one line says: this seal existed, with this hash, at this time."""

    number: int
    hash: str
    at: str

    def line(self) -> str:
        """The line with its signature."""
        words = {"seal": self.number, "hash": self.hash, "at": self.at, "mac": self._mac()}
        return json.dumps(words) + "\n"

    @classmethod
    def read(cls, line: str) -> Anchor:
        """The anchor of a line; raises BadAnchor when it is torn or forged."""
        try:
            words = json.loads(line)
            anchor = cls(int(words["seal"]), str(words["hash"]), str(words["at"]))
            genuine = is_hash_of(str(words["mac"]), anchor._said(), purpose=PURPOSE)
        except (ValueError, KeyError, TypeError):
            raise BadAnchor("torn") from None
        if not genuine:
            raise BadAnchor("forged")
        return anchor

    def _mac(self) -> str:
        return keyed_hash(self._said(), purpose=PURPOSE)

    def _said(self) -> str:
        return f"{self.number} {self.hash} {self.at}"


def anchor_last_seal(*, at: datetime) -> Anchor | None:
    """Append the newest seal to the file of its month, unless it stands there already.

    Raises:
        OSError: when the line could not be written completely; the file is as before.
    """
    seal = Seal.objects.order_by("-number").defer("leaves").first()
    if seal is None:
        return None
    anchor = Anchor(seal.number, bytes(seal.hash).hex(), at.isoformat())
    path = settings.ANCHOR_DIR / f"journal-{at.astimezone(SHANGHAI):%Y-%m}.anchors"
    last = _last_line(path)
    if last and f'"seal": {seal.number},' in last:
        return None
    _append(path, anchor.line().encode())
    return anchor


def read_anchors() -> Iterator[tuple[str, Anchor | BadAnchor]]:
    """Every line of every anchor file: where it stands, and what it says."""
    for path in sorted(settings.ANCHOR_DIR.glob("journal-*.anchors")):
        with path.open() as lines:
            for number, line in enumerate(lines, 1):
                try:
                    yield f"{path.name}:{number}", Anchor.read(line)
                except BadAnchor as error:
                    yield f"{path.name}:{number}", error


def _last_line(path: Path) -> str:
    try:
        with path.open("rb") as file:
            file.seek(max(0, file.seek(0, os.SEEK_END) - 1000))
            return file.read().decode().strip().rpartition("\n")[2]
    except FileNotFoundError:
        return ""


def _append(path: Path, line: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        before = os.fstat(file).st_size
        try:
            if os.write(file, line) != len(line):
                raise OSError("The anchor was not written completely.")
            os.fsync(file)
        except OSError:
            os.ftruncate(file, before)
            raise
    finally:
        os.close(file)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
