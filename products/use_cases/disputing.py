"""Dispute a credit in time, and answer: another split of the same sum takes two people."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from brokerage.core import clock
from brokerage.core.display import formats
from brokerage.core.locking import lock_row
from brokerage.journal.actors import Actor
from brokerage.journal.models import Entry
from brokerage.journal.record import record
from brokerage.reference.models import Rule
from brokerage.users.models import User
from products.dated import origination_on
from products.events import (
    CreditDisputed,
    DisputeAnswered,
    ReferralEnded,
    ReferralHandedOn,
    ReferralMoved,
    ReferralRegistered,
    SplitProposed,
    SplitSentBack,
    WinningProposed,
)
from products.mandate_events import MandateHandedOn, MandateMoved, MandateOpened, MandatePlanned
from products.models import CreditDispute, CreditSplit, Mandate, Referral
from products.rules.credit import build_origination_rules
from products.use_cases.refusals import UnableToList

MOVES = (
    ReferralRegistered,
    ReferralMoved,
    ReferralEnded,
    ReferralHandedOn,
    WinningProposed,
    MandateOpened,
    MandateMoved,
    MandatePlanned,
    MandateHandedOn,
)
"""Who did one of these has a part in what is shared out, so that they do not judge it."""


@transaction.atomic
def dispute_credit(*, split: CreditSplit, reason: str, by: User, at: datetime) -> CreditDispute:
    """Say that a credit is wrong; head office answers until a day that the rule sets.

    Raises:
        UnableToList: without words, too late, replaced, or disputed already.
    """
    row = lock_row(CreditSplit, split.pk)
    if not reason.strip():
        raise _wrong("reason", _("Say what is wrong."))
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
    """Answer that the credit stays, or propose another split, which a second person confirms.

    Args:
        parts: yuan for outlet and branch company from now on, the desk gets the rest; None where
            the credit stays.

    Raises:
        UnableToList: without words, answered already, by somebody with a part in it, above a cap
            of the rule that the credit rests on, or more than there is.
    """
    row = _open(dispute)
    if not answer.strip():
        raise _wrong("answer", _("Write down the answer."))
    _require_apart(row, by)
    if row.proposed_by_ref is not None:
        raise UnableToList(_("Another split waits for a second person already."))
    if parts is None:
        return _answered(row, upheld=False, answer=answer.strip(), by=by, at=at)
    _require_parts(row.split, *parts)
    row.to_outlet, row.to_company = parts
    row.proposal, row.proposed_by_ref, row.proposed_at = answer.strip(), by.ref, at
    row.save()
    told = SplitProposed(subject=row.split.referral.ref)
    record(told, actor=Actor.of(by), at=at, reason=row.proposal)
    return row


@transaction.atomic
def confirm_split(*, dispute: CreditDispute, by: User, at: datetime) -> CreditDispute:
    """Confirm the proposed split: it takes the place of the other, with a time of its own in which
    it can be disputed.

    Raises:
        UnableToList: nothing waits, or by somebody with a part in it or who proposed it.
    """
    row = _waiting(dispute, by)
    assert row.to_outlet is not None
    assert row.to_company is not None
    _replace(row.split, row.to_outlet, row.to_company, at=at)
    return _answered(row, upheld=True, answer=row.proposal, by=by, at=at)


@transaction.atomic
def send_split_back(
    *, dispute: CreditDispute, reason: str, by: User, at: datetime
) -> CreditDispute:
    """Do not confirm the proposed split: the dispute is open as before, the journal keeps why.

    Raises:
        UnableToList: without words, or as `confirm_split`.
    """
    row = _waiting(dispute, by)
    if not reason.strip():
        raise _wrong("reason", _("Write down why."))
    row.to_outlet = row.to_company = row.proposed_by_ref = row.proposed_at = None
    row.proposal = ""
    row.save()
    told = SplitSentBack(subject=row.split.referral.ref)
    record(told, actor=Actor.of(by), at=at, reason=reason.strip())
    return row


def has_a_part(referral: Referral, person: UUID) -> bool:
    """Whether somebody registered, moved, led or reviewed what the credit is for; two queries."""
    mandates = Mandate.objects.filter(referral=referral).values_list("ref", flat=True)
    rows = Entry.objects.filter(
        subject_ref__in=[referral.ref, *mandates],
        actor_ref=person,
        kind__in=[each.kind for each in MOVES],
    )
    return rows.exists()


def _open(dispute: CreditDispute) -> CreditDispute:
    row = lock_row(CreditDispute, dispute.pk, "split__referral")
    if row.answered_at is not None:
        raise UnableToList(_("It was answered already."))
    return row


def _waiting(dispute: CreditDispute, by: User) -> CreditDispute:
    row = _open(dispute)
    if row.proposed_by_ref is None:
        raise UnableToList(_("No other split waits."))
    if by.ref == row.proposed_by_ref:
        raise UnableToList(_("Another person than who proposed it has to look at it."))
    _require_apart(row, by)
    return row


def _require_apart(row: CreditDispute, by: User) -> None:
    if by.ref == row.raised_by_ref:
        raise UnableToList(_("Another person than who disputes has to answer."))
    if has_a_part(row.split.referral, by.ref):
        raise UnableToList(_("Somebody who had no part in the referral has to answer."))


def _require_parts(split: CreditSplit, outlet: Decimal, company: Decimal) -> None:
    if min(outlet, company, split.revenue - outlet - company) < 0:
        raise UnableToList(_("The parts are more than the revenue."))
    rule = Rule.objects.of_version(split.rule_version)
    caps = build_origination_rules(rule.value, rule.version).caps
    for name, part in (("outlet", outlet), ("company", company)):
        if part > caps[name]:
            said = _("The rule gives at most {most} of one referral.")
            raise _wrong(name, said.format(most=formats.money(caps[name])))


def _answered(
    row: CreditDispute, *, upheld: bool, answer: str, by: User, at: datetime
) -> CreditDispute:
    row.upheld, row.answer = upheld, answer
    row.answered_by_ref, row.answered_at = by.ref, at
    row.save()
    told = DisputeAnswered(subject=row.split.referral.ref, upheld=upheld)
    record(told, actor=Actor.of(by), at=at, reason=answer)
    return row


def _replace(split: CreditSplit, outlet: Decimal, company: Decimal, *, at: datetime) -> None:
    row = lock_row(CreditSplit, split.pk)
    row.replaced_at = at
    row.save(update_fields=["replaced_at"])
    rules = origination_on(clock.business_date(at))
    CreditSplit.objects.create(
        referral=row.referral,
        revenue=row.revenue,
        to_outlet=outlet,
        to_company=company,
        to_desk=row.revenue - outlet - company,
        rule_version=row.rule_version,
        made_at=at,
        disputed_until=at + timedelta(days=rules.dispute_days),
    )


def _wrong(field: str, said: str) -> UnableToList:
    return UnableToList(said, {field: [said]})
