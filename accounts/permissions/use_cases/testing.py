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
from brokerage.core.locking import lock_row
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
        if row.status != CaseStatus.TEST:  # what was saved of the last attempt has passed
            return row.attempts.latest("number")
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

    Call it outside a transaction: what the end of the time decided stays, whatever the caller
    does.

    Args:
        attempt: locked here.
        answers: question → option, beside those that were saved; a question without an answer
            counts as wrong.
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
        mine.refresh_from_db(fields=["status", "ended_at", "answers"])
        if mine.status == AttemptStatus.OPEN:
            mine.answers |= _given(mine, answers)
            _count(mine, row, actor, ended_at=at, at=at)
            return mine
    when = formats.moment(mine.until)
    if mine.status != AttemptStatus.LAPSED:
        said = _("The time was over at {time}. What was saved until then was counted.")
        raise UnableToGoOn(said.format(time=when))
    raise UnableToGoOn(_("The time was over at {time}. This attempt is lost.").format(time=when))


def keep_answers(*, attempt: TestAttempt, answers: Mapping[str, str], at: datetime) -> bool:
    """Keep what was chosen so far: a lost connection or the end of the time loses nothing.

    Args:
        attempt: locked here.
        answers: question → option; what is no option of the paper is left out.
        at: now.

    Returns:
        Whether it was kept; not once the attempt was sent or its time is over.
    """
    with transaction.atomic():
        lock_case(attempt.application)
        mine = lock_row(TestAttempt, attempt.pk)
        if mine.status != AttemptStatus.OPEN or at >= mine.until:
            return False
        mine.answers |= _given(mine, answers)
        mine.save(update_fields=["answers"])
        return True


def lapse_attempts(*, case: PermissionApplication, at: datetime) -> None:
    """End an attempt of a case whose time is over."""
    with transaction.atomic():
        _lapse(lock_case(case), at)


def _lapse(row: PermissionApplication, at: datetime) -> None:
    """Count what was saved until the time was over; without any answer the attempt lapses."""
    open_ones = row.attempts.select_for_update(of=("self",)).select_related("bank")
    for attempt in open_ones.filter(status=AttemptStatus.OPEN, until__lte=at):
        if attempt.answers:
            _count(attempt, row, ACTOR, ended_at=attempt.until, at=at)
            continue
        _close(attempt, AttemptStatus.LAPSED, attempt.until)
        tell(AttemptEnded, row, actor=ACTOR, at=at, number=attempt.number, outcome=attempt.status)


def _given(attempt: TestAttempt, answers: Mapping[str, str]) -> dict[str, str]:
    """Answers that are options of the paper."""
    return {key: answers[key] for key, options in attempt.drawn if answers.get(key) in options}


def _count(
    attempt: TestAttempt,
    row: PermissionApplication,
    actor: Actor,
    *,
    ended_at: datetime,
    at: datetime,
) -> None:
    """Count a locked attempt once; passed, the application goes on with it as its proof."""
    attempt.score = score(attempt.drawn, attempt.bank.right, attempt.answers)
    passed = attempt.score >= attempt.mark
    _close(attempt, AttemptStatus.PASSED if passed else AttemptStatus.FAILED, ended_at)
    tell(AttemptEnded, row, actor=actor, at=at, number=attempt.number, outcome=attempt.status)
    if passed and row.status == CaseStatus.TEST:
        row.test_ref = attempt.ref
        move(row, CaseStatus.DISCLOSURE, at)


def _close(attempt: TestAttempt, status: AttemptStatus, at: datetime) -> None:
    attempt.move_to(status)
    attempt.ended_at = at
    attempt.save()
