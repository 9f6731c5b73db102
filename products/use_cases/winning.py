"""A referral was won: said by whose turn it is, credited only once a second person agrees."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from brokerage.core.four_eyes import FourEyesRefused
from brokerage.journal.actors import Actor
from brokerage.journal.record import record
from brokerage.users.models import User
from products.events import WinningProposed, WinningSentBack
from products.mandate_states import Stage
from products.models import CreditSplit, Mandate, Referral, Winning
from products.states import ReferralStatus
from products.use_cases.mandating import end_mandate, locked_mandate
from products.use_cases.referring import conclude, locked, require_turn, without_mandate
from products.use_cases.refusals import UnableToList, check


@transaction.atomic
def win(*, referral: Referral, revenue: Decimal, note: str, by: User, at: datetime) -> Winning:
    """It came to a contract: a second person looks, and then its net revenue is credited.

    Args:
        revenue: yuan in whole cents, what is left after costs of third parties.
        note: what the outlet reads.

    Raises:
        UnableToList: without words, below zero, in the wrong state, out of turn, while its
            mandate is under way, which ends it, or while it waits for a second person already.
    """
    row = without_mandate(referral)
    require_turn(row, ReferralStatus.WON, by)
    if not row.TRANSITIONS.allows(row.status, ReferralStatus.WON):
        raise UnableToList(_("Somebody has gone on with it already. Look at it again."))
    return _proposed(row, revenue, note, by, at)


@transaction.atomic
def complete_mandate(
    *, mandate: Mandate, revenue: Decimal, note: str, by: User, at: datetime
) -> Winning:
    """It was carried out: a second person looks, and then it ends with its credit; see `win`.

    Raises:
        UnableToList: without words, below zero, before it was signed, or while it waits already.
    """
    row = locked_mandate(mandate)
    if not row.TRANSITIONS.allows(row.status, Stage.COMPLETED):
        raise UnableToList(_("Somebody has gone on with it already. Look at it again."))
    return _proposed(locked(row.referral), revenue, note, by, at)


def winning_approved(row: Winning, checker: User, at: datetime) -> CreditSplit:
    """End referral and mandate and credit the revenue; runs in the approval's transaction.

    Raises:
        FourEyesRefused: by who registered the referral, whose outlet gets a part, or because it
            has gone on otherwise.
    """
    mandate = Mandate.objects.filter(referral=row.referral_id, ended_at=None).first()
    held = locked_mandate(mandate) if mandate else None
    referral = locked(row.referral)
    if checker.ref == referral.made_by_ref:
        raise FourEyesRefused(_("Another person than who registered it has to confirm it."))
    try:
        if held is not None:
            end_mandate(held, Stage.COMPLETED, row.note, checker, at)
        return conclude(referral, revenue=row.revenue, note=row.note, by=checker, at=at)
    except UnableToList as error:
        raise FourEyesRefused(str(error)) from error


def winning_sent_back(row: Winning, checker: User, at: datetime) -> None:
    """Note it on the referral; runs in the rejection's transaction."""
    told = WinningSentBack(subject=row.referral.ref)
    record(told, actor=Actor.of(checker), at=at, reason=row.rejection_reason)


def _proposed(row: Referral, revenue: Decimal, note: str, by: User, at: datetime) -> Winning:
    made = Winning(
        referral=row, revenue=revenue, note=note.strip(), made_by_ref=by.ref, made_at=at
    )
    check(made)
    made.save()
    record(WinningProposed(subject=row.ref), actor=Actor.of(by), at=at, reason=made.note)
    return made
