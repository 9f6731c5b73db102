"""A customer agrees to a rate that was shown to them."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from branches.commission.dated import fees_on
from branches.events import RateAgreed
from branches.models import AgreedRate, CommissionRate
from branches.use_cases.review_rates import breaks_fees
from brokerage.core.clock import business_date
from brokerage.customers.models import Customer
from brokerage.journal.actors import Actor
from brokerage.journal.record import record


class UnableToAgree(Exception):
    """The rate does not hold any more, or is another customer's."""


@transaction.atomic
def agree_rate(
    *,
    customer: Customer,
    rate: CommissionRate,
    actor: Actor,
    channel: str,
    at: datetime,
    subject_type: str = "",
    subject_ref: UUID | None = None,
) -> AgreedRate:
    """Keep that `customer` agreed to `rate`; agreeing twice in one matter changes nothing.

    Args:
        channel: where: `portal`, `outlet`.
        subject_type: of what it was agreed in, such as `accounts.application`; empty for none.
        subject_ref: its ref.

    Raises:
        UnableToAgree: when the rate does not hold today, the fees in force do not allow it, or it
            belongs to somebody else.
    """
    day = business_date(at)
    held = CommissionRate.objects.approved().on(day).filter(pk=rate.pk).exists()
    if not held or rate.customer_id not in (None, customer.pk):
        raise UnableToAgree(_("This rate has changed. Please look at the new one."))
    if breaks_fees(rate, day):
        raise UnableToAgree(_("This rate has changed. Please look at the new one."))
    row, made = AgreedRate.objects.get_or_create(
        customer=customer,
        rate=rate,
        subject_ref=subject_ref,
        defaults={
            "agreed_at": at,
            "channel": channel,
            "subject_type": subject_type,
            "fees_version": fees_on(day, rate.market, rate.product).version,
        },
    )
    if made:
        record(
            RateAgreed(subject=row.ref, customer=customer.ref, rate=rate.ref),
            actor=actor,
            at=at,
        )
    return row
