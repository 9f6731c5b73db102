"""Tell the trading counter what an account can not do, whenever that changed."""

from __future__ import annotations

from datetime import datetime

from accounts.evidence.states import CheckKind, CheckStatus
from accounts.gateways.limits import LimitsQuestion
from accounts.models import Application, CashAccount, OutsideCheck
from accounts.selectors import stopped_abilities
from accounts.states import CashStatus
from accounts.use_cases.outside_checks import check_of, request_check
from brokerage.journal.actors import Actor

ACTOR = Actor.system("accounts.send_limits")


def send_limits(*, application: Application, at: datetime) -> OutsideCheck | None:
    """Tell the counter the limits of an account as they stand now; the worker asks, and retries.

    Call it in the transaction that changed them. A later question replaces one that waits, and
    carries its instant, so the counter never goes back to an older state.

    Args:
        application: of the account; locked here.
        at: the instant.

    Returns:
        The question; None where the counter has nothing to hear: it knows these limits, or there
        never were any, or the account is not in use.
    """
    cash = CashAccount.objects.filter(application=application, status=CashStatus.ACTIVE).first()
    if cash is None:
        return None
    stops = tuple(sorted(stopped_abilities(application)))
    before = check_of(application, CheckKind.LIMITS)
    if before is None and not stops:
        return None
    heard = before is not None and before.status != CheckStatus.UNANSWERED
    if before is not None and heard and tuple(before.asks.get("stops", ())) == stops:
        return before
    question = LimitsQuestion(str(cash.ref), stops, at.isoformat())
    return request_check(
        application=application, kind=CheckKind.LIMITS, question=question, actor=ACTOR, at=at
    )
