"""Tell the trading counter what a customer may trade, and the register what was lost.

Orders are placed at the terminal, not here: a suspension that the counter does not hear of closes
nothing. As with limits (`accounts.use_cases.send_limits`), a question is written down in the
transaction that changed something, the worker asks until it is answered, and each question says
everything: a later one replaces one that waits, and nothing is lost when one is missed.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from accounts.evidence.states import CheckKind, CheckStatus
from accounts.gateways.base import Person
from accounts.gateways.counter import HeldPermission, PermissionsQuestion
from accounts.gateways.permissions import Ended, WithdrawalQuestion
from accounts.models import CashAccount, OutsideCheck, PermissionApplication, TradingPermission
from accounts.permissions.states import CaseStatus, PermissionStatus
from accounts.states import CashStatus
from accounts.use_cases.outside_checks import check_of, request_check
from brokerage.core.clock import business_date
from brokerage.customers.models import Customer
from brokerage.journal.actors import Actor

ACTOR = Actor.system("accounts.send_permissions")
OPEN = (PermissionStatus.GRANTED, PermissionStatus.SUSPENDED)


def send_permissions(*, customer: Customer, at: datetime) -> OutsideCheck | None:
    """Tell the counter every permission of a customer as it stands now.

    Call it in the transaction that changed one. The question carries its instant, so the counter
    never goes back to an older state.

    Args:
        customer: whose; nothing is told without an account in use.
        at: the instant.

    Returns:
        The question; None where the counter has nothing to hear.
    """
    cash = _account(customer, CashStatus.ACTIVE)
    if cash is None:
        return None
    held = tuple(_held(customer))
    before = check_of(cash.application, CheckKind.PERMITTED)
    if before is None and not held:
        return None
    question = PermissionsQuestion(str(cash.ref), held, at.isoformat())
    if before is not None and before.status != CheckStatus.UNANSWERED:
        said = before.asks
        if PermissionsQuestion.of(said | {"as_of": question.as_of}) == question:
            return before
    return request_check(
        application=cash.application,
        kind=CheckKind.PERMITTED,
        question=question,
        actor=ACTOR,
        at=at,
    )


def send_withdrawals(*, permission: TradingPermission, at: datetime) -> OutsideCheck | None:
    """Tell the register that a permission which it has from us is lost, with all told before.

    Args:
        permission: revoked; locked.
        at: the instant; asked within the depository's hours.

    Returns:
        The question; None where the register never had the permission from us.
    """
    customer = permission.customer
    cases = PermissionApplication.objects.of(customer).filter(
        key=permission.key, status=CaseStatus.GRANTED
    )
    case = cases.order_by("-ended_at", "-pk").first()
    cash = _account(customer)
    if case is None or cash is None:
        return None
    before = check_of(cash.application, CheckKind.WITHDRAWN)
    told = [Ended(**each) for each in before.asks["ended"]] if before is not None else []
    if case.report_number not in {each.number for each in told}:
        on = business_date(at).isoformat()
        told.append(Ended(case.report_number, permission.key, on, permission.loss))
    return _ask_register(cash, customer, tuple(told), at)


def send_again(*, check: OutsideCheck, at: datetime) -> OutsideCheck | None:
    """Ask once more what was not answered in the time of the rule; for the nightly job."""
    customer = check.application.customer
    if check.kind == CheckKind.PERMITTED:
        return send_permissions(customer=customer, at=at)
    cash = _account(customer)
    told = tuple(Ended(**each) for each in check.asks["ended"])
    return _ask_register(cash, customer, told, at) if cash else None


def counter_knows(customer: Customer) -> OutsideCheck | None:
    """The newest word to the counter about a customer's permissions; None where there is none."""
    rows = OutsideCheck.objects.current().filter(
        application__customer=customer, kind=CheckKind.PERMITTED
    )
    return rows.order_by("-pk").first()


def _ask_register(
    cash: CashAccount, customer: Customer, told: tuple[Ended, ...], at: datetime
) -> OutsideCheck:
    person = Person.of(customer)
    return request_check(
        application=cash.application,
        kind=CheckKind.WITHDRAWN,
        question=WithdrawalQuestion(person, told),
        actor=ACTOR,
        at=at,
    )


def _account(customer: Customer, *status: CashStatus) -> CashAccount | None:
    """The newest account, in one of the states where some are named."""
    rows = CashAccount.objects.filter(customer=customer).select_related("application")
    if status:
        rows = rows.filter(status__in=status)
    return rows.order_by("-pk").first()


def _held(customer: Customer) -> Iterator[HeldPermission]:
    """What the customer has or once had: what was held may always be sold."""
    rows = TradingPermission.objects.of(customer).filter(effective_on__isnull=False)
    for row in rows.order_by("key"):
        state = row.status if row.status in OPEN else PermissionStatus.REVOKED
        begins: date | None = row.effective_on
        assert begins is not None
        yield HeldPermission(row.key, str(state), begins.isoformat())
