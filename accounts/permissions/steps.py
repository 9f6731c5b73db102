"""The steps of an application as its page lists them."""

from __future__ import annotations

from dataclasses import dataclass

from accounts.models import PermissionApplication
from accounts.permissions.states import CASE_ENDED, CaseStatus, ReviewRoute

ORDER = (
    CaseStatus.CHECKING,
    CaseStatus.TEST,
    CaseStatus.DISCLOSURE,
    CaseStatus.SIGNING,
    CaseStatus.REVIEW,
    CaseStatus.REPORTING,
)


@dataclass(frozen=True)
class Line:
    """One step: `state` is ok, now or todo."""

    label: str
    state: str


def lines(case: PermissionApplication, *, tested: bool) -> list[Line]:
    """The steps that this application has or had; a case that ended badly has none to come."""
    skipped = set()
    told = case.first_trade_asked_at
    asked = case.carried or (told is not None and told >= case.applied_at)  # else told before
    if case.status != CaseStatus.CHECKING and not asked:
        skipped.add(CaseStatus.CHECKING)
    if case.status != CaseStatus.TEST and not tested:
        skipped.add(CaseStatus.TEST)
    if case.route == ReviewRoute.RULE:
        skipped.add(CaseStatus.REVIEW)
    done = [status for status in ORDER if status not in skipped]
    if case.status == CaseStatus.GRANTED:
        return [Line(str(status.label), "ok") for status in done]
    if case.status in CASE_ENDED:
        return []
    now = CaseStatus.SIGNING if case.status == CaseStatus.OPINION else CaseStatus(case.status)
    place = ORDER.index(now)
    return [
        Line(
            str(status.label),
            "ok" if ORDER.index(status) < place else "now" if status is now else "todo",
        )
        for status in done
    ]
