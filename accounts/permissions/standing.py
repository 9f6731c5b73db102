"""What applications for permissions tell the distance: first trade, tests, signed disclosures."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from accounts.models import PermissionApplication, PermissionProof, TestAttempt
from accounts.permissions.dated import exam_terms
from accounts.permissions.rules import whole_months
from accounts.permissions.selectors import DECLARED, INVESTING
from accounts.permissions.states import AttemptStatus
from accounts.signing.texts import OF_PERMISSIONS
from brokerage.core.clock import business_date, day_begins
from brokerage.core.written import SOME_DAY, SOME_KEY, Written
from brokerage.customers.models import Customer
from suitability.profiles import Standing
from suitability.rules.conditions import Proof
from suitability.rules.permission_rules import Requirement

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
    told = _newest_told(found, on)
    first_trade = told.first_trade if told else None
    if told:
        months = whole_months(first_trade, on) if first_trade else 0
        facts[INVESTING] = Proof(amount=Decimal(months), as_of=on)
    return Standing(
        first_trade=first_trade,
        first_trade_known=told is not None,
        tests=_tests(customer, on),
        facts=facts,
    )


def attempts_that_count(customer: Customer, on: date) -> list[TestAttempt]:
    """Passed attempts that count on the day `on`, the best last: a pass ages like any knowledge.

    One query, two where there is any. What was not passed by its own mark never counts, also once
    a lower mark is in force.
    """
    passed = TestAttempt.objects.filter(
        application__customer=customer,
        status=AttemptStatus.PASSED,
        ended_at__lt=day_begins(on + timedelta(days=1)),
    )
    rows = list(passed.select_related("bank").order_by("score", "ended_at"))
    since = exam_terms(on).counted_since(on) if rows else on
    return [each for each in rows if each.ended_at and business_date(each.ended_at) > since]


def passed_before(customer: Customer, wanted: Requirement | None, on: date) -> UUID | None:
    """The attempt that already fulfils the test that is wanted; None where one has to be done."""
    if wanted is None:
        return None
    found = [
        each
        for each in attempts_that_count(customer, on)
        if each.bank.test == wanted.test and each.score is not None and each.score >= wanted.mark
    ]
    return found[-1].ref if found else None


def _tests(customer: Customer, on: date) -> dict[str, int]:
    """The best score by test."""
    rows = attempts_that_count(customer, on)
    return {each.bank.test: each.score for each in rows if each.score is not None}


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
    told = first_trade_told(customer, on)
    return {"first_trade": told.first_trade, "asked_register": True} if told else {}


def first_trade_told(customer: Customer, on: date) -> PermissionApplication | None:
    """The application whose answer of the register counts on the day `on`; None without one."""
    return _newest_told(ASKED.load(customer=customer.pk, on=on), on)


def _asked(customer: int, on: date) -> Any:
    rows = PermissionApplication.objects.filter(customer=customer, applied_on__lte=on)
    return rows.exclude(first_trade_asked_at=None).order_by("first_trade_asked_at", "pk")


ASKED: Written[PermissionApplication] = Written(_asked, customer=SOME_KEY, on=SOME_DAY)


def _newest_told(rows: Iterable[PermissionApplication], on: date) -> PermissionApplication | None:
    found = None
    for row in rows:
        if asked := row.first_trade_asked_at:
            fresh = row.first_trade is not None or on - business_date(asked) <= NONE_COUNTS
            found = row if fresh else found
    return found
