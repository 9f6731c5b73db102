"""The knowledge test: begun by rule, answered once, over when its time is over."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import PermissionApplication, TestAttempt
from accounts.permissions.banks import bank_at
from accounts.permissions.dated import exam_terms
from accounts.permissions.events import AttemptBegun, AttemptEnded
from accounts.permissions.rules import draw, next_attempt, score
from accounts.permissions.selectors import ended_attempts
from accounts.permissions.states import AttemptStatus, CaseStatus
from accounts.permissions.use_cases.steps import ACTOR, UnableToGoOn, lock_case, move, tell
from brokerage.core.clock import business_date
from brokerage.core.display import formats
from brokerage.journal.actors import Actor
from suitability.rules.permission_rules import Kind, Requirement
from suitability.selectors.permissions import permissions_on


def wanted_test(case: PermissionApplication, at: datetime) -> Requirement:
    """The test that the permission's rule asks for on the day of `at`.

    Raises:
        UnableToGoOn: when it asks for none any more.
    """
    for each in permissions_on(business_date(at), case.key):
        for wanted in (*each.rule.persons, *each.rule.organisations):
            if wanted.kind is Kind.TEST:
                return wanted
    raise UnableToGoOn(_("This permission asks for no test."))


def begin_attempt(*, case: PermissionApplication, actor: Actor, at: datetime) -> TestAttempt:
    """Draw the questions of an attempt; the one under way, where there is one.

    Args:
        case: locked here.
        actor: the customer.
        at: now; the time begins.

    Raises:
        UnableToGoOn: when no test is due, or the rule asks for a pause.
    """
    with transaction.atomic():
        row = lock_case(case)
        if row.status != CaseStatus.TEST:
            raise UnableToGoOn(_("There is no test to do now."))
        _lapse(row, at)
        under_way = row.attempts.filter(status=AttemptStatus.OPEN).first()
        if under_way:
            return under_way
        wanted, terms = wanted_test(row, at), exam_terms(business_date(at))
        if later := next_attempt(ended_attempts(row.customer, wanted.test, at), terms, at):
            when = formats.moment(later)
            raise UnableToGoOn(_("You can try again from {time}.").format(time=when))
        bank = bank_at(at, wanted.test)
        if bank is None:
            raise UnableToGoOn(_("This permission cannot be applied for here yet."))
        attempt = TestAttempt(
            application=row,
            bank=bank,
            number=row.attempts.count() + 1,
            mark=wanted.mark,
            rule_version=terms.version,
            begun_at=at,
            until=at + timedelta(minutes=terms.minutes),
        )
        attempt.drawn = draw(bank.content, many=terms.questions, seed=str(attempt.ref))
        attempt.save()
        tell(
            AttemptBegun,
            row,
            actor=actor,
            at=at,
            rule_version=terms.version,
            number=attempt.number,
            bank=str(bank),
        )
        return attempt


def answer_test(
    *, attempt: TestAttempt, answers: Mapping[str, str], actor: Actor, at: datetime
) -> TestAttempt:
    """Take the answers of an attempt, once. Passed: the journey goes on.

    Call it outside a transaction: a lapsed attempt stays lapsed whatever the caller does.

    Args:
        attempt: locked here.
        answers: question → option; a question without an answer counts as wrong.
        actor: the customer.
        at: now.

    Raises:
        UnableToGoOn: when it was sent before (it was counted then), or its time is over.
    """
    with transaction.atomic():
        row = lock_case(attempt.application)
        mine = TestAttempt.objects.select_for_update().select_related("bank").get(pk=attempt.pk)
        if mine.status in (AttemptStatus.PASSED, AttemptStatus.FAILED):
            raise UnableToGoOn(_("You sent this test before. It was counted then."))
        _lapse(row, at)
        mine.refresh_from_db(fields=["status", "ended_at"])
        if mine.status == AttemptStatus.OPEN:
            mine.answers = {key: answers[key] for key, _o in mine.drawn if key in answers}
            mine.score = score(mine.drawn, mine.bank.right, mine.answers)
            passed = mine.score >= mine.mark
            _close(mine, AttemptStatus.PASSED if passed else AttemptStatus.FAILED, at)
            tell(AttemptEnded, row, actor=actor, at=at, number=mine.number, outcome=mine.status)
            if passed and row.status == CaseStatus.TEST:
                move(row, CaseStatus.DISCLOSURE, at)
            return mine
    when = formats.moment(mine.until)
    raise UnableToGoOn(_("The time was over at {time}. This attempt is lost.").format(time=when))


def lapse_attempts(*, case: PermissionApplication, at: datetime) -> None:
    """End an attempt of a case whose time is over."""
    with transaction.atomic():
        _lapse(lock_case(case), at)


def _lapse(row: PermissionApplication, at: datetime) -> None:
    for attempt in row.attempts.select_for_update().filter(
        status=AttemptStatus.OPEN, until__lte=at
    ):
        _close(attempt, AttemptStatus.LAPSED, attempt.until)
        tell(AttemptEnded, row, actor=ACTOR, at=at, number=attempt.number, outcome=attempt.status)


def _close(attempt: TestAttempt, status: AttemptStatus, at: datetime) -> None:
    attempt.move_to(status)
    attempt.ended_at = at
    attempt.save()
