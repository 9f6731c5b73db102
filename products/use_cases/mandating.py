"""Open a mandate for a referral, take it from stage to stage, end it with its credit."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from brokerage.core import clock
from brokerage.core.locking import lock_row
from brokerage.journal.actors import Actor
from brokerage.journal.record import record
from brokerage.users.models import User
from products.dated import mandates_on
from products.mandate_events import (
    MandateEvent,
    MandateHandedOn,
    MandateMoved,
    MandateOpened,
    MandatePlanned,
)
from products.mandate_states import NEEDED, PaperKind, Stage
from products.models import Mandate, Product, Referral
from products.selectors.mandates import is_behind_the_wall
from products.states import Mode, ReferralStatus
from products.use_cases.referring import (
    begin_mandate,
    end_referral,
    locked,
    require_turn,
)
from products.use_cases.refusals import UnableToList, check
from products.use_cases.staff_match import match_of_today


@transaction.atomic
def open_mandate(
    *, referral: Referral, product: Product | None, note: str, by: User, at: datetime
) -> Mandate:
    """Go on with a referral that was reported back as a mandate; who opens it leads it.

    Only the person whose turn it is opens it: behind a wall nobody else may become its lead.

    Args:
        product: that is mandated, of the pipeline; None for what is made for this client alone.
        note: what the outlet reads of it.

    Raises:
        UnableToList: `errors` names the fields.
    """
    row = locked(referral)
    require_turn(row, ReferralStatus.MANDATED, by)
    if product is not None and product.mode != Mode.PIPELINE:
        raise _wrong("product", _("This is not sold by a mandate."))
    rules = mandates_on(clock.business_date(at))
    due = at + timedelta(days=rules.days[Stage.OPENED.value])
    begin_mandate(row, lead=by, due=due, note=note, by=by, at=at)
    made = Mandate(
        referral=row,
        desk=row.desk,
        company=row.company,
        customer=row.customer,
        product=product,
        lead_ref=by.ref,
        due_at=due,
        percent=rules.percent[Stage.OPENED.value],
        rule_version=rules.version,
        opened_at=at,
    )
    check(made)
    made.save()
    record(MandateOpened(subject=made.ref), actor=Actor.of(by), at=at)
    return made


@transaction.atomic
def move_mandate(*, mandate: Mandate, to: Stage, note: str, by: User, at: datetime) -> Mandate:
    """Enter the next stage; its clock, likelihood and next step begin anew.

    Args:
        to: not an end; ends are `winning.complete_mandate` and `lose_mandate`.

    Raises:
        UnableToList: without words, out of turn, without the paper or the match that the stage
            needs, or a review by its own lead.
    """
    row = locked_mandate(mandate)
    _require_paper(row, to)
    if to == Stage.CLEARED:
        if by.ref == row.lead_ref:
            raise UnableToList(_("Somebody else than the lead has to review it."))
        row.reviewed_by_ref = by.ref
    if to == Stage.SIGNED and row.product is not None and row.customer is not None:
        row.decision = match_of_today(row.customer, row.product, at)
    _step(row, to, note)
    rules = mandates_on(clock.business_date(at))
    row.due_at = at + timedelta(days=rules.days[to.value])
    row.percent = rules.percent[to.value]
    row.rule_version = rules.version
    row.next_step = ""
    row.save()
    _tell_referral(row)
    _record(MandateMoved(subject=row.ref, status=to.value), row.note, by, at)
    return row


@transaction.atomic
def plan_mandate(
    *,
    mandate: Mandate,
    next_step: str,
    percent: int,
    expected: Decimal,
    note: str,
    by: User,
    at: datetime,
) -> Mandate:
    """Say what is done next, how likely it is to conclude, and what it is expected to earn.

    Args:
        next_step: empty for what the stage asks for.
        percent: 0 to 100.
        expected: net revenue in yuan, not below zero.

    Raises:
        UnableToList: `errors` names the fields; or it has ended.
    """
    row = locked_mandate(mandate)
    if row.ended_at is not None:
        raise UnableToList(_("It has ended."))
    if not note.strip():
        raise _wrong("note", _("Write down why."))
    row.next_step, row.percent, row.expected = next_step.strip(), percent, expected
    row.note = note.strip()
    check(row)
    row.save()
    _record(MandatePlanned(subject=row.ref), row.note, by, at)
    return row


@transaction.atomic
def hand_mandate_on(*, mandate: Mandate, lead: User, note: str, by: User, at: datetime) -> Mandate:
    """Let somebody else lead it, who has to be behind its wall.

    Raises:
        UnableToList: without words, after its end, to somebody outside, or to its reviewer.
    """
    row = locked_mandate(mandate)
    if row.ended_at is not None:
        raise UnableToList(_("It has ended."))
    if not note.strip():
        raise _wrong("note", _("Write down why."))
    if not is_behind_the_wall(row, lead):
        raise _wrong("lead", _("Let this person behind the wall first."))
    if lead.ref == row.reviewed_by_ref:
        raise _wrong("lead", _("Who reviewed it cannot lead it."))
    row.lead_ref, row.note = lead.ref, note.strip()
    row.save()
    _tell_referral(row)
    _record(MandateHandedOn(subject=row.ref, lead=lead.ref), row.note, by, at)
    return row


@transaction.atomic
def lose_mandate(*, mandate: Mandate, note: str, by: User, at: datetime) -> Mandate:
    """It is not concluded; the outlet reads why. Raises UnableToList without words."""
    row = locked_mandate(mandate)
    referral = locked(row.referral)
    end_mandate(row, Stage.LOST, note, by, at)
    end_referral(referral, note=note, by=by, at=at)
    return row


def _require_paper(row: Mandate, to: Stage) -> None:
    kind = NEEDED.get(to)
    if kind is not None and not row.papers.filter(kind=kind).exists():
        said = _("First add the paper: {kind}.").format(kind=PaperKind(kind).label)
        raise UnableToList(said)


def end_mandate(row: Mandate, to: Stage, note: str, by: User, at: datetime) -> None:
    """End a locked mandate, completed or lost; the caller ends its referral."""
    _step(row, to, note)
    row.due_at, row.next_step, row.ended_at = None, "", at
    row.save()
    _record(MandateMoved(subject=row.ref, status=to.value), row.note, by, at)


def _step(row: Mandate, to: Stage, note: str) -> None:
    if not note.strip():
        raise _wrong("note", _("Write down what the others have to know."))
    if not row.TRANSITIONS.allows(row.status, to):
        raise UnableToList(_("Somebody has gone on with it already. Look at it again."))
    row.move_to(to)
    row.note = note.strip()


def _tell_referral(row: Mandate) -> None:
    """The outlet sees who has it and until when, and nothing else of a mandate."""
    Referral.objects.filter(pk=row.referral_id).update(
        next_by_ref=row.lead_ref, next_due=row.due_at
    )


def locked_mandate(mandate: Mandate) -> Mandate:
    """The row of a mandate anew, locked until the transaction ends."""
    return lock_row(Mandate, mandate.pk, "referral", "product", "customer")


def _record(event: MandateEvent, reason: str, by: User, at: datetime) -> None:
    record(event, actor=Actor.of(by), at=at, reason=reason)


def _wrong(field: str, said: str) -> UnableToList:
    return UnableToList(said, {field: [said]})
