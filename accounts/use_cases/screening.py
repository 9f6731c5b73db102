"""Comparing people with the lists: before an approval, and the stock after a new release."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from django.db import transaction
from django.db.models import Q

from accounts.aml.events import MatchFound, StockScreened
from accounts.aml.matching import Marks, matched_on, plain_name, sound_of
from accounts.aml.states import UNDECIDED, HitStatus, ListKind
from accounts.models import (
    Application,
    ListRelease,
    Screening,
    Section,
    WatchEntry,
    WatchHit,
)
from accounts.papers.kinds import born_on, documents_of
from accounts.papers.people import related
from accounts.states import ACCEPTED, Step
from accounts.use_cases.load_watch_list import NAME, SOUND
from brokerage.core.clock import business_date
from brokerage.core.crypto import accepted_hashes
from brokerage.core.locking import lock_row
from brokerage.customers.models import Customer, Kind
from brokerage.customers.models.customers import identity_hashes
from brokerage.journal.actors import Actor
from brokerage.journal.record import record

ACTOR = Actor.system("accounts.screening")
PIECE = 200


@dataclass(frozen=True)
class Sought:
    """A customer with what is compared; the document under every accepted look-up key."""

    customer: Customer
    name: str
    documents: tuple[str, ...]
    born: str

    @cached_property
    def plain(self) -> str:
        return plain_name(self.name)

    @cached_property
    def sound(self) -> str:
        return sound_of(self.name)

    @cached_property
    def hashes(self) -> frozenset[str]:
        """Under which entries of lists may stand."""
        names = accepted_hashes(self.plain, purpose=NAME)
        sounds = accepted_hashes(self.sound, purpose=SOUND)
        return frozenset({*names, *sounds, *self.documents})


def screen_application(*, application: Application, at: datetime) -> Screening:
    """Compare an applicant with every list that counts now; once for each set of releases.

    Args:
        application: with its identity section.
        at: the instant.
    """
    releases = list(ListRelease.objects.filter(is_current=True).order_by("watch_list__code"))
    names = [str(release.ref) for release in releases]
    last = application.screenings.order_by("-pk").first()
    if last and last.releases == names and last.screened_at >= application.stage_since:
        return last
    with transaction.atomic():
        found = _screen([_applicant(application, at), *_behind(application)], releases, at)
        return Screening.objects.create(
            application=application, releases=names, matches=found, screened_at=at
        )


def is_held(customer: Customer) -> bool:
    """Whether a match keeps this customer's application from its approval. Tell nobody why.

    An undecided match of any list holds it, a confirmed one of every list but that of politically
    exposed persons: the two of compliance who confirm such a one agree to the relationship with
    their reasons, and two people review it (`is_exposed`).
    """
    hits = WatchHit.objects.filter(customer=customer)
    confirmed = Q(status=HitStatus.CONFIRMED) & ~Q(watch_list__kind=ListKind.PEP)
    return hits.filter(Q(status__in=UNDECIDED) | confirmed).exists()


def is_exposed(customer: Customer) -> bool:
    """Whether compliance confirmed a politically exposed person. Tell nobody."""
    return WatchHit.objects.filter(
        customer=customer, status=HitStatus.CONFIRMED, watch_list__kind=ListKind.PEP
    ).exists()


def screen_customer(*, customer: Customer, at: datetime) -> int:
    """Compare a customer whose name or number changed with every list that counts now.

    Args:
        customer: with the new values.
        at: the instant.

    Returns:
        How many matches there are.
    """
    releases = list(ListRelease.objects.filter(is_current=True).order_by("watch_list__code"))
    with transaction.atomic():
        return _screen(list(_with_people(customer)), releases, at)


def screen_piece(*, release: ListRelease, at: datetime) -> bool:
    """Compare the next PIECE customers with a release.

    Args:
        release: locked here; one that does not count any more is left where it is.
        at: the instant.

    Returns:
        Whether customers are left.
    """
    with transaction.atomic():
        row = lock_row(ListRelease, release.pk)
        if not row.is_current or row.finished_at:
            return False
        people = Customer.objects.active().filter(pk__gt=row.screened_to, name__isnull=False)
        piece = list(people.prefetch_related("other_documents").order_by("pk")[:PIECE])
        sought = [each for person in piece for each in _with_people(person)]
        _screen(sought, [row], at)
        row.screened += len(piece)
        if piece:
            row.screened_to = piece[-1].pk
        if len(piece) < PIECE:
            row.finished_at = at
            event = StockScreened(subject=row.ref, customers=row.screened)
            record(event, actor=ACTOR, at=at)
        row.save(update_fields=["screened", "screened_to", "finished_at"])
        return row.finished_at is None


def _screen(people: Sequence[Sought], releases: Sequence[ListRelease], at: datetime) -> int:
    """Keep every match of these people with these releases; how many there are."""
    found = 0
    entries = _candidates(people, releases)
    for person in people:
        near = {entry.pk: entry for hash_ in person.hashes for entry in entries.get(hash_, ())}
        for entry in near.values():
            document = entry.document_hash if entry.document_hash in person.documents else ""
            mine = Marks(document, person.plain, person.sound, person.born)
            if matched := matched_on(mine, _marks(entry)):
                _keep(person, entry, sorted(matched), at)
                found += 1
    return found


def _candidates(
    people: Sequence[Sought], releases: Sequence[ListRelease]
) -> dict[str, list[WatchEntry]]:
    """Entries that share a hash with one of them, by hash; one query for all."""
    wanted = {hash_ for person in people for hash_ in person.hashes}
    rows = WatchEntry.objects.filter(release__in=releases).filter(
        Q(name_hash__in=wanted) | Q(sound_hash__in=wanted) | Q(document_hash__in=wanted)
    )
    found: dict[str, list[WatchEntry]] = defaultdict(list)
    for entry in rows.select_related("release__watch_list"):
        for hash_ in {entry.name_hash, entry.sound_hash, entry.document_hash} - {""}:
            found[hash_].append(entry)
    return found


def _keep(person: Sought, entry: WatchEntry, matched: Iterable[str], at: datetime) -> None:
    """A new match, or the one there is: open again where the entry changed since."""
    same = {"customer": person.customer, "watch_list": entry.release.watch_list, "key": entry.key}
    rows = WatchHit.objects.select_for_update(of=["self"]).select_related("entry")
    hit = rows.filter(**same).first()
    if hit is None:
        hit = WatchHit(**same)
    elif hit.entry.says_the_same(entry):
        return
    elif hit.status in (HitStatus.CLEARED, HitStatus.PROPOSED):  # decided on another entry
        hit.move_to(HitStatus.OPEN)
        hit.forget_decision()
    hit.entry, hit.matched, hit.found_at = entry, list(matched), at
    hit.customer_name, hit.entry_name = person.name, entry.name
    hit.save()
    record(MatchFound(subject=hit.ref), actor=ACTOR, at=at)


def _marks(entry: WatchEntry) -> Marks:
    name = entry.name or ""
    return Marks(entry.document_hash, plain_name(name), sound_of(name), entry.birth_date or "")


def _customer(customer: Customer) -> Sought:
    others = [each.id_hash for each in customer.other_documents.all()]
    documents = tuple(each for each in (customer.id_hash, *others) if each)
    return Sought(customer, customer.name or "", documents, customer.birth_date or "")


def _with_people(customer: Customer) -> Iterator[Sought]:
    """A customer of the stock; of an organisation with the people behind it, as named last."""
    yield _customer(customer)
    if customer.kind == Kind.ORGANISATION:
        rows = Application.objects.of(customer).filter(status__in=ACCEPTED).order_by("-pk")
        for application in rows[:1]:
            yield from _behind(application)


def _behind(application: Application) -> Iterator[Sought]:
    """The people behind an organisation; a match with one of them is the organisation's."""
    if not application.is_organisation:
        return
    section = Section.objects.filter(application=application, step=Step.IDENTITY).first()
    for one in related(section.answers if section else {}):
        hashes = identity_hashes(one.id_type, one.number) if one.number else []
        yield Sought(application.customer, one.name, tuple(hashes), "")


def _applicant(application: Application, at: datetime) -> Sought:
    section = Section.objects.filter(application=application, step=Step.IDENTITY).first()
    answers = section.answers if section else {}
    hashes = [
        each for kind, number in documents_of(answers) for each in identity_hashes(kind, number)
    ]
    born = born_on(answers, business_date(at))
    return Sought(
        application.customer,
        application.applicant_name or "",
        tuple(hashes),
        born.isoformat() if born else "",
    )
