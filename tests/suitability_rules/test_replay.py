"""Stored inputs lead to the same decision again; texts that were touched are refused."""

from __future__ import annotations

import ast
import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from suitability import shipped
from suitability.rules.classes import ConversionInputs, RecognitionInputs, StepBackInputs
from suitability.rules.coaching import CoachingInputs, Sheet
from suitability.rules.conditions import Proof
from suitability.rules.disclosing import DisclosureInputs, Shown
from suitability.rules.grades import ProfessionalKind
from suitability.rules.grading import GradingInputs
from suitability.rules.knowledge import KnowledgeInputs
from suitability.rules.matching import MatchInputs
from suitability.rules.paper import InvestorClass
from suitability.rules.permissions import DistanceInputs
from suitability.rules.reasons import PARAMETERS, Code, because
from suitability.rules.records import BadRecord, decimal_text
from suitability.rules.replaying import KINDS, replay
from suitability.rules.retakes import JumpInputs, RetakeInputs
from suitability.rules.versions import WrongRules
from tests.suitability_rules.factories import (
    MATRIX,
    ON,
    PAPER,
    answers,
    assessment_inputs,
    insist_inputs,
    match_inputs,
    proof,
)

PROFESSIONAL, GRADING = shipped.professional_rules(), shipped.grading_rules()
DISCLOSURE, KNOWLEDGE = shipped.disclosure_rules(), shipped.knowledge_rules()
COACHING, INSIST = shipped.coaching_rules(), shipped.insist_rules()
REIT = shipped.permissions()["reit"]
SHEET = Sheet(customer="a", answers=answers(), seconds=5, on=ON)
CAPS = PAPER.terms.retakes


def no_calendar(day: date, n: int) -> date:
    raise AssertionError("this permission asks for no average")


STORED = {
    "assessment": (assessment_inputs(), PAPER),
    "retake": (RetakeInputs(paper="p", attempts=(ON, ON), changed=True, on=ON), CAPS),
    "jump": (
        JumpInputs(
            paper="p",
            before=InvestorClass.C1,
            before_lowest=True,
            after=InvestorClass.C4,
            after_lowest=False,
            refusals=(ON,),
            on=ON,
        ),
        CAPS,
    ),
    "disclosure": (
        DisclosureInputs(rules=DISCLOSURE.version, special=False, five=Shown(), points=Shown()),
        DISCLOSURE,
    ),
    "knowledge": (
        KnowledgeInputs(rules=KNOWLEDGE.version, drawn=("leverage",), answers={"leverage": "ten"}),
        KNOWLEDGE,
    ),
    "coaching": (CoachingInputs(rules=COACHING.version, sheet=SHEET, others=(SHEET,)), COACHING),
    "match": (match_inputs(), MATRIX),
    "insist": (insist_inputs(), INSIST),
    "recognition": (
        RecognitionInputs(
            rules=PROFESSIONAL.version,
            kind=ProfessionalKind.PERSON,
            facts={"financial_assets": proof("5000000.50")},
            on=ON,
        ),
        PROFESSIONAL,
    ),
    "conversion": (
        ConversionInputs(
            rules=PROFESSIONAL.version,
            person=True,
            lowest=False,
            facts={},
            steps=frozenset(PROFESSIONAL.steps),
            on=ON,
        ),
        PROFESSIONAL,
    ),
    "step_back": (
        StepBackInputs(
            rules=PROFESSIONAL.version, kind=ProfessionalKind.CONVERTED, noticed=True, on=ON
        ),
        PROFESSIONAL,
    ),
    "grading": (
        GradingInputs(rules=GRADING.version, category="share", levels={"liquidity": "any_day"}),
        GRADING,
    ),
    "distance": (
        DistanceInputs(rules=REIT.version, person=True, on=ON, tests={}, facts={}),
        (REIT, no_calendar),
    ),
}


def test_every_kind_of_decision_is_tried_here():
    assert set(STORED) == set(KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_a_decision_is_taken_again_to_the_same_result(kind):
    inputs, rules = STORED[kind]
    asked = []

    def rules_of(version):
        asked.append(version)
        return rules

    given_rules = rules if isinstance(rules, tuple) else (rules,)
    decision = KINDS[kind].decide(inputs, *given_rules)
    assert replay(kind, inputs.to_json(), rules_of) == decision
    assert asked == [getattr(inputs, KINDS[kind].version_in)]
    assert type(inputs).from_json(inputs.to_json()).to_json() == inputs.to_json()


def test_a_decision_is_never_taken_again_by_other_rules():
    other = match_inputs(rules="suitability.matrix@2030-01-01")
    with pytest.raises(WrongRules):
        replay("match", other.to_json(), lambda version: MATRIX)


def test_one_value_has_one_text():
    one = Proof(amount=Decimal("1E+3"), as_of=ON)
    other = Proof(amount=Decimal("1000.00"), as_of=ON)
    assert one.to_json() == other.to_json()
    assert json.loads(one.to_json()) == {"amount": "1000", "as_of": "2026-03-02", "holds": False}


@settings(derandomize=True, max_examples=200)
@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**20), max_value=10**20))
def test_the_text_of_a_decimal_is_plain_and_loses_nothing(value):
    text = decimal_text(value)
    assert Decimal(text) == value
    assert "E" not in text.upper()
    assert decimal_text(Decimal(text)) == text
    assert text != "-0"


GOOD = match_inputs().to_json()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "null",
        "[]",
        "{}",
        "[" * 100_000,
        GOOD + " ",
        GOOD.replace('"months":0', '"months":0.0'),
        GOOD.replace('"months":0', '"months":true'),
        GOOD.replace('"months":0', '"months":-1'),
        GOOD.replace('"months":0', '"months":"0"'),
        GOOD.replace('"months":0', '"months":0,"months":0'),
        GOOD.replace('"months":0', '"months":0,"zeal":1'),
        GOOD.replace('"R3"', '"R6"'),
        GOOD.replace('"lowest":false', '"lowest":null'),
        GOOD.replace('"2026-03-02"', '"2026-02-30"'),
        GOOD.replace('"2026-03-02"', '"20260302"'),
        GOOD.replace('["complex"]', '["equity","complex"]'),
        GOOD.replace('["complex"]', '["complex","complex"]'),
    ],
)
def test_a_text_that_nobody_wrote_so_is_refused(text):
    assert text != GOOD
    with pytest.raises(BadRecord):
        MatchInputs.from_json(text)


def test_a_refusal_never_repeats_what_stood_there():
    with pytest.raises(BadRecord) as refusal:
        MatchInputs.from_json(GOOD.replace('"2026-03-02"', '"11010519491231002X"'))
    assert "1101" not in str(refusal.value)


@pytest.mark.parametrize("amount", [Decimal("NaN"), Decimal("Infinity"), 1.5])
def test_what_is_no_exact_number_has_no_place_in_a_record(amount):
    with pytest.raises(TypeError):
        Proof(amount=amount, as_of=ON).to_json()


def test_a_reason_has_exactly_the_parameters_of_its_code():
    with pytest.raises(TypeError):
        because(Code.RISK_FITS, grade="R1")
    with pytest.raises(TypeError):
        because(Code.ASSESSMENT_MISSING, grade="R1")
    assert set(PARAMETERS) <= set(Code)


def test_rules_import_nothing_that_knows_a_database_a_clock_or_chance():
    allowed = {
        "__future__", "ast", "calendar", "collections", "dataclasses", "datetime", "decimal",
        "enum", "functools", "hashlib", "json", "types", "typing", "suitability.rules",
        "brokerage.reference.periods",
    }  # fmt: skip
    for path in Path("suitability/rules").glob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        names = {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
        names |= {
            each.name for node in ast.walk(tree) if isinstance(node, ast.Import)
            for each in node.names
        }  # fmt: skip
        strange = {
            name for name in names
            if not any(name == ok or name.startswith(f"{ok}.") for ok in allowed)
        }  # fmt: skip
        assert strange == set(), path.name
        calls = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
        assert not calls & {"today", "now", "utcnow"}, path.name
