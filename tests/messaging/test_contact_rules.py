"""Quiet hours in Shanghai and limits, over midnight and at their edges."""

from __future__ import annotations

from copy import deepcopy
from datetime import UTC, date, datetime, time, timedelta

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from brokerage.core.clock import SHANGHAI, business_date
from brokerage.core.four_eyes import approve
from brokerage.messaging.contact_rules import FILE, KEY, SCHEMA, load, rules_on
from brokerage.messaging.rules.contact import Cap, Quiet, earliest, is_capped
from brokerage.reference.models import Rule
from brokerage.reference.schemas import BadRuleValue
from tests.reference.factories import CHECKER, make_rule

NIGHT = Quiet(time(22), time(8))
NONE = Quiet(time(0), time(0))
START = datetime(2026, 1, 1, tzinfo=UTC)
NOON = Quiet(time(12), time(14))


def shanghai(day: int, hour: int, minute: int = 0, second: int = 0) -> datetime:
    return datetime(2026, 3, day, hour, minute, second, tzinfo=SHANGHAI).astimezone(UTC)


@pytest.mark.parametrize(
    ("written", "leaves"),
    [
        (shanghai(2, 21, 59, 59), shanghai(2, 21, 59, 59)),
        (shanghai(2, 22), shanghai(3, 8)),
        (shanghai(2, 23, 59), shanghai(3, 8)),
        (shanghai(3, 0), shanghai(3, 8)),
        (shanghai(3, 7, 59, 59), shanghai(3, 8)),
        (shanghai(3, 8), shanghai(3, 8)),
    ],
)
def test_a_notice_of_the_night_leaves_at_eight(written, leaves):
    assert earliest(purpose="service", at=written, own=NIGHT, house=NONE) == leaves


def test_security_leaves_at_once_at_any_hour():
    at = shanghai(3, 3)
    assert earliest(purpose="security", at=at, own=NIGHT, house=NIGHT) == at


def test_a_midday_window_ends_the_same_day():
    at = shanghai(2, 13)
    assert earliest(purpose="service", at=at, own=NOON, house=NIGHT) == shanghai(2, 14)


def test_offers_keep_the_hours_of_the_house_besides_one_s_own():
    at = shanghai(2, 23)
    morning = Quiet(time(7), time(10))
    assert earliest(purpose="service", at=at, own=morning, house=NIGHT) == at
    assert earliest(purpose="marketing", at=at, own=morning, house=NIGHT) == shanghai(3, 10)


def test_equal_ends_mean_no_quiet_hours():
    assert not NONE.covers(shanghai(2, 0))


@settings(derandomize=True, max_examples=300)
@given(
    at=st.integers(0, 365 * 24 * 3600).map(lambda n: START + timedelta(seconds=n)),
    start=st.times(),
    end=st.times(),
)
def test_what_leaves_never_leaves_in_quiet_hours_nor_a_day_late(at, start, end):
    quiet = Quiet(start, end)
    when = quiet.over(at)
    assert not quiet.covers(when)
    assert at <= when <= at + timedelta(days=1)


def test_a_limit_counts_the_last_hours_and_not_the_older_ones():
    cap, at = Cap("service", "sms", 2, 1), shanghai(3, 10)
    day = timedelta(days=1)
    assert not is_capped([cap], sent_at=[at], at=at)
    assert is_capped([cap], sent_at=[at, at - day + timedelta(seconds=1)], at=at)
    assert not is_capped([cap], sent_at=[at, at - day], at=at)
    assert not is_capped([], sent_at=[at] * 99, at=at)


@settings(derandomize=True, max_examples=200)
@given(
    moments=st.lists(st.integers(0, 40 * 24 * 60), max_size=40).map(sorted),
    limit=st.integers(1, 4),
    days=st.integers(1, 30),
)
def test_no_span_of_a_limit_holds_more_than_it_allows(moments, limit, days):
    cap = Cap("service", "sms", limit, days)
    sent: list[datetime] = []
    for at in (START + timedelta(minutes=minute) for minute in moments):
        if not is_capped([cap], sent_at=sent, at=at):
            sent.append(at)
    for last in sent:
        assert sum(last - timedelta(days=days) < one <= last for one in sent) <= limit
    assert bool(sent) == bool(moments), "the first one always leaves"


@pytest.mark.django_db
def test_the_shipped_rules_hold_offers_to_four_sms_in_thirty_days(at):
    before = rules_on(date(2026, 3, 2))
    assert before.version == "messaging.contact_rules@2026-01-01"
    assert [(cap.limit, cap.days) for cap in before.caps_of("marketing", "sms")] == [(4, 30)]
    assert before.quiet == NIGHT
    load(at, sandbox=False)
    assert rules_on(date(2026, 3, 2)) == before, "the loaded row says what is shipped"


@pytest.mark.django_db
def test_a_change_counts_from_its_day_once_a_second_person_released_it(at):
    load(at, sandbox=False)
    value = deepcopy(Rule.objects.get(key=KEY).value)
    value["caps"] = [{"purpose": "marketing", "channel": "sms", "limit": 2, "days": 30}]
    start = business_date(at) + timedelta(days=7)
    rule = make_rule(at, key=KEY, value=value, valid_from=start, approved=False)
    assert rules_on(start).caps_of("marketing", "sms")[0].limit == 4, "nobody released it yet"
    approve(rule, CHECKER, at)
    rule.save()
    assert rules_on(start).caps_of("marketing", "sms")[0].limit == 2
    assert rules_on(start - timedelta(days=1)).caps_of("marketing", "sms")[0].limit == 4


@pytest.mark.parametrize(
    "change",
    [
        {"quiet": {"from": "22:00"}},
        {"quiet": {"from": "late", "to": "08:00"}},
        {"lifetime_minutes": {"code": 5}},
        {"lifetime_minutes": {"code": 0, "security": 1, "service": 1, "marketing": 1}},
        {"caps": [{"purpose": "spam", "channel": "sms", "limit": 1, "days": 1}]},
        {"caps": [{"purpose": "service", "channel": "sms", "limit": 0, "days": 1}]},
        {"caps": [{"purpose": "service", "channel": "sms"}]},
        {"more": 1},
    ],
)
def test_a_table_that_says_something_else_is_refused(change):
    value = yaml.safe_load(FILE.read_text())[0]["value"]
    SCHEMA.read(value)
    with pytest.raises(BadRuleValue):
        SCHEMA.read({**value, **change})
