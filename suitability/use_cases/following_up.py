"""Calls after high-risk sales: drawn, called by somebody who did not sell, escalated, closed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from brokerage.core import scope
from brokerage.core.clock import business_date
from brokerage.core.states import IllegalTransition
from brokerage.journal.actors import Actor
from brokerage.journal.record import record
from brokerage.users.models import User
from suitability.models import Disclosure, DoubleRecording, InsistCase, MatchRecord, SaleFollowUp
from suitability.rules.following_up import concerns, is_drawn
from suitability.sale_events import (
    FollowUpCalled,
    FollowUpClosed,
    FollowUpEscalated,
    FollowUpEvent,
    FollowUpMissed,
    FollowUpPlanned,
)
from suitability.selectors.rules import follow_up_rules_on, questions_of, tries_of
from suitability.states import FollowUpStatus
from suitability.use_cases.duties import duties_of

ACTOR = Actor.system("suitability.follow_ups")


class UnableToFollowUp(Exception):
    """The call cannot be written down; the message is translated and may be shown."""


def plan_follow_up(
    *, decision: MatchRecord, sale: UUID, sold_at: datetime, seller: User | None, at: datetime
) -> SaleFollowUp | None:
    """Draw a sale for a call, or not; the same sale again changes nothing.

    Apps that sell call this when a sale is certain.

    Args:
        decision: on which the sale rests.
        sale: ref of what was sold.
        sold_at: when it became certain.
        seller: who sold it, if a person did; somebody else calls.
        at: now.

    Returns:
        The follow-up, or None where none is owed or the sale was not drawn.
    """
    rules = follow_up_rules_on(business_date(at))
    if not is_drawn(sale.int, duties_of(decision), rules):
        return None
    with transaction.atomic():
        row, made = SaleFollowUp.objects.get_or_create(
            sale_ref=sale,
            year=None,
            defaults={
                "record": decision,
                "customer": decision.customer,
                "seller": seller,
                "rule_version": rules.version,
                "text": rules.text,
                "sold_at": sold_at,
                "due_at": sold_at + rules.due,
            },
        )
        if made:
            _tell(FollowUpPlanned, row, ACTOR, at)
    return row


def note_no_answer(*, row: SaleFollowUp, caller: User, at: datetime) -> SaleFollowUp:
    """Nobody answered; after so many tries compliance takes over.

    Raises:
        UnableToFollowUp: for who took part in the sale, or when it waits no longer.
        Http404: when the caller cannot see it.
    """
    with transaction.atomic():
        locked = _waiting(row, caller)
        locked.tries, locked.tried_at = locked.tries + 1, at
        actor = Actor.of(caller)
        _tell(FollowUpMissed, locked, actor, at, tries=locked.tries)
        if locked.tries >= tries_of(locked.rule_version):
            _move(locked, FollowUpStatus.ESCALATED)
            _tell(FollowUpEscalated, locked, actor, at)
        locked.save()
    return locked


def record_answers(
    *, row: SaleFollowUp, answers: Mapping[str, bool], note: str, caller: User, at: datetime
) -> SaleFollowUp:
    """What the customer answered; an answer that raises a concern goes to compliance.

    Args:
        answers: yes or no by key of each question of the version that was drawn with the sale.
        note: what they said besides; asked where there is a concern.

    Raises:
        UnableToFollowUp: for who took part in the sale, when it waits no longer, a question
            without an answer, or a concern without a note.
        Http404: when the caller cannot see it.
    """
    with transaction.atomic():
        locked = _waiting(row, caller)
        try:
            found = concerns(questions_of(locked.text), answers)
        except ValueError:
            raise UnableToFollowUp(_("Answer every question.")) from None
        if found and not note.strip():
            raise UnableToFollowUp(_("Write what the customer said about it."))
        _move(locked, FollowUpStatus.ESCALATED if found else FollowUpStatus.DONE)
        locked.answers = {key: "yes" if given else "no" for key, given in answers.items()}
        locked.note = note.strip()
        locked.called_by, locked.called_at = caller, at
        locked.save()
        actor = Actor.of(caller)
        _tell(FollowUpCalled, locked, actor, at, concern=bool(found))
        if found:
            _tell(FollowUpEscalated, locked, actor, at)
    return locked


def close_follow_up(
    *, row: SaleFollowUp, decision: str, officer: User, at: datetime
) -> SaleFollowUp:
    """Compliance closes an escalated one with what was done.

    Raises:
        UnableToFollowUp: when nothing is written, or it is not with compliance.
        Http404: when the officer cannot see it.
    """
    if not decision.strip():
        raise UnableToFollowUp(_("Write what was done."))
    with transaction.atomic():
        locked = _locked(row, officer)
        _move(locked, FollowUpStatus.CLOSED)
        locked.decided_by, locked.decided_at = officer, at
        locked.decision = decision.strip()
        locked.save()
        _tell(FollowUpClosed, locked, Actor.of(officer), at)
    return locked


def _locked(row: SaleFollowUp, user: User) -> SaleFollowUp:
    rows = SaleFollowUp.objects.select_for_update(of=("self",)).select_related("customer")
    return scope.visible_or_404(rows, user, ref=row.ref)


def _waiting(row: SaleFollowUp, caller: User) -> SaleFollowUp:
    """The row, locked, while it waits for a call by this person."""
    locked = _locked(row, caller)
    if locked.status != FollowUpStatus.WAITING:
        raise UnableToFollowUp(_("Somebody has called already."))
    if caller.pk in _took_part(locked):
        raise UnableToFollowUp(_("Somebody who took no part in the sale has to call."))
    return locked


def _took_part(row: SaleFollowUp) -> set[int | None]:
    """Keys of those who sold, served or recorded the customer."""
    served = InsistCase.objects.filter(record=row.record_id).values_list("served_by", flat=True)
    told = Disclosure.objects.filter(record=row.record_id).values_list("served_by", flat=True)
    recordings = DoubleRecording.objects.filter(record=row.record_id)
    return {row.seller_id, *served, *told, *recordings.values_list("recorded_by", flat=True)}


def _move(row: SaleFollowUp, status: FollowUpStatus) -> None:
    try:
        row.move_to(status)
    except IllegalTransition as error:
        raise UnableToFollowUp(
            _("This step is not due now. Look at the page once more.")
        ) from error


def _tell(
    event: type[FollowUpEvent], row: SaleFollowUp, actor: Actor, at: datetime, **more: Any
) -> None:
    record(
        event(subject=row.ref, customer=row.customer.ref, sale=row.sale_ref, **more),
        actor=actor,
        at=at,
        rule_version=row.rule_version,
    )
