"""Register, qualify, tailor, report back, close: each step hands on to a named person."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from branches.models import OrgUnit
from branches.selectors import units_of
from branches.selectors.tree import head_of
from branches.states import Kind
from brokerage.core import clock
from brokerage.core.locking import lock_row
from brokerage.core.roles import Role
from brokerage.journal.actors import Actor
from brokerage.journal.record import record
from brokerage.users.models import User
from products.dated import origination_on
from products.events import ReferralEnded, ReferralHandedOn, ReferralMoved, ReferralRegistered
from products.models import CreditSplit, Referral
from products.rules.credit import split
from products.selectors.desks import has_left, is_of_desk
from products.states import DESK_OF, OUTLETS, Need, ReferralStatus
from products.use_cases.refusals import UnableToList, check


@transaction.atomic
def register_referral(
    *, outlet: OrgUnit, need: str, by: User, at: datetime, **values: Any
) -> Referral:
    """Register what an outlet brings; the head of its branch company is next.

    Args:
        outlet: that refers.
        need: of `states.Need`; the desk follows from it.
        values: customer, or enterprise and credit_code; contact, facts.

    Raises:
        UnableToList: `errors` names the fields.
    """
    today = clock.business_date(at)
    company = OrgUnit.objects.above(outlet, today).filter(kind=Kind.BRANCH_COMPANY).first()
    if outlet.kind not in OUTLETS or company is None:
        raise _wrong("outlet", _("Only an outlet below a branch company refers."))
    head = head_of(company, today)
    if head is None or head.user_id == by.pk:
        raise _wrong("outlet", _("Nobody else leads its branch company, so nobody could qualify."))
    row = Referral(
        need=need,
        desk=DESK_OF[Need(need)],
        outlet=outlet,
        company=company,
        next_by_ref=head.user.ref,
        next_due=_due(ReferralStatus.REGISTERED, at),
        made_by_ref=by.ref,
        made_at=at,
        **values,
    )
    check(row)
    row.save()
    record(ReferralRegistered(subject=row.ref, need=need), actor=Actor.of(by), at=at)
    return row


@transaction.atomic
def qualify(
    *, referral: Referral, desk_officer: User, note: str, by: User, at: datetime
) -> Referral:
    """The branch company has looked at it; somebody of the desk is next.

    Raises:
        UnableToList: without words, by who registered it, in the wrong state, or to somebody who
            is not of the desk.
    """
    row = locked(referral)
    _require_of_desk(row, desk_officer, at)
    if by.ref == row.made_by_ref:
        raise UnableToList(_("Another person than who registered it has to qualify it."))
    row.qualified_by_ref = by.ref
    return _move(row, ReferralStatus.QUALIFIED, desk_officer.ref, note, by, at)


@transaction.atomic
def tailor(*, referral: Referral, note: str, by: User, at: datetime) -> Referral:
    """The desk has a proposal; the same person reports back.

    Raises:
        UnableToList: without words, in the wrong state, or out of turn.
    """
    row = locked(referral)
    require_turn(row, ReferralStatus.TAILORED, by)
    return _move(row, ReferralStatus.TAILORED, by.ref, note, by, at)


@transaction.atomic
def report_back(*, referral: Referral, note: str, by: User, at: datetime) -> Referral:
    """Who registered it hears of the proposal; the desk brings it to a close with the outlet.

    Raises:
        UnableToList: without words, in the wrong state, or out of turn.
    """
    row = locked(referral)
    require_turn(row, ReferralStatus.REPORTED, by)
    return _move(row, ReferralStatus.REPORTED, by.ref, note, by, at)


@transaction.atomic
def give_up(*, referral: Referral, note: str, by: User, at: datetime) -> Referral:
    """It is not pursued; the outlet reads why. Raises UnableToList as `winning.win` does."""
    row = without_mandate(referral)
    require_turn(row, ReferralStatus.DECLINED, by)
    return end_referral(row, note=note, by=by, at=at)


@transaction.atomic
def hand_referral_on(
    *, referral: Referral, officer: User, note: str, by: User, at: datetime
) -> Referral:
    """Let somebody else take the next step; state and clock stay.

    It is handed on by the person whose turn it is, or by a colleague once that person has left.

    Args:
        officer: of the desk; before it was qualified a manager of the branch company.

    Raises:
        UnableToList: `errors` names the fields; or it has ended, or its mandate is handed on.
    """
    row, today = without_mandate(referral), clock.business_date(at)
    if row.ended_at is not None:
        raise UnableToList(_("It has ended."))
    if not note.strip():
        raise _wrong("note", _("Write down why."))
    if by.ref != row.next_by_ref and not has_left(row.next_by_ref, today):
        raise UnableToList(_("It is the turn of somebody else, who can hand it on."))
    if row.status == ReferralStatus.REGISTERED:
        _require_manager(row, officer, today)
    else:
        _require_of_desk(row, officer, at)
    row.next_by_ref, row.note = officer.ref, note.strip()
    row.save()
    record(
        ReferralHandedOn(subject=row.ref, to=officer.ref),
        actor=Actor.of(by),
        at=at,
        reason=row.note,
    )
    return row


def require_turn(row: Referral, status: ReferralStatus, by: User) -> None:
    """Refuse a step that is the turn of somebody else; what is out of place is refused later.

    Raises:
        UnableToList: another person is named as the next one.
    """
    if row.TRANSITIONS.allows(row.status, status) and by.ref != row.next_by_ref:
        raise UnableToList(_("It is the turn of somebody else, who can hand it on."))


def conclude(row: Referral, *, revenue: Decimal, note: str, by: User, at: datetime) -> CreditSplit:
    """End a locked referral as won and credit it by the rule in force; see `winning`.

    Args:
        revenue: yuan in whole cents, not below zero.
        by: the second person.

    Raises:
        UnableToList: it has ended already.
    """
    _end(row, ReferralStatus.WON, note, by, at)
    rules = origination_on(clock.business_date(at))
    parts = split(revenue, rules)
    return CreditSplit.objects.create(
        referral=row,
        revenue=revenue,
        to_outlet=parts.outlet,
        to_company=parts.company,
        to_desk=parts.desk,
        rule_version=rules.version,
        made_at=at,
        disputed_until=at + timedelta(days=rules.dispute_days),
    )


def end_referral(row: Referral, *, note: str, by: User, at: datetime) -> Referral:
    """End a locked referral as not pursued; see `give_up`."""
    _end(row, ReferralStatus.DECLINED, note, by, at)
    return row


def begin_mandate(
    row: Referral, *, lead: User, due: datetime, note: str, by: User, at: datetime
) -> Referral:
    """A locked referral goes on as a mandate, led by `lead`; the caller makes the mandate.

    Raises:
        UnableToList: without words, or before it was reported back.
    """
    return _move(row, ReferralStatus.MANDATED, lead.ref, note, by, at, due=due)


def locked(referral: Referral) -> Referral:
    """The row of a referral anew, locked until the transaction ends."""
    return lock_row(Referral, referral.pk)


def _require_of_desk(row: Referral, officer: User, at: datetime) -> None:
    if not is_of_desk(officer, row.desk, clock.business_date(at)):
        raise _wrong("officer", _("This is nobody of the desk."))


def _require_manager(row: Referral, officer: User, on: date) -> None:
    """Of its branch company, and not who registered it: that person could not qualify it."""
    mine = units_of(officer, on, roles=[Role.BRANCH_MANAGER])
    if officer.ref == row.made_by_ref or not mine.filter(pk=row.company_id).exists():
        raise _wrong("officer", _("Only another manager of its branch company can qualify it."))


def without_mandate(referral: Referral) -> Referral:
    """The locked row of a referral that nobody goes on with as a mandate.

    Raises:
        UnableToList: its mandate is under way.
    """
    row = locked(referral)
    if row.status == ReferralStatus.MANDATED:
        raise UnableToList(_("Its mandate is under way and ends it."))
    return row


def _move(
    row: Referral,
    status: ReferralStatus,
    next_by: Any,
    note: str,
    by: User,
    at: datetime,
    *,
    due: datetime | None = None,
) -> Referral:
    _step(row, status, note)
    row.next_by_ref, row.next_due = next_by, due or _due(status, at)
    row.save()
    moved = ReferralMoved(subject=row.ref, status=status.value)
    record(moved, actor=Actor.of(by), at=at, reason=row.note)
    return row


def _end(row: Referral, status: ReferralStatus, note: str, by: User, at: datetime) -> None:
    _step(row, status, note)
    row.next_by_ref = row.next_due = None
    row.ended_at = at
    row.save()
    ended = ReferralEnded(subject=row.ref, status=status.value)
    record(ended, actor=Actor.of(by), at=at, reason=row.note)


def _step(row: Referral, status: ReferralStatus, note: str) -> None:
    if not note.strip():
        raise _wrong("note", _("Write down what the others have to know."))
    if not row.TRANSITIONS.allows(row.status, status):
        raise UnableToList(_("Somebody has gone on with it already. Look at it again."))
    if status != ReferralStatus.WON and row.winnings.pending().exists():
        raise UnableToList(_("It waits as won for a second person, who can send it back."))
    row.move_to(status)
    row.note = note.strip()


def _due(status: ReferralStatus, at: datetime) -> datetime:
    rules = origination_on(clock.business_date(at))
    return at + timedelta(days=rules.days[status.value])


def _wrong(field: str, said: str) -> UnableToList:
    return UnableToList(said, {field: [said]})
