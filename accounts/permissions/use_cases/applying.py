"""Applying for a permission: hard checks, frozen evidence, and the first step that is open."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.evidence.states import CheckKind
from accounts.models import PermissionApplication, TradingPermission
from accounts.permissions.dated import case_terms
from accounts.permissions.events import PermissionApplied, PermissionExpired, PermissionWithdrawn
from accounts.permissions.selectors import Road, has_active_account, open_case, road_to
from accounts.permissions.states import BEFORE_SIGNATURE, HELD, CaseStatus, PermissionStatus
from accounts.permissions.use_cases.steps import (
    ACTOR,
    UnableToGoOn,
    forget_loss,
    lock_case,
    move,
    stand,
    tell,
)
from accounts.use_cases.outside_checks import open_at
from brokerage.core.clock import business_date
from brokerage.customers.models import Customer
from brokerage.journal.actors import Actor
from holdings.use_cases.freeze_average import freeze_average
from suitability.rules.permission_rules import Kind


class UnableToApply(UnableToGoOn):
    """The hard checks do not let an application begin."""


def apply(
    *,
    customer: Customer,
    key: str,
    language: str,
    actor: Actor,
    at: datetime,
    carried: bool = False,
) -> PermissionApplication:
    """Begin the way to a permission. What is missing is kept on the permission's row.

    Args:
        customer: who applies.
        key: of the permission, such as `star`.
        language: in which the disclosure will be read.
        actor: the customer.
        at: the instant; the average is that of the trading days before its business date.
        carried: the customer has it with another broker: the register is asked instead of
            assets, first trade and test; assessment and class count all the same.

    Raises:
        UnableToApply: nothing is begun: no active account, a condition not met, one under way.
    """
    on = business_date(at)
    road = road_to(customer, key, at=at, on=on, language=language)
    if road is None:
        raise UnableToApply(_("This permission cannot be applied for here yet."))
    if not has_active_account(customer):
        raise UnableToApply(_("First your account has to be active."))
    gaps = road.standing_gaps if carried else road.gaps
    try:
        with transaction.atomic():
            permission = _locked(customer, key, at)
            if permission.status in HELD:
                raise UnableToApply(_("You have this permission already."))
            if open_case(customer, key):
                raise UnableToApply(_("You have begun this application already."))
            if gaps:
                stand(permission, gaps, at)
            else:
                return _begin(permission, road, actor, at, carried)
    except IntegrityError:
        raise UnableToApply(_("You have begun this application already.")) from None
    raise UnableToApply(_("A condition is not met yet. You see below which, and from when."))


def withdraw(*, case: PermissionApplication, actor: Actor, at: datetime) -> None:
    """The customer gives it up before the signature.

    Raises:
        UnableToGoOn: when it was signed or ended.
    """
    with transaction.atomic():
        row = lock_case(case)
        if row.status not in BEFORE_SIGNATURE:
            raise UnableToGoOn(_("There is nothing to give up now."))
        _end(row, CaseStatus.WITHDRAWN, at)
        tell(PermissionWithdrawn, row, actor=actor, at=at)


def expire(*, case: PermissionApplication, at: datetime) -> bool:
    """End an application that was not signed in time; False where it went on meanwhile."""
    with transaction.atomic():
        row = lock_case(case)
        terms = case_terms(business_date(at))
        age = business_date(at) - row.applied_on
        if row.status not in BEFORE_SIGNATURE or age.days < terms.life_days:
            return False
        _end(row, CaseStatus.EXPIRED, at)
        tell(PermissionExpired, row, actor=ACTOR, at=at, rule_version=terms.version)
        return True


def first_step(road: Road) -> CaseStatus:
    """The first step that is open once the depository has nothing more to tell."""
    return CaseStatus.DISCLOSURE if road.met(Kind.TEST) else CaseStatus.TEST


def _locked(customer: Customer, key: str, at: datetime) -> TradingPermission:
    found, _made = TradingPermission.objects.select_for_update().get_or_create(
        customer=customer, key=key, defaults={"status_since": at}
    )
    return found


def _begin(
    permission: TradingPermission, road: Road, actor: Actor, at: datetime, carried: bool
) -> PermissionApplication:
    from accounts.permissions.tasks import ask_depository  # tasks call use cases

    customer, on = permission.customer, business_date(at)
    evidence = None
    if road.days and not carried:
        evidence = freeze_average(
            customer=customer,
            purpose=f"permission.{permission.key}",
            on=on,
            days=road.days,
            actor=actor,
            at=at,
        )
    asks = carried or road.first_trade_is_asked
    case = PermissionApplication.objects.create(
        customer=customer,
        permission=permission,
        key=permission.key,
        status=CaseStatus.CHECKING if asks else first_step(road),
        status_since=at,
        rule_version=road.rule.version,
        applied_at=at,
        applied_on=on,
        evidence_ref=evidence.ref if evidence else None,
        asks_at=open_at(CheckKind.HOLDINGS, at) if asks else None,
        text=road.text,
        carried=carried,
    )
    permission.gaps, permission.earliest = [], None
    permission.move_to(PermissionStatus.APPLIED)
    forget_loss(permission)
    permission.status_since = at
    permission.save()
    tell(
        PermissionApplied,
        case,
        actor=actor,
        at=at,
        rule_version=case.rule_version,
        evidence=str(case.evidence_ref or ""),
    )
    if asks and case.asks_at == at:
        ask_depository.defer(ref=str(case.ref))
    return case


def _end(row: PermissionApplication, status: CaseStatus, at: datetime) -> None:
    row.asks_at = None
    move(row, status, at)
    stand(row.permission, [], at)
