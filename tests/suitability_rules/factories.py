"""Facts to start from: an ordinary C3 with everything in order, and an item that suits."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from suitability import shipped
from suitability.rules.assessing import AssessmentInputs
from suitability.rules.conditions import Proof
from suitability.rules.contradictions import Profile
from suitability.rules.grades import Grade
from suitability.rules.insisting import Channel, InsistInputs
from suitability.rules.matching import InvestorFacts, ItemFacts, MatchInputs
from suitability.rules.paper import InvestorClass

ON = date(2026, 3, 2)  # a Monday
PAPER = shipped.paper("natural_person")
ORGANISATION = shipped.paper("organisation")
MATRIX = shipped.matching_rules()
ALL_TYPES = frozenset({"complex"})


def investor(**changes: Any) -> InvestorFacts:
    """C3, any horizon, all types, assessed until next year."""
    given = InvestorFacts(
        investor_class=InvestorClass.C3,
        valid_until=date(2027, 3, 2),
        horizon="any",
        types=ALL_TYPES,
    )
    return replace(given, **changes)


def item(**changes: Any) -> ItemFacts:
    """An R3 equity item that can be sold any day."""
    return replace(ItemFacts(key="item", grade=Grade.R3, months=0, type="equity"), **changes)


def match_inputs(
    who: InvestorFacts | None = None, what: ItemFacts | None = None, **changes: Any
) -> MatchInputs:
    """The two against each other on ON."""
    given = MatchInputs(
        rules=MATRIX.version, investor=who or investor(), item=what or item(), on=ON
    )
    return replace(given, **changes)


def insist_inputs(**changes: Any) -> InsistInputs:
    """A C3 who insists on R4 online and did every step."""
    given = InsistInputs(
        rules=shipped.insist_rules().version,
        match=match_inputs(what=item(grade=Grade.R4)),
        asked_at=datetime(2026, 3, 2, 1, 0, tzinfo=UTC),
        warning=shipped.insist_rules().warning,
        warned_at=datetime(2026, 3, 2, 1, 5, tzinfo=UTC),
        acknowledged_at=datetime(2026, 3, 2, 1, 10, tzinfo=UTC),
        confirmed_at=datetime(2026, 3, 2, 1, 40, tzinfo=UTC),
        channel=Channel.ONLINE,
        trace="trace",
    )
    return replace(given, **changes)


def answers(**changes: Any) -> dict[str, tuple[str, ...]]:
    """The second answer to every question: a coherent middling person; keys by name."""
    given = {each.key: (each.options[1].key,) for each in PAPER.questions}
    return {**given, **{key: (chosen,) for key, chosen in changes.items()}}


def assessment_inputs(**changes: Any) -> AssessmentInputs:
    """A complete paper of an adult of 35, as the answers say."""
    given = AssessmentInputs(
        paper="natural_person@2026-01-01",
        answers=answers(),
        declarations={"full_capacity": True},
        profile=Profile(birth_date=date(1990, 6, 1)),
        on=ON,
    )
    return replace(given, **changes)


def proof(amount: str | None = None, *, holds: bool = False, as_of: date = ON) -> Proof:
    """A proof of today."""
    return Proof(amount=None if amount is None else Decimal(amount), holds=holds, as_of=as_of)
