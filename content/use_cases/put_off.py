"""Reminders that the weekly limit put off: said when there is room, or lapsed in the journal."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from brokerage.core.reminders import Found, Reminding
from brokerage.core.written import any_of
from brokerage.journal.actors import Actor
from brokerage.journal.record import record
from content.events import ReminderLapsed
from content.models import PutOffReminder
from content.states import Lapse

NIGHT = Actor.system("content.reminders")
Key = tuple[int, str, str]
"""Customer, kind and subject."""


@dataclass(frozen=True, kw_only=True)
class Wishes:
    """What the customers of a portion do not want: muted kinds, and offers at all."""

    muted: Collection[tuple[int, str]]
    silent: Collection[int]

    def allow(self, customer: int, key: str, kind: Reminding) -> bool:
        """Whether this customer wants this kind of reminder."""
        if (customer, key) in self.muted:
            return False
        return not (kind.is_offer and customer in self.silent)


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """What decides whether something that waits is still said.

    Attributes:
        day: the business date of the night.
        kinds: those that apps have registered.
        longest: so many days after the first one it may wait.
        wishes: what the customers do not want.
    """

    day: date
    kinds: Mapping[str, Reminding]
    longest: int
    wishes: Wishes

    def lapse(self, row: PutOffReminder) -> Lapse | None:
        """Why `row`, which nobody found tonight, is not said any more; None while it is."""
        kind = self.kinds.get(row.kind)
        if kind is not None and not self.wishes.allow(row.customer_id, row.kind, kind):
            return Lapse.UNWANTED
        if kind is None or not kind.lasts:
            return Lapse.OVER
        return Lapse.LATE if self.day - row.found_on > timedelta(days=self.longest) else None


def take_up(
    customers: Sequence[int], found: Collection[Key], waiting: Waiting, at: datetime
) -> Iterator[tuple[str, Found]]:
    """What waits from earlier nights and is still worth saying, though nobody found it tonight.

    What is not is journalled and goes. An earlier day that is looked at again decides nothing
    about what a later one put off.

    Args:
        customers: keys; the row of the night is locked.
        found: what this night found by itself.
        waiting: what decides.
        at: the instant of the journal's entry.
    """
    rows = PutOffReminder.objects.filter(any_of("customer", customers), seen_on__lt=waiting.day)
    for row in rows.select_related("customer").order_by("pk"):
        if (row.customer_id, row.kind, row.subject) in found:
            continue
        if why := waiting.lapse(row):
            _drop(row, why, at)
            continue
        yield (
            row.kind,
            Found(
                customer=row.customer_id,
                subject=row.subject,
                version=row.rule_version,
                facts=row.facts,
                link=row.link,
            ),
        )


def put_off(rest: Sequence[tuple[str, Found]], day: date) -> None:
    """Keep what the night of `day` found and had no room for, with the newest figures."""
    customers = {found.customer for _kind, found in rest}
    newer = set(
        PutOffReminder.objects.filter(customer__in=customers, seen_on__gte=day).values_list(
            "customer", "kind", "subject"
        )
    )
    PutOffReminder.objects.bulk_create(
        [
            PutOffReminder(
                customer_id=found.customer,
                kind=kind,
                subject=found.subject,
                facts=found.facts,
                link=found.link,
                rule_version=found.version,
                found_on=day,
                seen_on=day,
            )
            for kind, found in rest
            if (found.customer, kind, found.subject) not in newer
        ],
        update_conflicts=True,
        unique_fields=["customer", "kind", "subject"],
        update_fields=["facts", "link", "rule_version", "seen_on"],
    )


def no_longer_wait(said: Collection[Key]) -> None:
    """These were said."""
    if not said:
        return
    rows = PutOffReminder.objects.filter(customer__in={customer for customer, *_rest in said})
    found = rows.values_list("pk", "customer", "kind", "subject")
    ended = [pk for pk, *key in found if tuple(key) in said]
    if ended:
        PutOffReminder.objects.filter(pk__in=ended).delete()


def _drop(row: PutOffReminder, why: Lapse, at: datetime) -> None:
    event = ReminderLapsed(
        subject=row.customer.ref,
        reminder=row.kind,
        about=row.subject,
        found_on=row.found_on,
        why=why.value,
    )
    record(event, actor=NIGHT, at=at)
    row.delete()
