"""How long the finder over 500 outlets and the search of times over 20 take; `-s` prints it."""

from __future__ import annotations

import sys
import time as stopwatch
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from branches.finder.outlets import Wish, all_outlets, search
from branches.models import OpeningHours, OrgUnit, Placement, UnitProfile
from branches.states import Kind
from branches.visits.selectors import free_times
from tests.branches.factories import OPENED, make_division, make_unit
from tests.visits.factories import an_outlet, at, purpose

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
NOW = at(10)
ROUNDS = 5
GENEROUS = 0.25  # CPU seconds; the figures of docs/visits.md are far below, other work is not


def measured(what: str, act: Callable[[], Any]) -> float:
    """The best CPU time of some rounds, in seconds; printed in milliseconds."""
    best = float("inf")
    for _round in range(ROUNDS):
        started = stopwatch.process_time()
        act()
        best = min(best, stopwatch.process_time() - started)
    sys.stdout.write(f"\n{what}: {best * 1000:.0f} ms of CPU in the web process\n")
    return best


@pytest.fixture
def five_hundred() -> None:
    parent = make_unit(Kind.BRANCH_COMPANY)
    since: Any = {"valid_from": OPENED}
    units = OrgUnit.objects.bulk_create(
        OrgUnit(
            kind=Kind.OUTLET,
            outlet_type="C",
            code=f"X{n:04}",
            name_zh=f"金华第{n}营业部",
            name_en=f"Jinhua {n}",
            opened_on=OPENED,
        )
        for n in range(500)
    )
    Placement.objects.bulk_create(Placement(unit=u, parent=parent, **since) for u in units)
    division = make_division()
    UnitProfile.objects.bulk_create(
        UnitProfile(
            unit=unit,
            division=division,
            address_zh="双溪西路",
            lon="119.65",
            lat="29.10",
            **since,
        )
        for unit in units
    )
    OpeningHours.objects.bulk_create(
        OpeningHours(unit=unit, weekday=day, opens=at(9).time(), closes=at(12).time(), **since)
        for unit in units
        for day in range(1, 6)
    )


def test_the_finder_over_five_hundred_outlets(five_hundred: None) -> None:
    client = Client(headers={"Accept-Language": "en"})
    url = "/branches/?q=jinhua&place=330700"
    client.get(url)
    with CaptureQueriesContext(connection) as caught:
        answer = client.get(url)
    assert len(caught) <= 4, [one["sql"][:80] for one in caught]
    assert "500 outlets" in answer.content.decode()
    assert len(search(all_outlets(NOW), Wish(query="jinhua", open_now=True))) == 500
    wish = Wish(query="jinhua")
    assert measured("search of 500 outlets", lambda: search(all_outlets(NOW), wish)) < GENEROUS
    country = "/branches/"
    assert measured("page of the country, 500 outlets", lambda: client.get(country)) < GENEROUS
    assert measured("page of the finder, 500 outlets", lambda: client.get(url)) < 2 * GENEROUS


def test_two_weeks_over_twenty_outlets() -> None:
    units, wanted = [an_outlet() for _n in range(20)], purpose()
    assert (
        measured("times of two weeks over 20 outlets", lambda: free_times(units, wanted, at=NOW))
        < GENEROUS
    )
