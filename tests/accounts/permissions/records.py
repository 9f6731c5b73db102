"""One record of each model of trading permissions, made without the way there."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

from accounts.models import (
    AgreementText,
    PermissionApplication,
    QuestionBank,
    TestAttempt,
    TradingPermission,
)
from accounts.models.knowledge_tests import PREFIX
from accounts.permissions.states import CaseStatus, PermissionStatus, ReviewRoute

AT = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)


def a_permission(customer: Any, key: str = "star") -> TradingPermission:
    """A granted permission."""
    return TradingPermission.objects.create(
        customer=customer,
        key=key,
        status=PermissionStatus.GRANTED,
        status_since=AT,
        effective_on=AT.date(),
    )


def a_permission_case(customer: Any, key: str = "margin") -> PermissionApplication:
    """An application that two people have to look at."""
    permission = TradingPermission.objects.create(
        customer=customer, key=key, status=PermissionStatus.APPLIED, status_since=AT
    )
    return PermissionApplication.objects.create(
        customer=customer,
        permission=permission,
        key=key,
        status=CaseStatus.REVIEW,
        status_since=AT,
        rule_version=f"permission.{key}@2026-01-01",
        applied_at=AT,
        applied_on=AT.date(),
        text=AgreementText.objects.filter(key__startswith="permission.").first(),
        text_opened_at=AT,
        text_read_at=AT + timedelta(minutes=1),
        opinion_ref=uuid4(),
        fingerprint="0" * 64,
        signed_at=AT + timedelta(minutes=2),
        route=ReviewRoute.HAND,
        route_rule="accounts.permission_review@2026-01-01",
    )


def a_bank(test: str = "margin") -> QuestionBank:
    """A next version of a test's questions that waits for a second officer."""
    base = QuestionBank.objects.approved().filter(key=PREFIX + test).latest("valid_from")
    return QuestionBank.objects.create(
        key=base.key,
        value=base.value,
        valid_from=date(2031, 1, 1),
        source=base.source,
        confidence=base.confidence,
        change_note="tests",
        made_by_ref=uuid4(),
        made_at=AT,
    )


def a_tried_case(customer: Any) -> TestAttempt:
    """An application with an attempt that was not passed."""
    case = a_permission_case(customer)
    return TestAttempt.objects.create(
        application=case,
        bank=QuestionBank.objects.filter(key=PREFIX + "stock_connect").latest("valid_from"),
        number=1,
        status="failed",
        drawn=[["currency", ["a", "b", "c"]]],
        answers={"currency": "a"},
        mark=80,
        score=0,
        rule_version="accounts.permission_test@2026-01-01",
        begun_at=AT,
        until=AT + timedelta(minutes=20),
        ended_at=AT + timedelta(minutes=9),
    )
