"""Distances, grades that move and the self-check, with the database."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from io import StringIO
from itertools import count
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from brokerage.core.roles import Role
from brokerage.journal.delivery import deliver_pending
from brokerage.journal.subscriptions import subscribe, unsubscribe
from brokerage.messaging.models import Message
from brokerage.reference.calendars import add_trading_days, trading_days_around
from suitability import profiles
from suitability.events import GradeChanged
from suitability.models import GradedItem, MatchRecord
from suitability.rules.permissions import DayAssets
from suitability.selectors.permissions import permissions_on, ways_of
from suitability.self_check import HalfYear, report
from suitability.use_cases.telling import tell_of_grade
from tests.branches.factories import make_staff, make_unit
from tests.customers.factories import a_customer
from tests.suitability.factories import AT
from tests.suitability.matching import (
    a_decision,
    a_graded_item,
    a_long_assessment,
    a_proposed_grade,
    an_item,
    approve,
)
from tests.users.factories import sign_in

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
TODAY = AT.date()
BOLD = {"horizon": "any", "intended": "complex"}
_numbers = count(1)


def somebody(outlet: Any = None) -> Any:
    customer = a_customer(f"+861390099{next(_numbers):04d}")
    if outlet is not None:
        customer.home_outlet_ref = outlet.ref
        customer.save(update_fields=["home_outlet_ref"])
    return customer


# grades that move

HOLDERS: list[int] = []
"""What a higher app would find in its own table of holdings."""


def on_grade(event: GradeChanged, entry: Any) -> None:
    """The subscriber of a higher app: it enumerates its own rows and asks in bulk."""
    tell_of_grade(
        item=GradedItem.objects.get(ref=event.item),
        customers=HOLDERS,
        on=event.valid_from,
        cause=entry.ref,
        at=entry.at,
    )


def test_a_grade_that_moves_is_told_to_those_it_concerns_and_to_their_outlet_once() -> None:
    unit = make_unit()
    head = make_staff(Role.BRANCH_MANAGER, unit)
    item, holders = a_graded_item("R1"), [somebody(unit) for _ in range(3)]
    for customer in holders[:2]:
        a_long_assessment(customer, chosen=BOLD)
    HOLDERS[:] = [each.pk for each in holders]
    subscribe(GradeChanged, f"{__name__}.on_grade", name="tests.holders")
    try:
        approve(a_proposed_grade(item, "R5", valid_from=TODAY + DAY))
        deliver_pending(at=AT)
    finally:
        unsubscribe("tests.holders")

    told = Message.objects.filter(text__kind="suitability.item_moved")
    assert {each.user_id for each in told} == {each.user_id for each in holders[:2]}
    (branch,) = Message.objects.filter(text__kind="suitability.item_moved_branch")
    assert branch.user == head


def test_telling_again_for_the_same_cause_adds_nothing(django_assert_num_queries: Any) -> None:
    item, customer, cause = a_graded_item("R1"), somebody(), uuid4()
    a_long_assessment(customer, chosen=BOLD)
    approve(a_proposed_grade(item, "R5", valid_from=TODAY + DAY))
    given: dict[str, Any] = {"item": item, "on": TODAY + DAY, "cause": cause, "at": AT}
    for _ in range(2):
        assert tell_of_grade(customers=[customer.pk], **given) == 1
    assert Message.objects.filter(text__kind="suitability.item_moved").count() == 1
    stranger = somebody()
    with django_assert_num_queries(5):  # nobody whom it concerns: nothing is written
        assert tell_of_grade(customers=[stranger.pk], **given) == 0


# distances


def known(customer: Any, on: Any) -> profiles.Standing:
    days = [add_trading_days(on, -back) for back in range(20, 0, -1)]
    return profiles.Standing(
        assets=tuple(DayAssets(day=day, amount=Decimal(40_000)) for day in days),
        first_trade=on - timedelta(days=400),
        first_trade_known=True,
    )


def test_the_pages_say_unknown_where_nobody_knows() -> None:
    customer = somebody()
    a_long_assessment(customer, chosen=BOLD)
    client = sign_in(Client(headers={"Accept-Language": "en"}), customer.user, stepped_up=True)
    listed = client.get(reverse("suitability:permissions")).content.decode()
    assert listed.count("conditions met") == len(permissions_on(TODAY))
    page = client.get(reverse("suitability:permission", args=["chinext"])).content.decode()
    assert "We do not know your assets yet" in page
    assert "do not know the day of your first trade" in page
    assert client.get(reverse("suitability:permission", args=["moon"])).status_code == 404


def test_what_a_higher_app_knows_is_held_against_each_condition(
    monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: Any
) -> None:
    customer = somebody()
    a_long_assessment(customer, chosen=BOLD)
    monkeypatch.setattr(profiles, "standings", [known])
    (way,) = ways_of(customer, TODAY, key="chinext")
    average = way.distance.conditions[2]
    assert (average.met, average.missing) == (False, Decimal(60_000))
    assert {each.code for each in average.reasons} == {"average_too_low", "deposit_must_stay"}
    monkeypatch.setattr(profiles, "standings", [])
    with django_assert_num_queries(5):  # one of them for simulated option trades
        assert len(ways_of(customer, TODAY)) >= 15


def test_days_read_at_once_count_as_those_read_one_by_one() -> None:
    counted = trading_days_around(TODAY - 40 * DAY, TODAY + 40 * DAY)
    for day in (TODAY, TODAY + 5 * DAY, TODAY + 6 * DAY):
        for n in (-9, -1, 0, 1, 9):
            assert counted(day, n) == add_trading_days(day, n), (day, n)
    with pytest.raises(LookupError):
        counted(TODAY, 100)


# the self-check


def test_the_report_counts_what_was_decided_in_its_half_year() -> None:
    customer, item = somebody(), a_graded_item("R1")
    a_decision(customer, item)
    a_decision(customer, an_item_of("R5"), at=AT + 200 * DAY)
    found = {part.title: dict(part.lines) for part in report(HalfYear(year=2026, half=1))}
    assert found["Decisions by outcome"] == {
        "suits": 0,
        "does not suit": 0,
        "must not be sold": 1,
    }
    assert found["Items by grade, at the end"]["R1 low"] == 1
    assert MatchRecord.objects.count() == 2


def an_item_of(grade: str) -> GradedItem:
    item = an_item()
    approve(a_proposed_grade(item, grade))
    return item


@pytest.mark.parametrize("text", ["2026", "2026-H3", "x-H1", "1-H1"])
def test_what_is_no_half_year_is_refused(text: str) -> None:
    with pytest.raises(CommandError):
        call_command("suitability_self_check", text, stdout=StringIO())


def test_the_command_prints_the_report_in_both_languages() -> None:
    for language, word in (("en", "Decisions by outcome"), ("zh-hans", "匹配")):
        out = StringIO()
        call_command("suitability_self_check", "2026-H1", language=language, stdout=out)
        assert word in out.getvalue()


@pytest.mark.parametrize(
    ("role", "status"), [(Role.COMPLIANCE, 200), (Role.HEAD_OFFICE, 200), (Role.ADVISER, 403)]
)
def test_the_page_is_for_head_office_and_those_who_read_all(role: Role, status: int) -> None:
    client = sign_in(Client(), make_staff(role, None if status == 200 else make_unit()))
    page = client.get(reverse("admin:suitability_self_check"))
    assert page.status_code == status
    assert client.get(reverse("admin:suitability_self_check") + "?period=x").status_code in (
        (404,) if status == 200 else (403,)
    )
