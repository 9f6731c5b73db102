"""Keep how a paper was answered, look for signs of coaching, and what compliance says of them."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import combinations
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from brokerage.core import scope
from brokerage.core.clock import business_date
from brokerage.core.crypto import keyed_hash
from brokerage.core.states import IllegalTransition
from brokerage.journal.actors import Actor
from brokerage.journal.record import record
from brokerage.reference.dated import NoRuleInForce
from suitability.events import CoachingDecided, CoachingFlagged
from suitability.models import AnsweringTrace, Assessment, CoachingFlag
from suitability.models.coaching import BLOCKS
from suitability.rules.coaching import CoachingInputs, CoachingRules, Sheet, find_signs
from suitability.rules.sheets import asked
from suitability.selectors.rules import coaching_rules_on
from suitability.states import CoachingStatus

MOST = 60
"""So many papers of others are opened for one, the newest: several times what a sign takes."""


class UnableToDecideSigns(Exception):
    """Somebody has decided already, or nothing was noted; the message is translated."""


def trace_of(assessment: Assessment, *, device: str, outlet: UUID | None) -> AnsweringTrace:
    """Where and how fast a paper was answered; it is written with the paper that it is of.

    Args:
        assessment: one that is being submitted.
        device: keyed hash of the browser's mark; empty where unknown.
        outlet: who may have sat beside the customer.
    """
    at = assessment.submitted_at
    assert at is not None
    return AnsweringTrace(
        assessment=assessment,
        device_hash=device,
        outlet_ref=outlet,
        seconds=max(0, int((at - assessment.started_at).total_seconds())),
        blocks=blocks_of(assessment),
        answered_at=at,
    )


def blocks_of(assessment: Assessment) -> list[str]:
    """Keyed hashes of the answers in BLOCKS parts, in the order of the paper."""
    keys = [each.key for each in asked(assessment.questionnaire.paper)]
    given = assessment.given
    size = -(-len(keys) // BLOCKS)
    return [
        keyed_hash(
            f"{assessment.questionnaire.key}:{start}:"
            + ";".join(
                f"{key}={','.join(sorted(given.get(key, [])))}"
                for key in keys[start : start + size]
            ),
            purpose="suitability.answer_block",
        )
        for start in range(0, len(keys), size)
    ]


def look_for_coaching(*, assessment: Assessment, at: datetime) -> CoachingFlag | None:
    """Look for signs in a submitted paper; a second time finds the same flag.

    Args:
        assessment: a submitted one.
        at: the instant of the look.

    Returns:
        The flag, or None where there is no sign, no trace or no rule.
    """
    trace = AnsweringTrace.objects.filter(assessment=assessment).first()
    if trace is None:
        return None
    on = business_date(trace.answered_at)
    try:
        rules = coaching_rules_on(on)
    except NoRuleInForce:
        return None
    sheet = _sheet(trace)
    inputs = CoachingInputs(
        rules=rules.version,
        sheet=sheet,
        others=tuple(_sheet(each) for each in _like(trace, len(sheet.answers), rules)),
    )
    signs = find_signs(inputs, rules)
    if not signs:
        return None
    with transaction.atomic():
        flag, made = CoachingFlag.objects.get_or_create(
            assessment=assessment,
            defaults={
                "signs": [{"code": each.code.value, "params": each.parameters} for each in signs],
                "inputs": inputs.to_json(),
                "rule_version": rules.version,
                "found_at": at,
            },
        )
        if made:
            record(
                CoachingFlagged(subject=flag.ref),
                actor=Actor.system("suitability.coaching"),
                at=at,
                rule_version=rules.version,
            )
    return flag


def decide_signs(
    *, flag: CoachingFlag, decision: CoachingStatus, note: str, officer: Any, at: datetime
) -> CoachingFlag:
    """Say what became of the signs.

    Args:
        flag: one that the officer may see; locked here.
        decision: HARMLESS or FOLLOWED.
        note: why, for those who read it later.
        officer: the log-in of a compliance officer.

    Raises:
        UnableToDecideSigns: when it is decided already, or the note is empty.
        Http404: when the officer cannot see it.
    """
    if not note.strip():
        raise UnableToDecideSigns(_("Note why."))
    with transaction.atomic():
        rows = CoachingFlag.objects.select_for_update(of=("self",))
        locked = scope.visible_or_404(rows, officer, ref=flag.ref)
        try:
            locked.move_to(decision)
        except IllegalTransition as error:
            raise UnableToDecideSigns(_("Somebody has decided this already.")) from error
        locked.decided_by, locked.decided_at, locked.note = officer, at, note.strip()
        locked.save()
        record(
            CoachingDecided(subject=locked.ref, decision=str(decision)),
            actor=Actor.of(officer),
            at=at,
            reason=note.strip(),
        )
    return locked


def _like(trace: AnsweringTrace, questions: int, rules: CoachingRules) -> list[AnsweringTrace]:
    """Papers of others before this one that share its device, or so many blocks of its answers
    that they may be near-identical: each answer that differs spoils one block at most."""
    differing = questions * (100 - rules.alike_percent) // 100
    shared = Q()
    for blocks in combinations(trace.blocks, max(1, len(trace.blocks) - differing)):
        shared |= Q(blocks__contains=blocks)
    if trace.device_hash:
        shared |= Q(device_hash=trace.device_hash)
    rows = AnsweringTrace.objects.filter(
        shared,
        answered_at__gte=trace.answered_at - timedelta(days=rules.days),
        pk__lt=trace.pk,
    ).exclude(assessment__customer=trace.assessment.customer_id)
    return list(rows.select_related("assessment__customer").order_by("-answered_at", "-pk")[:MOST])


def _sheet(trace: AnsweringTrace) -> Sheet:
    assessment = trace.assessment
    return Sheet(
        customer=str(assessment.customer.ref),
        device=trace.device_hash,
        outlet=str(trace.outlet_ref or ""),
        seconds=trace.seconds,
        answers={key: tuple(chosen) for key, chosen in assessment.given.items()},
        on=business_date(trace.answered_at),
    )
