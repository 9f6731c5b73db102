"""Periods and the registry of retention policies."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from brokerage.core import retention
from brokerage.reference.models import Switch
from brokerage.reference.periods import Period


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("P20Y", Period(years=20)),
        ("P6M", Period(months=6)),
        ("P1Y6M", Period(years=1, months=6)),
        ("P90D", Period(days=90)),
    ],
)
def test_a_period_is_read_and_written(text, period):
    assert Period.parse(text) == period
    assert str(period) == text


@pytest.mark.parametrize("text", ["", "P", "20Y", "P0D", "P-1D", "P1D2M", "P1M1D", "P1.5Y", "p1y"])
def test_another_form_is_refused(text):
    with pytest.raises(ValueError, match="is no period"):
        Period.parse(text)


@pytest.mark.parametrize(
    ("text", "day", "after"),
    [
        ("P20Y", date(2004, 2, 29), date(2024, 2, 29)),
        ("P1Y", date(2024, 2, 29), date(2025, 3, 1)),
        ("P6M", date(2025, 8, 31), date(2026, 3, 1)),
        ("P90D", date(2026, 1, 1), date(2026, 4, 1)),
    ],
)
def test_a_period_never_ends_early_where_months_have_no_such_day(text, day, after):
    assert Period.parse(text).after(day) == after


PERIODS = st.builds(Period, years=st.integers(0, 30), months=st.integers(0, 40)) | st.builds(
    Period, days=st.integers(1, 4_000)
)
DAYS = st.dates(date(1990, 1, 1), date(2080, 1, 1))


@settings(derandomize=True, max_examples=500)
@given(today=DAYS, period=PERIODS, back=st.integers(0, 800))
def test_what_is_due_was_kept_to_the_end_of_its_period(today, period, back):
    """`before` is what disposal counts with, `after` what was promised."""
    limit = period.before(today)
    assert period.after(date.fromordinal(limit.toordinal() - 1 - back)) <= today


@settings(derandomize=True, max_examples=500)
@given(today=DAYS, period=PERIODS)
def test_what_is_over_becomes_due_within_three_days(today, period):
    """The last day of a short month keeps rows up to three days longer, never for ever."""
    ended = date.fromordinal(period.before(today).toordinal() + 4)
    assert period.after(ended) >= today


def test_a_policy_is_registered_once():
    policy = retention.Policy(
        key="test.once",
        label="once",
        rule="test.term",
        due=lambda at: Switch.objects.all(),
        held_by={},
    )
    try:
        assert retention.register(policy) is policy
        assert retention.register(policy) is policy
        with pytest.raises(ValueError, match="taken"):
            retention.register(
                retention.Policy(
                    key="test.once",
                    label="",
                    rule="x",
                    due=lambda at: Switch.objects.all(),
                    held_by={},
                )
            )
    finally:
        del retention.policies._items["test.once"]


@pytest.mark.django_db
def test_rows_are_deleted_or_overwritten(at):
    values = {"is_on": True, "starts_at": at, "made_by_ref": "0" * 31 + "1", "made_at": at}
    for key in ("a", "b", "b"):
        Switch.objects.create(key=key, reason="who asked", **values)
    mine = Switch.objects.filter(key__in="ab")
    assert retention.anonymise(reason="")(mine.filter(key="b")) == 2
    assert sorted(mine.values_list("reason", flat=True)) == ["", "", "who asked"]
    assert retention.delete(mine.filter(key="a")) == 1
    assert mine.count() == 2
