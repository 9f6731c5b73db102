"""A call that nobody answers: tried, counted, and ended by a clock with all money back."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from brokerage.backoffice.tasks import tasks_by_source
from brokerage.core import clock
from brokerage.core.roles import Role
from brokerage.journal.delivery import deliver_pending
from brokerage.messaging.models import Message
from products import tasks
from products.gateways.sandbox import PlayedPayments
from products.models import PrivateContract, Quota
from products.private_states import PrivateStatus
from products.rules.private import GIVE_UP, build_private_rules
from products.use_cases.order_checks import UnableToOrder
from products.use_cases.private_selling import (
    cancel_contract,
    confirm_in_call,
    give_up,
    note_attempt,
    pay_contract,
)
from products.use_cases.refusals import UnableToList
from tests.branches.factories import make_staff, make_staff_user
from tests.products.factories import a_private_contract, a_private_fund
from tests.suitability.factories import ACTOR, AT
from tests.users.factories import sign_in

pytestmark = pytest.mark.django_db
COOLED = AT + timedelta(hours=24)
OVER = AT + timedelta(hours=72) + timedelta(days=GIVE_UP)
SECOND = timedelta(seconds=1)


def cooling(**values: Any) -> PrivateContract:
    return pay_contract(contract=a_private_contract(**values), gateway=PlayedPayments(), at=AT)


def test_a_call_without_an_answer_is_counted_and_the_task_says_so():
    row, caller = cooling(), make_staff(Role.CALL_CENTRE)
    with pytest.raises(UnableToList):
        note_attempt(contract=row, note="无人接听", by=caller, at=COOLED - SECOND)
    with pytest.raises(UnableToList):
        note_attempt(contract=row, note=" ", by=caller, at=COOLED)
    for _ in range(2):
        row = note_attempt(contract=row, note="无人接听", by=caller, at=COOLED)
    assert (row.status, row.attempts, row.tried_at) == (PrivateStatus.COOLING, 2, COOLED)
    (found,) = [
        one for one in tasks_by_source(caller, COOLED) if one.key == "products.private_calls"
    ]
    assert "2" in str(found.tasks[0].detail)
    with pytest.raises(IntegrityError, match="was_tried"), transaction.atomic():
        PrivateContract.objects.filter(pk=row.pk).update(tried_at=AT)


def test_without_a_yes_in_time_it_ends_and_all_money_goes_back(monkeypatch: pytest.MonkeyPatch):
    row = cooling(product=a_private_fund(quota=Decimal(3_000_000)))
    assert give_up(contract=row, at=OVER - SECOND).status == PrivateStatus.COOLING
    monkeypatch.setattr(clock, "now", lambda: OVER)
    for _ in range(2):
        tasks.carry_all_private_on(0)
    row.refresh_from_db()
    assert (row.status, row.refund, row.refunded_at) == (PrivateStatus.UNREACHED, row.amount, OVER)
    assert Quota.objects.get().taken == 0
    with pytest.raises(UnableToList):
        confirm_in_call(contract=row, note="本人自愿", by=make_staff_user(), at=OVER)
    with pytest.raises(UnableToOrder):
        cancel_contract(contract=row, actor=ACTOR, at=OVER)
    with pytest.raises(IntegrityError, match="gets_all_of_it"), transaction.atomic():
        PrivateContract.objects.filter(pk=row.pk).update(refund=1)
    deliver_pending()
    rows = Message.objects.filter(user=row.customer.user, text__kind="products.private_unreached")
    assert rows.count() == 1


def test_older_rules_have_an_end_too_and_none_is_without():
    given: dict[str, Any] = {"least": "1", "cooling_hours": 24, "call_hours": 48}
    assert build_private_rules(given, "").given_up(AT) == AT + timedelta(days=GIVE_UP)
    assert build_private_rules(given | {"give_up_days": 3}, "").give_up_days == 3
    with pytest.raises(ValueError, match="figures"):
        build_private_rules(given | {"give_up_days": 0}, "")


def test_the_caller_notes_it_on_the_page(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(clock, "now", lambda: COOLED)
    row = cooling()
    client = sign_in(Client(), make_staff(Role.CALL_CENTRE))
    client.post(f"/admin/products/privatecontract/{row.ref}/act/tried/", {"note": "无人接听"})
    row.refresh_from_db()
    assert (row.attempts, row.status) == (1, PrivateStatus.COOLING)
