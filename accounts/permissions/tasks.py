"""Background entry points of trading permissions: load, one call."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from accounts.evidence.states import CheckKind, CheckStatus
from accounts.models import OutsideCheck, PermissionApplication, TestAttempt, TradingPermission
from accounts.permissions.dated import case_terms, old_assessment_terms
from accounts.permissions.selectors import with_old_assessment
from accounts.permissions.states import BEFORE_SIGNATURE, AttemptStatus
from accounts.permissions.use_cases import (
    applying,
    looking_again,
    reporting,
    sealing,
    suspending,
    testing,
)
from accounts.permissions.use_cases.send_permissions import send_again
from brokerage.core import clock
from brokerage.core.jobs import Lane, job, schedule

TOGETHER = 200
TOLD = (CheckKind.PERMITTED, CheckKind.WITHDRAWN)
AT_NIGHT = 5000


@job(Lane.INTERACTIVE)
def ask_depository(ref: str) -> None:
    """Ask for the first trade, or report, as soon as the case is committed."""
    case = PermissionApplication.objects.filter(ref=UUID(ref)).first()
    if case is not None:
        reporting.ask(case=case, at=clock.now())


@job(Lane.BULK)
def seal_permission(ref: str) -> None:
    """Make the signed file of a case; where it has to wait, a later look comes back."""
    case = PermissionApplication.objects.filter(ref=UUID(ref)).first()
    if case is not None:
        sealing.seal_case(case=case, at=clock.now())


@schedule("*/5 * * * *")
def seal_permissions_again(timestamp: int) -> None:
    """Queue cases that were signed some minutes ago and have no file yet."""
    waiting = PermissionApplication.objects.to_seal(clock.now() - timedelta(minutes=2))
    for ref in waiting.order_by("signed_at").values_list("ref", flat=True)[:TOGETHER]:
        seal_permission.defer(ref=str(ref))


@schedule("* * * * *")
def ask_depository_again(timestamp: int) -> None:
    """Queue what waits and is due: after a failure, a killed worker, or when the window opens."""
    due = PermissionApplication.objects.due(clock.now()).order_by("asks_at", "pk")
    for ref in due.values_list("ref", flat=True)[:TOGETHER]:
        ask_depository.defer(ref=str(ref))


@schedule("* * * * *")
def lapse_tests(timestamp: int) -> None:
    """End attempts whose time is over."""
    at = clock.now()
    rows = TestAttempt.objects.filter(status=AttemptStatus.OPEN, until__lte=at)
    for attempt in rows.select_related("application").order_by("until", "pk")[:TOGETHER]:
        testing.lapse_attempts(case=attempt.application, at=at)


@schedule("35 18 * * *")
def suspend_with_old_assessments(timestamp: int) -> None:
    """Close buying where the assessment ran out longer ago than the rule allows, at 02:35."""
    at = clock.now()
    terms = old_assessment_terms(clock.business_date(at))
    if not terms.suspends:
        return
    rows = with_old_assessment(terms.ended_before(clock.business_date(at)))
    last = 0
    # walked by key: whom nobody asks for an assessment stays among them and must bar nobody behind
    while found := list(rows.filter(pk__gt=last)[:AT_NIGHT]):
        for customer in found:
            suspending.look_at_age(customer=customer, at=at)
        last = found[-1].pk


@schedule("15 20 * * *")
def send_permissions_again(timestamp: int) -> None:
    """Tell counter and register once more what they did not answer in the time of the rule."""
    at = clock.now()
    rows = OutsideCheck.objects.filter(kind__in=TOLD, status=CheckStatus.UNANSWERED)
    for check in rows.select_related("application__customer").order_by("pk")[:AT_NIGHT]:
        send_again(check=check, at=at)


@schedule("45 20 * * *")
def look_again_at_what_was_missing(timestamp: int) -> None:
    """Look again where the day has come from which conditions can be met, at 04:45 in Shanghai.

    The day's files are in by then. Walked by key, because some stay: their day is moved.
    """
    at, last = clock.now(), 0
    rows = TradingPermission.objects.to_look_at(clock.business_date(at))
    while found := list(rows.filter(pk__gt=last)[:AT_NIGHT]):
        for permission in found:
            looking_again.look_again(permission=permission, at=at)
        last = found[-1].pk


@schedule("30 18 * * *")
def expire_permission_cases(timestamp: int) -> None:
    """End applications whose evidence is too old, at 02:30 in Shanghai."""
    at = clock.now()
    terms = case_terms(clock.today())
    last = clock.today() - timedelta(days=terms.life_days)
    rows = PermissionApplication.objects.filter(status__in=BEFORE_SIGNATURE, applied_on__lte=last)
    for case in rows.order_by("pk")[:AT_NIGHT]:
        applying.expire(case=case, at=at)
