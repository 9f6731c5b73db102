"""Free times: by table, and by properties that hold for any day."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from branches.visits.rules.slots import Day, Slot, free_slots, slot_at

NINE, NOON, FIVE = 540, 720, 1020
MORNING = Day(hours=[(NINE, NOON)], people=[1])


def starts(day: Day, minutes: int = 30, step: int = 30) -> list[int]:
    return [slot.start for slot in free_slots(day, minutes=minutes, step=step)]


def test_a_day_is_offered_from_opening_to_the_last_whole_visit() -> None:
    assert starts(MORNING) == [540, 570, 600, 630, 660, 690]
    assert starts(MORNING, minutes=45) == [540, 570, 600, 630, 660]


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (Day(hours=[], people=[1]), []),
        (Day(hours=[(NINE, NOON)], people=[]), []),
        (Day(hours=[(NINE, NOON)], people=[1], rooms=[]), []),
        (Day(hours=[(NINE, 569)], people=[1]), []),
        (Day(hours=[(540, 600), (780, 840)], people=[1]), [540, 570, 780, 810]),
        (Day(hours=[(540, 660)], people=[1], earliest=571), [600, 630]),
        (Day(hours=[(540, 660)], people=[1], busy={1: [(560, 580)]}), [600, 630]),
        (Day(hours=[(540, 660)], people=[1], busy={1: [(570, 600)]}), [540, 600, 630]),
        (Day(hours=[(540, 600)], people=[1], rooms=[7], occupied={7: [(540, 570)]}), [570]),
    ],
)
def test_what_is_closed_or_taken_is_not_offered(day: Day, expected: list[int]) -> None:
    assert starts(day) == expected


def test_work_goes_to_whoever_has_least_of_it() -> None:
    day = Day(hours=[(NINE, NOON)], people=[1, 2, 3], busy={1: [(600, 660)], 2: [(600, 630)]})
    assert {slot.person for slot in free_slots(day, minutes=30, step=30)} == {3}
    busy = {**day.busy, 3: [(540, 600), (600, 720)]}
    spread = Day(hours=day.hours, people=day.people, busy=busy)
    assert slot_at(spread, 540, minutes=30, step=30) == Slot(540, 570, 2, None)
    assert slot_at(spread, 600, minutes=30, step=30) is None
    assert slot_at(spread, 555, minutes=30, step=30) is None


@pytest.mark.parametrize(("minutes", "step"), [(0, 30), (30, 0), (-5, 30)])
def test_lengths_are_positive(minutes: int, step: int) -> None:
    with pytest.raises(ValueError, match="positive"):
        free_slots(MORNING, minutes=minutes, step=step)


def spans() -> st.SearchStrategy[list[tuple[int, int]]]:
    pair = st.tuples(st.integers(480, 1100), st.integers(1, 180))
    return st.lists(pair.map(lambda p: (p[0], p[0] + p[1])), max_size=6)


@given(
    hours=spans(),
    busy=st.dictionaries(st.integers(1, 4), spans(), max_size=4),
    occupied=st.dictionaries(st.integers(1, 3), spans(), max_size=3),
    people=st.sets(st.integers(1, 4)),
    rooms=st.one_of(st.none(), st.lists(st.integers(1, 3), unique=True)),
    minutes=st.integers(5, 120),
    step=st.integers(5, 60),
    earliest=st.integers(0, 1200),
)
def test_every_slot_is_open_free_and_in_time(
    hours, busy, occupied, people, rooms, minutes, step, earliest
) -> None:
    day = Day(
        hours=hours,
        people=sorted(people),
        rooms=rooms,
        busy=busy,
        occupied=occupied,
        earliest=earliest,
    )
    for slot in free_slots(day, minutes=minutes, step=step):
        assert slot.end - slot.start == minutes
        assert slot.start >= earliest
        assert any(opens <= slot.start and slot.end <= closes for opens, closes in hours)
        assert slot.person in people
        assert not any(s < slot.end and slot.start < e for s, e in busy.get(slot.person, []))
        if rooms is None:
            assert slot.room is None
        else:
            assert slot.room in rooms
            taken = occupied.get(slot.room or 0, [])
            assert not any(s < slot.end and slot.start < e for s, e in taken)
