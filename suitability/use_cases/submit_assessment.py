"""The paper is closed and scored."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from brokerage.core.clock import business_date
from brokerage.journal.actors import Actor
from brokerage.journal.record import record
from suitability.events import AssessmentSubmitted, JumpFlagged
from suitability.models import Assessment, JumpReview, digest_of
from suitability.profiles import profile_of, refused_since
from suitability.rules.assessing import AssessmentDecision, AssessmentInputs, Result, assess
from suitability.rules.contradictions import Conflict
from suitability.rules.paper import InvestorClass
from suitability.rules.retakes import JumpInputs, look_at_jump
from suitability.rules.scoring import AnswersRefused
from suitability.rules.sheets import split
from suitability.selectors import counting_assessment
from suitability.use_cases.coaching import keep_trace
from suitability.use_cases.locked import lock_assessment

RESULT = (
    *("submitted_at", "language", "inputs", "score", "investor_class", "lowest", "reasons"),
    *("valid_until", "answers_digest"),
)
"""All that closing a paper writes."""


class UnableToSubmit(Exception):
    """The paper cannot be scored yet; the message is translated and may be shown."""


class VersionEnded(UnableToSubmit):
    """The version and its grace have ended; starting again carries over what still fits."""


class AnswersContradict(UnableToSubmit):
    """Contradictions block the result, or wait for the person's confirmation."""

    def __init__(self, message: str, conflicts: tuple[Conflict, ...]) -> None:
        super().__init__(message)
        self.conflicts = conflicts


def submit_assessment(
    *,
    assessment: Assessment,
    language: str,
    actor: Actor,
    at: datetime,
    confirmed: Iterable[str] = (),
    device: str = "",
) -> Assessment:
    """Score the answers and close the paper. Submitting again changes nothing.

    Args:
        assessment: locked here.
        language: in which the customer read the paper.
        actor: the customer.
        at: the instant.
        confirmed: rules of soft contradictions that the customer confirmed; of those that are
            none, nothing is kept.
        device: keyed hash of the browser's mark; empty where unknown.

    Raises:
        VersionEnded: when the version can no longer be finished.
        AnswersContradict: when contradictions block, or are not confirmed.
        UnableToSubmit: when answers are missing.
    """
    with transaction.atomic():
        locked = lock_assessment(assessment.pk)
        if locked.is_submitted:
            return locked
        today = business_date(at)
        if locked.questionnaire.ended_for_good(today):
            raise VersionEnded(_("The questions have changed. Begin again; what fits is kept."))
        inputs = inputs_of(locked, on=today, confirmed=confirmed)
        decision = _decided(locked, inputs)
        met = inputs.confirmed & {each.rule for each in decision.conflicts}
        inputs = replace(inputs, confirmed=met)
        locked.submitted_at, locked.language = at, language
        locked.inputs = inputs.to_json()
        _keep(locked, decision)
        keep_trace(locked, device=device, at=at)
        record(
            AssessmentSubmitted(
                subject=locked.ref,
                customer=locked.customer.ref,
                language=language,
                content_hash=locked.questionnaire.content_hash,
            ),
            actor=actor,
            at=at,
            rule_version=locked.questionnaire.version,
        )
        _look_at_jump(locked, actor, at)
    return locked


def inputs_of(
    assessment: Assessment, *, on: date, confirmed: Iterable[str] = ()
) -> AssessmentInputs:
    """Everything that the result of an open paper depends on, as of the business date `on`."""
    answers, declarations = split(assessment.questionnaire.paper, assessment.given)
    return AssessmentInputs(
        paper=assessment.questionnaire.version,
        answers=answers,
        declarations=declarations,
        profile=profile_of(assessment.customer, on),
        confirmed=frozenset(confirmed),
        on=on,
    )


def _decided(assessment: Assessment, inputs: AssessmentInputs) -> AssessmentDecision:
    try:
        decision = assess(inputs, assessment.questionnaire.paper)
    except AnswersRefused as error:
        raise UnableToSubmit(_("Some questions still need an answer.")) from error
    if decision.result is Result.BLOCKED:
        raise AnswersContradict(
            _("Some answers cannot be true together. Change them, then finish."),
            decision.conflicts,
        )
    if decision.result is Result.TO_CONFIRM:
        raise AnswersContradict(
            _("Some answers do not seem to go together. Change or confirm them."),
            decision.conflicts,
        )
    return decision


def _keep(assessment: Assessment, decision: AssessmentDecision) -> None:
    assert decision.investor_class is not None
    assessment.score = decision.score
    assessment.investor_class = decision.investor_class.value
    assessment.lowest = decision.lowest
    assessment.reasons = {
        "groups": dict(decision.groups),
        "triggers": [
            value
            for each in decision.reasons
            for name, value in each.params
            if name in {"question", "declaration"}
        ],
    }
    assessment.valid_until = decision.valid_until
    assessment.answers_digest = digest_of(assessment.sealed_texts)
    assessment.save(update_fields=RESULT)


def _look_at_jump(assessment: Assessment, actor: Actor, at: datetime) -> None:
    """Flag a class that rose shortly after a refusal, for a supervisor."""
    caps = assessment.questionnaire.paper.terms.retakes
    if caps is None:
        return
    today = business_date(at)
    # what counts now: this one does not before it is confirmed
    before = counting_assessment(assessment.customer, today, paper=False)
    if before is None:
        return
    inputs = JumpInputs(
        paper=assessment.questionnaire.version,
        before=InvestorClass(before.investor_class),
        before_lowest=before.lowest,
        after=InvestorClass(assessment.investor_class),
        after_lowest=assessment.lowest,
        refusals=refused_since(assessment.customer, today - timedelta(days=caps.jump_days)),
        on=today,
    )
    if not look_at_jump(inputs, caps).flagged:
        return
    review = JumpReview.objects.create(
        assessment=assessment, refused_on=inputs.refusals[-1], found_at=at
    )
    record(
        JumpFlagged(subject=review.ref, assessment=assessment.ref),
        actor=actor,
        at=at,
        rule_version=assessment.questionnaire.version,
    )
