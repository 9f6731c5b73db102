"""Ask a counterparty: write the question down, ask it as often as needed, take the first answer.

The question is committed before anybody is asked, so a killed worker loses nothing; asking runs
outside a transaction, so a slow counterparty holds no lock; the answer is taken under the row's
lock, so a second or late one changes nothing.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, time, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction

from accounts.evidence.dated import CHECK_PATIENCE, DEPOSITORY_WINDOW
from accounts.evidence.events import (
    CheckAnswered,
    CheckRequested,
    CheckUnanswered,
    LateAnswerIgnored,
)
from accounts.evidence.states import CheckKind, CheckResult, CheckStatus
from accounts.evidence.windows import next_opening, pause_after
from accounts.gateways import NotYet, Refused, Unavailable, gateways
from accounts.gateways.asking import CALLS, KeptQuestion, kept
from accounts.models.application import Application
from accounts.models.checks import OutsideCheck
from brokerage.core.clock import business_date
from brokerage.core.crypto import keyed_hash
from brokerage.core.locking import lock_row
from brokerage.core.saving import Write, write_of
from brokerage.core.written import SOME_KEY, Written
from brokerage.journal.actors import Actor
from brokerage.journal.record import record, together
from brokerage.reference.calendars import Ahead, is_trading_day
from brokerage.reference.models import Rule

ACTOR = Actor.system("accounts.checks")
WINDOWED = (
    CheckKind.HOLDINGS,
    CheckKind.OPENING,
    CheckKind.CLOSING,
    CheckKind.KEY_CHANGE,
    CheckKind.WITHDRAWN,
    CheckKind.LATER_HELD,
    CheckKind.LATER_OPEN,
)
"""Kinds that the depository takes within its hours only."""
ATTEMPT = timedelta(seconds=30)
"""An attempt that did not come back is made again after this: its worker was killed."""


PRESENT = Written(
    lambda application: OutsideCheck.objects.current().filter(application=application),
    application=SOME_KEY,
)


def request_check(
    *,
    application: Application,
    kind: CheckKind,
    question: KeptQuestion,
    actor: Actor,
    at: datetime,
) -> OutsideCheck:
    """Write a question down and have it asked by the worker; the same question is asked once.

    Args:
        application: whom it is about; locked here.
        kind: what is asked.
        question: the class that `gateways.asking.ASKED_WITH` names for the kind.
        actor: whose step asks.
        at: now.

    Returns:
        The current check: the one there is, where this very question waits or was answered;
        else a new one, which replaces it. `next_attempt_at` says when it will be asked.
    """
    with transaction.atomic():
        lock_row(Application, application.pk)
        found = request_in_locked(
            application=application, questions={kind: question}, actor=actor, at=at
        )
        return found[kind]


def request_in_locked(
    *,
    application: Application,
    questions: Mapping[CheckKind, KeptQuestion],
    actor: Actor,
    at: datetime,
    days: Ahead | None = None,
    none_before: bool = False,
    rows: list[Write] | None = None,
) -> dict[CheckKind, OutsideCheck]:
    """As `request_check`, of an application that the caller has locked; some questions at once.

    Args:
        days: the calendar from this day on, where the caller asks more of it.
        none_before: whether the caller knows that nothing was asked before.
        rows: takes what is new, where the caller writes it; else it is written here.
    """
    present = [] if none_before else PRESENT.load(application=application.pk)
    found = {CheckKind(row.kind): row for row in present if row.kind in questions}
    made = []
    for kind, question in questions.items():
        values = json.dumps(kept(kind, question), ensure_ascii=False, sort_keys=True)
        digest = keyed_hash(values, purpose=f"accounts.check.{kind}")
        if before := found.get(kind):
            if before.question_hash == digest and before.status != CheckStatus.UNANSWERED:
                continue
            _replace(before)
        found[kind] = _question(application, kind, values, digest, at, days)
        made.append(found[kind])
    _write_down(application, made, actor, at, rows)
    return found


def repeat_check(*, check: OutsideCheck, actor: Actor, at: datetime) -> OutsideCheck:
    """Ask the very same question anew, under a number of its own, whatever was answered before.

    For a question that nobody answered for too long, or whose refusal was settled meanwhile.

    Args:
        check: locked here with its application; where it waits or was replaced, nothing happens.
        actor: who has it asked again.
        at: now.
    """
    with transaction.atomic():
        application = lock_row(Application, check.application_id)
        before = lock_row(OutsideCheck, check.pk)
        if before.status in (CheckStatus.ASKED, CheckStatus.SUPERSEDED):
            return before
        _replace(before)
        kind, values = CheckKind(before.kind), before.question or "{}"
        check = _question(application, kind, values, before.question_hash, at)
        _write_down(application, [check], actor, at)
        return check


def _replace(before: OutsideCheck) -> None:
    before.move_to(CheckStatus.SUPERSEDED)
    before.next_attempt_at = None
    before.save(update_fields=["status", "next_attempt_at"])


def _question(
    application: Application,
    kind: CheckKind,
    values: str,
    digest: str,
    at: datetime,
    days: Ahead | None = None,
) -> OutsideCheck:
    check = OutsideCheck(
        application=application,
        kind=kind,
        question_hash=digest,
        created_at=at,
        next_attempt_at=open_at(kind, at, days),
        sandbox=settings.SANDBOX,
    )
    check.question = values
    return check


def _write_down(
    application: Application,
    checks: Sequence[OutsideCheck],
    actor: Actor,
    at: datetime,
    rows: list[Write] | None = None,
) -> None:
    from accounts.evidence.tasks import ask_outside  # tasks call use cases

    if rows is None:
        OutsideCheck.objects.bulk_create(checks)
    else:
        rows += map(write_of, checks)
    with together():
        for check in checks:
            event = CheckRequested(subject=application.ref, check=check.ref, of_kind=check.kind)
            record(event, actor=actor, at=at)
    if due := [{"ref": str(check.ref)} for check in checks if check.next_attempt_at == at]:
        ask_outside.batch_defer(*due)


def ask(*, check: OutsideCheck, at: datetime) -> OutsideCheck:
    """Ask a waiting question once, if it is due; at most three seconds. Not in a transaction.

    For the worker, and for a page whose customer waits (identity, card): the row that comes back
    is answered, or still waits.
    """
    claimed = _claim(check, at)
    if claimed is None:
        return OutsideCheck.objects.get(pk=check.pk)
    refusal, facts = "", {}
    try:
        answer = CALLS[claimed.kind](gateways(), claimed.asks, claimed.ref, at)
        result, facts = answer.result, asdict(answer)
    except Refused as refused:
        result, refusal = CheckResult.REFUSED.value, refused.code
    except NotYet:
        return _wait(claimed, "not_yet", at)
    except Unavailable as problem:
        return _wait(claimed, str(problem), at)
    return take_answer(check=claimed, result=result, facts=facts, refusal=refusal, at=at)


def take_answer(
    *,
    check: OutsideCheck,
    result: str,
    facts: dict[str, Any],
    at: datetime,
    refusal: str = "",
) -> OutsideCheck:
    """Keep the first answer; a second or late one is noted and changes nothing.

    Args:
        check: locked here.
        result: a CheckResult.
        facts: plain values of the answer; kept encrypted.
        at: now.
        refusal: the counterparty's code where it refused the question itself.
    """
    with transaction.atomic():
        row = lock_row(OutsideCheck, check.pk)
        application = Application.objects.only("ref").get(pk=row.application_id)
        if row.status != CheckStatus.ASKED:
            if result != row.result:
                record(
                    LateAnswerIgnored(
                        subject=application.ref, check=row.ref, of_kind=row.kind, result=result
                    ),
                    actor=ACTOR,
                    at=at,
                )
            return row
        row.move_to(CheckStatus.ANSWERED)
        row.result, row.refusal = CheckResult(result).value, refusal
        row.answer = json.dumps(facts, ensure_ascii=False)
        row.ended_at, row.next_attempt_at, row.last_problem = at, None, ""
        row.save()
        record(
            CheckAnswered(
                subject=application.ref,
                check=row.ref,
                of_kind=row.kind,
                result=row.result,
                refusal=refusal,
                attempts=row.attempts,
                sandbox=row.sandbox,
            ),
            actor=ACTOR,
            at=at,
        )
        return row


def drop_question(*, application: Application, kind: CheckKind) -> None:
    """Ask nobody any more what was not answered yet.

    Args:
        application: locked by the caller.
        kind: of the question.
    """
    rows = OutsideCheck.objects.select_for_update().filter(
        application=application, kind=kind, status=CheckStatus.ASKED
    )
    for row in rows:
        _replace(row)


def open_at(kind: str, at: datetime, days: Ahead | None = None) -> datetime:
    """`at`, or for the depository the next instant within its hours.

    Args:
        days: the calendar from that day on, where the caller asks more of it.
    """
    if kind not in WINDOWED:
        return at
    window = Rule.objects.in_force(DEPOSITORY_WINDOW, business_date(at)).figure
    opens, closes = (time.fromisoformat(window[name]) for name in ("opens", "closes"))
    is_open = days.is_trading_day if days else is_trading_day
    return next_opening(at, opens, closes, is_open)


def check_of(application: Application, kind: CheckKind) -> OutsideCheck | None:
    """The current check of a kind, or None."""
    return _current(application, kind)


def _current(application: Application, kind: str) -> OutsideCheck | None:
    return OutsideCheck.objects.current().filter(application=application, kind=kind).first()


def _claim(check: OutsideCheck, at: datetime) -> OutsideCheck | None:
    """Count an attempt and plan the next one; None where another worker has it or it waits."""
    with transaction.atomic():
        row = (
            OutsideCheck.objects.due(at)
            .select_for_update(skip_locked=True)
            .filter(pk=check.pk)
            .first()
        )
        if row is None:
            return None
        opens = open_at(row.kind, at)
        if opens > at:
            row.next_attempt_at = opens
            row.save(update_fields=["next_attempt_at"])
            return None
        row.attempts += 1
        row.next_attempt_at = at + ATTEMPT
        row.save(update_fields=["attempts", "next_attempt_at"])
        return row


def _wait(check: OutsideCheck, problem: str, at: datetime) -> OutsideCheck:
    """Plan the next attempt, or give up after the patience of the rule."""
    hours = Rule.objects.in_force(CHECK_PATIENCE, business_date(at)).figure
    with transaction.atomic():
        row = lock_row(OutsideCheck, check.pk)
        if row.status != CheckStatus.ASKED:  # replaced meanwhile
            return row
        row.last_problem = problem[:40]
        begun = open_at(row.kind, row.created_at)
        if at - begun >= timedelta(hours=hours):
            row.move_to(CheckStatus.UNANSWERED)
            row.next_attempt_at, row.ended_at = None, at
            application = Application.objects.only("ref").get(pk=row.application_id)
            record(
                CheckUnanswered(
                    subject=application.ref,
                    check=row.ref,
                    of_kind=row.kind,
                    attempts=row.attempts,
                ),
                actor=ACTOR,
                at=at,
            )
        else:
            row.next_attempt_at = open_at(row.kind, at + pause_after(row.attempts))
        row.save()
        return row
