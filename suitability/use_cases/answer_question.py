"""One answer is saved as it is given."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from datetime import datetime

from django.db import connection, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from brokerage.core.locking import lock_row
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


# The tokens that stand in the column, since an encrypted field is sealed on its row only.
SWAP = """
UPDATE suitability_assessment SET answers = %(answers)s
WHERE id = %(pk)s AND answers = %(before)s AND questionnaire_id = %(paper)s
    AND submitted_at IS NULL
"""


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
        assessment: an open one, as it was read; locked and read again only where somebody wrote
            since.
        question_key: a question or declaration of its paper.
        chosen: option keys.
        seen: the option keys that the page showed as chosen; where another device has saved
            something else meanwhile, nothing is overwritten.
        at: the instant.

    Raises:
        AnswerRefused: for a closed paper, options that do not fit, or a change elsewhere.
    """
    answered = copy.copy(assessment)
    before = answered.__dict__["answers"]
    _answer(answered, question_key, chosen, seen)
    if _swapped(answered, before):
        return answered
    with transaction.atomic():
        locked = lock_row(Assessment, assessment.pk)
        if locked.questionnaire_id == assessment.questionnaire_id:  # else carried over meanwhile
            locked.questionnaire = assessment.questionnaire
        _answer(locked, question_key, chosen, seen)
        locked.save(update_fields=["answers"])
    return locked


def _answer(
    row: Assessment, question_key: str, chosen: Sequence[str], seen: Sequence[str]
) -> None:
    """Put the answer of one question into a row in memory, or refuse it."""
    if row.is_submitted:
        raise AnswerRefused(_("This questionnaire is finished. Its answers stay as they are."))
    question = _question(row, question_key)
    if wrong := check_answer(question, chosen):
        raise AnswerRefused(str(MESSAGES[wrong.problem]))
    given = row.given
    present = given.get(question_key, [])
    if sorted(present) != sorted(seen) and sorted(present) != sorted(chosen):
        raise AnswerRefused(
            _("You answered this on another device meanwhile. Check it, then go on.")
        )
    given[question_key] = [each.key for each in question.options if each.key in chosen]
    row.keep(given)


def _swapped(row: Assessment, before: str) -> bool:
    """Write the answers where the row is as it was read: one statement instead of a lock."""
    present = {
        "answers": row.__dict__["answers"],
        "pk": row.pk,
        "before": before,
        "paper": row.questionnaire_id,
    }
    with connection.cursor() as cursor:
        cursor.execute(SWAP, present)
        return cursor.rowcount == 1


def _question(assessment: Assessment, key: str) -> Question:
    for question in asked(assessment.questionnaire.paper):
        if question.key == key:
            return question
    raise AnswerRefused(_("This question belongs to another questionnaire."))
