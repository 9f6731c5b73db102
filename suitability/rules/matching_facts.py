"""What a matching opinion depends on, and what it says."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from suitability.rules.grades import Grade, ProfessionalKind
from suitability.rules.paper import InvestorClass
from suitability.rules.reasons import Reason
from suitability.rules.records import Recorded


class MatchOutcome(StrEnum):
    """The opinion."""

    MATCH = "match"
    MISMATCH_INSIST_POSSIBLE = "mismatch_insist_possible"
    REFUSED = "refused"


class LegName(StrEnum):
    """The three legs."""

    RISK = "risk"
    HORIZON = "horizon"
    TYPE = "type"


class Duty(StrEnum):
    """What the firm owes before the sale; all of them towards ordinary investors."""

    DISCLOSE = "disclose"  # the five items before a sale
    SPECIAL_PROCEDURE = "special_procedure"  # a high-risk sale
    INSIST_ROUTE = "insist_route"  # see `insisting`


@dataclass(frozen=True, kw_only=True)
class InvestorFacts(Recorded):
    """What counts of an investor on the date of the decision.

    Attributes:
        professional: kind of professional investor; None for an ordinary one.
        professional_until: first day on which that has ended; None for no end.
        investor_class: of the assessment; None without one.
        lowest: whether the class is the lowest one.
        valid_until: first day on which the assessment has ended.
        horizon: answer for the leg of horizon; a key of `MatchingRules.horizons`.
        types: answers for the leg of type; keys of `MatchingRules.types`.
        met: entry requirements that were checked and are met.
        failed: those that were checked and are not. What is in neither counts as failed too.
    """

    professional: ProfessionalKind | None = None
    professional_until: date | None = None
    investor_class: InvestorClass | None = None
    lowest: bool = False
    valid_until: date | None = None
    horizon: str | None = None
    types: frozenset[str] = frozenset()
    met: frozenset[str] = frozenset()
    failed: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class ItemFacts(Recorded):
    """What counts of a product, service or permission.

    Attributes:
        key: names the item, by its ref.
        months: for how long the money is bound at most; 0 where it can be sold any day.
        type: one of the types that `MatchingRules.types` allow.
        requirements: entry requirements by key.
    """

    key: str
    grade: Grade
    months: int
    type: str
    requirements: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.months < 0:
            raise ValueError("money is bound for a negative time")


@dataclass(frozen=True, kw_only=True)
class MatchInputs(Recorded):
    """Everything that a matching opinion depends on.

    Attributes:
        rules: version of the matching rules.
        exposures: business dates on which we showed or offered the item to this person.
        on: business date of the decision.
    """

    rules: str
    investor: InvestorFacts
    item: ItemFacts
    exposures: tuple[date, ...] = ()
    on: date


@dataclass(frozen=True)
class Leg(Recorded):
    """One leg and its result."""

    name: LegName
    fits: bool


@dataclass(frozen=True, kw_only=True)
class MatchDecision(Recorded):
    """One opinion with its reasons. `legs` is empty where no leg is asked for."""

    rules: str
    outcome: MatchOutcome
    reasons: tuple[Reason, ...]
    legs: tuple[Leg, ...] = ()
    duties: tuple[Duty, ...] = ()
