"""All answers of an open paper are saved together, where nobody wrote since the page saw them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext as _

from brokerage.core.crypto import seal
from brokerage.core.roles import Role, roles_of
from brokerage.users.models import User
from suitability.models import Assessment, mark_of, paper_of
from suitability.rules.scoring import check_answer
from suitability.rules.sheets import asked
from suitability.use_cases.answer_question import MESSAGES, AnswerRefused

Given = Mapping[str, Sequence[str]]

# One statement for each answer, without a read before it: its condition says whose the row is,
# that it is open, of which version, and what it holds (`mark_of`).
WRITE = """
UPDATE suitability_assessment AS sheet SET answers = %(answers)s
FROM customers_customer AS customer, suitability_questionnaire AS version
WHERE sheet.ref = %(ref)s
    AND sheet.submitted_at IS NULL
    AND encode(sha256(convert_to(sheet.answers, 'UTF8')), 'hex') = %(mark)s
    AND customer.id = sheet.customer_id AND customer.user_id = %(user)s
    AND version.id = sheet.questionnaire_id AND version.content_hash = %(content)s
"""


def keep_sheet(*, user: User, ref: UUID, content_hash: str, mark: str, given: Given) -> str | None:
    """Keep the answers given so far, those that were kept before among them.

    Args:
        user: the customer's log-in; nobody else's paper is written to.
        ref: of the assessment.
        content_hash: of the version that the page showed.
        mark: of the answers that the page knows to be kept (`Assessment.mark`).
        given: chosen option keys by the key of a question or declaration.

    Returns:
        The mark of what is kept now; None where nothing was written, because the row is another
        than the page saw: closed, of another version or person, or answered elsewhere meanwhile.

    Raises:
        AnswerRefused: for a question or an option that the version does not have.
    """
    paper = paper_of(content_hash)
    if paper is None or roles_of(user) != {Role.CUSTOMER}:
        return None
    questions = {each.key: each for each in asked(paper)}
    kept: dict[str, list[str]] = {}
    for key, chosen in given.items():
        question = questions.get(key)
        if question is None:
            raise AnswerRefused(_("This question belongs to another questionnaire."))
        if wrong := check_answer(question, chosen):
            raise AnswerRefused(str(MESSAGES[wrong.problem]))
        kept[key] = [each.key for each in question.options if each.key in chosen]
    sealed = _sealed(ref, kept)
    with connection.cursor() as cursor:
        cursor.execute(
            WRITE,
            {
                "answers": sealed,
                "ref": ref,
                "mark": mark,
                "user": user.pk,
                "content": content_hash,
            },
        )
        return mark_of(sealed) if cursor.rowcount == 1 else None


def _sealed(ref: UUID, given: dict[str, list[str]]) -> str:
    """What `Assessment.keep` puts into the row with this ref."""
    field = Assessment._meta.get_field("answers")
    return seal(json.dumps(given, sort_keys=True), context=field.context_of(ref))
