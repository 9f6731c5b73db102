"""Instants that the database gives are read as they were written."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from django.db import DataError, connection
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

INSTANTS = st.datetimes(timezones=st.just(UTC)).filter(lambda at: at.year < 9999)
SHANGHAI = timezone(timedelta(hours=8))


def _asked(sql: str, *values: datetime) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchone()[0]


class TestInstants(TestCase):
    @given(INSTANTS)
    def test_an_instant_comes_back_as_it_was_given_and_in_utc(self, at: datetime) -> None:
        found = _asked("SELECT %s::timestamptz", at)
        assert found == at
        assert found.tzinfo is UTC

    def test_it_is_utc_whatever_the_session_shows(self) -> None:
        _asked("SELECT set_config('timezone', 'Asia/Shanghai', true)")
        at = datetime(2026, 12, 1, 8, 30, 0, 120_000, tzinfo=SHANGHAI)
        found = _asked("SELECT %s::timestamptz", at)
        assert found == at
        assert found.tzinfo is UTC

    def test_what_python_has_no_instant_for_is_refused_as_the_driver_does(self) -> None:
        with pytest.raises(DataError):
            _asked("SELECT 'infinity'::timestamptz")
