"""The paper is closed and scored."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from brokerage.core.clock import business_date
from brokerage.journal.actors import Actor
from brokerage.journal.record import record
from brokerage.reference.periods import Period
from suitability.events import AssessmentSubmitted
from suitability.models import Assessment, digest_of
from suitability.rules.scoring import AnswersRefused, score


class UnableToSubmit(Exception):
    """The paper cannot be scored yet; the message is translated and may be shown."""


def submit_assessment(
    *, assessment: Assessment, language: str, actor: Actor, at: datetime
) -> Assessment:
    """Score the answers and close the paper. Submitting again changes nothing.

    Args:
        assessment: locked here.
        language: in which the customer read the paper.
        actor: the customer.
        at: the instant.

    Raises:
        UnableToSubmit: when answers are missing.
    """
    with transaction.atomic():
        locked = (
            Assessment.objects.select_for_update(of=("self",))
            .select_related("questionnaire", "customer")
            .get(pk=assessment.pk)
        )
        if locked.is_submitted:
            return locked
        questionnaire = locked.questionnaire
        try:
            outcome = score(questionnaire.paper, locked.given)
        except AnswersRefused as error:
            raise UnableToSubmit(_("Some questions still need an answer.")) from error
        locked.submitted_at, locked.language = at, language
        locked.score = outcome.score
        locked.investor_class = outcome.investor_class.value
        locked.lowest = outcome.lowest
        locked.reasons = {
            "groups": dict(outcome.group_points),
            "triggers": list(outcome.triggers),
        }
        months = int(questionnaire.value["validity_months"])
        locked.valid_until = Period(months=months).after(business_date(at))
        locked.answers_digest = digest_of(locked.answers or "")
        locked.save()
        record(
            AssessmentSubmitted(
                subject=locked.ref,
                customer=locked.customer.ref,
                language=language,
                content_hash=questionnaire.content_hash,
            ),
            actor=actor,
            at=at,
            rule_version=questionnaire.version,
        )
    return locked
