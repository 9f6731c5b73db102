"""Disposal: every day, what has been kept long enough goes, unless a legal hold keeps it.

Nothing is disposed of without a rule in force. Work is done in batches, each with its journal
entry in one transaction, so a killed run loses nothing and the next one goes on.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any, ClassVar

from django.db import transaction

from brokerage.core import clock
from brokerage.core.jobs import schedule
from brokerage.core.retention import Policy, Rows, policies
from brokerage.journal.actors import Actor
from brokerage.journal.events import Event
from brokerage.journal.record import record
from brokerage.reference.dated import NoRuleInForce
from brokerage.reference.models import LegalHold, Rule
from brokerage.reference.use_cases.holds import lock_holds

log = logging.getLogger("brokerage.retention")

ACTOR = Actor.system("journal.retention")
BATCH = 500


@dataclass(frozen=True, kw_only=True)
class RecordsDisposed(Event):
    """One batch of one policy was disposed of; the subject is the run."""

    kind: ClassVar[str] = "journal.records_disposed"
    subject_type: ClassVar[str] = "journal.disposal"

    policy: str
    rows: int
    kept_before: datetime


@dataclass(frozen=True, kw_only=True)
class DisposalFinished(Event):
    """A run went through all policies."""

    kind: ClassVar[str] = "journal.disposal_finished"
    subject_type: ClassVar[str] = "journal.disposal"

    disposed: int
    held: int
    without_rule: tuple[str, ...]
    failed: tuple[str, ...]


class NotDisposed(RuntimeError):
    """A policy's `dispose` left rows that are still due: its batch is undone."""


@dataclass
class Outcome:
    """What a run did for one policy.

    Attributes:
        policy: its key.
        rule_version: the rule that gave the term; empty where none is in force.
        before: keeping that began before this instant is over.
        due: rows that may go (those of a hold not counted).
        held: rows that would be due but for a legal hold.
        disposed: rows that went.
        error: kind of the last failure; the log says more.
        last_key: how far the run came.
    """

    policy: str
    rule_version: str = ""
    before: datetime | None = None
    due: int = 0
    held: int = 0
    disposed: int = 0
    error: str = ""
    last_key: Any = None


def run(
    at: datetime,
    dry_run: bool = False,
    *,
    only: Iterable[Policy] | None = None,
    batch: int = BATCH,
) -> list[Outcome]:
    """Dispose of what is due at `at`; one failing policy does not stop the others.

    Args:
        at: the present instant.
        dry_run: count only.
        only: these policies instead of all.
        batch: rows of one transaction.
    """
    run_ref = uuid.uuid4()
    outcomes = []
    for policy in policies if only is None else only:
        outcome = Outcome(policy.key)
        outcomes.append(outcome)
        try:
            _run_policy(policy, outcome, at, dry_run, batch, run_ref)
        except Exception as error:
            log.exception("disposal failed", extra={"policy": policy.key})
            outcome.error = type(error).__name__
    if not dry_run:
        _finish(outcomes, at, run_ref)
    return outcomes


def _run_policy(
    policy: Policy, outcome: Outcome, at: datetime, dry_run: bool, batch: int, run_ref: uuid.UUID
) -> None:
    today = clock.business_date(at)
    try:
        rule = Rule.objects.in_force(policy.rule, today)
    except NoRuleInForce:
        return
    first_kept = rule.figure.before(today)
    before = datetime.combine(first_kept, time.min, clock.SHANGHAI)
    outcome.rule_version, outcome.before = rule.version, before
    every = policy.due(before)
    outcome.due = _free(policy, every).count()
    outcome.held = every.count() - outcome.due
    while not dry_run and (keys := _next_keys(policy, outcome, batch)):
        _dispose_or_skip(policy, outcome, keys, at, run_ref)
        outcome.last_key = keys[-1]


def _next_keys(policy: Policy, outcome: Outcome, batch: int) -> list[Any]:
    assert outcome.before is not None
    rows = _free(policy, policy.due(outcome.before))
    if outcome.last_key is not None:
        rows = rows.filter(pk__gt=outcome.last_key)
    return [row.pk for row in rows.order_by("pk").only("pk")[:batch]]


def _dispose_or_skip(
    policy: Policy, outcome: Outcome, keys: list[Any], at: datetime, run_ref: uuid.UUID
) -> None:
    """Dispose of a batch; if it fails, of each row alone, so that one row blocks no others."""
    try:
        outcome.disposed += _dispose(policy, outcome, keys, at, run_ref)
    except Exception as error:
        log.exception("disposal failed", extra={"policy": policy.key, "rows": len(keys)})
        outcome.error = type(error).__name__
        for key in keys if len(keys) > 1 else ():
            _dispose_or_skip(policy, outcome, [key], at, run_ref)


def _dispose(
    policy: Policy, outcome: Outcome, keys: list[Any], at: datetime, run_ref: uuid.UUID
) -> int:
    """Dispose of the rows that are still due and free, with their entry, in one transaction."""
    assert outcome.before is not None
    with transaction.atomic():
        lock_holds()
        rows = _free(policy, policy.due(outcome.before)).filter(pk__in=keys)
        locked = rows.order_by("pk").select_for_update(skip_locked=True, of=("self",))
        chosen = [row.pk for row in locked.only("pk")]
        if not chosen:
            return 0
        count = policy.dispose(rows.model._base_manager.filter(pk__in=chosen))
        if policy.due(outcome.before).filter(pk__in=chosen).exists():
            raise NotDisposed(policy.key)
        record(
            RecordsDisposed(
                subject=run_ref, policy=policy.key, rows=count, kept_before=outcome.before
            ),
            actor=ACTOR,
            at=at,
            rule_version=outcome.rule_version,
        )
    return count


def _free(policy: Policy, rows: Rows) -> Rows:
    """Without the rows that a legal hold keeps."""
    for subject_type, path in policy.held_by.items():
        held = LegalHold.objects.holding().filter(subject_type=subject_type)
        rows = rows.exclude(**{f"{path}__in": held.values("subject_ref")})
    return rows


def _finish(outcomes: list[Outcome], at: datetime, run_ref: uuid.UUID) -> None:
    with transaction.atomic():
        record(
            DisposalFinished(
                subject=run_ref,
                disposed=sum(outcome.disposed for outcome in outcomes),
                held=sum(outcome.held for outcome in outcomes),
                without_rule=tuple(one.policy for one in outcomes if one.before is None),
                failed=tuple(one.policy for one in outcomes if one.error),
            ),
            actor=ACTOR,
            at=at,
        )


class DisposalFailed(RuntimeError):
    """Some policies failed; the log says why, and the next run tries them again."""


@schedule("30 18 * * *")  # 02:30 in Shanghai
def dispose_daily(timestamp: int) -> None:
    """Run all policies once a day."""
    failed = [outcome.policy for outcome in run(clock.now()) if outcome.error]
    if failed:
        raise DisposalFailed(", ".join(failed))
