"""The night's reminders of a business day: customers in portions by key, stopped and resumed."""

from __future__ import annotations

import logging
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction

from brokerage.core.reminders import Found, Look, Reminding, in_order, silence_of
from brokerage.core.written import any_of
from brokerage.customers.models import Customer
from brokerage.messaging import send
from brokerage.messaging.rules.text import UnableToRender
from content.models import Reminder, ReminderMute, ReminderRun
from content.reminder_rules import limit_on, reminder_rules_on, wait_on
from content.rules.reminding import Limit, within_limit
from content.use_cases.put_off import Waiting, Wishes, no_longer_wait, put_off, take_up

PORTION = 1000
OWN_PAGE = "/insights/reminders/"
log = logging.getLogger("content.reminders")


@dataclass(frozen=True)
class Night:
    """What is the same for all customers: each kind ready to look, by order, and the limits.

    What the limit puts off waits at most `wait` days. `not_again` tells by kind for how many days
    the same thing is not said again.
    """

    day: date
    kinds: Sequence[tuple[str, Reminding, Look]]
    for_a_person: frozenset[str]
    not_again: Mapping[str, int]
    limit: Limit
    wait: int


@dataclass(frozen=True)
class News:
    """Something new for one customer, of a kind that is not muted.

    `is_found` tells that this night found it; else an earlier one did and put it off.
    """

    kind: str
    reminding: Reminding
    found: Found
    needs_person: bool
    is_found: bool = True


def remind(*, day: date, at: datetime, portions: int | None = None) -> bool:
    """Look at every customer for the business date `day`.

    Args:
        day: whose trades and positions were taken over.
        at: the instant at which messages are written.
        portions: so many transactions at most; None for all.

    Returns:
        Whether all customers were looked at. A second run of a finished day does nothing.
    """
    run, _new = ReminderRun.objects.get_or_create(day=day)
    if run.finished_at is not None:
        return True
    night = _prepare(day)
    done = False
    while not done and (portions is None or portions > 0):
        done = _portion(night, at)
        portions = None if portions is None else portions - 1
    return done


def look_again(*, day: date) -> bool:
    """Begin a night anew, after its trades or positions were corrected; it may be under way.

    What was said of a subject is not said again.

    Returns:
        Whether there was such a night.
    """
    return bool(ReminderRun.objects.filter(day=day).update(cursor=0, finished_at=None))


def _prepare(day: date) -> Night:
    rules = reminder_rules_on(day)
    return Night(
        day=day,
        kinds=[(key, kind, kind.prepare(day)) for key, kind in in_order()],
        for_a_person=rules.for_a_person,
        not_again=rules.not_again,
        limit=limit_on(day),
        wait=wait_on(day),
    )


@transaction.atomic
def _portion(night: Night, at: datetime) -> bool:
    """The next customers, and how far it got, in one transaction."""
    run = ReminderRun.objects.select_for_update().get(day=night.day)
    if run.finished_at is not None:
        return True
    rows = Customer.objects.filter(pk__gt=run.cursor, closed_at=None).order_by("pk")
    keys = list(rows.values_list("pk", flat=True)[:PORTION])
    if keys:
        run.made += _tell(keys, night, at)
        run.cursor = keys[-1]
    if len(keys) < PORTION:
        run.finished_at = at
    run.save()
    return run.finished_at is not None


def _tell(keys: list[int], night: Night, at: datetime) -> int:
    """Keep and send what is new, wanted and within the limit; returns how much."""
    new = _news(keys, night, at)
    people = Customer.objects.select_related("user").in_bulk(list(new))
    since = night.day - timedelta(days=night.limit.days)
    lately = Reminder.objects.filter(customer__in=list(new), day__gt=since)
    said = Counter(lately.values_list("customer", flat=True))
    made: list[Reminder] = []
    rest: list[News] = []
    for customer, news in new.items():
        told = within_limit(news, said[customer], night.limit)
        rest += [one for one in news if one.is_found and one not in told]
        for one in told:
            try:
                reminder = _say(one, people[customer], night.day, at)
            except UnableToRender as error:  # stops nobody else's; said when it can be
                log.error("%s of customer %s not said: %s", one.kind, people[customer].ref, error)
                rest += [one] if one.is_found else []
                continue
            if reminder:
                made.append(reminder)
    Reminder.objects.bulk_create(made)
    no_longer_wait({(one.customer_id, one.kind, one.subject) for one in made})
    if rest:
        put_off([(one.kind, one.found) for one in rest], night.day)
    return len(made)


def _news(keys: list[int], night: Night, at: datetime) -> dict[int, list[News]]:
    """By customer what was found or waits, by its weight, but what is muted or was said."""
    muted = set(
        ReminderMute.objects.filter(any_of("customer", keys)).values_list("customer", "kind")
    )
    wishes = Wishes(muted=muted, silent=silence_of(keys, at))
    found = [
        News(key, kind, one, one.needs_person or key in night.for_a_person)
        for key, kind, look in night.kinds
        for one in look(keys)
        if wishes.allow(one.customer, key, kind)
    ]
    said, lately = _said(found), _said_lately(found, night)
    new: dict[int, list[News]] = defaultdict(list)
    for news in [*found, *_waiting(keys, found, night, wishes, at)]:
        key = (news.found.customer, news.kind, news.found.subject)
        if key not in said and _without_time(*key) not in lately:
            new[news.found.customer].append(news)
    for of_one in new.values():
        of_one.sort(key=lambda news: news.reminding.order)
    return new


def _waiting(
    keys: list[int], found: Sequence[News], night: Night, wishes: Wishes, at: datetime
) -> Iterator[News]:
    """What earlier nights put off and is still to be said."""
    kinds = {key: kind for key, kind, _look in night.kinds}
    waiting = Waiting(day=night.day, kinds=kinds, longest=night.wait, wishes=wishes)
    known = {(news.found.customer, news.kind, news.found.subject) for news in found}
    for key, one in take_up(keys, known, waiting, at):
        yield News(key, kinds[key], one, key in night.for_a_person, is_found=False)


def _said(found: Sequence[News]) -> set[tuple[Any, ...]]:
    rows = Reminder.objects.filter(
        customer__in={news.found.customer for news in found},
        subject__in={news.found.subject for news in found},
    )
    return set(rows.values_list("customer", "kind", "subject"))


def _said_lately(found: Sequence[News], night: Night) -> set[tuple[int, str, str]]:
    """What was said so near to this night's day that it would be the same thing again."""
    asked = {news.found.customer for news in found if news.kind in night.not_again}
    if not asked:
        return set()
    longest = timedelta(days=max(night.not_again.values()))
    rows = Reminder.objects.filter(
        customer__in=asked,
        kind__in=night.not_again,
        day__range=(night.day - longest, night.day + longest),
    )
    return {
        _without_time(customer, kind, subject)
        for customer, kind, subject, day in rows.values_list("customer", "kind", "subject", "day")
        if abs((night.day - day).days) < night.not_again[kind]
    }


def _without_time(customer: int, kind: str, subject: str) -> tuple[int, str, str]:
    """What a subject is about, less the month or quarter at its end."""
    return customer, kind, subject.rpartition(":")[0]


def _say(news: News, customer: Customer, day: date, at: datetime) -> Reminder | None:
    """Send one; returns what is to be kept, none of an offer that may not be sent."""
    found, text = news.found, news.reminding.text
    message = send(
        kind=text,
        customer=customer,
        context={**found.facts, "link": found.link or OWN_PAGE},
        at=at,
        dedupe_key=f"{text}:{customer.ref}:{found.subject}",
    )
    if message is None and news.reminding.is_offer:
        return None
    if news.reminding.told is not None:
        news.reminding.told(customer, found, at)
    return Reminder(
        customer=customer,
        kind=news.kind,
        subject=found.subject,
        day=day,
        facts=found.facts,
        rule_version=found.version,
        message=message,
        made_at=at,
        needs_person=news.needs_person,
    )
