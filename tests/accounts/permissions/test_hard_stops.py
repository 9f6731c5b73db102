"""What stands against a permission whatever its conditions say: at each door, in words."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.dormancy.states import DormancyStatus
from accounts.life.states import Ability, ClosingStatus, DocumentStatus
from accounts.models import Application, CashAccount, Closing, Dormancy, IdDocument
from accounts.permissions.hard_stops import StopKind, hard_stops
from accounts.permissions.states import CaseStatus
from accounts.permissions.use_cases import applying, reporting
from accounts.permissions.use_cases.applying import UnableToApply
from accounts.permissions.use_cases.steps import UnableToGoOn
from accounts.states import CashStatus
from accounts.use_cases.watch_document import take_in_document
from brokerage.core import clock
from tests.accounts.after.factories import a_rest
from tests.accounts.aml.factories import a_freeze
from tests.accounts.permissions.factories import (
    ACTOR,
    AT,
    a_case,
    a_graded_permission,
    a_signed_case,
    a_trader,
    pass_test,
    read_risk,
    sign,
)
from tests.users.factories import sign_in

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


def of(customer: Any) -> Application:
    return Application.objects.get(customer=customer)


def no_account(customer: Any, at: Any) -> None:
    CashAccount.objects.filter(customer=customer).update(status=CashStatus.CLOSED)


def at_rest(customer: Any, at: Any) -> None:
    rest = a_rest(of(customer), at=at)
    Dormancy.objects.filter(pk=rest.pk).update(
        status=DormancyStatus.DORMANT, stopped=[Ability.BUY]
    )


def old_document(customer: Any, at: Any) -> None:
    document = take_in_document(application=of(customer), at=at)
    assert document is not None
    IdDocument.objects.filter(pk=document.pk).update(
        status=DocumentStatus.LIMITED, stopped=[Ability.BUY]
    )


def closing(customer: Any, at: Any) -> None:
    Closing.objects.create(
        application=of(customer),
        status=ClosingStatus.CONFIRMED,
        asked_at=at,
        signer="{}",
        confirmed_at=at,
        begins_at=at + timedelta(minutes=30),
        due_at=at + timedelta(days=2),
    )


def frozen(customer: Any, at: Any) -> None:
    a_freeze(customer, at=at)


def too_young(customer: Any, at: Any) -> None:
    customer.birth_date = "2010-03-07"
    customer.save()


STOPS = [
    (no_account, StopKind.ACCOUNT, "First your account has to be active.", "/open/"),
    (at_rest, StopKind.REST, "Wake it first.", "/wake/"),
    (old_document, StopKind.DOCUMENT, "Renew it first.", "/document/"),
    (closing, StopKind.CLOSING, "Take that back first.", "/close/"),
    (frozen, StopKind.ACCOUNT, "Nothing new can be opened at the moment; ask our service.", ""),
    (too_young, StopKind.AGE, "from the age of 18", ""),
]
Stopping = Callable[[Any, Any], None]


@pytest.mark.parametrize(("stops", "kind", "said", "url"), STOPS)
def test_nothing_begins_and_the_page_says_what_to_do(
    stops: Stopping, kind: StopKind, said: str, url: str
):
    now = clock.now()
    customer = a_trader(at=now)
    a_graded_permission("stock_connect")
    stops(customer, now)
    assert [each.kind for each in hard_stops(customer, clock.today())] == [kind]
    with pytest.raises(UnableToApply):
        applying.apply(customer=customer, key="stock_connect", language="en", actor=ACTOR, at=now)
    page = sign_in(Client(headers={"Accept-Language": "en"}), customer.user)
    text = page.get("/permissions/stock_connect/").content.decode().partition("<main")[2]
    assert said in text
    assert url in text
    assert "<button" not in text.partition("</main>")[0]
    distance = page.get("/suitability/permissions/stock_connect/").content.decode()
    assert "It cannot be applied for yet" in distance


@pytest.mark.parametrize("stops", [at_rest, old_document, frozen])
def test_what_closes_buying_holds_up_the_signature_and_loses_nothing(stops: Stopping):
    case = a_case()
    pass_test(case)
    read_risk(case)
    stops(case.customer, AT)
    with pytest.raises(UnableToGoOn):
        sign(case, at=AT + 2 * MINUTE)
    case.refresh_from_db()
    assert case.status == CaseStatus.SIGNING


@pytest.mark.parametrize("stops", [at_rest, old_document, closing, frozen])
def test_the_register_is_not_asked_while_something_is_in_the_way(stops: Stopping):
    case = a_signed_case()
    stops(case.customer, AT)
    reporting.ask(case=case, at=AT + 3 * MINUTE)
    case.refresh_from_db()
    assert case.status == CaseStatus.REPORTING
    assert case.last_problem.startswith("stop_")
    assert case.asks_at is not None
    assert case.asks_at > AT + 3 * MINUTE


def test_nothing_stops_whoever_has_an_account_in_use():
    assert hard_stops(a_trader(), AT.date()) == []
