"""Credit an opening once it is active, dispute the credit in time, and answer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.credit.dated import credit_terms
from accounts.credit.events import OpeningCredited, OpeningDisputeAnswered, OpeningDisputed
from accounts.credit.rules import Help, Part, move, share_out
from accounts.models import Application, OpeningCredit, OpeningDispute, OpeningShare
from accounts.states import Status
from accounts.use_cases.writing import lock
from branches.models import EntryCode, OrgUnit
from brokerage.core.clock import business_date
from brokerage.core.locking import lock_row
from brokerage.core.refusals import RefusedInWords
from brokerage.journal.actors import Actor
from brokerage.journal.record import record
from brokerage.users.models import User

ACTOR = Actor.system("accounts.credit_opening")


class UnableToCredit(RefusedInWords):
    """A dispute or an answer is not taken."""


def credit_opening(*, application: Application, at: datetime) -> OpeningCredit | None:
    """Share out the opening of an active account; again, it changes nothing.

    Args:
        application: locked here.
        at: the instant of the activation; the rule of its business date counts.

    Returns:
        The credit that counts; None while the account is not active.
    """
    terms = credit_terms(business_date(at))
    with transaction.atomic():
        row = lock(application)
        if row.status != Status.ACTIVE or row.outlet_id is None:
            return None
        if known := row.opening_credits.filter(replaced_at=None).first():
            return known
        helps = [
            Help(each.step, each.outlet_id, each.helper_id)
            for each in row.assists.order_by("done_at", "pk")
        ]
        parts = share_out(terms, owner=row.outlet_id, entry=_brought_by(row), helps=helps)
        made = _make(row, parts, terms.version, at, at + timedelta(days=terms.dispute_days))
        credited = OpeningCredited(subject=row.ref, shares=len(parts))
        record(credited, actor=ACTOR, at=at, rule_version=terms.version)
        return made


def dispute_opening(
    *, credit: OpeningCredit, reason: str, by: User, at: datetime
) -> OpeningDispute:
    """Say that a credit is wrong; head office answers until a day that the rule sets.

    Raises:
        UnableToCredit: without words, too late, replaced, or disputed already.
    """
    with transaction.atomic():
        row = _locked(credit)
        if not reason.strip():
            said = _("Say what is wrong.")
            raise UnableToCredit(said, {"reason": [said]})
        if row.replaced_at or at >= row.disputed_until:
            raise UnableToCredit(_("This credit cannot be disputed any more."))
        if row.disputes.filter(answered_at=None).exists():
            raise UnableToCredit(_("It is disputed already."))
        days = credit_terms(business_date(at)).answer_days
        made = OpeningDispute.objects.create(
            credit=row,
            reason=reason.strip(),
            raised_by=by,
            raised_at=at,
            due_at=at + timedelta(days=days),
        )
        told = OpeningDisputed(subject=row.application.ref)
        record(told, actor=Actor.of(by), at=at, reason=made.reason)
        return made


def answer_opening_dispute(
    *,
    dispute: OpeningDispute,
    answer: str,
    moved: tuple[OpeningShare, OrgUnit, Decimal] | None,
    by: User,
    at: datetime,
) -> OpeningDispute:
    """Answer a dispute as somebody else than who raised it.

    Args:
        moved: the share that gives, the unit that gets, and how many per cent; None where the
            credit stays.

    Raises:
        UnableToCredit: without words, answered already, by who raised it, or more than there is.
    """
    with transaction.atomic():
        credit = _locked(dispute.credit)
        row = lock_row(OpeningDispute, dispute.pk)
        if not answer.strip():
            said = _("Write down the answer.")
            raise UnableToCredit(said, {"answer": [said]})
        if row.answered_at is not None:
            raise UnableToCredit(_("It was answered already."))
        if by.pk == row.raised_by_id:
            raise UnableToCredit(_("Another person than who disputes has to answer."))
        if moved is not None:
            _replace(credit, *moved, at=at)
        row.upheld = moved is not None
        row.answer, row.answered_by, row.answered_at = answer.strip(), by, at
        row.save()
        told = OpeningDisputeAnswered(subject=credit.application.ref, upheld=row.upheld)
        record(told, actor=Actor.of(by), at=at, reason=row.answer)
        return row


def _brought_by(application: Application) -> tuple[int, int | None] | None:
    """Unit and person of the code of ours by which the customer came; None for any other way."""
    ref = application.entry_ref
    if ref is None or not application.by_own_code:
        return None
    rows = EntryCode.objects.filter(ref=ref, unit__isnull=False)
    return rows.values_list("unit", "person").first()


def _make(
    application: Application,
    parts: Sequence[Part],
    version: str,
    at: datetime,
    disputed_until: datetime,
) -> OpeningCredit:
    credit = OpeningCredit.objects.create(
        application=application,
        rule_version=version,
        made_at=at,
        disputed_until=disputed_until,
    )
    OpeningShare.objects.bulk_create(
        OpeningShare(
            credit=credit,
            kind=part.kind,
            step=part.step,
            unit_id=part.unit,
            person_id=part.person,
            percent=part.percent,
        )
        for part in parts
    )
    return credit


def _replace(
    credit: OpeningCredit, source: OpeningShare, to: OrgUnit, percent: Decimal, *, at: datetime
) -> None:
    keys = list(credit.shares.order_by("pk").values_list("pk", flat=True))
    if credit.replaced_at or source.pk not in keys:
        raise UnableToCredit(_("This credit was replaced meanwhile. Look at it again."))
    if source.unit_id == to.pk:
        said = _("Choose another unit than the one that gives.")
        raise UnableToCredit(said, {"to": [said]})
    try:
        parts = move(credit.parts, source=keys.index(source.pk), to=to.pk, percent=percent)
    except ValueError:
        said = _("At most what the share has, with two decimals.")
        raise UnableToCredit(said, {"percent": [said]}) from None
    credit.replaced_at = at
    credit.save(update_fields=["replaced_at"])
    _make(credit.application, parts, credit.rule_version, at, credit.disputed_until)


def _locked(credit: OpeningCredit) -> OpeningCredit:
    return lock_row(OpeningCredit, credit.pk, "application")
