"""Professional investors: who is one, who may become one, who stops being one.

The five kinds of Order 130 and the conversion both ways. Figures come as data.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from brokerage.reference.periods import Period
from suitability.rules.conditions import Condition, Finding, Proof, build_condition, evaluate
from suitability.rules.grades import ProfessionalKind
from suitability.rules.reasons import Code, Reason, because
from suitability.rules.records import Recorded
from suitability.rules.versions import require_version

BY_PROOF = {ProfessionalKind.LICENSED, ProfessionalKind.PRODUCT, ProfessionalKind.STATUS}
BY_TEST = {ProfessionalKind.ORGANISATION, ProfessionalKind.PERSON}
MAY_STEP_BACK = {
    ProfessionalKind.ORGANISATION,
    ProfessionalKind.PERSON,
    ProfessionalKind.CONVERTED,
}


@dataclass(frozen=True, kw_only=True)
class ProfessionalRules:
    """Tests and periods; see `reference/rules/thresholds.yaml`.

    Attributes:
        by_right: the test of each kind.
        conversion: the tests of an ordinary organisation and of an ordinary person.
        steps: of the procedure of conversion, all of which must be done.
        proof_months: how old a proof may be.
        valid_months: how long the status lasts before it is proved again.
    """

    version: str
    by_right: Mapping[ProfessionalKind, Condition]
    conversion: Mapping[ProfessionalKind, Condition]
    steps: tuple[str, ...]
    proof_months: int
    valid_months: int

    def __post_init__(self) -> None:
        if set(self.by_right) != BY_PROOF | BY_TEST or set(self.conversion) != BY_TEST:
            raise ValueError("a kind of professional investor has no test")
        if min(self.proof_months, self.valid_months) < 1 or not self.steps:
            raise ValueError("a period is below one month, or conversion has no steps")

    def test_of(self, kind: ProfessionalKind, *, person: bool) -> Condition:
        """What is to be proved for a kind; conversion asks persons and organisations apart."""
        if kind is not ProfessionalKind.CONVERTED:
            return self.by_right[kind]
        return self.conversion[
            ProfessionalKind.PERSON if person else ProfessionalKind.ORGANISATION
        ]


def build_professional_rules(content: Mapping[str, Any], version: str) -> ProfessionalRules:
    """The rules that the value of `suitability.professional` describes.

    Raises:
        KeyError, TypeError, ValueError: when it is incomplete or malformed.
    """
    return ProfessionalRules(
        version=version,
        by_right=_tests(content["by_right"]),
        conversion=_tests(content["conversion"]),
        steps=tuple(str(each) for each in content["steps"]),
        proof_months=int(content["proof_months"]),
        valid_months=int(content["valid_months"]),
    )


def _tests(content: Mapping[str, Any]) -> dict[ProfessionalKind, Condition]:
    return {ProfessionalKind[key.upper()]: build_condition(each) for key, each in content.items()}


def kinds_for(*, person: bool) -> tuple[ProfessionalKind, ...]:
    """The kinds that a person or an organisation can ask for."""
    if person:
        return ProfessionalKind.PERSON, ProfessionalKind.CONVERTED
    return (
        *(kind for kind in ProfessionalKind if kind in BY_PROOF),
        ProfessionalKind.ORGANISATION,
        ProfessionalKind.CONVERTED,
    )


def groups_of(condition: Condition) -> tuple[tuple[Condition, ...], ...]:
    """The facts that a test asks for, in groups: all groups count, one fact of each is enough."""
    if not condition.parts:
        return ((condition,),)
    if condition.one_is_enough:
        return (tuple(leaf for part in condition.parts for leaf in _leaves(part)),)
    return tuple(group for part in condition.parts for group in groups_of(part))


def _leaves(condition: Condition) -> tuple[Condition, ...]:
    if not condition.parts:
        return (condition,)
    return tuple(leaf for part in condition.parts for leaf in _leaves(part))


@dataclass(frozen=True, kw_only=True)
class RecognitionInputs(Recorded):
    """A claim to be professional by right, as `kind` 1 to 5, with its proofs."""

    rules: str
    kind: ProfessionalKind
    facts: Mapping[str, Proof]
    on: date


@dataclass(frozen=True, kw_only=True)
class ConversionInputs(Recorded):
    """An ordinary investor's application to be treated as professional.

    Attributes:
        person: a natural person; otherwise an organisation.
        lowest: whether the present class is the lowest one.
        steps: what of the procedure has been done.
    """

    rules: str
    person: bool
    lowest: bool
    facts: Mapping[str, Proof]
    steps: frozenset[str]
    on: date


@dataclass(frozen=True, kw_only=True)
class StepBackInputs(Recorded):
    """A professional's wish to be an ordinary investor again."""

    rules: str
    kind: ProfessionalKind
    noticed: bool
    on: date


@dataclass(frozen=True, kw_only=True)
class StatusDecision(Recorded):
    """The status from now on, with its reasons.

    Attributes:
        granted: whether the wish is fulfilled as far as the rules go. The firm may still refuse a
            conversion; that is a decision of people, and never one to grant what is refused here.
        professional: the kind; None for ordinary. Where nothing was granted, see `granted` only.
        until: the first day on which it has ended and must have been proved again.
    """

    rules: str
    granted: bool
    reasons: tuple[Reason, ...]
    professional: ProfessionalKind | None = None
    until: date | None = None


def recognise(inputs: RecognitionInputs, rules: ProfessionalRules) -> StatusDecision:
    """Is this a professional investor by right?

    Raises:
        WrongRules: when `inputs` name another version.
    """
    require_version(inputs.rules, rules.version)
    if inputs.kind not in rules.by_right:
        reason = because(Code.NOT_CONVERTIBLE, kind=inputs.kind.value)
        return StatusDecision(rules=rules.version, granted=False, reasons=(reason,))
    finding = evaluate(
        rules.by_right[inputs.kind], inputs.facts, on=inputs.on, proof_months=rules.proof_months
    )
    return _status(finding, inputs.kind, inputs.on, rules)


def convert_to_professional(inputs: ConversionInputs, rules: ProfessionalRules) -> StatusDecision:
    """May this ordinary investor be treated as professional?

    The lowest class may not, whatever is proved: conversion is no way around the bar.

    Raises:
        WrongRules: when `inputs` name another version.
    """
    require_version(inputs.rules, rules.version)
    kind = ProfessionalKind.PERSON if inputs.person else ProfessionalKind.ORGANISATION
    test = evaluate(
        rules.conversion[kind], inputs.facts, on=inputs.on, proof_months=rules.proof_months
    )
    against = [
        because(Code.STEP_MISSING, step=each) for each in rules.steps if each not in inputs.steps
    ]
    if inputs.lowest:
        against.insert(0, because(Code.LOWEST_CANNOT_CONVERT))
    finding = Finding(test.met and not against, (*against, *test.reasons))
    return _status(finding, ProfessionalKind.CONVERTED, inputs.on, rules)


def step_back(inputs: StepBackInputs, rules: ProfessionalRules) -> StatusDecision:
    """A professional of kind 4, 5 or by conversion becomes ordinary by written notice alone.

    Raises:
        WrongRules: when `inputs` name another version.
    """
    require_version(inputs.rules, rules.version)
    if inputs.kind not in MAY_STEP_BACK:
        reason = because(Code.NOT_CONVERTIBLE, kind=inputs.kind.value)
        return StatusDecision(rules=rules.version, granted=False, reasons=(reason,))
    code = Code.NOTICE_ACCEPTED if inputs.noticed else Code.NOTICE_MISSING
    return StatusDecision(rules=rules.version, granted=inputs.noticed, reasons=(because(code),))


def _status(
    finding: Finding, kind: ProfessionalKind, on: date, rules: ProfessionalRules
) -> StatusDecision:
    if not finding.met:
        return StatusDecision(rules=rules.version, granted=False, reasons=finding.reasons)
    return StatusDecision(
        rules=rules.version,
        granted=True,
        reasons=(because(Code.STATUS_PROVED), *finding.reasons),
        professional=kind,
        until=Period(months=rules.valid_months).after(on),
    )
