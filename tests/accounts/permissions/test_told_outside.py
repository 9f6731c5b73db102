"""The counter and the register hear of what was granted, suspended and lost; late, down, twice."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from accounts.evidence.states import CheckKind, CheckResult, CheckStatus
from accounts.gateways import Gateways, Person, Refused, Unavailable, gateways
from accounts.gateways.counter import HeldPermission, HttpCounterPermissions, PermissionsQuestion
from accounts.gateways.permissions import Ended, HttpPermissionGateway, WithdrawalQuestion
from accounts.gateways.sandbox import PlayedCounter
from accounts.models import CashAccount, OutsideCheck, TradingPermission
from accounts.permissions import tasks
from accounts.permissions.states import PermissionStatus
from accounts.permissions.use_cases import losing, suspending
from accounts.permissions.use_cases.ending import end_with_account
from accounts.permissions.use_cases.send_permissions import counter_knows, send_permissions
from accounts.states import CashStatus
from accounts.use_cases.outside_checks import ask
from brokerage.core import clock
from brokerage.core.outbound import JsonClient
from tests.accounts.permissions.factories import (
    ACTOR,
    AT,
    a_granted_case,
    a_lowest_assessment,
    a_trader,
)
from tests.accounts.permissions.records import a_permission
from tests.messaging.test_sms_gateway import Answer, counterparty, drips, hangs, says
from tests.suitability.factories import a_confirmed_assessment
from tests.users.factories import sign_in

MINUTE = timedelta(minutes=1)
KEY = UUID(int=7)
WHEN = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
SOMEBODY = Person("江映雪", "resident_id", "11010519900307128X")
ACCOUNT = str(UUID(int=9))
LIST = PermissionsQuestion(
    ACCOUNT, (HeldPermission("star", "granted", "2026-03-03"),), WHEN.isoformat()
)
LOST = WithdrawalQuestion(SOMEBODY, (Ended("R1", "star", "2026-03-02", "own"),))


OLDER = (WHEN - MINUTE).isoformat()


def permit(base: str) -> Any:
    client = JsonClient(base=base, token="secret", deadline=0.6, tries=1)
    return HttpCounterPermissions(client).permit(LIST, key=KEY, at=WHEN).result


def withdraw(base: str) -> Any:
    client = JsonClient(base=base, token="secret", deadline=0.6, tries=1)
    return HttpPermissionGateway(client).withdraw(LOST, key=KEY, at=WHEN).result


def test_the_counter_is_told_the_whole_list_as_the_contract_says() -> None:
    with counterparty(says(200, {"as_of": WHEN.isoformat()})) as (base, seen):
        assert permit(base) == CheckResult.TAKEN
    (request,) = seen
    assert request["path"] == f"/v1/accounts/{ACCOUNT}/permissions"
    assert request["headers"]["Idempotency-Key"] == str(KEY)
    assert request["headers"]["Authorization"] == "Bearer secret"
    assert request["body"] == {
        "as_of": "2026-03-02T02:00:00+00:00",
        "permissions": [
            {"permission": "star", "state": "granted", "counts_from": "2026-03-03"},
        ],
    }


def test_a_counter_that_has_a_newer_list_has_heard_enough() -> None:
    with counterparty(says(200, {"as_of": (WHEN + MINUTE).isoformat()})) as (base, _):
        assert permit(base) == CheckResult.TAKEN


def test_the_register_is_told_what_was_lost_as_the_contract_says() -> None:
    with counterparty(says(200, {"ended": ["R1"]})) as (base, seen):
        assert withdraw(base) == CheckResult.TAKEN
    (request,) = seen
    assert request["path"] == "/v1/permissions-ended"
    lost = {"number": "R1", "permission": "star", "on": "2026-03-02", "reason": "own"}
    assert request["body"]["ended"] == [lost]
    assert request["body"]["name"] == "江映雪"


@pytest.mark.parametrize(
    ("call", "answer"),
    [
        (call, answer)
        for call in (permit, withdraw)
        for answer in (says(500, {}), says(302, {}), hangs, drips)
    ]
    + [(permit, says(200, {"as_of": said})) for said in (None, 7, "soon", OLDER, OLDER[:-6])]
    + [(permit, says(422, {})), (permit, says(200, {}))]
    + [(withdraw, says(200, {})), (withdraw, says(200, {"ended": []}))],
)
def test_whatever_else_comes_is_no_answer(call: Any, answer: Answer) -> None:
    with counterparty(answer) as (base, _), pytest.raises(Unavailable):
        call(base)


def test_a_refusal_of_the_register_is_final() -> None:
    with counterparty(says(422, {"code": "identity"})) as (base, _), pytest.raises(Refused):
        withdraw(base)


def test_the_played_counter_never_goes_back_to_an_older_list() -> None:
    played = PlayedCounter()
    older = PermissionsQuestion(ACCOUNT, (), (WHEN - MINUTE).isoformat())
    for each in (LIST, older):
        played.permit(each, key=KEY, at=WHEN)
    assert played.kept[ACCOUNT] == LIST


def current(kind: CheckKind = CheckKind.PERMITTED) -> OutsideCheck:
    return OutsideCheck.objects.current().get(kind=kind)


def states() -> dict[str, str]:
    return {each["permission"]: each["state"] for each in current().asks["permissions"]}


@pytest.mark.django_db
def test_each_change_is_told_to_the_counter_and_the_newest_list_replaces_one_that_waits() -> None:
    customer = a_trader()
    case = a_granted_case(customer)
    first = current()
    assert states() == {"stock_connect": "granted"}
    assert first.asks["account"] == str(CashAccount.objects.get(customer=customer).ref)
    assert first.asks["permissions"][0]["counts_from"] == "2026-03-03"

    later = AT + timedelta(hours=1)
    a_lowest_assessment(customer, at=later)
    suspending.look_at_class(customer=customer, at=later)
    first.refresh_from_db()
    assert first.status == CheckStatus.SUPERSEDED, "it waited, and is not told any more"
    assert states() == {"stock_connect": "suspended"}
    assert ask(check=current(), at=later).result == CheckResult.TAKEN
    assert ask(check=first, at=later).status == CheckStatus.SUPERSEDED, (
        "a late worker tells it not"
    )

    again = AT + timedelta(days=2)
    a_confirmed_assessment(customer, at=again, changed="恢复健康")
    suspending.look_at_class(customer=customer, at=again)
    assert states() == {"stock_connect": "granted"}
    losing.give_back(permission=case.permission, actor=ACTOR, at=again + MINUTE)
    assert states() == {"stock_connect": "revoked"}
    assert current().asks["as_of"] == (again + MINUTE).isoformat()


@pytest.mark.django_db
def test_a_counter_that_is_down_is_asked_until_it_answers_and_told_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    customer = a_trader()
    a_granted_case(customer)
    check = current()

    class Down:
        def permit(self, *args: Any, **more: Any) -> None:
            raise Unavailable("timeout")

    with monkeypatch.context() as patch:
        patch.setattr(
            "accounts.use_cases.outside_checks.gateways",
            lambda: Gateways(**{**vars(gateways()), "counter": Down()}),
        )
        late = ask(check=check, at=AT + 3 * MINUTE)
    assert (late.status, late.last_problem) == (CheckStatus.ASKED, "timeout")
    assert late.next_attempt_at is not None
    assert ask(check=check, at=late.next_attempt_at).result == CheckResult.TAKEN
    assert send_permissions(customer=customer, at=AT + timedelta(days=1)) == current()
    assert OutsideCheck.objects.filter(kind=CheckKind.PERMITTED).count() == 1, "told once"


@pytest.mark.django_db
def test_what_nobody_answered_is_told_again_at_night(monkeypatch: pytest.MonkeyPatch) -> None:
    a_granted_case()
    OutsideCheck.objects.filter(kind=CheckKind.PERMITTED).update(
        status=CheckStatus.UNANSWERED, next_attempt_at=None, ended_at=AT
    )
    monkeypatch.setattr(clock, "now", lambda: AT + timedelta(days=1))
    tasks.send_permissions_again(0)
    assert current().status == CheckStatus.ASKED
    assert states() == {"stock_connect": "granted"}


@pytest.mark.django_db
def test_the_register_hears_of_every_loss_and_one_does_not_replace_another() -> None:
    customer = a_trader()
    cases = [a_granted_case(customer, key) for key in ("stock_connect", "star")]
    for number, case in enumerate(cases):
        permission = TradingPermission.objects.get(pk=case.permission_id)
        losing.give_back(permission=permission, actor=ACTOR, at=AT + (10 + number) * MINUTE)
    check = current(CheckKind.WITHDRAWN)
    lost = {each["number"]: each["permission"] for each in check.asks["ended"]}
    assert lost == {case.report_number: case.key for case in cases}
    assert ask(check=check, at=AT + 12 * MINUTE).result == CheckResult.TAKEN


@pytest.mark.django_db
def test_outside_its_hours_the_register_hears_of_a_loss_on_the_next_trading_day() -> None:
    case = a_granted_case()
    evening = AT + timedelta(hours=12)
    losing.give_back(
        permission=TradingPermission.objects.get(pk=case.permission_id), actor=ACTOR, at=evening
    )
    waits = current(CheckKind.WITHDRAWN).next_attempt_at
    assert waits is not None
    assert waits > evening


@pytest.mark.django_db
def test_a_suspension_by_rule_is_no_loss_and_a_closed_account_is_one() -> None:
    customer = a_trader()
    case = a_granted_case(customer)
    later = AT + timedelta(hours=1)
    a_lowest_assessment(customer, at=later)
    suspending.look_at_class(customer=customer, at=later)
    assert not OutsideCheck.objects.filter(kind=CheckKind.WITHDRAWN).exists()
    CashAccount.objects.filter(customer=customer).update(status=CashStatus.CLOSED)
    end_with_account(customer=customer, at=later + MINUTE)
    (lost,) = current(CheckKind.WITHDRAWN).asks["ended"]
    assert (lost["number"], lost["reason"]) == (case.report_number, "shut")


@pytest.mark.django_db
def test_who_has_no_account_or_never_had_a_permission_tells_nothing() -> None:
    assert send_permissions(customer=a_trader(), at=AT) is None
    elsewhere = a_trader(active=False, number="330702199003070118")
    a_permission(elsewhere)
    assert send_permissions(customer=elsewhere, at=AT) is None


@pytest.mark.django_db
def test_the_page_says_since_when_the_terminal_knows() -> None:
    now = clock.now()
    customer = a_trader(at=now)
    row = a_permission(customer, "stock_connect")
    assert row.status == PermissionStatus.GRANTED
    page = sign_in(Client(headers={"Accept-Language": "en"}), customer.user)
    url = "/permissions/stock_connect/"
    assert "trading terminal" in page.get(url).content.decode()
    assert "telling your trading terminal" not in page.get(url).content.decode(), "never told"
    send_permissions(customer=customer, at=now)
    assert "We have been telling your trading terminal" in page.get(url).content.decode()
    check = counter_knows(customer)
    assert check is not None
    ask(check=check, at=now)
    assert "Your trading terminal has known this since" in page.get(url).content.decode()
