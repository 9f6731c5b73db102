"""A customer opens the paper of the day, or goes on where they stopped."""

from __future__ import annotations

from datetime import date, datetime

from django.db import connection, transaction
from django.utils.translation import gettext as _

from brokerage.core.clock import business_date
from brokerage.core.saving import inserted
from brokerage.customers.models import Customer
from brokerage.journal.actors import Actor
from brokerage.journal.record import record
from brokerage.reference.dated import NoRuleInForce
from suitability.content import paper_for
from suitability.events import AssessmentStarted
from suitability.models import Assessment, Questionnaire
from suitability.rules.reasons import Code
from suitability.rules.retakes import RetakeDecision, RetakeInputs, may_retake
from suitability.rules.scoring import check_answer
from suitability.rules.sheets import asked
from suitability.selectors import Papers
from suitability.use_cases.locked import lock_assessment
from suitability.wording import sentence

# The unique index of open papers says who has one; the row is written before the caps are looked
# at, so that nobody can open another meanwhile. Refused, its transaction takes it back.
BEGIN = """
INSERT INTO suitability_assessment AS begun (
    ref, customer_id, questionnaire_id, answers, changed, started_at,
    inputs, answers_digest, language, investor_class, lowest, reasons)
VALUES (
    %(ref)s, %(customer)s, %(questionnaire)s, %(answers)s, %(changed)s, %(at)s,
    '', '', '', '', FALSE, '{}')
ON CONFLICT (customer_id) WHERE submitted_at IS NULL DO NOTHING
RETURNING id, EXISTS (
    SELECT FROM suitability_assessment AS other WHERE other.customer_id = begun.customer_id)
"""


class UnableToStart(Exception):
    """There is no paper to answer now; the message is translated and may be shown.

    Attributes:
        asks_change: the person has only to say what has changed.
    """

    def __init__(self, message: str, *, asks_change: bool = False) -> None:
        super().__init__(message)
        self.asks_change = asks_change


def start_assessment(
    *, customer: Customer, key: str, actor: Actor, at: datetime, changed: str = ""
) -> Assessment:
    """The open assessment of `customer`; made and journalled where there is none.

    An open one whose version ended, and whose grace has passed, moves to the present version
    with the answers that still fit.

    Args:
        customer: who answers.
        key: the paper, such as `natural_person`.
        actor: the customer, or who assists them.
        at: the instant.
        changed: what has changed since the last paper; needed where there was one.

    Raises:
        UnableToStart: when no version is in force, a cap is reached, or nothing has changed.
    """
    today = business_date(at)
    try:
        questionnaire = Questionnaire.objects.in_force(key, today)
    except NoRuleInForce:
        raise UnableToStart(_("There is no questionnaire at the moment.")) from None
    assessment = Assessment(
        customer=customer, questionnaire=questionnaire, changed=changed.strip(), started_at=at
    )
    with transaction.atomic():
        while (again := _begin(assessment)) is None:
            if open_ := Papers.of(customer).open:  # else it was finished in between
                return _with_fitting_version(open_, questionnaire, today)
        if again:
            papers = Papers.of(customer)
            _require_allowed(papers, questionnaire, assessment.changed or "", today)
        record(
            AssessmentStarted(subject=assessment.ref, customer=customer.ref),
            actor=actor,
            at=at,
            rule_version=questionnaire.version,
        )
    return assessment


def _begin(assessment: Assessment) -> bool | None:
    """Take the place of the customer's open paper; whether there were others before.

    None where there is an open one. Of two requests at once the second waits for the first.
    """
    given = {
        "ref": assessment.ref,
        "customer": assessment.customer_id,
        "questionnaire": assessment.questionnaire_id,
        "answers": assessment.__dict__["answers"],
        "changed": assessment.__dict__["changed"],
        "at": assessment.started_at,
    }
    with connection.cursor() as cursor:
        cursor.execute(BEGIN, given)
        if (row := cursor.fetchone()) is None:
            return None
    inserted(assessment, row[0])
    others: bool = row[1]
    return others


def _with_fitting_version(
    assessment: Assessment, questionnaire: Questionnaire, today: date
) -> Assessment:
    """An open paper, moved to `questionnaire` where its own version cannot be finished."""
    present = assessment.questionnaire
    if present.key == questionnaire.key and not present.ended_for_good(today):
        return assessment
    locked = lock_assessment(assessment.pk)
    if not locked.is_submitted:
        _carry_over(locked, questionnaire)
    return locked


def retake_of(
    papers: Papers, questionnaire: Questionnaire, *, changed: bool, on: date
) -> RetakeDecision | None:
    """Whether the caps of a version allow another paper; None where it has no caps."""
    caps = questionnaire.paper.terms.retakes
    if caps is None:
        return None
    attempts = tuple(
        business_date(each.submitted_at)
        for each in papers.submitted
        if each.submitted_at and each.questionnaire.key == questionnaire.key
    )
    inputs = RetakeInputs(paper=questionnaire.version, attempts=attempts, changed=changed, on=on)
    return may_retake(inputs, caps)


def retake_on(customer: Customer, papers: Papers, on: date) -> RetakeDecision | None:
    """Whether the customer may answer again on `on`, as if they say what has changed.

    None where no version is in force, or it has no caps.
    """
    try:
        questionnaire = Questionnaire.objects.in_force(paper_for(customer), on)
    except NoRuleInForce:
        return None
    return retake_of(papers, questionnaire, changed=True, on=on)


def _require_allowed(papers: Papers, questionnaire: Questionnaire, changed: str, on: date) -> None:
    decision = retake_of(papers, questionnaire, changed=bool(changed), on=on)
    if decision is None or decision.allowed:
        return
    capped = [each for each in decision.reasons if each.code is not Code.NOTHING_CHANGED]
    reason = (capped or list(decision.reasons))[-1]
    raise UnableToStart(sentence(reason), asks_change=not capped)


def _carry_over(assessment: Assessment, questionnaire: Questionnaire) -> None:
    given = assessment.given
    fitting = {
        question.key: given[question.key]
        for question in asked(questionnaire.paper)
        if not check_answer(question, given.get(question.key, []))
    }
    assessment.questionnaire = questionnaire
    assessment.keep(fitting)
    assessment.save(update_fields=["questionnaire", "answers"])
