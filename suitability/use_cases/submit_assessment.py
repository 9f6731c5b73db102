"""The paper is closed and scored."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _
from psycopg.types.json import Jsonb

from brokerage.core.clock import business_date
from brokerage.core.saving import Write, insert_of
from brokerage.journal.actors import Actor
from brokerage.journal.record import record
from suitability.events import AssessmentSubmitted, JumpFlagged
from suitability.models import Assessment, JumpReview, digest_of
from suitability.profiles import known_of, refused_since
from suitability.rules.assessing import AssessmentDecision, AssessmentInputs, Result, assess
from suitability.rules.contradictions import Conflict, Profile
from suitability.rules.paper import InvestorClass
from suitability.rules.retakes import JumpInputs, look_at_jump
from suitability.rules.scoring import AnswersRefused
from suitability.rules.sheets import split
from suitability.selectors.assessments import COUNTED_BEFORE
from suitability.use_cases.coaching import trace_of
from suitability.use_cases.locked import lock_assessment

RESULT = (
    *("submitted_at", "language", "inputs", "score", "investor_class", "lowest", "reasons"),
    *("valid_until", "answers_digest"),
)
"""All that closing a paper writes into its row."""

# The token that stands in the column says that the answers are those that were scored.
CLOSE = f"""
UPDATE suitability_assessment AS sheet SET {", ".join(f"{name} = %s" for name in RESULT)}
FROM suitability_questionnaire AS version
WHERE sheet.id = %s AND sheet.answers = %s AND sheet.submitted_at IS NULL
    AND version.id = sheet.questionnaire_id AND version.id = %s
    AND version.valid_to IS NOT DISTINCT FROM %s::date
RETURNING coalesce(({COUNTED_BEFORE}), 0)
"""  # noqa: S608  # names of columns


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
        assessment: as it was read; read again and locked where it is another by now.
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
    sent = Sent(language, actor, at, frozenset(confirmed), device)
    try:
        with transaction.atomic():
            return _close(copy.copy(assessment), sent)
    except (UnableToSubmit, _Moved):  # what is said of the paper as it stands now is final
        with transaction.atomic():
            return _close(lock_assessment(assessment.pk), sent)


@dataclass(frozen=True)
class Sent:
    """How a paper was handed in; as the arguments of `submit_assessment`."""

    language: str
    actor: Actor
    at: datetime
    confirmed: frozenset[str]
    device: str


class _Moved(Exception):
    """The row is another than it was when it was read."""


def _close(row: Assessment, sent: Sent) -> Assessment:
    """Score a paper and write what was found, where the row in the database is still this one."""
    if row.is_submitted:
        return row
    today = business_date(sent.at)
    if row.questionnaire.ended_for_good(today):
        raise VersionEnded(_("The questions have changed. Begin again; what fits is kept."))
    known = known_of(row.customer, today)
    inputs = inputs_of(row, known.profile, on=today, confirmed=sent.confirmed)
    decision = _decided(row, inputs)
    met = inputs.confirmed & {each.rule for each in decision.conflicts}
    row.submitted_at, row.language = sent.at, sent.language
    row.inputs = replace(inputs, confirmed=met).to_json()
    _take_over(row, decision)
    trace = trace_of(row, device=sent.device, outlet=known.outlet)
    counted: list[int | None] = []
    record(
        AssessmentSubmitted(
            subject=row.ref,
            customer=row.customer.ref,
            language=row.language,
            content_hash=row.questionnaire.content_hash,
        ),
        actor=sent.actor,
        at=sent.at,
        rule_version=row.questionnaire.version,
        rows=[
            _result_of(row, today, counted.append),
            Write(*insert_of(trace, "assessment"), lambda _key: None),
        ],
    )
    (before,) = counted
    if before is None:
        raise _Moved
    if before:
        _look_at_jump(row, Assessment.objects.get(pk=before), sent)
    return row


def inputs_of(
    assessment: Assessment, profile: Profile, *, on: date, confirmed: Iterable[str] = ()
) -> AssessmentInputs:
    """Everything that the result of an open paper depends on, as of the business date `on`."""
    answers, declarations = split(assessment.questionnaire.paper, assessment.given)
    return AssessmentInputs(
        paper=assessment.questionnaire.version,
        answers=answers,
        declarations=declarations,
        profile=profile,
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


def _take_over(assessment: Assessment, decision: AssessmentDecision) -> None:
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


def _result_of(row: Assessment, on: date, done: Callable[[int | None], None]) -> Write:
    """What closes the row in the database, where it is still this one.

    Args:
        row: with its result.
        on: the business date.
        done: is told the key of the assessment that counted before, 0 for none; None where the
            row was answered, moved to another version or closed meanwhile.
    """
    stored = row.__dict__  # tokens as they stand in the columns
    values = {name: stored[name] for name in RESULT} | {"reasons": Jsonb(row.reasons)}
    version = row.questionnaire
    known = (row.pk, stored["answers"], version.pk, version.valid_to, on)
    return Write(CLOSE, (*values.values(), *known), done)


def _look_at_jump(assessment: Assessment, before: Assessment, sent: Sent) -> None:
    """Flag a class that rose shortly after a refusal, for a supervisor.

    Args:
        assessment: the new one; it does not count before it is confirmed.
        before: the one that counts now.
        sent: how the new one was handed in.
    """
    caps = assessment.questionnaire.paper.terms.retakes
    if caps is None:
        return
    today = business_date(sent.at)
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
        assessment=assessment, refused_on=inputs.refusals[-1], found_at=sent.at
    )
    record(
        JumpFlagged(subject=review.ref, assessment=assessment.ref),
        actor=sent.actor,
        at=sent.at,
        rule_version=assessment.questionnaire.version,
    )
