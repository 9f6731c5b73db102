"""Customers on their way to a trading permission, made through the use cases."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import count
from typing import Any

from accounts.models import PermissionApplication, TestAttempt
from accounts.permissions.states import CaseStatus
from accounts.permissions.use_cases import agreeing, applying, reporting, testing
from brokerage.core.clock import business_date
from brokerage.customers.models import IdType
from brokerage.reference.calendars import add_trading_days
from brokerage.users import codes
from suitability.models import GradedItem
from tests.accounts.factories import AT as AT
from tests.accounts.factories import an_application
from tests.customers.factories import a_customer
from tests.holdings.factories import ACTOR as ACTOR
from tests.holdings.factories import a_snapshot, an_account
from tests.suitability.factories import ANSWERS, a_confirmed_assessment
from tests.suitability.matching import a_graded_item

_numbers = count(66001)
EXPERIENCED = "330702199003077715"
BEGINNER = "330702199003070118"
TIMID = {
    "loss": ["none"],
    "goal": ["keep"],
}
DOWN = "330702199003079040"


def a_graded_permission(key: str, grade: str = "R4") -> GradedItem:
    """The item that the matching opinion of a permission is about."""
    code = "TP-" + key.upper().replace("_", "-")
    found = GradedItem.objects.filter(code=code).first()
    return found or a_graded_item(grade, code=code, kind="permission", type="equity")


def a_trader(
    *,
    number: str = EXPERIENCED,
    counted: int = 600_000,
    phone: str | None = None,
    active: bool = True,
    at: datetime = AT,
) -> Any:
    """A customer of class C4 with an active account and so many yuan on each of twenty days."""
    customer = a_customer(phone or f"+86137000{next(_numbers):05d}")
    if active:
        an_application("active", customer=customer, at=at - timedelta(days=60))
        customer.refresh_from_db()
    an_account(customer)
    customer.name, customer.birth_date = "江映雪", "1990-03-07"
    customer.set_identity(id_type=IdType.RESIDENT_ID, number=number)
    customer.save()
    for back in range(1, 21):
        a_snapshot(customer, add_trading_days(business_date(at), -back), counted)
    return customer


def a_case(
    customer: Any = None, key: str = "stock_connect", *, at: datetime = AT
) -> PermissionApplication:
    """An application that has just begun."""
    a_graded_permission(key)
    return applying.apply(
        customer=customer or a_trader(), key=key, language="zh-hans", actor=ACTOR, at=at
    )


def a_lowest_assessment(customer: Any, *, at: datetime) -> None:
    """The customer is assessed anew, and falls into the lowest class."""
    answers = ANSWERS | TIMID
    a_confirmed_assessment(customer, answers, at=at, changed="健康状况变化")


def pass_test(case: PermissionApplication, *, wrong: int = 0, at: datetime = AT) -> TestAttempt:
    """Do the test with so many wrong answers."""
    attempt = testing.begin_attempt(case=case, actor=ACTOR, at=at)
    right = attempt.bank.right
    answers = {key: right[key] for key, _options in attempt.drawn}
    for key, options in attempt.drawn[:wrong]:
        answers[key] = next(each for each in options if each != right[key])
    return testing.answer_test(attempt=attempt, answers=answers, actor=ACTOR, at=at)


def read_risk(case: PermissionApplication, *, at: datetime = AT) -> None:
    """Read the disclosure long enough."""
    agreeing.open_text(case=case, language="zh-hans", at=at)
    agreeing.finish_text(case=case, actor=ACTOR, at=at + timedelta(seconds=60))


def sign(case: PermissionApplication, *, at: datetime = AT) -> None:
    """Sign with the code that was sent."""
    sender = codes.RecordingSender()
    before = codes.set_code_sender(sender)
    try:
        agreeing.send_code(case=case, language="zh-hans", at=at)
    finally:
        codes.set_code_sender(before)
    agreeing.sign(case=case, code=sender.sent[-1].code, actor=ACTOR, at=at)


def a_signed_case(
    customer: Any = None, key: str = "stock_connect", *, at: datetime = AT
) -> PermissionApplication:
    """An application with everything that is the customer's part."""
    case = a_case(customer, key, at=at)
    if case.status == CaseStatus.CHECKING:
        reporting.ask(case=case, at=at)
        case.refresh_from_db()
    if case.status == CaseStatus.TEST:
        pass_test(case, at=at)
    read_risk(case, at=at)
    sign(case, at=at + timedelta(minutes=2))
    case.refresh_from_db()
    return case


def a_granted_case(
    customer: Any = None, key: str = "stock_connect", *, at: datetime = AT
) -> PermissionApplication:
    """A permission that was reported and counts from the next trading day."""
    case = a_signed_case(customer, key, at=at)
    reporting.ask(case=case, at=at + timedelta(minutes=3))
    case.refresh_from_db()
    return case
