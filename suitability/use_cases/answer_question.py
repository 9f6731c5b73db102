"""One answer is saved as it is given."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from brokerage.core.written import SOME_KEY, Written
from suitability.models import Assessment
from suitability.rules.paper import Question
from suitability.rules.scoring import check_answer
from suitability.rules.sheets import asked

MESSAGES = {
    "missing": gettext_lazy("Choose an answer."),
    "not-an-option": gettext_lazy("Choose one of the answers below."),
    "one-only": gettext_lazy("Choose one answer only."),
    "twice": gettext_lazy("Choose each answer only once."),
}


LOCKED = Written(
    lambda pk: Assessment.objects.select_for_update(of=("self",)).filter(pk=pk), pk=SOME_KEY
)


class AnswerRefused(Exception):
    """The answer was not kept; the message is translated and may be shown."""


def answer_question(
    *,
    assessment: Assessment,
    question_key: str,
    chosen: Sequence[str],
    seen: Sequence[str],
    at: datetime,
) -> Assessment:
    """Keep the chosen options of one question.

    Args:
        assessment: an open one; locked here.
        question_key: a question or declaration of its paper.
        chosen: option keys.
        seen: the option keys that the page showed as chosen; where another device has saved
            something else meanwhile, nothing is overwritten.
        at: the instant.

    Raises:
        AnswerRefused: for a closed paper, options that do not fit, or a change elsewhere.
    """
    with transaction.atomic():
        locked = LOCKED.get(pk=assessment.pk)
        if locked.questionnaire_id == assessment.questionnaire_id:  # else carried over meanwhile
            locked.questionnaire = assessment.questionnaire
        if locked.is_submitted:
            raise AnswerRefused(_("This questionnaire is finished. Its answers stay as they are."))
        question = _question(locked, question_key)
        if wrong := check_answer(question, chosen):
            raise AnswerRefused(str(MESSAGES[wrong.problem]))
        given = locked.given
        present = given.get(question_key, [])
        if sorted(present) != sorted(seen) and sorted(present) != sorted(chosen):
            raise AnswerRefused(
                _("You answered this on another device meanwhile. Check it, then go on.")
            )
        given[question_key] = [each.key for each in question.options if each.key in chosen]
        locked.keep(given)
        locked.save(update_fields=["answers"])
    return locked


def _question(assessment: Assessment, key: str) -> Question:
    for question in asked(assessment.questionnaire.paper):
        if question.key == key:
            return question
    raise AnswerRefused(_("This question belongs to another questionnaire."))
