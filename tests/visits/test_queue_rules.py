"""The order of the queue, the wait, the rate of those who did not come, and the calendar file."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import permutations
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from branches.visits.rules.calendar_file import CalendarEvent, calendar_file
from branches.visits.rules.no_show import Rate
from branches.visits.rules.queue import Waiting, in_order, minutes_to_wait, next_of

TEN = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
GRACE = timedelta(minutes=10)


def after(minutes: int) -> datetime:
    return TEN + timedelta(minutes=minutes)


def walk_in(number: int, arrived: int, **more) -> Waiting:
    return Waiting(id=number, arrived_at=after(arrived), **more)


def booked(number: int, at: int, arrived: int, **more) -> Waiting:
    return Waiting(id=number, booked_at=after(at), arrived_at=after(arrived), **more)


QUEUE = [
    walk_in(1, -20),
    booked(2, at=0, arrived=-5),
    booked(3, at=-30, arrived=-10),  # twenty minutes late: like a walk-in
    walk_in(4, -2, priority=True),
    booked(5, at=30, arrived=-25),  # early
]


def test_the_order_does_not_depend_on_how_the_queue_was_read() -> None:
    for queue in permutations(QUEUE):
        assert [one.id for one in in_order(queue, at=TEN, grace=GRACE)] == [2, 4, 1, 3, 5]


def test_a_walk_in_that_would_run_into_the_next_booking_is_passed_over() -> None:
    long, short = walk_in(1, -20, minutes=45), walk_in(2, -10, minutes=15)
    free = after(20)
    assert next_of([long, short], at=TEN, grace=GRACE, free_until=free) == short
    assert next_of([long], at=TEN, grace=GRACE, free_until=free) is None
    assert next_of([long], at=TEN, grace=GRACE, free_until=None) == long


def test_a_booked_visit_whose_time_has_come_is_never_passed_over() -> None:
    due = booked(1, at=0, arrived=-5, minutes=60)
    assert next_of([due], at=TEN, grace=GRACE, free_until=after(5)) == due


@given(st.lists(st.integers(1, 60), max_size=8), st.integers(1, 5))
def test_nobody_waits_longer_for_a_further_counter(lengths: list[int], counters: int) -> None:
    ahead = [walk_in(n, 0, minutes=length) for n, length in enumerate(lengths)]
    assert minutes_to_wait(ahead, counters + 1) <= minutes_to_wait(ahead, counters)
    assert minutes_to_wait(ahead, 1) == sum(lengths)


def test_without_anybody_who_serves_no_wait_is_promised() -> None:
    with pytest.raises(ValueError, match="Nobody"):
        minutes_to_wait([], 0)


@pytest.mark.parametrize(
    ("missed", "due", "value"),
    [(0, 0, None), (3, 19, None), (1, 20, Decimal("0.0500")), (1, 30, Decimal("0.0333"))],
)
def test_a_rate_of_few_visits_is_not_told(missed: int, due: int, value: Decimal | None) -> None:
    assert Rate(missed, due).value == value


def an_event(**more) -> CalendarEvent:
    values: dict[str, Any] = {
        "uid": UUID(int=7),
        "sequence": 2,
        "made_at": TEN,
        "start": after(60),
        "end": after(90),
        "title": "金华双溪西路证券营业部，开户; 第一步, 视频见证\\",
        "place": "浙江省金华市婺城区双溪西路 88 号示例大厦一层",
        "note": "带上：\n身份证原件\n银行卡",
        "url": "https://example.com/visits/1/",
        "domain": "example.com",
    }
    return CalendarEvent(**(values | more))


def test_the_calendar_file_is_folded_escaped_and_in_utc() -> None:
    text = calendar_file(an_event(position=("29.10", "119.65")))
    lines = text.split(b"\r\n")
    assert lines.pop() == b""
    assert all(len(line) <= 75 for line in lines)
    whole = text.replace(b"\r\n ", b"").decode()
    assert "DTSTART:20260302T030000Z\r\nDTEND:20260302T033000Z" in whole
    assert "SUMMARY:金华双溪西路证券营业部，开户\\; 第一步\\, 视频见证\\\\\r\n" in whole
    assert "DESCRIPTION:带上：\\n身份证原件\\n银行卡\r\n" in whole
    assert "SEQUENCE:2" in whole
    assert "GEO:29.10;119.65" in whole
    assert whole.count("BEGIN:") == f"\r\n{whole}".count("\r\nEND:") == 3


def test_a_cancelled_visit_is_taken_out_of_the_calendar() -> None:
    text = calendar_file(an_event(cancelled=True)).decode()
    assert "METHOD:CANCEL" in text
    assert "STATUS:CANCELLED" in text
    assert "VALARM" not in text
