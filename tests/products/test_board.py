"""The board of cross-selling: honest figures of outlets and people, for who may see them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from branches.models import OrgUnit
from branches.selectors import head_of
from brokerage.core import clock
from brokerage.core.roles import Role
from brokerage.core.shares import FEWEST, Share
from brokerage.customers.models import Customer
from products.gateways.sandbox import PlayedPayments
from products.models import Bid, Coverage, Goal, Holding, Referral
from products.rules.quarters import Quarter, parse_quarter, quarter_of
from products.selectors import board
from products.selectors.books import books_under_way
from products.states import Measure
from products.use_cases.bidding import pay_bid
from products.use_cases.counting_coverage import count_coverage
from products.use_cases.mandating import plan_mandate
from products.use_cases.refusals import UnableToList
from tests.branches.factories import make_staff, make_staff_user, make_unit
from tests.customers.factories import a_customer
from tests.products.factories import (
    a_bid,
    a_book,
    a_buyer,
    a_closing,
    a_credit,
    a_goal,
    a_mandate,
    a_product,
    a_proposed_book,
    a_referral,
    approve,
)
from tests.suitability.factories import AT
from tests.users.factories import sign_in

NOW = Quarter(2026, 1)


@given(st.dates(date(2000, 1, 1), date(2099, 12, 31)))
def test_a_day_lies_in_its_quarter_and_in_no_other(day: date):
    found = quarter_of(day)
    assert found.first <= day < found.after
    assert found.shifted(1).first == found.after
    assert found.shifted(-3).shifted(3) == found
    assert parse_quarter(str(found)) == found


@pytest.mark.parametrize("text", ["", "2026", "2026Q5", "2026Q0", "1999Q1", "2026q1", "2026Q1 "])
def test_what_is_no_quarter_is_none(text: str):
    assert parse_quarter(text) is None


def test_a_rate_says_nothing_of_small_numbers():
    assert Share(3, FEWEST - 1).value is None
    assert Share(5, FEWEST).value == Decimal("0.2500")
    assert Share(0, 0).value is None


@pytest.mark.django_db
def test_an_outlet_is_counted_by_the_quarter_and_by_what_it_did_itself():
    unit = make_unit()
    a_referral(unit)
    old = a_referral(unit)
    # a second before the quarter in Shanghai
    Referral.objects.filter(pk=old.pk).update(
        made_at=datetime(2025, 12, 31, 15, 59, 59, tzinfo=UTC)
    )
    credit = a_credit(unit)
    (found,), after = board.results_of_outlets(OrgUnit.objects.filter(pk=unit.pk), NOW)
    assert (found.referred, found.qualified, found.won) == (2, Share(1, 2), 1)
    assert (found.credit, after) == (credit.to_outlet, "")
    (before,), _after = board.results_of_outlets(
        OrgUnit.objects.filter(pk=unit.pk), NOW.shifted(-1)
    )
    assert (before.referred, before.credit) == (1, Decimal(0))
    trend = board.credit_trend(OrgUnit.objects.filter(pk=unit.pk), NOW)
    assert trend[-1] == (NOW, credit.to_outlet)
    assert {amount for _quarter, amount in trend[:-1]} == {0}


@pytest.mark.django_db
def test_the_goal_that_was_agreed_last_counts_and_one_that_waits_does_not():
    unit = make_unit()
    approve(a_goal(unit, target=4))
    approve(a_goal(unit, target=6))
    a_goal(unit, target=9)
    a_referral(unit)
    (found,), _after = board.results_of_outlets(OrgUnit.objects.filter(pk=unit.pk), NOW)
    assert found.reached == [(str(Measure.REFERRED.label), 1, 6)]


@pytest.mark.django_db
def test_outlets_come_in_pages_by_code_with_as_many_queries_for_one_as_for_all(
    monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: Any
):
    monkeypatch.setattr(board, "PER_PAGE", 2)
    keys = [make_unit().pk for _ in range(3)]
    units = OrgUnit.objects.filter(pk__in=keys).order_by("code")
    with django_assert_num_queries(4):
        first, after = board.results_of_outlets(units, NOW)
    rest, end = board.results_of_outlets(units, NOW, after=after)
    assert [one.code for one in (*first, *rest)] == sorted(units.values_list("code", flat=True))
    assert (len(first), len(rest), end) == (2, 1, "")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"quarter": Quarter(2025, 4)}, "when"),
        ({"target": 0}, None),
        ({"target": 100_001}, None),
        ({"person": "reviewer"}, "person"),
    ],
)
def test_a_goal_that_cannot_be_is_refused(values: dict[str, Any], field: str | None):
    unit = make_unit()
    if "person" in values:
        values = {"person": make_staff(Role.REVIEWER, unit)}
    with pytest.raises(UnableToList) as refused:
        a_goal(unit, **values)
    assert field is None or field in refused.value.errors
    with pytest.raises(UnableToList):
        a_goal(OrgUnit.objects.above(unit, AT.date()).get(kind="branch_company"))
    a_goal(unit)
    with pytest.raises(UnableToList, match="already"):
        a_goal(unit)


@pytest.fixture
def on_monday(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: AT)


def page(user: Any, address: str) -> Any:
    return sign_in(Client(headers={"accept-language": "zh-hans"}), user).get(address)


@pytest.mark.django_db
def test_a_manager_sees_the_outlets_below_and_an_adviser_of_its_people_only_oneself(on_monday):
    unit, other = make_unit(), make_unit()
    adviser, colleague = make_staff(Role.ADVISER, unit), make_staff(Role.ADVISER, unit)
    for each in (adviser, colleague):
        approve(a_goal(unit, person=each))
    manager = make_staff(Role.BRANCH_MANAGER, unit)
    address = f"/admin/products/goal/board/{unit.code}/?quarter=2026Q1"
    assert [one.code for one in page(manager, address).context["people"]] == sorted(
        [str(adviser.ref), str(colleague.ref)],
        key=lambda ref: (
            {str(each.ref): each.display_name for each in (adviser, colleague)}[ref],
            ref,
        ),
    )
    assert [one.code for one in page(adviser, address).context["people"]] == [str(adviser.ref)]
    for who in (manager, adviser):
        assert page(who, f"/admin/products/goal/board/{other.code}/").status_code == 404
        shown = page(who, "/admin/products/goal/board/?quarter=nonsense")
        assert [one.code for one in shown.context["results"]] == [unit.code]
        assert "数量太少" in shown.content.decode()
    assert page(make_staff(Role.REVIEWER, unit), address).status_code == 403


@pytest.mark.django_db
def test_the_pipeline_counts_by_likelihood_and_only_what_one_may_see(on_monday):
    lead, other = make_staff(Role.HEAD_OFFICE), make_staff(Role.HEAD_OFFICE)
    row = a_mandate(lead)  # behind a wall
    plan_mandate(
        mandate=row,
        next_step="",
        percent=25,
        expected=Decimal("1000.02"),
        note="初步",
        by=lead,
        at=AT,
    )
    (found,) = board.pipeline_of(lead)
    assert (found.number, found.weighted) == (1, Decimal("250.01"))
    assert board.pipeline_of(other) == []
    assert "250.01" in page(lead, "/admin/products/goal/board/").content.decode()


@pytest.mark.django_db
def test_books_stand_on_the_board_until_they_are_shared_out(on_monday):
    buyer, book, waiting = a_buyer(), a_book(), a_proposed_book()
    desk = make_staff(Role.HEAD_OFFICE)
    a_bid(buyer, make_unit(), book)
    shown = page(desk, "/admin/products/goal/board/")
    assert shown.context["books"] == [book]
    assert waiting not in shown.context["books"]
    assert "100,000.00" in shown.content.decode()
    company = make_staff(Role.BRANCH_MANAGER, book.company)
    other = make_staff(Role.BRANCH_MANAGER, make_unit())
    assert books_under_way(company, AT) == [book]
    assert books_under_way(other, AT) == []
    late = book.closes_at + timedelta(days=1)
    assert books_under_way(desk, late) == [book]
    pay_bid(bid=Bid.objects.get(), gateway=PlayedPayments(), at=AT)
    approve(a_closing(book), at=late)
    assert books_under_way(desk, late) == []


@pytest.mark.django_db
def test_coverage_counts_each_customer_at_home_once():
    buyer = a_buyer()
    unit = OrgUnit.objects.get(ref=buyer.home_outlet_ref)
    assert board.coverage_of(unit) == Share(0, 1)
    for number in range(2):
        Holding.objects.create(customer=buyer, product=a_product(), units=Decimal(number + 1))
    assert board.coverage_of(unit) == Share(1, 1)


@pytest.mark.django_db
def test_a_goal_is_proposed_on_its_page_and_what_was_typed_stays(on_monday):
    unit = make_unit()
    manager = make_staff(Role.BRANCH_MANAGER, unit)
    client = sign_in(Client(), manager)
    given = {"unit": unit.pk, "person": "", "when": "2026Q2", "measure": "won"}
    wrong = client.post("/admin/products/goal/add/", given | {"target": "0"})
    assert wrong.status_code == 200
    assert 'value="0"' in wrong.content.decode()
    client.post("/admin/products/goal/add/", given | {"target": "3"})
    row = Goal.objects.get()
    assert (row.target, row.quarter, row.decision) == (3, 2, "pending")
    assert make_staff_user().ref != row.made_by_ref == manager.ref


@pytest.mark.django_db
def test_each_side_sees_what_it_was_credited_and_a_manager_the_coverage_below():
    unit = make_unit()
    credit = a_credit(unit)
    a_credit()
    head = head_of(credit.referral.company, AT.date())
    assert head is not None
    manager = head.user
    found = board.credited_to(manager, NOW)
    assert (found.outlets, found.companies, found.desks) == (
        credit.to_outlet,
        credit.to_company,
        credit.to_desk,
    )
    assert board.credited_to(make_staff(Role.HEAD_OFFICE), NOW).companies == 2 * credit.to_company
    assert board.credited_to(manager, NOW.shifted(-1)).companies == 0
    buyer = a_buyer()
    Customer.objects.filter(pk=buyer.pk).update(home_outlet_ref=unit.ref)
    Holding.objects.create(customer=buyer, product=a_product(), units=Decimal(1))
    assert board.coverage_seen_by(manager) == board.Covered(Share(1, 1))


@pytest.mark.django_db
def test_head_office_reads_the_coverage_that_the_night_counted(on_monday):
    buyer, other, gone = a_buyer(), a_buyer("+8613900139101"), a_buyer("+8613900139102")
    desk = make_staff(Role.HEAD_OFFICE)
    assert board.coverage_seen_by(desk) is None  # and the page has no such part
    assert "Counted at night" not in in_english(desk)
    for number in range(2):
        Holding.objects.create(customer=buyer, product=a_product(), units=Decimal(number + 1))
    Holding.objects.create(customer=other, product=a_product(), units=Decimal(0))
    Customer.objects.filter(pk=gone.pk).update(closed_at=AT)
    Customer.objects.filter(pk=a_customer().pk).update(home_outlet_ref=None)
    assert count_coverage(at=AT) == count_coverage(at=AT) == 2
    assert board.coverage_seen_by(desk) == board.Covered(Share(1, 2), AT)
    assert "Counted at night" in in_english(desk)
    unit = OrgUnit.objects.get(ref=other.home_outlet_ref)
    adviser = make_staff(Role.ADVISER, unit)
    assert board.coverage_seen_by(adviser) == board.Covered(Share(0, 1), AT)
    Customer.objects.filter(pk=buyer.pk).update(home_outlet_ref=unit.ref)
    assert count_coverage(at=AT) == 1
    assert board.coverage_seen_by(desk) == board.Covered(Share(1, 2), AT)


@pytest.mark.django_db
def test_no_more_hold_a_fund_than_are_at_home():
    row = Coverage(unit=make_unit(), customers=1, holders=2, counted_at=AT)
    with pytest.raises(IntegrityError, match="no_more_hold"):
        row.save()


def in_english(user: Any) -> str:
    client = sign_in(Client(headers={"accept-language": "en"}), user)
    text: str = client.get("/admin/products/goal/board/").content.decode()
    return text
