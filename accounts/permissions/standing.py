"""What applications for permissions tell the distance: first trade, tests, signed disclosures."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Max

from accounts.models import PermissionApplication, PermissionProof, TestAttempt
from accounts.models.knowledge_tests import PREFIX
from accounts.permissions.rules import whole_months
from accounts.permissions.selectors import DECLARED, INVESTING
from accounts.permissions.states import AttemptStatus
from accounts.signing.texts import OF_PERMISSIONS
from brokerage.core.clock import business_date
from brokerage.customers.models import Customer
from suitability.profiles import Standing
from suitability.rules.conditions import Proof

MARGIN, QUALIFIED = "margin", "margin_qualified"
"""The permission that proves this fact while it is held: option levels ask for it."""
NONE_COUNTS = timedelta(days=30)
"""So long “no trade yet” is believed; a first trade is one for ever."""


def standing(customer: Customer, on: date) -> Standing:
    """Three queries. What was asked after `on` is not known then."""
    rows = PermissionApplication.objects.of(customer).filter(applied_on__lte=on)
    found = rows.order_by("first_trade_asked_at", "pk").select_related("text", "permission")
    facts = _proved(customer, on)
    for row in found:
        if row.signed_at and row.text:
            fact = row.text.key.removeprefix(OF_PERMISSIONS)
            signed = Proof(holds=True, as_of=business_date(row.signed_at))
            facts[fact] = signed
            facts |= {told: signed for told, text in DECLARED.items() if text == fact}
        if row.key == MARGIN and row.effective_on and row.permission.usable_on(on):
            facts[QUALIFIED] = Proof(holds=True, as_of=row.effective_on)
    first_trade, known = _first_trade(found, on)
    if known:
        months = whole_months(first_trade, on) if first_trade else 0
        facts[INVESTING] = Proof(amount=Decimal(months), as_of=on)
    passed = TestAttempt.objects.filter(
        application__in=rows, status__in=[AttemptStatus.PASSED, AttemptStatus.FAILED]
    )
    best = passed.values("bank__key").annotate(best=Max("score"))
    return Standing(
        first_trade=first_trade,
        first_trade_known=known,
        tests={
            key.removeprefix(PREFIX): top for key, top in best.values_list("bank__key", "best")
        },
        facts=facts,
    )


def _proved(customer: Customer, on: date) -> dict[str, Proof]:
    """What documents prove on the day `on`; of several for one fact the one with most months."""
    rows = PermissionProof.objects.filter(customer=customer, as_of__lte=on)
    return {
        row.fact: Proof(
            amount=None if row.months is None else Decimal(row.months),
            holds=row.months is None,
            as_of=row.as_of,
        )
        for row in rows.order_by("months", "as_of", "pk")
    }


def told_of_trades(customer: Customer, on: date) -> Mapping[str, Any]:
    """The first trade in the depository's register, as fields of `contradictions.Profile`.

    One query. Nothing while the register was not asked, or said “none” too long ago.
    """
    asked = PermissionApplication.objects.of(customer).exclude(first_trade_asked_at=None)
    rows = asked.filter(applied_on__lte=on).order_by("first_trade_asked_at", "pk")
    first_trade, known = _first_trade(rows, on)
    return {"first_trade": first_trade, "asked_register": True} if known else {}


def _first_trade(rows: Iterable[PermissionApplication], on: date) -> tuple[date | None, bool]:
    """What the newest answer that still counts says, and whether there is one."""
    first_trade, known = None, False
    for row in rows:
        if asked := row.first_trade_asked_at:
            fresh = row.first_trade is not None or on - business_date(asked) <= NONE_COUNTS
            first_trade, known = (row.first_trade, True) if fresh else (first_trade, known)
    return first_trade, known
