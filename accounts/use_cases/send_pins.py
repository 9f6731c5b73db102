"""Tell the trading counter since when the passwords of an account hold, whenever one changed.

The counter never learns a password, nor a hash: six digits can be found from any hash whose key
is known, and its key belongs to us alone. It ends what was signed in with an earlier one.
"""

from __future__ import annotations

from datetime import datetime

from accounts.evidence.states import CheckKind, CheckStatus
from accounts.gateways.counter import PinsQuestion, SetPin
from accounts.models import CashAccount, OutsideCheck, Pin
from accounts.states import CashStatus
from accounts.use_cases.outside_checks import check_of, request_check
from brokerage.customers.models import Customer
from brokerage.journal.actors import Actor

ACTOR = Actor.system("accounts.send_pins")


def send_pins(*, customer: Customer, at: datetime) -> OutsideCheck | None:
    """Tell the counter which passwords are set, and since when; the worker asks, and retries.

    A later question replaces one that waits, and carries its instant, so the counter never goes
    back to an earlier state.

    Args:
        customer: whose; nothing is told without an account in use.
        at: the instant.

    Returns:
        The question; None where the counter has nothing to hear.
    """
    accounts = CashAccount.objects.filter(customer=customer, status=CashStatus.ACTIVE)
    cash = accounts.select_related("application").order_by("-pk").first()
    rows = Pin.objects.filter(customer=customer).order_by("kind")
    pins = tuple(SetPin(row.kind, row.set_at.isoformat()) for row in rows)
    if cash is None or not pins:
        return None
    question = PinsQuestion(str(cash.ref), pins, at.isoformat())
    before = check_of(cash.application, CheckKind.PINS)
    heard = before is not None and before.status != CheckStatus.UNANSWERED
    if before is not None and heard and PinsQuestion.of(before.asks).pins == pins:
        return before
    return request_check(
        application=cash.application, kind=CheckKind.PINS, question=question, actor=ACTOR, at=at
    )
