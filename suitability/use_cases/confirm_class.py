"""The customer confirms the class that was found; nobody can choose one."""

from __future__ import annotations

import copy
from datetime import date, datetime

from django.db import connection, transaction
from django.utils.translation import gettext as _

from brokerage.core.clock import business_date
from brokerage.journal.actors import Actor
from brokerage.journal.record import record, together
from suitability.events import ClassChanged, ClassConfirmed
from suitability.models import Assessment
from suitability.selectors.assessments import COUNTED_BEFORE
from suitability.use_cases.locked import lock_assessment

CONFIRM = f"""
UPDATE suitability_assessment AS sheet SET confirmed_at = %s
WHERE id = %s AND submitted_at IS NOT NULL AND confirmed_at IS NULL
RETURNING ({COUNTED_BEFORE})
"""  # noqa: S608  # a constant of ours


class UnableToConfirm(Exception):
    """There is nothing to confirm; the message is translated and may be shown."""


def confirm_class(*, assessment: Assessment, actor: Actor, at: datetime) -> Assessment:
    """Keep that the customer read and confirmed the result. Confirming again changes nothing.

    Args:
        assessment: as it was read; a submitted one never changes but for this confirmation.
        actor: the customer.
        at: the instant.

    Raises:
        UnableToConfirm: when the paper is not submitted.
    """
    with transaction.atomic(), together():
        result = assessment if assessment.is_submitted else lock_assessment(assessment.pk)
        if not result.is_submitted:
            raise UnableToConfirm(_("Finish the questionnaire first."))
        if result.is_confirmed:
            return result
        today = business_date(at)
        confirmed, counted = _confirm(result, at, today)
        if not confirmed:
            return lock_assessment(result.pk)  # another device was quicker
        result = copy.copy(result)
        result.confirmed_at = at
        record(
            ClassConfirmed(subject=result.ref, customer=result.customer.ref),
            actor=actor,
            at=at,
            rule_version=result.questionnaire.version,
        )
        before = Assessment.objects.get(pk=counted) if counted else None
        if _counts(result, before, today) and _differs(before, result):
            record(
                ClassChanged(
                    subject=result.ref,
                    customer=result.customer.ref,
                    before=str(before.ref) if before else "",
                ),
                actor=actor,
                at=at,
                rule_version=result.questionnaire.version,
            )
    return result


def _confirm(result: Assessment, at: datetime, on: date) -> tuple[bool, int | None]:
    """Confirm it where nobody has: whether that was so, and the key of what counted before."""
    with connection.cursor() as cursor:
        cursor.execute(CONFIRM, (at, result.pk, on))
        row = cursor.fetchone()
    return row is not None, row[0] if row else None


def _counts(confirmed: Assessment, before: Assessment | None, on: date) -> bool:
    """Whether it counts from now on, as `counting_assessment` finds it."""
    if not confirmed.valid_until or confirmed.valid_until <= on:
        return False
    return before is None or _age(confirmed) > _age(before)


def _age(row: Assessment) -> tuple[datetime | None, int]:
    return row.submitted_at, row.pk


def _differs(before: Assessment | None, after: Assessment) -> bool:
    if before is None:
        return True
    return (before.investor_class, before.lowest) != (after.investor_class, after.lowest)
