"""What every step shares: the lock, the move, the event, and the row of the permission."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from accounts.counter.states import LIVE, ReleaseEnd
from accounts.models import PermissionApplication, PermissionRelease, TradingPermission
from accounts.permissions.events import CaseEvent, PermissionClosedAtOutlet, PermissionRefused
from accounts.permissions.hard_stops import hard_stops
from accounts.permissions.selectors import missing_now
from accounts.permissions.states import (
    CASE_ENDED,
    SAYS_NOTHING_OF_CONDITIONS,
    CaseRefusal,
    CaseStatus,
    PermissionStatus,
)
from accounts.use_cases.release_codes import end_release
from brokerage.core.clock import business_date
from brokerage.core.locking import lock_row
from brokerage.journal.actors import Actor
from brokerage.journal.record import record
from suitability.rules.permissions import ConditionResult

ACTOR = Actor.system("accounts.permissions")


class UnableToGoOn(Exception):
    """The step is not possible now; the message is translated and may be shown."""


def lock_case(case: PermissionApplication) -> PermissionApplication:
    """The row as it stands, with its permission locked first, so that nobody waits crosswise."""
    lock_row(TradingPermission, case.permission_id)
    return lock_row(PermissionApplication, case.pk, "customer__user", "permission", "text")


def move(case: PermissionApplication, status: CaseStatus, at: datetime) -> None:
    """Step to `status` and save; an end has its instant. What an outlet had open is closed."""
    close_counter(case, ReleaseEnd.CASE, ACTOR, at)
    case.move_to(status)
    case.status_since = at
    if status in CASE_ENDED:
        case.ended_at = at
    case.save()


def close_counter(
    case: PermissionApplication, ended_by: ReleaseEnd, actor: Actor, at: datetime
) -> None:
    """End what is live of a locked application's releases; what ran out says so."""
    live = PermissionRelease.objects.select_for_update(of=("self",)).filter(
        case=case, status__in=LIVE
    )
    for release in live:
        ran_out = release.until <= at
        end_release(release, ReleaseEnd.TIME if ran_out else ended_by, at)
        tell(
            PermissionClosedAtOutlet,
            case,
            actor=ACTOR if ran_out else actor,
            at=at,
            release=release.ref,
            ended_by=str(release.ended_by),
        )


def tell(
    event: type[CaseEvent],
    case: PermissionApplication,
    *,
    actor: Actor,
    at: datetime,
    rule_version: str = "",
    **facts: Any,
) -> None:
    """Record what happened to a case."""
    made = event(subject=case.ref, customer=case.customer.ref, permission=case.key, **facts)
    record(made, actor=actor, at=at, rule_version=rule_version)


def forget_loss(permission: TradingPermission) -> None:
    """A new way begins; the first day stays, because what was held may always be sold."""
    permission.loss, permission.note = "", ""
    permission.proposed_by = permission.revoked_by = None


def may_go_on(row: PermissionApplication, at: datetime) -> None:
    """Refuse the step while a hard stop is in the way; nothing is lost.

    Raises:
        UnableToGoOn: with the first stop in words.
    """
    if stops := hard_stops(row.customer, business_date(at)):
        raise UnableToGoOn(stops[0].text)


def refuse(row: PermissionApplication, why: CaseRefusal, at: datetime) -> None:
    """End the locked case with a refusal; the permission's row says what is missing today."""
    row.refusal, row.asks_at = why, None
    move(row, CaseStatus.REFUSED, at)
    stand_as_of(row, at, refused=why not in SAYS_NOTHING_OF_CONDITIONS)
    tell(PermissionRefused, row, actor=ACTOR, at=at, rule_version=row.rule_version)


def stand_as_of(row: PermissionApplication, at: datetime, *, refused: bool = False) -> None:
    """Look at the conditions anew and say on the permission of a case that ended how they are."""
    gaps = missing_now(row.customer, row.key, business_date(at))
    stand(row.permission, gaps, at, refused=refused)


def stand(
    permission: TradingPermission,
    gaps: Iterable[ConditionResult],
    at: datetime,
    *,
    refused: bool = False,
) -> None:
    """Say on the locked row which conditions are not met, and from when they can be; or met.

    Args:
        permission: the row.
        gaps: conditions that are not met.
        at: now.
        refused: an application was refused though no condition is missing. That is kept:
            “conditions met” would offer the permission to whom it was refused.
    """
    found = list(gaps)
    dates = [each.earliest for each in found]
    met = PermissionStatus.REFUSED if refused else PermissionStatus.ELIGIBLE
    status = PermissionStatus.NOT_ELIGIBLE if found else met
    if permission.status != status:
        permission.move_to(status)
        permission.status_since = at
    forget_loss(permission)
    permission.gaps = list(dict.fromkeys(each.kind.value for each in found))
    known = [day for day in dates if day]
    permission.earliest = max(known) if found and len(known) == len(found) else None
    permission.save()
