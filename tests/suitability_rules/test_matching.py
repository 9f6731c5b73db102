"""Matching, exhaustively: class × grade × horizon × type × entry, and what must never happen."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from suitability import shipped
from suitability.rules.grades import Grade, ProfessionalKind
from suitability.rules.matching import (
    BadMatrix,
    Duty,
    InvestorFacts,
    ItemFacts,
    MatchDecision,
    MatchingRules,
    MatchInputs,
    MatchOutcome,
    alternatives,
    build_matching_rules,
    match,
    match_many,
)
from suitability.rules.paper import InvestorClass
from suitability.rules.reasons import Code
from suitability.rules.versions import WrongRules
from tests.suitability_rules.factories import MATRIX, ON, investor, item, match_inputs

SOURCE = Path(__file__).resolve().parents[2] / "../shared/data/suitability_matrix.json"
# The published matrix, so that the test also says something where the source is not at hand.
PUBLISHED = {
    "C1_min": ["R1"],
    "C1": ["R1"],
    "C2": ["R1", "R2"],
    "C3": ["R1", "R2", "R3"],
    "C4": ["R1", "R2", "R3", "R4"],
    "C5": ["R1", "R2", "R3", "R4", "R5"],
}
CONTENT = shipped.row("rules/matrix", "suitability.matrix")["value"]
RANKS = [(InvestorClass.C1, True), *((each, False) for each in InvestorClass)]
HORIZONS = {"one_year": 12, "five_years": 60, "any": 10_000, None: -1}
TYPES = {
    (): set(),
    ("fixed_income",): {"fixed_income"},
    ("equity",): {"fixed_income", "equity"},
    ("derivatives",): {"fixed_income", "equity", "derivatives"},
    ("complex",): {"fixed_income", "equity", "derivatives", "complex"},
    ("fixed_income", "derivatives"): {"fixed_income", "equity", "derivatives"},
}
ITEM_TYPES = ["fixed_income", "equity", "derivatives", "complex", "unheard_of"]
ENTRIES = {"none": True, "met": True, "failed": False, "unproven": False, "both": False}
M, I, R = MatchOutcome  # noqa: E741 - as the table below reads


def codes(decision: MatchDecision) -> set[Code]:
    return {reason.code for reason in decision.reasons}


def with_entry(state: str) -> tuple[dict[str, Any], dict[str, Any]]:
    if state == "none":
        return {}, {}
    met = frozenset({"gate"} if state in ("met", "both") else ())
    failed = frozenset({"gate"} if state in ("failed", "both") else ())
    return {"met": met, "failed": failed}, {"requirements": ("gate",)}


def test_the_matrix_is_the_published_one():
    if SOURCE.exists():
        assert json.loads(SOURCE.read_text())["allowed"] == PUBLISHED
    allowed = {**CONTENT["allowed"], "C1_min": CONTENT["allowed"]["C1_lowest"]}
    del allowed["C1_lowest"]
    assert allowed == PUBLISHED


def test_every_class_grade_horizon_type_and_entry():
    seen = 0
    for (rank, lowest), grade, horizon, months, answer, kind, entry in product(
        RANKS, Grade, HORIZONS, (0, 12, 13, 60, 61), TYPES, ITEM_TYPES, ENTRIES
    ):
        of_investor, of_item = with_entry(entry)
        decision = match(
            match_inputs(
                investor(
                    investor_class=rank,
                    lowest=lowest,
                    horizon=horizon,
                    types=frozenset(answer),
                    **of_investor,
                ),
                item(grade=grade, months=months, type=kind, **of_item),
            ),
            MATRIX,
        )
        risk = grade in PUBLISHED["C1_min" if lowest else rank]
        fits = risk and months <= HORIZONS[horizon] and kind in TYPES[answer]
        mismatch = R if lowest else I
        expected = (M if fits else mismatch) if ENTRIES[entry] else R
        assert decision.outcome is expected, (rank, lowest, grade, horizon, months, answer, kind)
        assert decision.legs[0].fits is risk
        seen += 1
    assert seen == 6 * 5 * 4 * 5 * 6 * 5 * 5


def test_professional_investors_match_every_grade_and_still_need_their_entry():
    for kind, grade, entry in product(ProfessionalKind, Grade, ENTRIES):
        of_investor, of_item = with_entry(entry)
        who = InvestorFacts(professional=kind, **of_investor)
        decision = match(match_inputs(who, item(grade=grade, **of_item)), MATRIX)
        assert decision.outcome is (M if ENTRIES[entry] else R)
        assert (decision.duties, decision.legs) == ((), ())


@pytest.mark.parametrize(("until", "professional"), [(ON, False), (ON + timedelta(1), True)])
def test_a_status_counts_until_the_day_on_which_it_has_ended(until, professional):
    who = investor(professional=ProfessionalKind.PERSON, professional_until=until)
    decision = match(match_inputs(who, item(grade=Grade.R5)), MATRIX)
    assert decision.outcome is (M if professional else I)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"investor_class": None}, Code.ASSESSMENT_MISSING),
        ({"valid_until": None}, Code.ASSESSMENT_MISSING),
        ({"valid_until": ON}, Code.ASSESSMENT_EXPIRED),
        ({"valid_until": ON - timedelta(400)}, Code.ASSESSMENT_EXPIRED),
    ],
)
def test_without_a_valid_assessment_nothing_is_bought(changes, code):
    decision = match(match_inputs(investor(**changes), item(grade=Grade.R1)), MATRIX)
    assert (decision.outcome, codes(decision)) == (R, {code})


def test_an_assessment_counts_on_its_last_day():
    who = investor(valid_until=ON + timedelta(1))
    assert match(match_inputs(who), MATRIX).outcome is M


@pytest.mark.parametrize(
    ("days", "outcome"), [(0, R), (1, R), (30, R), (31, I), (3_000, I), (-1, R)]
)
def test_what_we_showed_within_thirty_days_cannot_be_insisted_on(days, outcome):
    shown = (ON - timedelta(days),)
    decision = match(match_inputs(what=item(grade=Grade.R4), exposures=shown), MATRIX)
    assert decision.outcome is outcome
    assert (Code.OFFERED_BY_US in codes(decision)) is (outcome is R)


def test_what_we_showed_may_be_bought_where_it_matches():
    assert match(match_inputs(exposures=(ON,)), MATRIX).outcome is M


def test_duties_towards_ordinary_investors():
    def duties(**changes):
        return match(match_inputs(**changes), MATRIX).duties

    assert duties() == (Duty.DISCLOSE,)
    assert duties(what=item(grade=Grade.R4)) == (Duty.DISCLOSE, Duty.INSIST_ROUTE)
    aggressive = investor(investor_class=InvestorClass.C5)
    assert duties(who=aggressive, what=item(grade=Grade.R5)) == (
        Duty.DISCLOSE,
        Duty.SPECIAL_PROCEDURE,
    )
    assert duties(who=aggressive, what=item(grade=Grade.R4)) == (Duty.DISCLOSE,)


def test_reasons_carry_their_parameters():
    decision = match(
        match_inputs(investor(horizon="one_year"), item(grade=Grade.R4, months=13)), MATRIX
    )
    found = {each.code: each.parameters for each in decision.reasons}
    assert found == {
        Code.RISK_ABOVE_CLASS: {"class": "C3", "grade": "R4"},
        Code.HORIZON_TOO_LONG: {"limit": "12", "months": "13"},
        Code.TYPE_FITS: {"type": "equity"},
    }


def test_rules_of_another_version_are_refused():
    with pytest.raises(WrongRules, match=r"suitability\.matrix@2030"):
        match(match_inputs(rules="suitability.matrix@2030-01-01"), MATRIX)


def test_the_nearest_alternatives_come_in_the_documented_order():
    wanted = item(key="wanted", grade=Grade.R4, months=24)
    shelf = [
        wanted,
        item(key="too_high", grade=Grade.R4, months=24),
        item(key="other_type", grade=Grade.R3, months=24, type="fixed_income"),
        item(key="far", grade=Grade.R1, months=24),
        item(key="near_b", grade=Grade.R3, months=12),
        item(key="near_a", grade=Grade.R3, months=12),
        item(key="nearest", grade=Grade.R3, months=24),
        item(key="barred", grade=Grade.R3, months=24, requirements=("gate",)),
    ]
    found = alternatives(wanted, shelf, investor(), MATRIX, on=ON, limit=9)
    assert [each.key for each in found] == ["nearest", "near_a", "near_b", "far", "other_type"]
    assert alternatives(wanted, list(reversed(shelf)), investor(), MATRIX, on=ON) == found[:3]


def test_many_are_matched_as_each_alone():
    shelf = [item(key=f"{grade}", grade=grade) for grade in Grade]
    shown = {"R4": (ON,)}
    found = match_many(investor(), shelf, MATRIX, on=ON, exposures=shown)
    assert [each.outcome for each in found] == [M, M, M, R, I]
    alone = [
        match(match_inputs(what=each, exposures=shown.get(each.key, ())), MATRIX) for each in shelf
    ]
    assert found == alone


def without(content: dict[str, Any], key: str) -> dict[str, Any]:
    return {name: value for name, value in content.items() if name != key}


@pytest.mark.parametrize(
    "allowed",
    [
        {**CONTENT["allowed"], "C1_lowest": ["R1", "R2"]},
        {**CONTENT["allowed"], "C1_lowest": []},
        {**CONTENT["allowed"], "C2": ["R1", "R2", "R3"]},
        {**CONTENT["allowed"], "C3": ["R1", "R3"]},
        {**CONTENT["allowed"], "C3": []},
        {**CONTENT["allowed"], "C4": ["R1"]},
        without(CONTENT["allowed"], "C3"),
        without(CONTENT["allowed"], "C1_lowest"),
    ],
)
def test_a_matrix_that_opens_a_bar_or_has_a_gap_never_comes_into_being(allowed):
    with pytest.raises(BadMatrix):
        build_matching_rules({**CONTENT, "allowed": allowed}, "v")


@pytest.mark.parametrize("lost", list(CONTENT))
def test_a_matrix_without_a_part_is_refused(lost):
    with pytest.raises(BadMatrix):
        build_matching_rules(without(CONTENT, lost), "v")


# --- properties over arbitrary facts and arbitrary rules that may come into being

DAYS = st.dates(date(2020, 1, 1), date(2030, 12, 31))
KEYS = st.sampled_from(["gate", "door", "bridge"])
INVESTORS = st.builds(
    InvestorFacts,
    professional=st.none() | st.sampled_from(ProfessionalKind),
    professional_until=st.none() | DAYS,
    investor_class=st.none() | st.sampled_from(InvestorClass),
    lowest=st.booleans(),
    valid_until=st.none() | DAYS,
    horizon=st.none() | st.sampled_from(["one_year", "five_years", "any", "ages"]),
    types=st.frozensets(st.sampled_from([*CONTENT["types"], "unheard_of"])),
    met=st.frozensets(KEYS),
    failed=st.frozensets(KEYS),
)
ITEMS = st.builds(
    ItemFacts,
    key=st.just("item"),
    grade=st.sampled_from(Grade),
    months=st.integers(0, 400),
    type=st.sampled_from(ITEM_TYPES),
    requirements=st.lists(KEYS, unique=True).map(tuple),
)
HEIGHTS = st.tuples(*(st.integers(1, top) for top in range(1, 6))).map(
    lambda found: [max(found[: at + 1]) for at in range(5)]
)
RULES = st.builds(
    lambda heights, special, days: MatchingRules(
        version=MATRIX.version,
        highest={each: Grade(f"R{top}") for each, top in zip(InvestorClass, heights, strict=True)},
        horizons=MATRIX.horizons,
        types=MATRIX.types,
        special_from=special,
        exposure_days=days,
    ),
    HEIGHTS,
    st.sampled_from(Grade),
    st.integers(1, 400),
)
INPUTS = st.builds(
    MatchInputs,
    rules=st.just(MATRIX.version),
    investor=INVESTORS,
    item=ITEMS,
    exposures=st.lists(DAYS, max_size=3).map(tuple),
    on=DAYS,
)
ORDER = {M: 2, I: 1, R: 0}
thorough = settings(derandomize=True, max_examples=300, deadline=None)


@thorough
@given(INPUTS, RULES, st.sampled_from(Grade))
def test_raising_a_grade_never_makes_anything_easier(inputs, rules, grade):
    higher = replace(inputs, item=replace(inputs.item, grade=max(grade, inputs.item.grade)))
    before, after = match(inputs, rules).outcome, match(higher, rules).outcome
    assert ORDER[after] <= ORDER[before]


@thorough
@given(INPUTS, RULES)
def test_the_lowest_class_never_gets_above_r1_by_any_path(inputs, rules):
    lowest = replace(inputs, investor=replace(inputs.investor, lowest=True))
    decision = match(lowest, rules)
    assert decision.outcome is not I
    if inputs.item.grade is not Grade.R1:
        assert decision.outcome is R
        assert Code.LOWEST_ABOVE_R1 in codes(decision)


@thorough
@given(INPUTS, RULES)
def test_an_entry_requirement_that_is_not_met_always_refuses(inputs, rules):
    needed = set(inputs.item.requirements)
    open_ = (needed - inputs.investor.met) | (needed & inputs.investor.failed)
    if open_:
        assert match(inputs, rules).outcome is R


@thorough
@given(INPUTS, RULES)
def test_a_sale_to_an_ordinary_investor_has_its_duties_and_every_decision_its_reasons(
    inputs, rules
):
    decision = match(inputs, rules)
    assert decision.reasons
    assert (Duty.INSIST_ROUTE in decision.duties) is (decision.outcome is I)
    if decision.legs and decision.outcome is not R:
        assert Duty.DISCLOSE in decision.duties


@thorough
@given(INPUTS, RULES)
def test_a_match_can_be_taken_again_from_what_was_stored(inputs, rules):
    text = inputs.to_json()
    assert MatchInputs.from_json(text) == inputs
    decision = match(inputs, rules)
    assert match(MatchInputs.from_json(text), rules) == decision
    assert MatchDecision.from_json(decision.to_json()) == decision
