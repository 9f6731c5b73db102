"""Losing a permission: suspended by rule, given back, revoked by two people.

The rule suspends when the class falls and, some days later, when the assessment runs out.

Buying closes; selling and reducing stay open in every case.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import TradingPermission
from accounts.permissions.dated import old_assessment_terms
from accounts.permissions.events import (
    HeldEvent,
    PermissionRestored,
    PermissionRevoked,
    PermissionSuspended,
    RevocationProposed,
)
from accounts.permissions.selectors import standing_gaps
from accounts.permissions.states import BY_RULE, HELD, Loss, PermissionStatus
from accounts.permissions.use_cases.reviewing import DECIDES, PROPOSES
from accounts.permissions.use_cases.steps import ACTOR, UnableToGoOn
from brokerage.core import roles
from brokerage.core.clock import business_date
from brokerage.customers.models import Customer
from brokerage.journal.actors import Actor
from brokerage.journal.record import record
from brokerage.users.models import User
from suitability.selectors.assessments import counting_assessment
from suitability.selectors.permissions import ways_of


def look_at_class(*, customer: Customer, at: datetime) -> int:
    """Suspend what the class does not cover any more, and restore what it covers again.

    Args:
        customer: whose assessment changed.
        at: the instant; class and rules are those of its business date. Again, it changes nothing.

    Returns:
        How many permissions changed.
    """
    on = business_date(at)
    ways = {each.permission.rule.key: each for each in ways_of(customer, on)}
    assessed = counting_assessment(customer, on) is not None  # else `look_at_age` decides
    changed = 0
    with transaction.atomic():
        rows = TradingPermission.objects.select_for_update(of=("self",)).of(customer)
        for row in rows.filter(status__in=HELD).select_related("customer").order_by("pk"):
            way = ways.get(row.key)
            if way is None:
                continue
            short, version = bool(standing_gaps(way)), way.permission.rule.version
            if short and assessed and row.status == PermissionStatus.GRANTED:
                _move(row, PermissionStatus.SUSPENDED, Loss.CLASS, at)
                _tell(PermissionSuspended, row, ACTOR, at, version)
            elif not short and row.loss in BY_RULE:
                _move(row, PermissionStatus.GRANTED, "", at)
                _tell(PermissionRestored, row, ACTOR, at, version)
            else:
                continue
            changed += 1
    return changed


def look_at_age(*, customer: Customer, at: datetime) -> int:
    """Suspend what rests on an assessment that ran out longer ago than the rule allows.

    Args:
        customer: whose; a new assessment restores it by `look_at_class`.
        at: the instant; the rule is that of its business date. Again, it changes nothing.

    Returns:
        How many permissions were suspended.
    """
    on = business_date(at)
    terms = old_assessment_terms(on)
    last_day = terms.ended_before(on)
    if not terms.suspends or counting_assessment(customer, last_day) is not None:
        return 0
    ways = {each.permission.rule.key: each for each in ways_of(customer, on)}
    changed = 0
    with transaction.atomic():
        rows = TradingPermission.objects.select_for_update(of=("self",)).of(customer)
        granted = rows.filter(status=PermissionStatus.GRANTED).select_related("customer")
        for row in granted.order_by("pk"):
            way = ways.get(row.key)
            if way is None or not standing_gaps(way):
                continue  # nobody asks this customer for an assessment
            _move(row, PermissionStatus.SUSPENDED, Loss.OLD, at)
            _tell(PermissionSuspended, row, ACTOR, at, terms.version)
            changed += 1
    return changed


def give_back(*, permission: TradingPermission, actor: Actor, at: datetime) -> None:
    """The customer gives a permission back.

    Raises:
        UnableToGoOn: when it is not held.
    """
    with transaction.atomic():
        row = _held(permission)
        _move(row, PermissionStatus.REVOKED, Loss.OWN, at)
        _tell(PermissionRevoked, row, actor, at, by=Loss.OWN.value)


def propose_revocation(
    *, permission: TradingPermission, note: str, officer: User, at: datetime
) -> None:
    """One person of the firm proposes to revoke it, and says why.

    Raises:
        UnableToGoOn: without the right, without a reason, or when it is not held.
    """
    if not roles.may(officer, PROPOSES):
        raise UnableToGoOn(_("You may not review this."))
    if not note.strip():
        raise UnableToGoOn(_("Say why."))
    with transaction.atomic():
        row = _held(permission)
        row.proposed_by, row.note = officer, note.strip()
        row.save()
        _tell(RevocationProposed, row, Actor.of(officer), at)


def decide_revocation(
    *, permission: TradingPermission, agree: bool, officer: User, at: datetime
) -> None:
    """Another person decides: agreed, it is revoked; else it stays as it was.

    Raises:
        UnableToGoOn: without the right, on one's own proposal, or when none waits.
    """
    if not roles.may(officer, DECIDES):
        raise UnableToGoOn(_("You may not decide on this."))
    with transaction.atomic():
        row = _held(permission)
        if row.proposed_by_id is None:
            raise UnableToGoOn(_("Nothing is proposed."))
        if row.proposed_by_id == officer.pk:
            raise UnableToGoOn(_("Another person has to decide."))
        if not agree:
            row.proposed_by, row.note = None, ""
            row.save()
            return
        row.revoked_by = officer
        _move(row, PermissionStatus.REVOKED, Loss.FIRM, at)
        _tell(PermissionRevoked, row, Actor.of(officer), at, by=Loss.FIRM.value)


def _held(permission: TradingPermission) -> TradingPermission:
    rows = TradingPermission.objects.select_for_update(of=("self",)).select_related("customer")
    row = rows.get(pk=permission.pk)
    if row.status not in HELD:
        raise UnableToGoOn(_("This permission is not held."))
    return row


def _move(row: TradingPermission, status: PermissionStatus, loss: str, at: datetime) -> None:
    row.move_to(status)
    row.loss, row.status_since = loss, at
    row.save()


def _tell(
    event: type[HeldEvent],
    row: TradingPermission,
    actor: Actor,
    at: datetime,
    rule_version: str = "",
    **facts: str,
) -> None:
    made = event(subject=row.ref, customer=row.customer.ref, permission=row.key, **facts)
    record(made, actor=actor, at=at, rule_version=rule_version)
