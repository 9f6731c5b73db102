"""A new release of a list: its entries, and the order to screen the whole stock against it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from django.db import transaction

from accounts.aml.events import ListReleased
from accounts.aml.matching import plain_name, sound_of
from accounts.models import ListRelease, WatchEntry, WatchList
from brokerage.core.crypto import keyed_hash
from brokerage.core.locking import lock_row
from brokerage.customers.models.customers import identity_hash
from brokerage.journal.actors import Actor
from brokerage.journal.record import record

NAME, SOUND = "accounts.watch_name", "accounts.watch_sound"
TOGETHER = 500


@dataclass(frozen=True)
class Listed:
    """One person as a list gives them.

    Attributes:
        key: what the list calls the entry; stays the same from release to release.
        name: in any script.
        id_type, id_number: a document (`customers.IdType`), or empty.
        birth_date: ISO date, or empty.
    """

    key: str
    name: str
    id_type: str = ""
    id_number: str = ""
    birth_date: str = ""


def load_watch_list(
    *, watch_list: WatchList, people: Iterable[Listed], actor: Actor, at: datetime
) -> ListRelease:
    """Keep a release that counts from now on, and have the stock screened by the worker.

    The same content again changes nothing.

    Args:
        watch_list: locked here.
        people: every person of the release; keys are unique.
        actor: who brought it.
        at: the instant.
    """
    from accounts.aml.tasks import screen_stock  # tasks call use cases

    listed = list(people)
    digest = sha256(repr(listed).encode()).hexdigest()
    with transaction.atomic():
        row = lock_row(WatchList, watch_list.pk)
        last = row.releases.filter(is_current=True).first()
        if last and last.sha256 == digest:
            return last
        row.releases.filter(is_current=True).update(is_current=False)
        release = ListRelease.objects.create(
            watch_list=row,
            number=(last.number if last else 0) + 1,
            sha256=digest,
            entries_in_it=len(listed),
            loaded_at=at,
        )
        entries = [_entry(release, person) for person in listed]
        WatchEntry.objects.bulk_create(entries, batch_size=TOGETHER)
        record(ListReleased(subject=release.ref, entries=len(listed)), actor=actor, at=at)
        screen_stock.defer(release=str(release.ref))
        return release


def document_hash(document: str) -> str:
    """The hash of "kind:number", the same as a customer's own."""
    kind, _colon, number = document.partition(":")
    return identity_hash(kind, number)


def name_hash(name: str) -> str:
    """The hash under which entries with this name are found."""
    return keyed_hash(plain_name(name), purpose=NAME)


def sound_hash(name: str) -> str:
    """The hash under which entries that sound like this name are found."""
    return keyed_hash(sound_of(name), purpose=SOUND)


def _entry(release: ListRelease, person: Listed) -> WatchEntry:
    entry = WatchEntry(release=release, key=person.key)
    entry.name, entry.birth_date = person.name, person.birth_date or None
    entry.name_hash, entry.sound_hash = name_hash(person.name), sound_hash(person.name)
    if person.id_number:
        entry.document = f"{person.id_type}:{person.id_number}"
        entry.document_hash = document_hash(entry.document)
    return entry
