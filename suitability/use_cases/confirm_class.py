"""The customer confirms the class that was found; nobody can choose one."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from brokerage.core.clock import business_date
from brokerage.journal.actors import Actor
from brokerage.journal.record import record
from suitability.events import ClassChanged, ClassConfirmed
from suitability.models import Assessment
from suitability.selectors import counting_assessment
from suitability.use_cases.locked import lock_assessment


class UnableToConfirm(Exception):
    """There is nothing to confirm; the message is translated and may be shown."""


def confirm_class(*, assessment: Assessment, actor: Actor, at: datetime) -> Assessment:
    """Keep that the customer read and confirmed the result. Confirming again changes nothing.

    Raises:
        UnableToConfirm: when the paper is not submitted.
    """
    with transaction.atomic():
        locked = lock_assessment(assessment.pk)
        if not locked.is_submitted:
            raise UnableToConfirm(_("Finish the questionnaire first."))
        if locked.is_confirmed:
            return locked
        today = business_date(at)
        before = counting_assessment(locked.customer, today, paper=False)
        locked.confirmed_at = at
        locked.save(update_fields=["confirmed_at"])
        record(
            ClassConfirmed(subject=locked.ref, customer=locked.customer.ref),
            actor=actor,
            at=at,
            rule_version=locked.questionnaire.version,
        )
        if _counts(locked, before, today) and _differs(before, locked):
            record(
                ClassChanged(
                    subject=locked.ref,
                    customer=locked.customer.ref,
                    before=str(before.ref) if before else "",
                ),
                actor=actor,
                at=at,
                rule_version=locked.questionnaire.version,
            )
    return locked


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
