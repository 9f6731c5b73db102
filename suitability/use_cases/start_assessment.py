"""A customer opens the paper of the day, or goes on where they stopped."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from brokerage.core.clock import business_date
from brokerage.customers.models import Customer
from brokerage.journal.actors import Actor
from brokerage.journal.record import record
from brokerage.reference.dated import NoRuleInForce
from suitability.events import AssessmentStarted
from suitability.models import Assessment, Questionnaire
from suitability.rules.scoring import check_answer


class UnableToStart(Exception):
    """There is no paper to answer; the message is translated and may be shown."""


def start_assessment(*, customer: Customer, key: str, actor: Actor, at: datetime) -> Assessment:
    """The open assessment of `customer`; made and journalled where there is none.

    An open one of an ended version moves to the present version with the answers that still fit.

    Args:
        customer: who answers; locked here.
        key: the paper, such as `natural_person_short`.
        actor: the customer.
        at: the instant.

    Raises:
        UnableToStart: when no version of the paper is in force.
    """
    try:
        questionnaire = Questionnaire.objects.in_force(key, business_date(at))
    except NoRuleInForce:
        raise UnableToStart(_("There is no questionnaire at the moment.")) from None
    with transaction.atomic():
        Customer.objects.select_for_update().get(pk=customer.pk)
        assessment = Assessment.objects.of(customer).open().first()
        if assessment is None:
            assessment = Assessment.objects.create(
                customer=customer, questionnaire=questionnaire, started_at=at
            )
            record(
                AssessmentStarted(subject=assessment.ref, customer=customer.ref),
                actor=actor,
                at=at,
                rule_version=questionnaire.version,
            )
        elif assessment.questionnaire_id != questionnaire.pk:
            _carry_over(assessment, questionnaire)
    return assessment


def _carry_over(assessment: Assessment, questionnaire: Questionnaire) -> None:
    given = assessment.given
    fitting = {
        question.key: given[question.key]
        for question in questionnaire.paper.questions
        if not check_answer(question, given.get(question.key, []))
    }
    assessment.questionnaire = questionnaire
    assessment.keep(fitting)
    assessment.save(update_fields=["questionnaire", "answers"])
