"""Professional investors at every threshold, conversion both ways; grades and their floor."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import product

import pytest

from suitability import shipped
from suitability.rules.classes import (
    BY_TEST,
    ConversionInputs,
    RecognitionInputs,
    StatusDecision,
    StepBackInputs,
    convert_to_professional,
    recognise,
    step_back,
)
from suitability.rules.conditions import BadCondition, build_condition
from suitability.rules.grades import Grade, ProfessionalKind
from suitability.rules.grading import GradingInputs, build_grading_rules, grade_item
from suitability.rules.reasons import Code
from suitability.rules.versions import WrongRules
from tests.suitability_rules.factories import ON, proof

RULES = shipped.professional_rules()
GRADING = shipped.grading_rules()
YEAR_END = date(2025, 12, 31)
KINDS = ProfessionalKind
EVERY_STEP = frozenset(RULES.steps)


def claim(kind, **facts):
    return recognise(RecognitionInputs(rules=RULES.version, kind=kind, facts=facts, on=ON), RULES)


def organisation(net, financial, months, as_of=YEAR_END):
    return {
        "net_assets": proof(net, as_of=as_of),
        "financial_assets": proof(financial, as_of=as_of),
        "investing_months": proof(months),
    }


def convert(facts, *, person=True, lowest=False, steps=EVERY_STEP):
    inputs = ConversionInputs(
        rules=RULES.version, person=person, lowest=lowest, facts=facts, steps=steps, on=ON
    )
    again = ConversionInputs.from_json(inputs.to_json())
    decision = convert_to_professional(inputs, RULES)
    assert (again, convert_to_professional(again, RULES)) == (inputs, decision)
    return decision


def codes(decision):
    return [each.code for each in decision.reasons]


@pytest.mark.parametrize(
    ("kind", "fact"),
    [
        (KINDS.LICENSED, "licence"),
        (KINDS.PRODUCT, "product_filing"),
        (KINDS.STATUS, "special_status"),
    ],
)
def test_kinds_one_to_three_need_their_proof(kind, fact):
    granted = claim(kind, **{fact: proof(holds=True)})
    assert (granted.granted, granted.professional) == (True, kind)
    assert granted.until == date(2028, 3, 2)
    assert not claim(kind, **{fact: proof(holds=False)}).granted
    assert codes(claim(kind)) == [Code.UNPROVEN]


@pytest.mark.parametrize(
    ("net", "financial", "months", "granted"),
    [
        ("20000000", "10000000", "24", True),
        ("19999999.99", "10000000", "24", False),
        ("20000000", "9999999.99", "24", False),
        ("20000000", "10000000", "23", False),
    ],
)
def test_kind_four_at_its_thresholds(net, financial, months, granted):
    assert claim(KINDS.ORGANISATION, **organisation(net, financial, months)).granted is granted


@pytest.mark.parametrize("as_of", [date(2025, 12, 30), date(2024, 12, 31), ON])
def test_an_organisation_proves_the_end_of_last_year(as_of):
    facts = organisation("90000000", "90000000", "99", as_of=as_of)
    assert Code.PROOF_OF_OTHER_DATE in codes(claim(KINDS.ORGANISATION, **facts))


WEALTH = [
    ("financial_assets", "5000000", "4999999.99"),
    ("average_income_3y", "500000", "499999.99"),
]
PRACTICE = [("investing_months", "24", "23"), ("related_work_months", "24", "23")]


def test_kind_five_needs_one_of_each_pair():
    for (wealth, enough, short), (practice, long_, brief) in product(WEALTH, PRACTICE):
        for amount, months in product((enough, short), (long_, brief)):
            facts = {wealth: proof(amount), practice: proof(months)}
            expected = (amount, months) == (enough, long_)
            assert claim(KINDS.PERSON, **facts).granted is expected, facts
    for title in ("senior_manager", "certified"):
        facts = {"financial_assets": proof("5000000"), title: proof(holds=True)}
        assert claim(KINDS.PERSON, **facts).granted
        assert not claim(KINDS.PERSON, **{title: proof(holds=True)}).granted


def test_a_shortfall_is_told_with_its_amount():
    decision = claim(
        KINDS.PERSON, financial_assets=proof("4999999.99"), certified=proof(holds=True)
    )
    found = {each.code: each.parameters for each in decision.reasons}
    assert found[Code.TOO_LITTLE]["missing"] == "0.01"


@pytest.mark.parametrize(
    ("as_of", "granted"),
    [(date(2025, 3, 2), True), (date(2025, 3, 1), False), (ON, True), (date(2026, 3, 3), False)],
)
def test_proofs_of_persons_are_neither_old_nor_of_the_future(as_of, granted):
    facts = {"financial_assets": proof("5000000", as_of=as_of), "certified": proof(holds=True)}
    assert claim(KINDS.PERSON, **facts).granted is granted


# --- conversion

ENOUGH = {"financial_assets": proof("3000000"), "investing_months": proof("12")}


@pytest.mark.parametrize(
    ("facts", "granted"),
    [
        (ENOUGH, True),
        ({**ENOUGH, "financial_assets": proof("2999999.99")}, False),
        ({**ENOUGH, "investing_months": proof("11")}, False),
        ({"average_income_3y": proof("300000"), "related_work_months": proof("12")}, True),
        ({"average_income_3y": proof("299999.99"), "related_work_months": proof("12")}, False),
        ({"financial_assets": proof("3000000"), "certified": proof(holds=True)}, False),
        ({"financial_assets": proof("3000000"), "senior_manager": proof(holds=True)}, False),
        ({}, False),
    ],
)
def test_a_person_converts_at_the_thresholds_and_no_title_helps(facts, granted):
    decision = convert(facts)
    assert decision.granted is granted
    assert decision.professional == (KINDS.CONVERTED if granted else None)


@pytest.mark.parametrize(
    ("net", "financial", "months", "granted"),
    [
        ("10000000", "5000000", "12", True),
        ("9999999.99", "5000000", "12", False),
        ("10000000", "4999999.99", "12", False),
        ("10000000", "5000000", "11", False),
    ],
)
def test_an_organisation_converts_at_the_thresholds(net, financial, months, granted):
    assert convert(organisation(net, financial, months), person=False).granted is granted


@pytest.mark.parametrize("step", RULES.steps)
def test_each_step_of_the_procedure_is_needed(step):
    decision = convert(ENOUGH, steps=EVERY_STEP - {step})
    assert (decision.granted, codes(decision)[0]) == (False, Code.STEP_MISSING)


def test_the_lowest_class_does_not_convert_whatever_is_proved():
    rich = {"financial_assets": proof("900000000"), "investing_months": proof("400")}
    decision = convert(rich, lowest=True)
    assert (decision.granted, codes(decision)[0]) == (False, Code.LOWEST_CANNOT_CONVERT)


def test_the_way_back_needs_a_notice_and_nothing_else():
    def back(kind, noticed=True):
        inputs = StepBackInputs(rules=RULES.version, kind=kind, noticed=noticed, on=ON)
        return step_back(inputs, RULES)

    for kind in KINDS:
        may = kind in BY_TEST | {KINDS.CONVERTED}
        assert (back(kind).granted, back(kind).professional) == (may, None)
        assert not back(kind, noticed=False).granted


def test_conversion_is_no_claim_by_right_and_versions_are_kept_apart():
    assert codes(claim(KINDS.CONVERTED)) == [Code.NOT_CONVERTIBLE]
    decision = claim(KINDS.LICENSED, licence=proof(holds=True))
    assert StatusDecision.from_json(decision.to_json()) == decision
    with pytest.raises(WrongRules):
        recognise(RecognitionInputs(rules="other", kind=KINDS.PERSON, facts={}, on=ON), RULES)


@pytest.mark.parametrize(
    "content",
    [
        {},
        {"fact": "a", "all": [{"fact": "b"}]},
        {"all": []},
        {"fact": "a", "at_least": 5},
        {"fact": "a", "at_least": "much"},
        {"fact": "a", "as_of": "easter"},
        {"fact": "a", "at_most": "5"},
    ],
)
def test_a_condition_that_says_nothing_is_refused(content):
    with pytest.raises(BadCondition):
        build_condition(content)


# --- grading

LOWEST_LEVELS = {
    factor: min(levels, key=levels.__getitem__) for factor, levels in GRADING.factors.items()
}


def graded(category="treasury_bond", proposed=None, **levels):
    inputs = GradingInputs(
        rules=GRADING.version,
        category=category,
        levels={**LOWEST_LEVELS, **levels},
        proposed=proposed,
    )
    again = GradingInputs.from_json(inputs.to_json())
    assert (again, grade_item(again, GRADING)) == (inputs, grade_item(inputs, GRADING))
    return grade_item(inputs, GRADING)


def test_the_strictest_factor_sets_the_grade_and_the_floor_holds():
    for factor, levels in GRADING.factors.items():
        for level, least in levels.items():
            for category, floor in GRADING.floors.items():
                assert graded(category, **{factor: level}).grade is max(least, floor)


def test_the_firm_may_grade_higher_and_never_lower():
    for proposed, category in product(Grade, GRADING.floors):
        decision = graded(category, proposed)
        floor = GRADING.floors[category]
        assert decision.least is floor
        assert decision.grade is (proposed if proposed >= floor else None)
        assert (Code.BELOW_FLOOR in codes(decision)) is (proposed < floor)


def test_below_what_the_factors_give_there_is_no_grade_either():
    decision = graded("treasury_bond", Grade.R3, possible_loss="most_or_all")
    assert (decision.grade, decision.least) == (None, Grade.R4)
    assert codes(decision)[0] is Code.BELOW_FACTORS


@pytest.mark.parametrize("factor", list(GRADING.factors))
def test_an_unknown_level_of_any_factor_gives_no_grade(factor):
    decision = graded(**{factor: "unheard_of"})
    assert (decision.grade, codes(decision)) == (None, [Code.FACTOR_MISSING])


def test_an_unknown_category_gives_no_grade():
    assert graded("unheard_of", Grade.R5).grade is None


def test_grading_rules_without_a_floor_never_come_into_being():
    content = shipped.row("rules/thresholds", "suitability.grading")["value"]
    with pytest.raises(ValueError, match="floor"):
        build_grading_rules({**content, "floors": {}}, "v")
    with pytest.raises(ValueError, match="test"):
        replace(RULES, conversion={})
