"""Dated rules: what is in force when, and that nothing approved ever changes."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from brokerage.core.four_eyes import FourEyesRefused, approve, reject
from brokerage.reference import dated
from brokerage.reference.dated import NoRuleInForce, close
from brokerage.reference.models import Rule
from brokerage.reference.periods import Period
from brokerage.reference.schemas import (
    BadRuleValue,
    Schema,
    Type,
    register,
    schemas,
    table_of,
    whole,
)
from tests.conftest import MONDAY
from tests.reference.factories import CHECKER, make_rule

TODAY = date(2026, 3, 2)
TOMORROW = TODAY + timedelta(1)

SCHEMAS = [
    Schema(key="test.limit", label="limit", type=Type.INTEGER, unit="times", least=1, most=9),
    Schema(key="test.rate", label="rate", type=Type.DECIMAL, least=0, most=Decimal("0.003")),
    Schema(key="test.name", label="name", type=Type.TEXT, choices=frozenset({"a", "b"})),
    Schema(key="test.flag", label="flag", type=Type.BOOLEAN),
    Schema(key="test.term", label="term", type=Type.PERIOD),
]
for schema in SCHEMAS:
    if schema.key not in schemas:
        register(schema)


@pytest.mark.django_db
def test_a_rule_is_in_force_from_its_first_day_up_to_its_end(at):
    rule = make_rule(at, valid_from=date(2024, 1, 1), valid_to=date(2025, 1, 1))
    assert Rule.objects.in_force("test.limit", date(2024, 1, 1)) == rule
    assert Rule.objects.in_force("test.limit", date(2024, 12, 31)) == rule
    for day in (date(2023, 12, 31), date(2025, 1, 1)):
        with pytest.raises(NoRuleInForce, match=r"test\.limit"):
            Rule.objects.in_force("test.limit", day)


@pytest.fixture
def kept(settings):
    """Rules are kept in the process, as a portal does."""
    settings.RULES_KEPT = True
    dated._settled.cache_clear()
    yield
    dated._settled.cache_clear()


@pytest.mark.django_db
def test_the_rule_of_a_day_that_has_begun_is_read_once(
    at, kept, on_monday, django_assert_num_queries
):
    make_rule(at, value=3)
    with django_assert_num_queries(1):
        found = [Rule.objects.in_force("test.limit", TODAY) for _ in range(3)]
    assert [each.figure for each in found] == [3, 3, 3]
    replacing = make_rule(at, value=4, valid_from=TOMORROW)  # from tomorrow on: the first allowed
    assert Rule.objects.in_force("test.limit", TODAY).figure == 3
    with django_assert_num_queries(2):  # a day ahead is not settled
        for _ in range(2):
            assert Rule.objects.in_force("test.limit", TOMORROW) == replacing


@pytest.mark.django_db
def test_that_there_is_no_rule_is_asked_again(at, kept):
    with pytest.raises(NoRuleInForce):
        Rule.objects.in_force("test.limit", TODAY)
    rule = make_rule(at)
    assert Rule.objects.in_force("test.limit", TODAY) == rule


@pytest.mark.django_db
def test_a_scope_is_exact(at):
    general = make_rule(at, value=1)
    special = make_rule(at, value=2, scope="SZ")
    assert Rule.objects.in_force("test.limit", TODAY) == general
    assert Rule.objects.in_force("test.limit", TODAY, "SZ") == special
    with pytest.raises(NoRuleInForce, match=r"test\.limit/SH"):
        Rule.objects.in_force("test.limit", TODAY, "SH")


@pytest.mark.django_db
def test_only_approved_rules_count(at):
    rule = make_rule(at, approved=False)
    with pytest.raises(NoRuleInForce):
        Rule.objects.in_force("test.limit", TODAY)
    reject(rule, CHECKER, at, "no source")
    rule.save()
    with pytest.raises(NoRuleInForce):
        Rule.objects.in_force("test.limit", TODAY)


@pytest.mark.django_db
def test_a_stored_version_finds_its_rule_again(at):
    old = make_rule(at, scope="SZ")
    new = make_rule(at, scope="SZ", valid_from=TOMORROW, value=4)
    assert old.version == "test.limit/SZ@2024-01-01"
    assert Rule.objects.of_version(old.version).figure == 3
    assert Rule.objects.of_version(new.version).figure == 4
    assert make_rule(at).version == "test.limit@2024-01-01"


@pytest.mark.django_db
def test_approval_closes_the_rule_that_is_replaced(at):
    old = make_rule(at)
    new = make_rule(at, valid_from=TOMORROW, value=5)
    old.refresh_from_db()
    assert old.valid_to == TOMORROW
    assert Rule.objects.in_force("test.limit", TODAY) == old
    assert Rule.objects.in_force("test.limit", TOMORROW) == new


@pytest.mark.django_db
@pytest.mark.parametrize("first", [TODAY, TODAY - timedelta(30)])
def test_a_rule_in_force_is_not_replaced_for_today_or_the_past(at, first):
    make_rule(at)
    late = make_rule(at, approved=False, valid_from=first, value=5)
    with pytest.raises(FourEyesRefused):
        approve(late, CHECKER, at)
    assert late.is_pending


@pytest.mark.django_db
def test_a_rule_does_not_start_before_one_that_is_approved_already(at):
    make_rule(at, valid_from=TOMORROW)
    early = make_rule(at, approved=False, valid_from=TODAY)
    with pytest.raises(FourEyesRefused):
        approve(early, CHECKER, at)
    bounded = make_rule(at, valid_from=TODAY, valid_to=TOMORROW)
    assert Rule.objects.in_force("test.limit", TODAY) == bounded


@pytest.mark.django_db
def test_the_database_refuses_two_rules_at_once(at):
    make_rule(at)
    other = make_rule(at, approved=False, valid_from=date(2025, 1, 1), value=5)
    update = Rule.objects.filter(pk=other.pk).update
    with pytest.raises(IntegrityError, match="no_two_at_once"), transaction.atomic():
        update(decision="approved", checked_by_ref=CHECKER, checked_at=at)


@pytest.mark.django_db
def test_a_rule_that_ends_before_it_starts_is_refused(at):
    with pytest.raises(IntegrityError, match="ends_after_it_starts"), transaction.atomic():
        make_rule(at, approved=False, valid_to=date(2023, 12, 31))


@pytest.mark.django_db
@pytest.mark.parametrize(
    "change",
    [
        {"value": 4},
        {"valid_from": date(2020, 1, 1)},
        {"source": "another"},
        {"scope": "SZ"},
        {"decision": "pending", "checked_by_ref": None, "checked_at": None},
        {"valid_to": date(2027, 1, 1)},  # later than it was
        {"valid_to": None},
    ],
)
def test_an_approved_rule_keeps_its_facts(at, change):
    rule = make_rule(at, valid_to=date(2026, 6, 1))
    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
        Rule.objects.filter(pk=rule.pk).update(**change)
    with pytest.raises(IntegrityError, match="never deleted"), transaction.atomic():
        Rule.objects.filter(pk=rule.pk).delete()
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE reference_rule SET value = '9' WHERE id = %s", [rule.pk])


@pytest.mark.django_db
def test_closing_ends_a_rule_on_a_day_ahead(at):
    rule = make_rule(at)
    for day in (TODAY, TODAY - timedelta(1)):
        with pytest.raises(FourEyesRefused):
            close(rule, valid_to=day, at=at)
    close(rule, valid_to=date(2026, 6, 1), at=at)
    close(rule, valid_to=TOMORROW, at=at)
    with pytest.raises(FourEyesRefused):
        close(rule, valid_to=date(2026, 6, 1), at=at)
    assert Rule.objects.in_force("test.limit", TODAY) == rule
    with pytest.raises(NoRuleInForce):
        Rule.objects.in_force("test.limit", TOMORROW)


@pytest.mark.django_db
def test_a_rule_that_has_not_begun_can_be_withdrawn_and_replaced(at):
    wrong = make_rule(at, valid_from=TOMORROW, value=9)
    close(wrong, valid_to=TOMORROW, at=at)
    right = make_rule(at, valid_from=TOMORROW, value=2)
    assert Rule.objects.in_force("test.limit", TOMORROW) == right
    assert Rule.objects.of_version("test.limit@2026-03-03") == right


@pytest.mark.django_db
def test_a_pending_rule_cannot_be_closed(at):
    with pytest.raises(FourEyesRefused):
        close(make_rule(at, approved=False), valid_to=TOMORROW, at=at)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("test.limit", 0),
        ("test.limit", 10),
        ("test.limit", True),
        ("test.limit", "3"),
        ("test.limit", 3.0),
        ("test.rate", 0.001),
        ("test.rate", "0.0031"),
        ("test.rate", "NaN"),
        ("test.rate", "-0.001"),
        ("test.rate", "1e"),
        ("test.name", "c"),
        ("test.name", " "),
        ("test.flag", 1),
        ("test.term", "20Y"),
        ("test.term", "P"),
        ("test.term", "P0D"),
        ("test.term", 20),
    ],
)
def test_a_value_that_breaks_its_schema_is_refused(at, key, value):
    with pytest.raises(BadRuleValue):
        make_rule(at, key=key, value=value)


@pytest.mark.django_db
def test_figures_read_as_their_types(at):
    figures = {
        "test.limit": (3, 3),
        "test.rate": ("0.0025", Decimal("0.0025")),
        "test.name": ("a", "a"),
        "test.flag": (False, False),
        "test.term": ("P20Y", Period(years=20)),
    }
    for key, (value, read) in figures.items():
        make_rule(at, key=key, value=value)
        assert Rule.objects.in_force(key, TODAY).figure == read


@pytest.mark.django_db
def test_a_key_that_no_app_registered_is_refused(at):
    with pytest.raises(KeyError):
        make_rule(at, key="test.unknown")


@pytest.fixture
def swept():
    """Removes what a test with real transactions left: reference tables outlive the flush."""
    yield
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("DELETE FROM reference_rule WHERE key LIKE 'test.%'")


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("swept")
def test_two_people_who_approve_two_rules_at_once_get_one(at):
    make_rule(at)
    rules = [make_rule(at, approved=False, valid_from=TOMORROW, value=value) for value in (4, 5)]

    def decide(rule: Rule) -> bool:
        try:
            with transaction.atomic():
                row = Rule.objects.select_for_update().get(pk=rule.pk)
                approve(row, CHECKER, at)
                row.save()
            return True
        except FourEyesRefused:
            return False
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(decide, rules)) == [False, True]
    assert Rule.objects.on(TOMORROW).filter(key="test.limit").count() == 1


DAYS = st.dates(date(2026, 1, 1), date(2026, 12, 31))


class Replaying(TestCase):
    """Whatever is approved in whatever order, each day has at most one rule, for ever."""

    @settings(max_examples=40, derandomize=True, deadline=None)
    @given(starts=st.lists(st.tuples(DAYS, DAYS | st.none()), min_size=1, max_size=6), day=DAYS)
    def test_each_day_keeps_the_one_answer_that_it_had_when_it_came(self, starts, day):
        answers: dict[date, str] = {}
        mine = Rule.objects.filter(key="test.limit")
        for first, end in starts:
            if end is not None and end <= first:
                continue
            rule = make_rule(MONDAY, approved=False, valid_from=first, valid_to=end)
            past = list(mine.on(TODAY))
            try:
                with transaction.atomic():
                    approve(rule, CHECKER, MONDAY)
                    rule.save()
            except FourEyesRefused:
                continue
            if past:
                answers[TODAY] = past[0].version
            assert mine.on(day).count() <= 1
        if TODAY in answers:
            assert Rule.objects.in_force("test.limit", TODAY).version == answers[TODAY]


@pytest.mark.parametrize(
    "value",
    [
        None,
        [1, 2],
        {"days": 3},
        {"days": 3, "yuan": "1.00", "more": 1},
        {"days": 0, "yuan": "1.00"},
        {"days": 11, "yuan": "1.00"},
        {"days": True, "yuan": "1.00"},
        {"days": "3", "yuan": "1.00"},
        {"days": 3, "yuan": "Infinity"},
        {"days": 3, "yuan": 1.5},
    ],
)
def test_a_table_has_exactly_its_parts_each_in_its_form(value) -> None:
    yuan = Schema(key="yuan", label="", type=Type.DECIMAL)
    check = table_of(whole("days", 1, 10), yuan)
    check({"days": 3, "yuan": "1.00"})
    with pytest.raises(BadRuleValue):
        check(value)
