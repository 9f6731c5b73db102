"""Trading permissions of the demonstration: granted, under way, and not to be had yet."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from accounts.models import CashAccount, PermissionApplication, TradingPermission
from accounts.permissions.states import CaseStatus
from accounts.permissions.use_cases import agreeing, applying, reporting
from accounts.states import CashStatus
from brokerage.customers.models import Customer
from brokerage.journal.actors import Actor
from brokerage.users import codes

LANGUAGE = "zh-hans"
ASKED: Sequence[tuple[str, bool]] = (("reit", True), ("risk_warning", False), ("chinext", False))
"""What each active customer asks for, and whether they go on to the signature."""


def build_permissions(*, at: datetime) -> int:
    """Let every customer with active accounts ask for ASKED, once; returns how many rows came.

    Whoever does not meet a condition has a row that says what is missing.
    """
    if TradingPermission.objects.exists():
        return 0
    active = CashAccount.objects.filter(status=CashStatus.ACTIVE).values("customer")
    for customer in Customer.objects.filter(pk__in=active, user__isnull=False).order_by("pk"):
        for key, signs in ASKED:
            _ask(customer, key, signs, at - timedelta(hours=2))
    return TradingPermission.objects.count()


def _ask(customer: Customer, key: str, signs: bool, at: datetime) -> None:
    assert customer.user is not None  # the query asks for those with a log-in
    actor = Actor.of(customer.user)
    try:
        case = applying.apply(customer=customer, key=key, language=LANGUAGE, actor=actor, at=at)
    except applying.UnableToApply:
        return  # what is missing stands on the row
    if signs and case.status == CaseStatus.DISCLOSURE:
        _read_and_sign(case, actor, at)


def _read_and_sign(case: PermissionApplication, actor: Actor, at: datetime) -> None:
    """As the customer does on the phone; then the register of the sandbox takes it."""
    agreeing.open_text(case=case, language=LANGUAGE, at=at)
    agreeing.finish_text(case=case, actor=actor, at=at + timedelta(minutes=3))
    case.refresh_from_db()
    if case.status != CaseStatus.SIGNING:
        return  # it does not suit: the customer would have to insist
    sender = codes.RecordingSender()
    before = codes.set_code_sender(sender)  # the code is read here instead of on a telephone
    try:
        agreeing.send_code(case=case, language=LANGUAGE, at=at + timedelta(minutes=4))
    finally:
        codes.set_code_sender(before)
    at += timedelta(minutes=5)
    agreeing.sign(case=case, code=sender.sent[-1].code, actor=actor, at=at)
    case.refresh_from_db()
    reporting.take_report(case=case, number=f"DEMO-{case.short_ref}", at=at)
