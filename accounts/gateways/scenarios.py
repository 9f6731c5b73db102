"""Which scenario the sandbox plays for whom, by digits of the number that is asked about.

An identity number has three digits of sequence before its check digit; they choose. A bank card
chooses by its last four digits. Everything else succeeds (docs/gateways/README.md).
"""

from __future__ import annotations

from enum import StrEnum


class Scenario(StrEnum):
    """What happens to a question."""

    SUCCESS = "success"
    MISMATCH = "mismatch"
    NOT_FOUND = "not_found"
    SLOW = "slow"
    DOWN = "down"
    DUPLICATE = "duplicate"
    TWICE = "twice"
    LATE = "late"
    FULL = "full"
    ENDED = "ended"


BY_SEQUENCE = {
    "901": Scenario.MISMATCH,
    "902": Scenario.NOT_FOUND,
    "903": Scenario.SLOW,
    "904": Scenario.DOWN,
    "905": Scenario.DUPLICATE,
    "906": Scenario.TWICE,
    "907": Scenario.LATE,
    "908": Scenario.FULL,
    "909": Scenario.ENDED,
}
BY_CARD = {
    "9901": Scenario.MISMATCH,
    "9902": Scenario.NOT_FOUND,
    "9903": Scenario.SLOW,
    "9904": Scenario.DOWN,
    "9905": Scenario.DUPLICATE,
    "9907": Scenario.LATE,
}


def of_person(number: str) -> Scenario:
    """The scenario of an identity number (the three digits before the last place)."""
    return BY_SEQUENCE.get(number[-4:-1], Scenario.SUCCESS)


def of_card(number: str) -> Scenario:
    """The scenario of a bank card."""
    return BY_CARD.get(number[-4:], Scenario.SUCCESS)
