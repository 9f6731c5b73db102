"""A tenth of last year's ordinary buyers is called, drawn once by the worker."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.known_facts import resting
from accounts.models import CashAccount
from accounts.states import CashStatus, Status
from brokerage.core.clock import SHANGHAI
from brokerage.core.roles import Role
from brokerage.journal.models import Entry
from products.sampling import bought
from suitability import sampling
from suitability.inspecting import tell
from suitability.models import SaleFollowUp
from suitability.rules.sampling import in_order
from suitability.sale_home import call_tasks
from suitability.sampling import Purchase
from suitability.selectors.rules import questions_of
from suitability.states import FollowUpStatus
from suitability.use_cases.following_up import (
    UnableToFollowUp,
    note_no_answer,
    plan_follow_up,
    record_answers,
)
from suitability.use_cases.sampling import draw_sample, ordinary_buyers
from tests.accounts.factories import an_application
from tests.branches.factories import make_staff
from tests.customers.factories import a_customer
from tests.suitability.factories import AT
from tests.suitability.matching import a_decision
from tests.suitability.outlets import Outlet
from tests.suitability.professional import a_professional
from tests.threads import together

pytestmark = pytest.mark.django_db
YEAR = AT.year
NEXT = datetime(YEAR + 1, 1, 5, 10, tzinfo=SHANGHAI)
DAY = timedelta(days=1)


@pytest.fixture
def shop(monkeypatch: pytest.MonkeyPatch) -> list[Purchase]:
    """What a higher app sold; each test fills it."""
    sold: list[Purchase] = []
    monkeypatch.setattr(
        sampling.purchases,
        "_items",
        {"tests": lambda start, end: [each for each in sold if start <= each.sold_at < end]},
    )
    return sold


def buys(customer: Any, number: int = 1, *, at: datetime = AT, seller: Any = None) -> Purchase:
    """A purchase of something, told by the app that sold it."""
    decision = a_decision(customer)
    return Purchase(
        customer=customer.pk,
        buyer=customer.ref,
        decision=decision.pk,
        sale=UUID(int=number),
        sold_at=at,
        seller=seller and seller.pk,
    )


def sampled(outlet: Outlet, *, seller: Any = None) -> SaleFollowUp:
    """The one buyer of a sample, drawn."""
    sold = [buys(outlet.customer, seller=seller)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sampling.purchases, "_items", {"tests": lambda start, end: sold})
        assert draw_sample(at=NEXT) == 1
    return SaleFollowUp.objects.get(year=YEAR)


def an_account() -> CashAccount:
    """A cash account in use."""
    customer = a_customer("+8613900790001")
    an_application(Status.ACTIVE, customer=customer)
    return CashAccount.objects.get(customer=customer)


def customers(count: int) -> list[Any]:
    return [a_customer(f"+86139007{number:05d}") for number in range(count)]


def test_a_tenth_rounded_up_is_drawn_once_by_places_that_anybody_can_compute(
    shop: list[Purchase],
) -> None:
    people = customers(11)
    shop += [buys(each, number) for number, each in enumerate(people)]
    assert draw_sample(at=NEXT - DAY) == 0
    assert draw_sample(at=NEXT) == 2
    order = in_order([each.ref for each in people], YEAR)
    rows = list(SaleFollowUp.objects.filter(year=YEAR).order_by("place_drawn"))
    assert [(row.customer.ref, row.place_drawn, row.drawn_of) for row in rows] == [
        (order[0], 1, 11),
        (order[1], 2, 11),
    ]
    shop.append(buys(a_customer("+8613900799999"), 99))
    assert draw_sample(at=NEXT + DAY) == 0
    assert Entry.objects.filter(kind="suitability.follow_up_planned").count() == 2
    assert any(str(YEAR) in line for line in tell(rows[0].ref, "en"))


def test_it_asks_about_the_last_purchase_and_leaves_out_who_is_no_ordinary_buyer(
    shop: list[Purchase], monkeypatch: pytest.MonkeyPatch
) -> None:
    ordinary, professional, rests, other_year = customers(4)
    a_professional(professional)
    monkeypatch.setattr(sampling.resting, "_items", {"tests": lambda: [rests.pk]})
    shop += [buys(ordinary, 1), buys(ordinary, 2, at=AT + DAY), buys(professional, 3)]
    shop += [buys(rests, 4), buys(other_year, 5, at=AT - 400 * DAY)]
    assert [each.sale for each in ordinary_buyers(YEAR)] == [UUID(int=2)]
    assert draw_sample(at=NEXT) == 1


def test_the_call_has_its_clock_in_the_list_and_goes_the_way_of_other_calls() -> None:
    outlet = Outlet()
    row = sampled(outlet)
    caller = make_staff(Role.CALL_CENTRE)
    [task] = call_tasks(caller, NEXT)
    assert (task.started_at, task.due_at) == (NEXT, NEXT + 180 * DAY)
    assert "sample" in str(task.title)
    answers = {each.key: each.fine for each in questions_of(row.text)}
    assert "complaint" in answers
    done = record_answers(row=row, answers=answers, note="", caller=caller, at=NEXT + DAY)
    assert done.status == FollowUpStatus.DONE


def test_who_cannot_be_reached_goes_to_compliance_and_who_sold_does_not_call() -> None:
    outlet, seller = Outlet(), make_staff(Role.CALL_CENTRE)
    row = sampled(outlet, seller=seller)
    with pytest.raises(UnableToFollowUp, match="took no part"):
        note_no_answer(row=row, caller=seller, at=NEXT)
    caller = make_staff(Role.CALL_CENTRE)
    found = [note_no_answer(row=row, caller=caller, at=NEXT + n * DAY).status for n in range(3)]
    assert found[-1] == FollowUpStatus.ESCALATED


def test_a_sale_that_was_called_before_may_be_in_the_sample_but_a_buyer_only_once() -> None:
    outlet = Outlet()
    row = sampled(outlet)
    decision = outlet.decision()
    made = plan_follow_up(decision=decision, sale=row.sale_ref, sold_at=AT, seller=None, at=AT)
    assert made is not None
    assert made != row
    with pytest.raises(IntegrityError), transaction.atomic():
        SaleFollowUp.objects.filter(pk=made.pk).update(
            year=YEAR, place_drawn=2, drawn_of=2, drawn_at=NEXT
        )
    with pytest.raises(IntegrityError), transaction.atomic():
        SaleFollowUp.objects.filter(pk=row.pk).update(place_drawn=3)


def test_the_apps_above_tell_purchases_and_accounts_that_rest() -> None:
    assert {"products"} <= set(dict(sampling.purchases.items()))
    assert list(bought(AT, AT + DAY)) == []
    account = an_account()
    assert list(resting()) == []
    CashAccount.objects.filter(pk=account.pk).update(status=CashStatus.CLOSED)
    assert list(resting()) == [account.customer_id]


@pytest.mark.django_db(transaction=True)
def test_two_workers_draw_one_sample(shop: list[Purchase]) -> None:
    shop += [buys(each, number) for number, each in enumerate(customers(3))]

    def draw() -> int:
        try:
            return draw_sample(at=NEXT)
        finally:
            connection.close()

    assert sorted(together(draw, times=2)) == [0, 1]
    assert SaleFollowUp.objects.count() == 1
