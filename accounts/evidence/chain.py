"""The journal entries of one object, against the seals that cover them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.db import connection

from brokerage.journal.models import Entry, Seal
from brokerage.journal.seals import FORMATS, chain_hash, read_rows, unpack_leaves


def broken_entries(subject_type: str, ref: UUID) -> Iterator[tuple[str, str]]:
    """Pairs of problem and entry: gap (a version is missing), altered, removed.

    Entries of the last moments may be unsealed, which is no finding. The links between seals are
    the matter of `manage.py verify_journal`.
    """
    rows = Entry.objects.filter(subject_type=subject_type, subject_ref=ref).order_by("version")
    entries = list(rows.values_list("id", "version"))
    for expected, (pk, version) in enumerate(entries, start=1):
        if version != expected:
            yield "gap", f"version {expected} before entry {pk}"
            break
    for pk, _version in entries:
        seal = seal_of(pk)
        if seal is None:
            continue
        leaf = unpack_leaves(bytes(seal.leaves)).get(pk)
        digest = next((digest for _pk, digest in read_rows(pk, pk, format=seal.format)), None)
        if leaf is None or digest is None or digest[:8] != leaf:
            yield "altered", f"entry {pk}"


def seal_of(pk: int) -> Seal | None:
    """The seal that covers an entry, or None for one that is not sealed yet."""
    return Seal.objects.filter(from_id__lte=pk, to_id__gte=pk).order_by("number").first()


def excerpt(subject_type: str, ref: UUID) -> dict[str, Any]:
    """The entries of an object as their sealed lines, and the digests of all rows of their seals.

    With the digests anybody can compute each seal's hash again (accounts/evidence/inspector.py)
    without seeing what other rows say.
    """
    rows = Entry.objects.filter(subject_type=subject_type, subject_ref=ref).order_by("id")
    entries: list[dict[str, Any]] = []
    seals: dict[int, dict[str, Any]] = {}
    for pk in rows.values_list("id", flat=True):
        seal = seal_of(pk)
        entries.append({"id": pk, "line": _line(pk, seal), "seal": seal.number if seal else None})
        if seal and seal.number not in seals:
            seals[seal.number] = _described(seal)
    return {"entries": entries, "seals": list(seals.values())}


def _described(seal: Seal) -> dict[str, Any]:
    digests = list(read_rows(seal.from_id, seal.to_id, format=seal.format))
    return {
        "number": seal.number,
        "format": seal.format,
        "from_id": seal.from_id,
        "to_id": seal.to_id,
        "count": seal.count,
        "previous": bytes(seal.previous).hex(),
        "hash": bytes(seal.hash).hex(),
        "agrees": chain_hash(seal, digests) == bytes(seal.hash),
        "digests": [[pk, digest.hex()] for pk, digest in digests],
    }


def _line(pk: int, seal: Seal | None) -> str:
    """The entry in COPY's text format without its id, as `seals.py` hashes it."""
    form = FORMATS[seal.format if seal else max(FORMATS)]
    table = Entry._meta.db_table
    statement = f"COPY (SELECT {form} FROM {table} WHERE id = {int(pk)}) TO STDOUT"  # noqa: S608 - names of ours, a whole number
    with connection.cursor() as cursor, cursor.copy(statement) as lines:
        content = b"".join(bytes(line) for line in lines)
    return content.partition(b"\t")[2].decode()
