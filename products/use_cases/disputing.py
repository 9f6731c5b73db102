"""Dispute a credit in time, and answer: what is upheld gets another split of the same sum."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from brokerage.core import clock
from brokerage.journal.actors import Actor
from brokerage.journal.record import record
from brokerage.users.models import User
from products.dated import origination_on
from products.events import CreditDisputed, DisputeAnswered
from products.models import CreditDispute, CreditSplit
from products.use_cases.refusals import UnableToList


@transaction.atomic
def dispute_credit(*, split: CreditSplit, reason: str, by: User, at: datetime) -> CreditDispute:
    """Say that a credit is wrong; head office answers until a day that the rule sets.

    Raises:
        UnableToList: without words, too late, replaced, or disputed already.
    """
    row = CreditSplit.objects.select_for_update().get(pk=split.pk)
    if not reason.strip():
        said = _("Say what is wrong.")
        raise UnableToList(said, {"reason": [said]})
    if row.replaced_at or at >= row.disputed_until:
        raise UnableToList(_("This credit cannot be disputed any more."))
    if row.disputes.filter(answered_at=None).exists():
        raise UnableToList(_("It is disputed already."))
    rules = origination_on(clock.business_date(at))
    made = CreditDispute.objects.create(
        split=row,
        reason=reason.strip(),
        raised_by_ref=by.ref,
        raised_at=at,
        due_at=at + timedelta(days=rules.answer_days),
    )
    record(CreditDisputed(subject=row.referral.ref), actor=Actor.of(by), at=at, reason=reason)
    return made


@transaction.atomic
def answer_dispute(
    *,
    dispute: CreditDispute,
    answer: str,
    parts: tuple[Decimal, Decimal] | None,
    by: User,
    at: datetime,
) -> CreditDispute:
    """Answer a dispute as somebody else than who raised it.

    Args:
        parts: yuan for outlet and branch company from now on, the desk gets the rest; None where
            the credit stays.

    Raises:
        UnableToList: without words, answered already, by who raised it, or more than there is.
    """
    row = CreditDispute.objects.select_for_update().get(pk=dispute.pk)
    if not answer.strip():
        said = _("Write down the answer.")
        raise UnableToList(said, {"answer": [said]})
    if row.answered_at is not None:
        raise UnableToList(_("It was answered already."))
    if by.ref == row.raised_by_ref:
        raise UnableToList(_("Another person than who disputes has to answer."))
    if parts is not None:
        _replace(row.split, *parts, at=at)
    row.upheld = parts is not None
    row.answer, row.answered_by_ref, row.answered_at = answer.strip(), by.ref, at
    row.save()
    told = DisputeAnswered(subject=row.split.referral.ref, upheld=row.upheld)
    record(told, actor=Actor.of(by), at=at, reason=row.answer)
    return row


def _replace(split: CreditSplit, outlet: Decimal, company: Decimal, *, at: datetime) -> None:
    row = CreditSplit.objects.select_for_update().get(pk=split.pk)
    rest = row.revenue - outlet - company
    if min(outlet, company, rest) < 0:
        raise UnableToList(_("The parts are more than the revenue."))
    row.replaced_at = at
    row.save(update_fields=["replaced_at"])
    CreditSplit.objects.create(
        referral=row.referral,
        revenue=row.revenue,
        to_outlet=outlet,
        to_company=company,
        to_desk=rest,
        rule_version=row.rule_version,
        made_at=at,
        disputed_until=row.disputed_until,
    )
