"""The register of permissions over HTTP, and what its late, refusing and absent answers do."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from accounts.gateways import NotYet, Person, Refused, Unavailable, sandbox
from accounts.gateways.permissions import HttpPermissionGateway, ReportQuestion
from accounts.models import PermissionApplication, TradingPermission
from accounts.permissions.states import CaseRefusal, CaseStatus, PermissionStatus
from accounts.permissions.use_cases import applying, reporting
from accounts.permissions.use_cases.reporting import key_of
from brokerage.core.outbound import JsonClient
from brokerage.journal.models import Entry
from tests.accounts.permissions.factories import (
    ACTOR,
    AT,
    a_case,
    a_graded_permission,
    a_signed_case,
    a_trader,
)
from tests.messaging.test_sms_gateway import Answer, counterparty, drips, hangs, says

LATE = "330702199003079075"
MISMATCH = "330702199003079016"
BARRED = "330702199003079083"
KEY = UUID(int=7)
SOMEBODY = Person("江映雪", "resident_id", "11010519900307128X")
MINUTE = timedelta(minutes=1)
WHEN = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)


def gateway(base: str) -> HttpPermissionGateway:
    return HttpPermissionGateway(JsonClient(base=base, token="secret", deadline=0.6, tries=1))


def first_trade(base: str) -> Any:
    return gateway(base).first_trade(SOMEBODY, key=KEY, at=WHEN)


def held_since(base: str) -> Any:
    return gateway(base).held_since(SOMEBODY, "star", key=KEY, at=WHEN)


def report(base: str) -> Any:
    question = ReportQuestion(SOMEBODY, "star", date(2026, 3, 2))
    return gateway(base).report(question, key=KEY, at=WHEN).number


ALL = [
    (first_trade, "/v1/first-trades", {"first_trade": "2016-04-20"}, "2016-04-20"),
    (first_trade, "/v1/first-trades", {"first_trade": None}, ""),
    (held_since, "/v1/permissions-held", {"since": "2021-05-10"}, "2021-05-10"),
    (held_since, "/v1/permissions-held", {"since": None}, ""),
    (report, "/v1/permissions", {"number": "R123456789012"}, "R123456789012"),
]
CALLS = [first_trade, held_since, report]


@pytest.mark.parametrize(("call", "path", "answer", "result"), ALL)
def test_a_question_goes_out_as_the_contract_says(call, path, answer, result) -> None:
    with counterparty(says(200, answer)) as (base, seen):
        assert call(base) == result
    (request,) = seen
    assert request["path"] == path
    assert request["headers"]["Idempotency-Key"] == str(KEY)
    assert request["headers"]["Authorization"] == "Bearer secret"
    assert request["body"]["name"] == "江映雪"


def test_a_report_says_what_was_signed_and_when() -> None:
    with counterparty(says(200, {"number": "R1"})) as (base, seen):
        question = ReportQuestion(SOMEBODY, "star", date(2026, 3, 2), carried=True)
        gateway(base).report(question, key=KEY, at=WHEN)
    body = seen[0]["body"]
    told = (body["permission"], body["signed_on"], body["carried"])
    assert told == ("star", "2026-03-02", True)


@pytest.mark.parametrize("call", CALLS)
def test_an_answer_that_follows_later_is_no_answer_yet(call) -> None:
    with counterparty(says(202, {})) as (base, _), pytest.raises(NotYet):
        call(base)


@pytest.mark.parametrize("call", CALLS)
def test_a_refusal_is_final_and_tells_nothing_personal(call) -> None:
    said = {"code": f"number {SOMEBODY.number} is bad"}
    with counterparty(says(422, said)) as (base, seen), pytest.raises(Refused) as refused:
        call(base)
    assert refused.value.code == "refused"
    assert len(seen) == 1


@pytest.mark.parametrize(
    "answer",
    [says(500, {}), says(302, {}), says(200, b"<html>"), says(200, {}), hangs, drips],
    ids=["500", "redirect", "html", "empty", "hangs", "drips"],
)
@pytest.mark.parametrize("call", CALLS)
def test_whatever_else_comes_is_unknown(call, answer: Answer) -> None:
    with counterparty(answer) as (base, _), pytest.raises(Unavailable):
        call(base)


@pytest.mark.parametrize(
    ("call", "answer"),
    [
        (first_trade, {"first_trade": "yesterday"}),
        (first_trade, {"first_trade": 20160420}),
        (held_since, {"since": "2021-13-40"}),
        (held_since, {"since": ["2021-05-10"]}),
        (report, {"number": ""}),
        (report, {"number": 7}),
        (report, {"number": "R" * 41}),
    ],
)
def test_an_answer_that_breaks_the_contract_counts_as_none(call, answer) -> None:
    with counterparty(says(200, answer)) as (base, _), pytest.raises(Unavailable):
        call(base)


@pytest.fixture
def fresh() -> Iterator[None]:
    """A sandbox that remembers nothing of other tests."""
    sandbox._played.cache_clear()
    yield
    sandbox._played.cache_clear()


@pytest.mark.django_db
@pytest.mark.usefixtures("fresh")
def test_a_late_register_is_asked_again_with_the_same_key_and_granted_once() -> None:
    case = a_signed_case(a_trader(number=LATE))
    key, at = key_of(case), AT + 3 * MINUTE
    reporting.ask(case=case, at=at)
    case.refresh_from_db()
    assert (case.status, case.last_problem) == (CaseStatus.REPORTING, "not_yet")
    assert case.asks_at is not None
    assert case.asks_at > at
    assert key_of(case) == key, "the same question again, not a second one"
    reporting.ask(case=case, at=at)
    case.refresh_from_db()
    assert case.asked == 1, "not before the pause is over"
    reporting.ask(case=case, at=max(case.asks_at or at, at + 2 * MINUTE))
    case.refresh_from_db()
    assert (case.status, case.last_problem) == (CaseStatus.GRANTED, "")
    assert Entry.objects.filter(kind="accounts.permission_granted").count() == 1


@pytest.mark.django_db
@pytest.mark.usefixtures("fresh")
def test_a_late_first_trade_holds_the_case_where_it_is() -> None:
    case = a_case(a_trader(number=LATE), "star")
    reporting.ask(case=case, at=AT)
    case.refresh_from_db()
    assert (case.status, case.last_problem, case.first_trade_asked_at) == (
        CaseStatus.CHECKING,
        "not_yet",
        None,
    )
    reporting.ask(case=case, at=AT + 5 * MINUTE)
    case.refresh_from_db()
    assert case.first_trade_asked_at == AT + 5 * MINUTE


@pytest.mark.django_db
@pytest.mark.parametrize(("number", "code"), [(MISMATCH, "identity"), (BARRED, "barred")])
def test_what_the_register_refuses_is_refused_and_says_why_to_staff(number, code) -> None:
    case = a_signed_case(a_trader(number=number))
    reporting.ask(case=case, at=AT + 3 * MINUTE)
    case.refresh_from_db()
    assert (case.status, case.refusal) == (CaseStatus.REFUSED, CaseRefusal.EXCHANGE)
    assert (case.last_problem, case.report_number, case.effective_on) == (code, "", None)
    row = TradingPermission.objects.get(customer=case.customer)
    assert row.status == PermissionStatus.REFUSED, "not offered to whom it was refused"
    reporting.take_report(case=case, number="R9", at=AT + 4 * MINUTE)
    assert PermissionApplication.objects.get().report_number == "", "a late yes changes nothing"


@pytest.mark.django_db
def test_a_register_that_is_down_carries_nothing_over_yet() -> None:
    a_graded_permission("star")
    customer = a_trader(number="330702199003079040", counted=1)
    case = applying.apply(
        customer=customer, key="star", language="en", actor=ACTOR, at=AT, carried=True
    )
    reporting.ask(case=case, at=AT)
    case.refresh_from_db()
    assert (case.status, case.last_problem) == (CaseStatus.CHECKING, "sandbox")
