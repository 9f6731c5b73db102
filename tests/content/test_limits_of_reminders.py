"""Whatever the nights find: limits, quiet hours and wishes hold, nothing is said twice."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from brokerage.core.clock import SHANGHAI
from brokerage.core.reminders import Found, Reminding, reminders
from brokerage.customers.use_cases import load_consent_texts
from brokerage.journal.models import Entry
from brokerage.messaging.contact_rules import rules_on
from brokerage.messaging.models import Delivery, Message, Preference
from brokerage.messaging.rules.contact import Quiet
from content.models import CoolingOff, PutOffReminder, Reminder
from content.reminder_rules import limit_on
from content.use_cases.cool_off import cool_off
from content.use_cases.remind import look_again, remind
from tests.content.factories import AT
from tests.content.test_reminders import DAY
from tests.customers.factories import a_customer
from tests.messaging.factories import a_text, wants_offers
from tests.suitability.factories import ACTOR

KINDS = ("urgent", "lasting", "standing", "offer")
"""`urgent` is followed up by an adviser; the others wait under the weekly limit."""
FINDING = st.tuples(st.sampled_from(KINDS), st.integers(0, 9))
NIGHT = st.tuples(
    st.lists(FINDING, max_size=6, unique=True),
    st.integers(0, 24 * 60 - 1),
    st.booleans(),
)
"""What is found (kind and subject), the minute at which it runs, whether it runs again."""


@pytest.fixture
def customer(db: None) -> Any:
    """A customer who agreed to offers; the texts of the reminders go out as SMS too."""
    words: dict[str, Any] = {"variables": {"link": "path"}, "zh": "看 {link}", "en": "See {link}"}
    a_text("tests.reminds", "service", **words)
    a_text("tests.offers", "marketing", **words)
    load_consent_texts(at=AT)
    someone = a_customer("+8613900001001")
    wants_offers(someone, AT)
    return someone


def registered(customer: Any, tonight: list[tuple[str, int]]) -> dict[str, Reminding]:
    """The four kinds, each of which finds what `tonight` holds of it."""

    def prepared(kind: str) -> Any:
        return lambda day: (
            lambda keys: [
                Found(
                    customer=customer.pk,
                    subject=f"{kind}:{number}",
                    version="v@1",
                    facts={},
                    needs_person=kind == "urgent",
                )
                for name, number in tonight
                if name == kind
            ]
        )

    return {
        kind: Reminding(
            label=kind,
            text="tests.offers" if kind == "offer" else "tests.reminds",
            prepare=prepared(kind),
            order=order,
            lasts=kind == "lasting",
            is_offer=kind == "offer",
        )
        for order, kind in enumerate(KINDS)
    }


@settings(
    max_examples=25,
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    nights=st.lists(NIGHT, min_size=1, max_size=10),
    quiet=st.tuples(st.times(), st.times()),
    silent_from=st.integers(0, 12),
)
def test_limits_quiet_hours_and_wishes_hold_whatever_the_nights_find(
    customer: Any,
    nights: list[tuple[list[tuple[str, int]], int, bool]],
    quiet: tuple[time, time],
    silent_from: int,
) -> None:
    own = Quiet(*(each.replace(microsecond=0, second=0, tzinfo=None) for each in quiet))
    with transaction.atomic(), pytest.MonkeyPatch.context() as patch:
        Preference.objects.create(
            user=customer.user,
            service_sms=True,
            marketing_sms=True,
            quiet_from=own.start,
            quiet_to=own.end,
        )
        for number, (found, minute, is_run_again) in enumerate(nights):
            day = DAY + timedelta(days=number)
            at = datetime.combine(day, time(), SHANGHAI) + timedelta(days=1, minutes=minute)
            if number == silent_from:
                cool_off(customer=customer, days=30, actor=ACTOR, at=at)
            patch.setattr(reminders, "_items", registered(customer, found))
            assert remind(day=day, at=at)
            if is_run_again:  # a late correction of the day's trades
                look_again(day=day)
                assert remind(day=day, at=at + timedelta(minutes=1))
        the_weekly_limit_holds()
        the_message_centre_holds_its_limits_and_quiet_hours(own)
        no_offer_falls_into_a_time_without_offers()
        nothing_that_happened_is_lost(nights)
        transaction.set_rollback(True)


def the_weekly_limit_holds() -> None:
    limit = limit_on(DAY)
    for last in Reminder.objects.filter(needs_person=False):
        span = (last.day - timedelta(days=limit.days - 1), last.day)
        earlier = Reminder.objects.filter(day__range=span, pk__lte=last.pk)
        assert earlier.filter(needs_person=False).count() <= limit.most


def the_message_centre_holds_its_limits_and_quiet_hours(own: Quiet) -> None:
    rules = rules_on(DAY)
    assert Message.objects.filter(text__kind="tests.reminds").count() == (
        Reminder.objects.exclude(kind="offer").count()
    )
    for purpose, past in (
        ("service", Delivery.objects.exclude(status="suppressed").filter(channel="sms")),
        ("marketing", Delivery.objects.exclude(status="suppressed").filter(channel="sms")),
        ("marketing", Message.objects.all()),
    ):
        instants = list(past.filter(purpose=purpose).values_list("created_at", flat=True))
        channel = "sms" if past.model is Delivery else "inbox"
        for cap in rules.caps_of(purpose, channel):
            for last in instants:
                start = last - timedelta(days=cap.days)
                assert sum(start < one <= last for one in instants) <= cap.limit
    for delivery in Delivery.objects.exclude(status="suppressed"):
        assert not own.covers(delivery.due_at)
        if delivery.purpose == "marketing":
            assert not rules.quiet.covers(delivery.due_at)


def no_offer_falls_into_a_time_without_offers() -> None:
    offers = Message.objects.filter(purpose="marketing")
    for silence in CoolingOff.objects.all():
        assert not offers.filter(created_at__range=(silence.since, silence.until)).exists()


def nothing_that_happened_is_lost(nights: list[tuple[list[tuple[str, int]], int, bool]]) -> None:
    happened = {
        f"{kind}:{number}"
        for found, _minute, _again in nights
        for kind, number in found
        if kind in ("urgent", "lasting")
    }
    told = list(Reminder.objects.values_list("subject", flat=True))
    assert len(told) == len(set(told)), "said once"
    lapsed = Entry.objects.filter(kind="content.reminder_lapsed")
    kept = {*told, *PutOffReminder.objects.values_list("subject", flat=True)}
    kept |= {entry.payload["about"] for entry in lapsed}
    assert happened <= kept
    assert {one for one in happened if one.startswith("urgent")} <= set(told)
