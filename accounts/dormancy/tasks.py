"""Background entry points of unused accounts: load, one call."""

from __future__ import annotations

from accounts.dormancy.selectors import to_look_at
from accounts.evidence.states import CheckKind, CheckStatus
from accounts.models import Dormancy, OutsideCheck
from accounts.use_cases.rest_account import announce_rests, watch_rest
from accounts.use_cases.send_limits import send_limits
from accounts.use_cases.wake_account import open_again
from brokerage.core import clock
from brokerage.core.jobs import schedule

AT_ONCE = 5000


@schedule("20 19 * * *")
def rest_accounts(timestamp: int) -> None:
    """At night: bring open rests on, and tell the customers of accounts that nobody uses."""
    at = clock.now()
    for dormancy in to_look_at(clock.business_date(at))[:AT_ONCE]:
        watch_rest(dormancy=dormancy, at=at)
    announce_rests(at=at)


@schedule("*/10 16-23 * * *")  # from midnight in Shanghai until before the first auction
def open_woken_accounts(timestamp: int) -> None:
    """Open the accounts whose trading day after the waking has come."""
    at = clock.now()
    due = Dormancy.objects.to_open(clock.business_date(at)).select_related("application")
    for dormancy in due.order_by("opens_on", "pk")[:AT_ONCE]:
        open_again(dormancy=dormancy, at=at)


@schedule("10 20 * * *")
def send_limits_again(timestamp: int) -> None:
    """Tell the counter once more what it did not answer in the time of the rule."""
    at = clock.now()
    rows = OutsideCheck.objects.filter(kind=CheckKind.LIMITS, status=CheckStatus.UNANSWERED)
    for check in rows.select_related("application").order_by("pk")[:AT_ONCE]:
        send_limits(application=check.application, at=at)
