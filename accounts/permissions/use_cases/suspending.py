"""The rule closes buying when the class falls or the assessment runs out, and opens it again.

Selling and reducing stay open in every case.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts.models import TradingPermission
from accounts.permissions.dated import old_assessment_terms
from accounts.permissions.events import HeldEvent, PermissionRestored, PermissionSuspended
from accounts.permissions.selectors import standing_gaps
from accounts.permissions.states import BY_RULE, HELD, Loss, PermissionStatus
from accounts.permissions.use_cases.send_permissions import send_permissions
from accounts.permissions.use_cases.steps import ACTOR
from brokerage.core.clock import business_date
from brokerage.customers.models import Customer
from brokerage.journal.actors import Actor
from brokerage.journal.record import record
from suitability.selectors.assessments import counting_assessment
from suitability.selectors.permissions import ways_of


def look_at_class(*, customer: Customer, at: datetime, key: str = "") -> int:
    """Suspend what the class does not cover any more, and restore what it covers again.

    Args:
        customer: whose assessment changed.
        at: the instant; class and rules are those of its business date. Again, it changes nothing.
        key: only this permission, for a caller that has locked its row.

    Returns:
        How many permissions changed.
    """
    named = {"key": key} if key else {}
    if not TradingPermission.objects.of(customer).filter(status__in=HELD, **named).exists():
        return 0  # whoever has just been assessed for the first time holds none
    on = business_date(at)
    ways = {each.permission.rule.key: each for each in ways_of(customer, on, key=key)}
    assessed = counting_assessment(customer, on) is not None  # else `look_at_age` decides
    changed = 0
    with transaction.atomic():
        rows = TradingPermission.objects.select_for_update(of=("self",)).of(customer)
        held = rows.filter(status__in=HELD, **named)
        for row in held.select_related("customer").order_by("pk"):
            way = ways.get(row.key)
            if way is None:
                continue
            short, version = bool(standing_gaps(way)), way.permission.rule.version
            if short and assessed and row.status == PermissionStatus.GRANTED:
                move_held(row, PermissionStatus.SUSPENDED, Loss.CLASS, at)
                tell_held(PermissionSuspended, row, ACTOR, at, version)
            elif not short and row.loss in BY_RULE:
                move_held(row, PermissionStatus.GRANTED, "", at)
                tell_held(PermissionRestored, row, ACTOR, at, version)
            else:
                continue
            changed += 1
        if changed:
            send_permissions(customer=customer, at=at)
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
            move_held(row, PermissionStatus.SUSPENDED, Loss.OLD, at)
            tell_held(PermissionSuspended, row, ACTOR, at, terms.version)
            changed += 1
        if changed:
            send_permissions(customer=customer, at=at)
    return changed


def move_held(row: TradingPermission, status: PermissionStatus, loss: str, at: datetime) -> None:
    """Step a locked permission that is held to `status`, and save."""
    row.move_to(status)
    row.loss, row.status_since = loss, at
    row.save()


def tell_held(
    event: type[HeldEvent],
    row: TradingPermission,
    actor: Actor,
    at: datetime,
    rule_version: str = "",
    **facts: str,
) -> None:
    """Record what happened to a permission that was held."""
    made = event(subject=row.ref, customer=row.customer.ref, permission=row.key, **facts)
    record(made, actor=actor, at=at, rule_version=rule_version)
