"""Days on which a class was too low for something: kept decisions, told to the jump check."""

from __future__ import annotations

from datetime import date

from brokerage.customers.models import Customer
from suitability import profiles
from suitability.models import MatchRecord, Outcome
from suitability.rules.matching import MatchDecision
from suitability.rules.reasons import Code

WANT_OF_CLASS = frozenset(
    {
        Code.RISK_ABOVE_CLASS,
        Code.LOWEST_ABOVE_R1,
        Code.LOWEST_CANNOT_INSIST,
        Code.LOWEST_NO_PERMISSION,
    }
)
"""Reasons that a higher class would have removed. Others, such as a failed entry
requirement or a holding time that is too long, tempt nobody to answer the paper again."""


def register() -> None:
    """Called once when the app is ready."""
    profiles.refusals.register("suitability.decisions", of)


def of(customer: Customer, since: date) -> list[date]:
    """Business dates from `since` on with a decision against `customer` for want of a class.

    "Does not suit" counts beside "must not be sold": who is told that the class is too low has
    the same reason to try for a higher one, insist route or not. One query.
    """
    rows = MatchRecord.objects.filter(
        customer=customer,
        decided_on__gte=since,
        outcome__in=[Outcome.INSIST, Outcome.REFUSED],
    )
    return [row.decided_on for row in rows.order_by("decided_at") if _wants_class(row)]


def _wants_class(row: MatchRecord) -> bool:
    decision = MatchDecision.from_json(row.result or "")
    return any(reason.code in WANT_OF_CLASS for reason in decision.reasons)
