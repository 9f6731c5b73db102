"""Calls after high-risk sales: by somebody who did not sell, with a clock, and escalated."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import IntegrityError, connection, transaction
from django.http import Http404

from brokerage.core.roles import Role
from brokerage.journal.models import Entry
from suitability.models import SaleFollowUp
from suitability.sale_home import call_tasks, concern_tasks
from suitability.selectors.rules import follow_up_rules_on, questions_of
from suitability.states import FollowUpStatus
from suitability.use_cases.following_up import (
    UnableToFollowUp,
    close_follow_up,
    note_no_answer,
    plan_follow_up,
    record_answers,
)
from tests.branches.factories import make_staff
from tests.suitability.factories import AT
from tests.suitability.outlets import Outlet
from tests.threads import together

pytestmark = pytest.mark.django_db
SALE = UUID(int=4)
DAY = timedelta(days=1)


@pytest.fixture
def outlet() -> Outlet:
    return Outlet()


def planned(outlet: Outlet, seller: Any = None) -> SaleFollowUp:
    """A sale of what does not suit: always called."""
    made = plan_follow_up(decision=outlet.decision(), sale=SALE, sold_at=AT, seller=seller, at=AT)
    assert made is not None
    return made


def fine(row: SaleFollowUp) -> dict[str, bool]:
    return {each.key: each.fine for each in questions_of(row.text)}


def test_a_sale_is_planned_once_and_waits_for_the_call_centre_with_a_clock(
    outlet: Outlet,
) -> None:
    row = planned(outlet)
    again = plan_follow_up(decision=row.record, sale=SALE, sold_at=AT, seller=None, at=AT)
    assert again == row
    assert row.due_at == AT + follow_up_rules_on(AT.date()).due
    caller = make_staff(Role.CALL_CENTRE)
    [task] = call_tasks(caller, AT)
    assert (task.started_at, task.due_at) == (AT, row.due_at)
    assert list(call_tasks(outlet.officer, AT)) == []
    assert Entry.objects.filter(kind="suitability.follow_up_planned").count() == 1


def test_what_suits_and_owes_nothing_special_is_not_called(outlet: Outlet) -> None:
    decision = outlet.decision("R1", type="fixed_income")
    assert plan_follow_up(decision=decision, sale=SALE, sold_at=AT, seller=None, at=AT) is None


def test_fine_answers_end_it_and_stay(outlet: Outlet) -> None:
    row = planned(outlet)
    caller = make_staff(Role.CALL_CENTRE)
    done = record_answers(row=row, answers=fine(row), note="", caller=caller, at=AT + DAY)
    assert (done.status, done.called_by) == (FollowUpStatus.DONE, caller)
    with pytest.raises(UnableToFollowUp, match="called already"):
        record_answers(row=row, answers=fine(row), note="", caller=caller, at=AT + DAY)
    with pytest.raises(IntegrityError), transaction.atomic():
        SaleFollowUp.objects.filter(pk=row.pk).update(answers={"x": "yes"})


@pytest.mark.parametrize("key", ["own_order", "told_of_risk", "read_before", "pressed"])
def test_each_concern_goes_to_compliance_who_closes_it(outlet: Outlet, key: str) -> None:
    row = planned(outlet)
    caller, officer = make_staff(Role.CALL_CENTRE), make_staff(Role.COMPLIANCE)
    answers = fine(row) | {key: not fine(row)[key]}
    with pytest.raises(UnableToFollowUp, match="what the customer said"):
        record_answers(row=row, answers=answers, note=" ", caller=caller, at=AT + DAY)
    found = record_answers(row=row, answers=answers, note="说不清楚", caller=caller, at=AT + DAY)
    assert found.status == FollowUpStatus.ESCALATED
    [task] = concern_tasks(officer, AT + DAY)
    assert task.started_at == AT + DAY
    with pytest.raises(UnableToFollowUp, match="what was done"):
        close_follow_up(row=row, decision=" ", officer=officer, at=AT + DAY)
    done = close_follow_up(row=row, decision="已退款", officer=officer, at=AT + 2 * DAY)
    assert done.status == FollowUpStatus.CLOSED
    assert "说不清楚" not in str(list(Entry.objects.values_list("payload", flat=True)))


def test_who_cannot_be_reached_goes_to_compliance_after_the_last_try(outlet: Outlet) -> None:
    row, caller = planned(outlet), make_staff(Role.CALL_CENTRE)
    tries = follow_up_rules_on(AT.date()).tries
    found = [
        note_no_answer(row=row, caller=caller, at=AT + day * DAY).status
        for day in range(1, tries + 1)
    ]
    assert found == [FollowUpStatus.WAITING] * (tries - 1) + [FollowUpStatus.ESCALATED]


def test_who_took_part_in_the_sale_does_not_call(outlet: Outlet) -> None:
    seller, stranger = (
        make_staff(Role.CALL_CENTRE),
        make_staff(Role.CALL_CENTRE, Outlet("+8613900670002").unit),
    )
    row = planned(outlet, seller=seller)
    assert list(call_tasks(seller, AT)) == []
    with pytest.raises(UnableToFollowUp, match="took no part"):
        record_answers(row=row, answers=fine(row), note="", caller=seller, at=AT + DAY)
    with pytest.raises(Http404):
        record_answers(row=row, answers=fine(row), note="", caller=stranger, at=AT + DAY)
    with pytest.raises(IntegrityError), transaction.atomic():
        SaleFollowUp.objects.filter(pk=row.pk).update(called_by=seller)
    with pytest.raises(UnableToFollowUp, match="every question"):
        record_answers(row=row, answers={}, note="", caller=make_staff(Role.CALL_CENTRE), at=AT)


@pytest.mark.django_db(transaction=True)
def test_two_deliveries_of_one_sale_plan_one_call(outlet: Outlet) -> None:
    decision = outlet.decision()

    def plan() -> int | None:
        try:
            made = plan_follow_up(decision=decision, sale=SALE, sold_at=AT, seller=None, at=AT)
            return made.pk if made else None
        finally:
            connection.close()

    assert len(set(together(plan, times=2))) == 1
    assert SaleFollowUp.objects.count() == 1
