"""What may be done at a counter, and by whom. Values in, decision out."""

from __future__ import annotations

from collections.abc import Collection, Set

from accounts.counter.states import AT_COUNTER
from accounts.states import Step
from branches.states import SIDES, Side
from brokerage.core.roles import Role

WITNESS = "witness"
"""The licence that the service "open an account" asks for (branches/reference/services.csv)."""
HELPS = (Role.OPENING_OFFICER, Role.BRANCH_MANAGER)
"""Who opens a case with the customer's code: the roles that serve visits for an opening."""


def may_do(step: Step, *, done: Set[Step], may_change: bool) -> bool:
    """Whether staff may do a step now: one of the counter's that is open.

    Args:
        step: which.
        done: the steps that are finished; they are locked for staff.
        may_change: whether the step is the customer's turn at all.
    """
    return step in AT_COUNTER and may_change and step not in done


def may_witness(
    *, roles: Collection[str], here: Collection[str], licences: Collection[str]
) -> bool:
    """Whether somebody may record a customer's video as its witness.

    A witness is trained staff who opens accounts at this outlet and wins no customers (domain
    handbook 3.2; CSRC Order 204 keeps the two apart). Brokers have no log-in: none comes here.

    Args:
        roles: everything that this person does anywhere.
        here: what of it covers the outlet where the customer stands.
        licences: codes of the licences that hold today.
    """
    sells = any(SIDES.get(Role(role)) == Side.SELLS for role in roles)
    return Role.OPENING_OFFICER in here and WITNESS in licences and not sells
