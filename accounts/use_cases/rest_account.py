"""Put unused accounts to rest: told before, by grades, never while they are used."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from accounts.dormancy.dated import DormancyTerms, dormancy_terms
from accounts.dormancy.events import AccountAtRest, RestAnnounced, RestCancelled
from accounts.dormancy.selectors import is_unused, portion, to_tell
from accounts.dormancy.states import DORMANCY_OPEN, DormancyStatus
from accounts.evidence.events import EvidenceEvent
from accounts.models import Application, CashAccount, Dormancy
from accounts.states import CashStatus
from accounts.use_cases.send_limits import send_limits
from accounts.use_cases.writing import lock
from brokerage.core.clock import business_date
from brokerage.core.locking import lock_row
from brokerage.journal.actors import Actor
from brokerage.journal.record import record

ACTOR = Actor.system("accounts.rest_accounts")
AT_ONCE = 5_000
"""Accounts that one statement looks at."""


def announce_rests(*, at: datetime, most: int = AT_ONCE) -> int:
    """Tell the customers of accounts that nobody uses; a portion and a transaction at a time.

    Cut off anywhere, the next run tells the rest: whoever was told is not told again.

    Args:
        at: the instant; the rule of its business date counts.
        most: accounts looked at with one statement.

    Returns:
        How many were told; none while the counter told nothing of late.
    """
    on = business_date(at)
    terms = dormancy_terms(on)
    unused_now = is_unused(on, terms)
    if unused_now is None:
        return 0
    told, after = 0, 0
    while keys := portion(after, most):
        with transaction.atomic():
            for application in to_tell(keys, unused_now, on, terms):
                told += _announce(application, terms, at)
        after = keys[-1]
    return told


def watch_rest(*, dormancy: Dormancy, at: datetime) -> Dormancy:
    """Bring a rest to where its rule has it; one that is used again before it began is over.

    Args:
        dormancy: locked here, after its application.
        at: the instant.
    """
    on = business_date(at)
    terms = dormancy_terms(on)
    unused_now = is_unused(on, terms)
    with transaction.atomic():
        row = locked_rest(dormancy)
        if row.status not in (DormancyStatus.TOLD, DormancyStatus.DORMANT) or unused_now is None:
            return row
        row.looked_on = on
        if not CashAccount.objects.filter(
            application=row.application, status=CashStatus.ACTIVE
        ).exists():  # closed meanwhile
            return _end(row, at)
        if row.status == DormancyStatus.TOLD:
            still = Application.objects.filter(unused_now, pk=row.application_id).exists()
            if not still:
                _record(row, RestCancelled(subject=row.application.ref), terms, at)
                return _end(row, at)
        stops = sorted(terms.stops((on - row.rests_on).days)) if on >= row.rests_on else []
        if stops and stops != sorted(row.stopped):
            row.move_to(DormancyStatus.DORMANT)
            row.stopped, row.rule_version = stops, terms.version
            rests = AccountAtRest(subject=row.application.ref, stops=tuple(stops))
            _record(row, rests, terms, at)
        row.save()
        if row.stopped:
            send_limits(application=row.application, at=at)
        return row


def locked_rest(dormancy: Dormancy) -> Dormancy:
    """A rest as it stands, locked after its application until the transaction ends."""
    application = lock(dormancy.application)
    row = lock_row(Dormancy, dormancy.pk)
    row.application = application
    return row


def _announce(application: Application, terms: DormancyTerms, at: datetime) -> bool:
    on = business_date(at)
    row, made = Dormancy.objects.get_or_create(
        application=application,
        status__in=DORMANCY_OPEN,
        defaults={
            "status": DormancyStatus.TOLD,
            "told_on": on,
            "rests_on": on + timedelta(days=terms.notice_days),
            "looked_on": on,
            "rule_version": terms.version,
        },
    )
    if made:
        told = RestAnnounced(subject=application.ref, rests_on=row.rests_on.isoformat())
        _record(row, told, terms, at)
    return made


def _end(row: Dormancy, at: datetime) -> Dormancy:
    """Over without the customer: the account was used again, or closed."""
    if row.status == DormancyStatus.TOLD:
        row.move_to(DormancyStatus.USED)
        row.ended_at = at
    row.save()
    return row


def _record(row: Dormancy, event: EvidenceEvent, terms: DormancyTerms, at: datetime) -> None:
    record(event, actor=ACTOR, at=at, rule_version=terms.version)
