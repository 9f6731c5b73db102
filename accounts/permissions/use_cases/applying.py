"""Applying for a permission: hard checks, frozen evidence, and the first step that is open."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.evidence.states import CheckKind
from accounts.models import PermissionApplication, TradingPermission
from accounts.permissions.dated import case_terms
from accounts.permissions.events import PermissionApplied, PermissionExpired, PermissionWithdrawn
from accounts.permissions.grounds import reaches
from accounts.permissions.hard_stops import hard_stops
from accounts.permissions.selectors import Road, open_case, road_to
from accounts.permissions.standing import first_trade_told, passed_before
from accounts.permissions.states import BEFORE_SIGNATURE, HELD, CaseStatus, PermissionStatus
from accounts.permissions.use_cases.steps import (
    ACTOR,
    UnableToGoOn,
    forget_loss,
    lock_case,
    move,
    stand,
    stand_as_of,
    tell,
)
from accounts.use_cases.outside_checks import open_at
from brokerage.core.clock import business_date
from brokerage.customers.models import Customer
from brokerage.journal.actors import Actor
from holdings.models import AssetEvidence
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

    Conditions are looked at under the lock of that row, and the frozen average is held against
    the threshold once more: a correction of a day may arrive in between.

    Args:
        customer: who applies.
        key: of the permission, such as `star`.
        language: in which the disclosure will be read.
        actor: the customer.
        at: the instant; the average is that of the trading days before its business date.
        carried: the customer has it with another broker: the register is asked instead of
            assets, first trade and test; assessment and class count all the same. Only what the
            dated rule `accounts.permission_case` lists can be carried over.

    Raises:
        UnableToApply: nothing is begun: a hard stop, a condition not met, one under way.
    """
    on = business_date(at)
    terms = case_terms(on)
    if carried and key not in terms.carries:
        raise UnableToApply(_("This permission is not carried over from another broker."))
    try:
        with transaction.atomic():
            permission = _locked(customer, key, at)
            if permission.status in HELD:
                raise UnableToApply(_("You have this permission already."))
            if open_case(customer, key):
                raise UnableToApply(_("You have begun this application already."))
            if stops := hard_stops(customer, on, terms):
                raise UnableToApply(stops[0].text)
            road = road_to(customer, key, at=at, on=on, language=language)
            if road is None:
                raise UnableToApply(_("This permission cannot be applied for here yet."))
            if gaps := road.standing_gaps if carried else road.gaps:
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
    evidence = None if carried else _frozen(customer, permission.key, road, actor, at)
    asks = carried or road.first_trade_is_asked
    told = first_trade_told(customer, on) if road.asks_experience and not carried else None
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
        first_trade=told.first_trade if told and not asks else None,
        first_trade_asked_at=told.first_trade_asked_at if told and not asks else None,
        test_ref=None if carried else passed_before(customer, road.test, on),
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


def _frozen(
    customer: Customer, key: str, road: Road, actor: Actor, at: datetime
) -> AssetEvidence | None:
    """The average as evidence; it carries the decision, so it is what must reach the threshold.

    Raises:
        UnableToApply: when a day was corrected after the conditions were looked at.
    """
    wanted = next((each for each in road.wanted if each.kind is Kind.AVERAGE), None)
    if wanted is None:
        return None
    kept = freeze_average(
        customer=customer,
        purpose=f"permission.{key}",
        on=business_date(at),
        days=road.days,
        actor=actor,
        at=at,
    )
    if not reaches(kept, wanted):
        raise UnableToApply(
            _("The figures of your assets were corrected just now. See what is missing.")
        )
    return kept


def _end(row: PermissionApplication, status: CaseStatus, at: datetime) -> None:
    row.asks_at = None
    move(row, status, at)
    stand_as_of(row, at)
