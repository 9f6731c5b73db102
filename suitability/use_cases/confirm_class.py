"""The customer confirms the class that was found; nobody can choose one."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from brokerage.core.clock import business_date
from brokerage.core.locking import lock_row
from brokerage.journal.actors import Actor
from brokerage.journal.record import record
from suitability.events import ClassChanged, ClassConfirmed
from suitability.models import Assessment
from suitability.selectors import counting_assessment


class UnableToConfirm(Exception):
    """There is nothing to confirm; the message is translated and may be shown."""


def confirm_class(*, assessment: Assessment, actor: Actor, at: datetime) -> Assessment:
    """Keep that the customer read and confirmed the result. Confirming again changes nothing.

    Raises:
        UnableToConfirm: when the paper is not submitted.
    """
    with transaction.atomic():
        locked = lock_row(Assessment, assessment.pk, "questionnaire", "customer")
        if not locked.is_submitted:
            raise UnableToConfirm(_("Finish the questionnaire first."))
        if locked.is_confirmed:
            return locked
        today = business_date(at)
        before = counting_assessment(locked.customer, today)
        locked.confirmed_at = at
        locked.save(update_fields=["confirmed_at"])
        record(
            ClassConfirmed(subject=locked.ref, customer=locked.customer.ref),
            actor=actor,
            at=at,
            rule_version=locked.questionnaire.version,
        )
        if counting_assessment(locked.customer, today) == locked and _differs(before, locked):
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


def _differs(before: Assessment | None, after: Assessment) -> bool:
    if before is None:
        return True
    return (before.investor_class, before.lowest) != (after.investor_class, after.lowest)
