"""Sealing: a hash chain over committed entries, and its anchors outside the database.

Ids are drawn before commit, so a row with a smaller id may appear later. A seal therefore covers
only ids that are decided: first a horizon is marked (the last id drawn, then a fresh transaction
number), and once every older transaction has ended no id up to the horizon can appear any more.
Long reads do not hold sealing back; a long write does, and then unsealed rows are counted.

A row's leaf is the SHA-256 of its line in COPY's text format without the id (FORMATS), which
psql and sha256sum can repeat. A seal's hash covers the previous hash, its own head and every
id with its full leaf; beside it stand the first eight bytes of each leaf, which name the row
that was altered.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction

from brokerage.journal.models import Entry, Seal

BATCH = 10_000
LOCK = 7_301_001  # advisory: one sealer at a time
GENESIS = hashlib.sha256(b"brokerage journal").digest()
LEAF = struct.Struct(">q8s")  # id and the beginning of the row's digest
FULL = struct.Struct(">q32s")

# The columns of a format never change; a new column makes a new format.
FORMATS = {
    1: "id, ref, kind, subject_type, subject_ref, version, actor_kind, actor_ref, actor_name, "
    "on_behalf_of, reason, rule_version, payload, before, after, request_id, channel, address, "
    "(extract(epoch from at) * 1000000)::bigint, "
    "(extract(epoch from recorded_at) * 1000000)::bigint"
}
FORMAT = max(FORMATS)


@dataclass(frozen=True)
class Horizon:
    """No id up to `to_id` is undecided once all transactions before `xid` have ended."""

    to_id: int
    xid: int


class Sealer:
    """Seals in turns; keeps its horizon from one turn to the next until it is decided."""

    def __init__(self) -> None:
        self.horizon: Horizon | None = None

    def turn(self, *, at: datetime) -> int:
        """Seal what is decided; returns how many entries."""
        self.horizon = self.horizon or mark_horizon()
        if not is_decided(self.horizon):
            return 0
        sealed = 0
        while count := seal_up_to(self.horizon.to_id, at=at):
            sealed += count
        self.horizon = None
        return sealed


def mark_horizon() -> Horizon:
    """The last id drawn so far, and a transaction number drawn after it."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT last_value FROM journal_entry_id_seq")
        (to_id,) = cursor.fetchone()
        cursor.execute("SELECT pg_current_xact_id()::text::bigint")
        (xid,) = cursor.fetchone()
    return Horizon(to_id, xid)


def is_decided(horizon: Horizon) -> bool:
    """Whether every transaction that may have drawn an id up to the horizon has ended."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint >= %s", [horizon.xid]
        )
        (decided,) = cursor.fetchone()
    return bool(decided)


def seal_up_to(to_id: int, *, at: datetime) -> int:
    """Make one seal over the next BATCH entries with ids up to `to_id`, which must be decided.

    Returns:
        How many entries it covers; 0 where there are none or another process is sealing.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
            if cursor.fetchone() == (False,):
                return 0
        last = Seal.objects.order_by("-number").first()
        from_id = last.to_id + 1 if last else 0
        rows = list(read_rows(from_id, to_id, format=FORMAT, limit=BATCH))
        if not rows:
            return 0
        seal = Seal(
            number=last.number + 1 if last else 1,
            format=FORMAT,
            from_id=from_id,
            to_id=rows[-1][0],
            count=len(rows),
            previous=bytes(last.hash) if last else GENESIS,
            leaves=pack_leaves(rows),
            at=at,
        )
        seal.hash = chain_hash(seal, rows)
        Seal.objects.bulk_create([seal])  # save() is refused, so that nobody else makes one
    return len(rows)


def read_rows(
    from_id: int, to_id: int, *, format: int, limit: int | None = None
) -> Iterator[tuple[int, bytes]]:
    """Stream id and digest of the entries in this range, in the order of their ids."""
    tail = f" LIMIT {int(limit)}" if limit else ""
    statement = (
        f"COPY (SELECT {FORMATS[format]} FROM {Entry._meta.db_table} "  # noqa: S608 - whole numbers
        f"WHERE id BETWEEN {int(from_id)} AND {int(to_id)} ORDER BY id{tail}) TO STDOUT"
    )
    # Django leaves COPY to the driver, so the driver's errors are translated here.
    with (
        connection.wrap_database_errors,
        connection.cursor() as cursor,
        cursor.copy(statement) as lines,
    ):
        for line in lines:
            pk, _, content = bytes(line).partition(b"\t")
            yield int(pk), hashlib.sha256(content).digest()


def chain_hash(seal: Seal, rows: Iterable[tuple[int, bytes]]) -> bytes:
    """The hash of a seal over its head and its rows."""
    total = hashlib.sha256(bytes(seal.previous))
    total.update(
        f"{seal.format}:{seal.number}:{seal.from_id}:{seal.to_id}:{seal.count}\n".encode()
    )
    for pk, digest in rows:
        total.update(FULL.pack(pk, digest))
    return total.digest()


def pack_leaves(rows: Iterable[tuple[int, bytes]]) -> bytes:
    """Ids with the beginnings of their digests, to name a row that was altered."""
    return b"".join(LEAF.pack(pk, digest[:8]) for pk, digest in rows)


def unpack_leaves(leaves: bytes) -> dict[int, bytes]:
    """The beginnings of the digests by id."""
    whole = len(leaves) - len(leaves) % LEAF.size
    return dict(LEAF.iter_unpack(leaves[:whole]))
