"""Reading the journal."""

from __future__ import annotations

from functools import lru_cache
from uuid import UUID

from django.db.models import BooleanField, QuerySet
from django.db.models.expressions import RawSQL

from brokerage.core.written import SOME_REF, Written
from brokerage.journal.models import Entry
from brokerage.journal.timeline import Line, line_of, public_kinds

KINDS = "journal_entry.kind = ANY(%s::text[])"


class BrokenReplay(Exception):
    """An object's versions have a gap, so its state cannot be told from the journal."""


def timeline(
    subject_type: str, subject_ref: UUID, *, limit: int = 50, staff: bool = False
) -> list[Line]:
    """What happened to an object, newest first.

    Args:
        subject_type: "<app>.<model>".
        subject_ref: public ref of the object; the caller has checked the right to see it.
        limit: how many lines at most.
        staff: also what customers may not see, with actors and reasons.
    """
    kinds = "" if staff else "{" + ",".join(public_kinds()) + "}"
    entries = _newest(limit, kinds).load(subject_type=subject_type, subject_ref=subject_ref)
    return [line_of(entry, staff=staff) for entry in entries]


@lru_cache(16)
def _newest(limit: int, kinds: str) -> Written[Entry]:
    """The query of `timeline`; its kinds are one text, quicker than two hundred values."""

    def rows(subject_type: str, subject_ref: UUID) -> QuerySet[Entry]:
        entries = Entry.objects.filter(subject_type=subject_type, subject_ref=subject_ref)
        if kinds:
            entries = entries.filter(RawSQL(KINDS, [kinds], output_field=BooleanField()))  # noqa: S611
        return entries.order_by("-id")[:limit]

    return Written(rows, subject_type="any subject", subject_ref=SOME_REF)


def replay_status(subject_type: str, subject_ref: UUID) -> str | None:
    """The state that the journal says an object is in: the last `status` of its events.

    Returns:
        The status; None where no event of the object carried one.

    Raises:
        BrokenReplay: when the versions are not 1, 2, 3 …
    """
    status: str | None = None
    entries = Entry.objects.filter(subject_type=subject_type, subject_ref=subject_ref)
    rows = entries.order_by("id").values_list("version", "payload__status")
    for expected, (version, told) in enumerate(rows.iterator(), 1):
        if version != expected:
            raise BrokenReplay(f"{subject_type} {subject_ref}: {version} instead of {expected}")
        status = told or status
    return status
