"""Somebody of AML decides whether a customer is the person on a list.

Most decisions are one person's, because a match with a list of sanctions must take effect at once.
That somebody is a politically exposed person, and may be a customer all the same, takes two: one
proposes it, another confirms it (domain handbook 4: enhanced diligence, senior approval).
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.aml.events import MatchDecided, MatchDisputed, MatchProposed
from accounts.aml.states import HitStatus, ListKind
from accounts.models import WatchHit
from brokerage.journal.actors import Actor
from brokerage.journal.record import record
from brokerage.users.models import User


class UnableToDecideOnMatch(Exception):
    """The decision is refused; the message is translated and may be shown."""


def decide_match(
    *, hit: WatchHit, officer: User, status: HitStatus, reason: str, at: datetime
) -> WatchHit:
    """Say whether a customer is the person on the list.

    Args:
        hit: locked here.
        officer: of an AML role; for a politically exposed person another than who proposed it,
            and another than who confirmed it where it is cleared again.
        status: CLEARED or CONFIRMED.
        reason: kept with the match; AML roles alone read it.
        at: the instant.

    Raises:
        UnableToDecideOnMatch: without a reason, where it stands so already, or where it takes
            another person.
    """
    with transaction.atomic():
        row = _locked(hit, reason, status)
        if status == HitStatus.CONFIRMED and _takes_two(row):
            if row.status != HitStatus.PROPOSED:
                raise UnableToDecideOnMatch(_("Two people confirm this: propose it first."))
            if row.proposed_by_id == officer.pk:
                raise UnableToDecideOnMatch(_("Another person has to confirm what you proposed."))
        elif row.status == HitStatus.CONFIRMED and _takes_two(row):
            if row.decided_by_id == officer.pk:
                raise UnableToDecideOnMatch(_("Another person has to clear what you confirmed."))
            row.forget_decision()
        row.move_to(status)
        row.decided_by, row.decided_at, row.reason = officer, at, reason.strip()
        row.save()
        record(MatchDecided(subject=row.ref), actor=Actor.of(officer), at=at)
        return row


def propose_match(*, hit: WatchHit, officer: User, reason: str, at: datetime) -> WatchHit:
    """Propose that a customer is the politically exposed person on the list, and may stay one.

    Args:
        hit: of a list of politically exposed persons; locked here.
        officer: of an AML role.
        reason: why it is the same person, and why the relationship is acceptable.
        at: the instant.

    Raises:
        UnableToDecideOnMatch: without a reason, where it is not open, or on another list.
    """
    with transaction.atomic():
        row = _locked(hit, reason, HitStatus.PROPOSED)
        if not _takes_two(row):
            raise UnableToDecideOnMatch(_("A match with this list is decided on by one person."))
        row.move_to(HitStatus.PROPOSED)
        row.proposed_by, row.proposed_at, row.proposal = officer, at, reason.strip()
        row.save()
        record(MatchProposed(subject=row.ref), actor=Actor.of(officer), at=at)
        return row


def dispute_match(*, hit: WatchHit, officer: User, reason: str, at: datetime) -> WatchHit:
    """Do not agree with a proposal, or take one's own back: the match is to be decided anew.

    Args:
        hit: proposed; locked here.
        officer: of an AML role.
        reason: kept with the match, for whoever decides next.
        at: the instant.

    Raises:
        UnableToDecideOnMatch: without a reason, or where nothing is proposed.
    """
    with transaction.atomic():
        row = _locked(hit, reason, HitStatus.OPEN)
        if row.status != HitStatus.PROPOSED:
            raise UnableToDecideOnMatch(_("Nothing is proposed here."))
        row.move_to(HitStatus.OPEN)
        row.forget_decision()
        row.disputed = reason.strip()
        row.save()
        record(MatchDisputed(subject=row.ref), actor=Actor.of(officer), at=at)
        return row


def _locked(hit: WatchHit, reason: str, status: HitStatus) -> WatchHit:
    if not reason.strip():
        raise UnableToDecideOnMatch(_("Say why; somebody will have to follow it in ten years."))
    rows = WatchHit.objects.select_for_update(of=["self"]).select_related("watch_list")
    row = rows.get(pk=hit.pk)
    if not row.TRANSITIONS.allows(row.status, status):
        raise UnableToDecideOnMatch(_("It was decided so already."))
    return row


def _takes_two(hit: WatchHit) -> bool:
    return hit.watch_list.kind == ListKind.PEP
