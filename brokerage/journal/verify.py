"""Checking the journal against its seals, and the seals against their anchors."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from brokerage.journal.anchors import BadAnchor, read_anchors
from brokerage.journal.models import Entry, Seal
from brokerage.journal.seals import (
    GENESIS,
    chain_hash,
    pack_leaves,
    read_rows,
    unpack_leaves,
)

TOGETHER = 20_000  # rows read in one go: small seals would cost a query each
PAGE = 100  # seals read in one go
ANCHORED_WITHIN = timedelta(days=1)

Row = tuple[int, bytes]


@dataclass(frozen=True)
class Finding:
    """Something that is not as it was sealed.

    Attributes:
        what: altered, removed, inserted, swapped, seal, chain, tail or anchor.
        where: the entry, seal or line.
        detail: one sentence.
    """

    what: str
    where: str
    detail: str

    def __str__(self) -> str:
        return f"{self.what}: {self.where}: {self.detail}"


@dataclass
class Checked:
    """How much was checked."""

    rows: int = 0
    seals: int = 0
    anchors: int = 0
    unsealed: int = 0


def verify(checked: Checked, *, since: datetime | None = None) -> Iterator[Finding]:
    """Yield everything that does not agree, from the oldest on.

    Args:
        checked: filled with what was checked.
        since: leave out entries sealed before; anchors are checked all the same.
    """
    previous = Seal.objects.filter(at__lt=since).order_by("number").last() if since else None
    for batch in _batches(_seals_after(previous.number if previous else 0)):
        for seal in batch:
            yield from _check_link(seal, previous)
            previous = seal
        yield from _check_rows(batch, checked)
        checked.seals += len(batch)
    checked.unsealed = Entry.objects.filter(id__gt=previous.to_id if previous else -1).count()
    yield from _check_anchors(checked, previous)


def _seals_after(number: int) -> Iterator[Seal]:
    """Seals by pages, because a cursor would hold the leaves of twenty years."""
    while page := list(Seal.objects.filter(number__gt=number).order_by("number")[:PAGE]):
        yield from page
        number = page[-1].number


def _batches(seals: Iterable[Seal]) -> Iterator[list[Seal]]:
    """Neighbouring seals of one format, about TOGETHER rows each."""
    for _, same in groupby(seals, key=lambda seal: seal.format):
        batch: list[Seal] = []
        rows = 0
        for seal in same:
            batch.append(seal)
            rows += seal.count
            if rows >= TOGETHER or len(batch) >= PAGE:
                yield batch
                batch, rows = [], 0
        if batch:
            yield batch


def _check_link(seal: Seal, previous: Seal | None) -> Iterator[Finding]:
    number, from_id = (previous.number + 1, previous.to_id + 1) if previous else (1, 0)
    if seal.number != number:
        yield Finding("chain", str(seal), f"seals {number} to {seal.number - 1} are missing")
    elif bytes(seal.previous) != (bytes(previous.hash) if previous else GENESIS):
        yield Finding("chain", str(seal), "does not follow the hash of the seal before it")
    elif seal.from_id != from_id:
        yield Finding("chain", str(seal), f"begins at {seal.from_id} instead of {from_id}")


def _check_rows(batch: list[Seal], checked: Checked) -> Iterator[Finding]:
    rows = read_rows(batch[0].from_id, batch[-1].to_id, format=batch[0].format)
    waiting: Row | None = next(rows, None)
    for seal in batch:
        mine: list[Row] = []
        while waiting and waiting[0] <= seal.to_id:
            mine.append(waiting)
            waiting = next(rows, None)
        checked.rows += len(mine)
        if chain_hash(seal, mine) != bytes(seal.hash) or pack_leaves(mine) != bytes(seal.leaves):
            yield from _explain(seal, mine)


def _explain(seal: Seal, rows: list[Row]) -> Iterator[Finding]:
    """Name the rows by which a seal does not agree."""
    sealed = unpack_leaves(bytes(seal.leaves))
    found = {pk: digest[:8] for pk, digest in rows}
    altered = {pk for pk in sealed.keys() & found.keys() if sealed[pk] != found[pk]}
    by_content = {sealed[pk]: pk for pk in altered}
    explained = False
    for pk in sorted(sealed.keys() | found.keys()):
        if pk not in found:
            what, detail = "removed", f"was sealed by {seal} and is gone"
        elif pk not in sealed:
            what, detail = "inserted", f"stands in the range of {seal} but was not sealed"
        elif pk not in altered:
            continue
        elif (other := by_content.get(found[pk])) is not None:
            what, detail = "swapped", f"has the content that was sealed as entry {other}"
        else:
            what, detail = "altered", f"differs from what {seal} covers"
        explained = True
        yield Finding(what, f"entry {pk}", detail)
    if not explained:
        yield Finding("seal", str(seal), "its hash does not agree with its entries")


def _check_anchors(checked: Checked, last: Seal | None) -> Iterator[Finding]:
    newest: datetime | None = None
    end = last.number if last else 0
    for where, anchor in read_anchors():
        checked.anchors += 1
        if isinstance(anchor, BadAnchor):
            yield Finding("anchor", where, f"the line is {anchor}")
            continue
        newest = datetime.fromisoformat(anchor.at)
        hashes = Seal.objects.filter(number=anchor.number).values_list("hash", flat=True)
        found = hashes.first()
        if found is None and anchor.number > end:
            yield Finding("tail", where, f"names seal {anchor.number}, the journal ends at {end}")
        elif found is None or bytes(found).hex() != anchor.hash:
            yield Finding("anchor", where, f"seal {anchor.number} is not the one anchored")
    if last is None:
        return
    newest = newest or Seal.objects.order_by("number").values_list("at", flat=True)[0]
    if last.at - newest > ANCHORED_WITHIN:
        yield Finding("anchor", "folder", f"seals after {newest:%Y-%m-%d} were not anchored")
