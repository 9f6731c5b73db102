"""The depository is asked: for the first trade before, and to enter the permission after.

As with other counterparties, the row is committed before anybody is asked, asking runs outside a
transaction, and the answer is taken under the row's lock: a second or late one changes nothing.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID, uuid5

from django.db import transaction

from accounts.evidence.states import CheckKind
from accounts.evidence.windows import pause_after
from accounts.gateways import NotYet, Person, Refused, Unavailable, gateways
from accounts.gateways.permissions import ReportQuestion
from accounts.models import PermissionApplication
from accounts.permissions.dated import case_terms
from accounts.permissions.events import (
    FirstTradeKnown,
    PermissionGranted,
    PermissionReported,
)
from accounts.permissions.hard_stops import hard_stops
from accounts.permissions.selectors import is_of_experience, still_stands
from accounts.permissions.states import CaseRefusal, CaseStatus, PermissionStatus
from accounts.permissions.use_cases.send_permissions import send_permissions
from accounts.permissions.use_cases.steps import ACTOR, lock_case, move, refuse, tell
from accounts.permissions.use_cases.suspending import look_at_class
from accounts.use_cases.outside_checks import ATTEMPT, open_at
from brokerage.core.clock import business_date
from brokerage.journal.actors import Actor
from brokerage.reference.calendars import add_trading_days
from suitability.rules.permission_rules import Kind
from suitability.selectors.permissions import ways_of


def begin_report(row: PermissionApplication, at: datetime, actor: Actor = ACTOR) -> None:
    """Move the locked case on to the report; the worker asks within the depository's hours."""
    from accounts.permissions.tasks import ask_depository  # tasks call use cases

    row.asks_at, row.asked, row.last_problem = open_at(CheckKind.HOLDINGS, at), 0, ""
    move(row, CaseStatus.REPORTING, at)
    tell(PermissionReported, row, actor=actor, at=at)
    if row.asks_at == at:
        ask_depository.defer(ref=str(row.ref))


def ask_now(row: PermissionApplication, at: datetime) -> bool:
    """Let the locked case, which waits for the depository, be asked at once.

    Returns:
        Whether the depository answers at this hour; where not, nothing changes.
    """
    from accounts.permissions.tasks import ask_depository  # tasks call use cases

    if open_at(CheckKind.HOLDINGS, at) > at:
        return False
    row.asks_at = at
    row.save(update_fields=["asks_at"])
    ask_depository.defer(ref=str(row.ref))
    return True


def ask(*, case: PermissionApplication, at: datetime) -> None:
    """Ask what the case waits for, if it is due. Not in a transaction; for the worker."""
    row = _claim(case, at)
    if row is None or (row.status == CaseStatus.REPORTING and not _still_reported(row, at)):
        return
    key, gateway, person = key_of(row), gateways().permissions, Person.of(row.customer)
    try:
        if row.status == CaseStatus.CHECKING and row.carried:
            held = gateway.held_since(person, row.key, key=key, at=at)
            take_carried(case=row, held=bool(held), at=at)
        elif row.status == CaseStatus.CHECKING:
            told = gateway.first_trade(person, key=key, at=at)
            take_first_trade(case=row, day=date.fromisoformat(told) if told else None, at=at)
        else:
            assert row.signed_at is not None
            question = ReportQuestion(person, row.key, business_date(row.signed_at), row.carried)
            take_report(case=row, number=gateway.report(question, key=key, at=at).number, at=at)
    except Refused as refused:
        _refused(row, refused.code, at)
    except NotYet:
        _wait(row, "not_yet", at)
    except Unavailable as problem:
        _wait(row, str(problem), at)


def take_first_trade(*, case: PermissionApplication, day: date | None, at: datetime) -> None:
    """Keep what the depository told; too short an experience ends the case with its date."""
    with transaction.atomic():
        row = lock_case(case)
        if row.status != CaseStatus.CHECKING:
            return
        row.first_trade, row.first_trade_asked_at = day, at
        row.asks_at, row.last_problem = None, ""
        PermissionApplication.objects.filter(pk=row.pk).update(
            first_trade=day, first_trade_asked_at=at
        )  # so that the distance below knows it
        tell(FirstTradeKnown, row, actor=ACTOR, at=at)
        found = ways_of(row.customer, business_date(at), key=row.key)
        conditions = [each for way in found for each in way.distance.conditions if not each.met]
        if any(is_of_experience(each) for each in conditions):
            refuse(row, CaseRefusal.EXPERIENCE, at)
            return
        tests = any(each.kind is Kind.TEST for each in conditions)
        row.test_ref = None if tests else row.test_ref
        move(row, CaseStatus.TEST if tests else CaseStatus.DISCLOSURE, at)


def take_carried(*, case: PermissionApplication, held: bool, at: datetime) -> None:
    """What the register says of another broker: held there, only the disclosure is left."""
    with transaction.atomic():
        row = lock_case(case)
        if row.status != CaseStatus.CHECKING:
            return
        row.asks_at, row.last_problem = None, ""
        if held:
            move(row, CaseStatus.DISCLOSURE, at)
        else:
            refuse(row, CaseRefusal.ELSEWHERE, at)


def take_report(*, case: PermissionApplication, number: str, at: datetime) -> None:
    """The register took it: the permission counts from the trading day that the rule names.

    What happened while it was on its way there counts at once: a class that fell meanwhile
    suspends it in the same transaction, because nobody hears of that event again.
    """
    with transaction.atomic():
        row = lock_case(case)
        if row.status != CaseStatus.REPORTING:
            return
        on = business_date(at)
        terms = case_terms(on)
        row.report_number, row.asks_at, row.last_problem = number, None, ""
        row.effective_on = add_trading_days(on, terms.effective_days)
        move(row, CaseStatus.GRANTED, at)
        permission = row.permission
        permission.move_to(PermissionStatus.GRANTED)
        permission.status_since, permission.effective_on = at, row.effective_on
        permission.save()
        tell(
            PermissionGranted,
            row,
            actor=ACTOR,
            at=at,
            rule_version=terms.version,
            effective_on=row.effective_on,
        )
        if not look_at_class(customer=row.customer, at=at, key=row.key):
            send_permissions(customer=row.customer, at=at)


def key_of(case: PermissionApplication) -> UUID:
    """The idempotency key of the question that a case waits with."""
    return uuid5(case.ref, case.status)


def _claim(case: PermissionApplication, at: datetime) -> PermissionApplication | None:
    """Count an attempt and plan the next; None where another worker has it, or it waits."""
    with transaction.atomic():
        rows = PermissionApplication.objects.due(at).select_for_update(
            of=("self",), skip_locked=True
        )
        row = rows.select_related("customer").filter(pk=case.pk).first()
        if row is None:
            return None
        opens = open_at(CheckKind.HOLDINGS, at)
        row.asks_at = opens if opens > at else at + ATTEMPT
        row.asked += opens <= at
        row.save(update_fields=["asks_at", "asked"])
        return None if opens > at else row


def _still_reported(case: PermissionApplication, at: datetime) -> bool:
    """Look once more before the register is asked; days may lie between review and window.

    A class that fell ends the case, a hard stop holds it up until that is mended.
    """
    with transaction.atomic():
        row = lock_case(case)
        on = business_date(at)
        if row.status != CaseStatus.REPORTING:
            return False
        if not still_stands(row.customer, row.key, on):
            refuse(row, CaseRefusal.CONDITIONS, at)
            return False
        stops = hard_stops(row.customer, on)
    if stops:
        _wait(row, f"stop_{stops[0].kind}", at)
    return not stops


def _wait(case: PermissionApplication, problem: str, at: datetime) -> None:
    """Ask again later: nothing is lost, and staff see what it waits for."""
    with transaction.atomic():
        row = lock_case(case)
        if row.status != case.status:
            return
        later: timedelta = pause_after(row.asked)
        row.last_problem, row.asks_at = problem[:40], open_at(CheckKind.HOLDINGS, at + later)
        row.save(update_fields=["last_problem", "asks_at"])


def _refused(case: PermissionApplication, code: str, at: datetime) -> None:
    with transaction.atomic():
        row = lock_case(case)
        if row.status != case.status:
            return
        row.last_problem = code
        refuse(row, CaseRefusal.EXCHANGE, at)
