"""The numbers of the desk follow their definitions, and only the desk sees them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from brokerage.core.roles import Role
from brokerage.messaging.use_cases.load_texts import load_texts
from content.selectors import desk_numbers as numbers
from content.use_cases.read_item import read_item
from tests.backoffice.factories import desk_of, staff
from tests.content.factories import AT, WILD, a_correction, a_released, a_text
from tests.customers.factories import a_customer
from tests.suitability.factories import a_confirmed_assessment

pytestmark = pytest.mark.django_db
URL = "/admin/content/correction/numbers/"
SPAN = numbers.last_weeks(AT.date())


@pytest.fixture(autouse=True)
def now(time_machine: Any) -> None:
    time_machine.move_to(AT, tick=False)
    load_texts(at=AT)


def told(points: list[Any]) -> dict[str, str]:
    return {point.label: point.text for point in points}


def a_reader(number: int, mode: str = "") -> Any:
    customer = a_customer(f"+8613900001{number:03}", language="en")
    customer.user.reading_mode = mode
    customer.user.save()
    return customer


def test_reach_counts_first_readings_of_the_weeks(time_machine: Any) -> None:
    most, least = a_released(title_zh="多"), a_released(title_zh="少")
    for number, mode in enumerate(("research", "research", "trade", "")):
        read_item(item=most, customer=a_reader(number, mode), at=AT)
    reader = a_reader(9)
    read_item(item=least, customer=reader, at=AT)
    read_item(item=least, customer=reader, at=AT + timedelta(minutes=1))
    read_item(item=most, customer=a_reader(10), at=AT - timedelta(weeks=14))
    assert list(told(numbers.reach_by_item(SPAN)).values()) == ["4", "1"]
    assert [point.text for point in numbers.reach_by_mode(SPAN)] == ["1", "2", "2"]
    assert [point.text for point in numbers.reach_by_class(SPAN, AT.date())] == ["5"]
    found = a_confirmed_assessment(reader, at=AT).investor_class
    known, rest = numbers.reach_by_class(SPAN, AT.date())
    assert (known.label, known.text, rest.text) == (found, "1", "4")


def test_marked_texts_are_a_share_of_each_week() -> None:
    for body in (WILD, "平静的一天，资金面平稳，利率持平。", "央行公告今天的操作结果。"):
        a_text(body)
    a_text("上周的一篇普通快讯，成交平淡。", at=AT - timedelta(weeks=1))
    assert [round(float(one.value)) for one in numbers.share_marked(SPAN)] == [0, 33]


def test_an_empty_desk_has_no_numbers() -> None:
    assert numbers.reach_by_item(SPAN) == []
    assert numbers.hours_to_release(SPAN) == []
    assert numbers.share_marked(SPAN) == []
    assert list(numbers.corrections(SPAN)) == []


@pytest.mark.parametrize(
    ("role", "status"),
    [
        (Role.HEAD_OFFICE, 200),
        (Role.OPERATIONS, 200),
        (Role.COMPLIANCE, 200),
        (Role.ADVISER, 403),
        (Role.BRANCH_MANAGER, 403),
    ],
)
def test_the_desk_sees_its_numbers_and_outlets_do_not(role: Role, status: int) -> None:
    assert desk_of(staff(role)).get(URL).status_code == status


def test_the_page_asks_as_many_queries_for_many_items_as_for_one() -> None:
    client = desk_of(staff(Role.HEAD_OFFICE))
    a_correction()
    measured = []
    for number in (1, 2):
        for each in range(number * 3):
            read_item(item=a_released(), customer=a_reader(number * 20 + each), at=AT)
        with CaptureQueriesContext(connection) as caught:
            page = client.get(URL)
        measured.append(len(caught))
    assert b"<svg" in page.content
    assert measured[0] == measured[1]
