"""The test of knowledge within an application: begun with drawn questions, sent, marked."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from brokerage.core.clock import business_date
from brokerage.core.locking import lock_row
from brokerage.journal.actors import Actor
from brokerage.journal.record import record
from suitability.models import KnowledgeTest, StatusRequest
from suitability.professional_events import KnowledgeTested
from suitability.rules.knowledge import BadAnswers, KnowledgeInputs, draw, mark
from suitability.selectors.rules import knowledge_rules_of, procedure_on
from suitability.use_cases.asking_status import UnableToAsk, locked_open


def begin_test(*, request: StatusRequest, at: datetime) -> KnowledgeTest:
    """Draw the questions of a test; an open one of the present bank is gone on with.

    Raises:
        UnableToAsk: when the application is closed, a test is passed, or the tries of the day
            are used up.
    """
    on = business_date(at)
    with transaction.atomic():
        locked = locked_open(request)
        rules = knowledge_rules_of(procedure_on(on).test)
        if locked.tests.filter(passed=True).exists():
            raise UnableToAsk(_("You have passed the test already."))
        tries = KnowledgeTest.objects.filter(
            request__customer=locked.customer, submitted_at__date=on
        ).count()
        if tries >= rules.attempts_a_day:
            raise UnableToAsk(
                _("You can try {limit} times a day. Come back tomorrow.").format(
                    limit=rules.attempts_a_day
                )
            )
        test = locked.tests.filter(submitted_at=None).first()
        test = test or KnowledgeTest(request=locked, started_at=at)
        if test.rule_version != rules.version:
            test.rule_version = rules.version
            test.drawn = list(draw(rules, test.ref.int))
            test.started_at = at
            test.save()
    return test


def send_test(
    *, test: KnowledgeTest, answers: Mapping[str, str], actor: Actor, at: datetime
) -> KnowledgeTest:
    """Mark a test by the bank that it was drawn from; sending it again changes nothing.

    Args:
        answers: key of each drawn question → key of the chosen answer.

    Raises:
        UnableToAsk: when the application is closed, or answers are not those that were asked.
    """
    with transaction.atomic():
        request = locked_open(test.request)
        locked = lock_row(KnowledgeTest, test.pk)
        if locked.submitted_at is not None:
            return locked
        rules = knowledge_rules_of(locked.rule_version)
        inputs = KnowledgeInputs(
            rules=rules.version, drawn=tuple(locked.drawn), answers=dict(answers)
        )
        try:
            found = mark(inputs, rules)
        except BadAnswers:
            raise UnableToAsk(_("Answer each question with one of its answers.")) from None
        locked.inputs, locked.result = inputs.to_json(), found.to_json()
        locked.score, locked.passed, locked.submitted_at = found.score, found.passed, at
        locked.save()
        record(
            KnowledgeTested(
                subject=request.ref, customer=request.customer.ref, test=locked.rule_version
            ),
            actor=actor,
            at=at,
            rule_version=locked.rule_version,
        )
    return locked
