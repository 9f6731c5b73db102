"""Which steps an application has, which are done, and what is missing. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from accounts.states import Step


@dataclass(frozen=True)
class Facts:
    """What is known of an application when its steps are asked for.

    Attributes:
        done: steps that are finished.
        asks_about_sharing: whether an institution that may hear how it stands sent the customer.
        is_organisation: then what is asked of persons alone is left out.
    """

    done: frozenset[Step]
    asks_about_sharing: bool = False
    is_organisation: bool = False


def steps(facts: Facts) -> list[tuple[Step, bool]]:
    """The customer's steps in order, each with whether it is done; sending is the last."""
    left_out = set() if facts.asks_about_sharing else {Step.SHARING}
    if facts.is_organisation:
        left_out.add(Step.PROFILE)
    return [(step, step in facts.done) for step in Step if step not in left_out]


def missing(facts: Facts) -> list[Step]:
    """The steps that must be done before sending."""
    return [step for step, done in steps(facts) if not done and step != Step.SEND]
