"""A stored decision is taken again from what was stored, and must come out the same."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from suitability.rules.assessing import AssessmentInputs, assess
from suitability.rules.classes import (
    ConversionInputs,
    RecognitionInputs,
    StepBackInputs,
    convert_to_professional,
    recognise,
    step_back,
)
from suitability.rules.coaching import CoachingInputs, find_signs
from suitability.rules.disclosing import DisclosureInputs, is_disclosed
from suitability.rules.grading import GradingInputs, grade_item
from suitability.rules.insisting import InsistInputs, may_go_ahead
from suitability.rules.knowledge import KnowledgeInputs, mark
from suitability.rules.matching import MatchInputs, match
from suitability.rules.permissions import DistanceInputs, distance
from suitability.rules.records import Recorded
from suitability.rules.retakes import JumpInputs, RetakeInputs, look_at_jump, may_retake

RulesOf = Callable[[str], Any]
"""The rules of a version: what the kind's function takes after its inputs, one or a tuple."""


@dataclass(frozen=True)
class DecisionKind:
    """A kind of decision. `version_in` names the field of the inputs with the rules' version."""

    inputs: type[Recorded]
    decide: Callable[..., Any]
    version_in: str = "rules"


KINDS: dict[str, DecisionKind] = {
    "assessment": DecisionKind(AssessmentInputs, assess, "paper"),
    "retake": DecisionKind(RetakeInputs, may_retake, "paper"),
    "jump": DecisionKind(JumpInputs, look_at_jump, "paper"),
    "coaching": DecisionKind(CoachingInputs, find_signs),
    "match": DecisionKind(MatchInputs, match),
    "insist": DecisionKind(InsistInputs, may_go_ahead),
    "disclosure": DecisionKind(DisclosureInputs, is_disclosed),
    "recognition": DecisionKind(RecognitionInputs, recognise),
    "conversion": DecisionKind(ConversionInputs, convert_to_professional),
    "step_back": DecisionKind(StepBackInputs, step_back),
    "knowledge": DecisionKind(KnowledgeInputs, mark),
    "grading": DecisionKind(GradingInputs, grade_item),
    "distance": DecisionKind(DistanceInputs, distance),
}


def replay(kind: str, inputs_json: str, rules_of: RulesOf) -> Any:
    """The decision that the stored inputs lead to.

    Args:
        kind: a key of KINDS.
        inputs_json: what `to_json` of the inputs wrote.
        rules_of: gives the rules of the version that the inputs name: the paper, its caps, the
            matrix … For a distance the pair of rule and trading calendar.

    Raises:
        KeyError: for an unknown kind.
        BadRecord: when the text is not as it was written.
        WrongRules: when `rules_of` gives another version.
    """
    known = KINDS[kind]
    inputs = known.inputs.from_json(inputs_json)
    rules = rules_of(getattr(inputs, known.version_in))
    return known.decide(inputs, *(rules if isinstance(rules, tuple) else (rules,)))
