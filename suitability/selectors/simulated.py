"""Which simulated trading of a customer counts."""

from __future__ import annotations

from datetime import date

from brokerage.customers.models import Customer
from brokerage.reference.dated import NoRuleInForce
from brokerage.reference.models import Rule
from suitability.models import SimulatedTrading
from suitability.rules.conditions import Proof
from suitability.rules.simulated import build_simulated_rules, is_enough

SIMULATED_TRADING = "suitability.simulated_trading"
CONVERSION = "simulated_trading"
"""The fact that takes the place of the test of knowledge."""


def practised(customer: Customer, on: date) -> dict[str, Proof]:
    """The facts that simulated trading proves on the business date `on`, with their last day.

    Nothing counts while no rule is approved.
    """
    rows = list(SimulatedTrading.objects.filter(customer=customer).order_by("last_on", "pk"))
    if not rows:
        return {}
    try:
        asked = build_simulated_rules(Rule.objects.in_force(SIMULATED_TRADING, on).value)
    except NoRuleInForce:
        return {}
    return {
        row.fact: Proof(holds=True, as_of=row.last_on)
        for row in rows
        if row.fact in asked and is_enough(row.practice, asked[row.fact], on)
    }
