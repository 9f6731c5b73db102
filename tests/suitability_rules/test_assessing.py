"""The shipped papers, contradictions, the lowest class, retakes and signs of coaching."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from suitability import shipped
from suitability.rules.assessing import Result, assess
from suitability.rules.coaching import CoachingInputs, Sheet, find_signs, likeness
from suitability.rules.contradictions import Profile, age_on, find_conflicts
from suitability.rules.paper import BadPaper, InvestorClass, build
from suitability.rules.paper_terms import RetakeCaps, Severity
from suitability.rules.reasons import Code
from suitability.rules.retakes import JumpInputs, RetakeInputs, look_at_jump, may_retake
from suitability.rules.scoring import AnswersRefused, score
from tests.suitability_rules.factories import (
    ON,
    ORGANISATION,
    PAPER,
    answers,
    assessment_inputs,
)

CONTENT = shipped.row("papers/natural_person", "natural_person")["value"]
MOST = {
    "income": 3, "share": 6, "debt": 3, "assets": 3, "learned": 5, "describes": 5,
    "frequency": 4, "products": 6, "practice": 6, "turnover": 4, "horizon": 5, "intended": 6,
    "gamble": 6, "goal": 4, "loss": 6, "use": 7, "age": 7, "dependants": 5, "education": 5,
    "employment": 4,
}  # fmt: skip
A_RULE = {"key": "x", "check": "age", "severity": "hard", "question": "age"}
MULTIPLE = {"learned", "practice", "intended"}


def sheets(paper):
    def ways(question):
        keys = st.sampled_from([each.key for each in question.options])
        if question.multiple:
            return st.lists(keys, min_size=1, unique=True).map(tuple)
        return keys.map(lambda key: (key,))

    return st.fixed_dictionaries({each.key: ways(each) for each in paper.questions})


def conflicts(given=None, on=ON, **profile):
    return find_conflicts(PAPER, given or answers(), Profile(**profile), on)


def test_the_paper_for_persons_has_the_structure_of_the_guideline():
    assert {each.key: each.most for each in PAPER.questions} == MOST
    assert {each.key for each in PAPER.questions if each.multiple} == MULTIPLE
    assert (len(PAPER.questions), len(PAPER.groups)) == (20, 6)
    assert (PAPER.minimum, PAPER.maximum) == (10, 100)
    assert all(3 <= len(each.options) <= 5 for each in PAPER.questions)
    assert (PAPER.terms.validity_months, PAPER.terms.adult_at) == (24, 18)
    assert PAPER.question("age").options[1].points == 7  # the peak is at 31 to 40
    assert [each.key for each in PAPER.question("loss").options if each.lowest] == ["none"]


def test_the_paper_for_organisations_is_another_one_and_knows_no_lowest_class():
    assert (ORGANISATION.minimum, ORGANISATION.maximum) == (10, 100)
    assert not any(each.lowest for q in ORGANISATION.questions for each in q.options)
    assert not ORGANISATION.terms.declarations
    shared = {q.key for q in PAPER.questions} & {q.key for q in ORGANISATION.questions}
    assert shared != {q.key for q in ORGANISATION.questions}


@pytest.mark.parametrize("paper", [PAPER, ORGANISATION], ids=["person", "organisation"])
@pytest.mark.parametrize(
    ("points", "found"),
    [(10, "C1"), (19, "C1"), (20, "C2"), (36, "C2"), (37, "C3"), (53, "C3"), (54, "C4"),
     (82, "C4"), (83, "C5"), (100, "C5")],
)  # fmt: skip
def test_the_edges_of_the_bands_and_how_sure_they_are(paper, points, found):
    assert paper.class_of(points) == found
    assert all(band.certainty in {"S", "M", "P"} for band in paper.bands)


@settings(derandomize=True, max_examples=200, deadline=None)
@given(sheets(PAPER), st.sampled_from(PAPER.questions), st.data())
def test_points_stay_within_10_and_100_and_rise_with_every_answer_of_a_group(sheet, asked, data):
    better = data.draw(st.sampled_from(asked.options))
    before = score(PAPER, sheet)
    assert 10 <= before.score <= 100
    given_points = max(each.points for each in asked.options if each.key in sheet[asked.key])
    after = score(PAPER, {**sheet, asked.key: (better.key,)})
    gain = better.points - given_points
    assert after.group_points[asked.group] == before.group_points[asked.group] + gain
    others = set(PAPER.terms.groups) - {asked.group}
    assert all(after.group_points[each] == before.group_points[each] for each in others)
    if gain >= 0 and not (before.triggers or after.triggers):
        assert after.investor_class >= before.investor_class


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"range": {"least": 10, "most": 99}}, "not"),
        ({"groups": {"finances": {}}}, "groups and their questions"),
        ({"for": "organisations"}, "natural persons only"),
        ({"validity_months": 0}, "validity_months"),
        ({"retakes": {"per_day": 9, "per_year": 8, "jump_days": 1, "jump_classes": 1}}, "fewer"),
        ({"retakes": {"per_day": 0, "per_year": 8, "jump_days": 1, "jump_classes": 1}}, "below"),
        ({"retakes": {"per_day": 1}}, "KeyError"),
        ({"contradictions": [{**A_RULE, "check": "mood"}]}, "mood"),
        ({"contradictions": [{**A_RULE, "question": "hat"}]}, "no question hat"),
        ({"contradictions": [{**A_RULE, "options": ["old"]}]}, "an option that age has not"),
        ({"declarations": [{"key": "a", "lowest_if": True}] * 2}, "twice"),
    ],
)  # fmt: skip
def test_terms_that_contradict_themselves_make_no_paper(change, why):
    with pytest.raises(BadPaper, match=why):
        build({**CONTENT, **change})


def test_a_coherent_person_gets_a_class_with_what_matching_needs():
    decision = assess(assessment_inputs(), PAPER)
    assert decision.result is Result.CLASSED
    assert decision.investor_class is PAPER.class_of(decision.score)
    assert decision.horizon == "five_years"
    assert decision.types == {"equity"}
    assert decision.valid_until == date(2028, 3, 2)
    assert sum(decision.groups.values()) == decision.score
    assert not decision.lowest


# --- the lowest class


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"answers": answers(loss="none")}, Code.ANSWER_MAKES_LOWEST),
        ({"declarations": {"full_capacity": False}}, Code.DECLARATION_MAKES_LOWEST),
        (
            {
                "answers": answers(age="from_18"),
                "profile": Profile(birth_date=ON.replace(year=2008) + timedelta(1)),
            },
            Code.UNDER_AGE,
        ),
    ],
)
def test_each_trigger_makes_the_class_the_lowest_and_leaves_the_score(changes, code):
    inputs = assessment_inputs(**changes)
    decision = assess(inputs, PAPER)
    assert (decision.investor_class, decision.lowest) == (InvestorClass.C1, True)
    assert [each.code for each in decision.reasons] == [code]
    assert decision.score == score(PAPER, inputs.answers).score > 36


def test_who_is_18_today_is_of_age():
    birth = ON.replace(year=2008)
    given = assessment_inputs(answers=answers(age="from_18"), profile=Profile(birth_date=birth))
    assert not assess(given, PAPER).lowest


@pytest.mark.parametrize("declared", [{}, {"full_capacity": True, "extra": True}])
def test_declarations_are_neither_missing_nor_invented(declared):
    with pytest.raises(AnswersRefused):
        assess(assessment_inputs(declarations=declared), PAPER)


# --- contradictions


def test_unknown_facts_contradict_nothing():
    assert conflicts() == ()


@pytest.mark.parametrize(
    ("birth", "on", "years"),
    [
        (date(1995, 3, 2), date(2026, 3, 1), 30),
        (date(1995, 3, 2), date(2026, 3, 2), 31),
        (date(2008, 2, 29), date(2026, 2, 28), 17),
        (date(2008, 2, 29), date(2026, 3, 1), 18),
    ],
)
def test_age_is_counted_in_full_years(birth, on, years):
    assert age_on(birth, on) == years


@pytest.mark.parametrize("years", range(18, 101))
def test_of_the_age_answers_exactly_one_agrees_with_a_birth_date(years):
    birth = ON.replace(year=ON.year - years)
    options = [each.key for each in PAPER.question("age").options]
    agreeing = [key for key in options if not conflicts(answers(age=key), birth_date=birth)]
    assert len(agreeing) == 1


def test_an_age_that_differs_from_the_document_blocks():
    given = assessment_inputs(profile=Profile(birth_date=date(1950, 1, 1)))
    decision = assess(given, PAPER)
    assert (decision.result, decision.investor_class) == (Result.BLOCKED, None)
    assert decision.conflicts[0].severity is Severity.HARD
    assert assess(replace(given, confirmed=frozenset({"age"})), PAPER).result is Result.BLOCKED


@pytest.mark.parametrize(
    ("option", "income", "found"),
    [
        ("under_500k", "0", False),
        ("from_500k", "9999.99", True),
        ("from_500k", "10000", False),
        ("from_10m", "199999.99", True),
        ("from_10m", "200000", False),
    ],
)
def test_assets_far_above_the_income_ask_for_confirmation(option, income, found):
    conflict = conflicts(answers(assets=option), yearly_income=Decimal(income))
    assert [each.rule for each in conflict] == (["income"] if found else [])


def test_soft_contradictions_are_confirmed_one_by_one():
    given = assessment_inputs(
        answers=answers(assets="from_10m", education="postgraduate"),
        profile=Profile(
            birth_date=date(1990, 6, 1), yearly_income=Decimal(50_000), education="secondary"
        ),
    )
    assert assess(given, PAPER).result is Result.TO_CONFIRM
    assert assess(given, PAPER).investor_class is None
    one = replace(given, confirmed=frozenset({"income"}))
    assert assess(one, PAPER).result is Result.TO_CONFIRM
    both = replace(given, confirmed=frozenset({"income", "degree"}))
    decision = assess(both, PAPER)
    assert decision.result is Result.CLASSED
    assert {each.rule for each in decision.conflicts} == {"income", "degree"}


@pytest.mark.parametrize(
    ("practice", "first", "asked", "found"),
    [
        ("derivatives", date(2024, 3, 2), True, []),
        ("derivatives", date(2024, 3, 3), True, ["derivatives_since"]),
        ("derivatives", None, True, ["derivatives_since"]),
        ("derivatives", None, False, []),
        ("shares", date(2025, 1, 1), True, ["shares_since"]),
        ("bonds", None, True, []),
    ],
)
def test_experience_is_held_against_the_first_trade(practice, first, asked, found):
    conflict = conflicts(answers(practice=practice), first_trade=first, asked_register=asked)
    assert [each.rule for each in conflict] == found


@pytest.mark.parametrize(
    ("answer", "profile", "found"),
    [
        ("bachelor", "bachelor", []),
        ("bachelor", "college", ["degree"]),
        ("postgraduate", "doctor", []),
        ("secondary", "primary", []),
        ("secondary", "master", ["degree"]),
        ("bachelor", "", []),
    ],
)
def test_a_degree_is_held_against_the_profile(answer, profile, found):
    conflict = conflicts(answers(education=answer), education=profile)
    assert [each.rule for each in conflict] == found


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"describes": ("novice",), "practice": ("derivatives",)}, "novice_in_derivatives"),
        ({"goal": ("keep",), "loss": ("over_50",)}, "safe_with_large_loss"),
        ({"goal": ("high",), "loss": ("none",)}, "no_loss_for_high_return"),
        ({"learned": ("nothing", "worked")}, "nothing_and_learned"),
        ({"practice": ("nothing", "bonds")}, "nothing_and_practised"),
    ],
)
def test_answers_that_do_not_go_together_are_found(changes, rule):
    assert [each.rule for each in conflicts({**answers(), **changes})] == [rule]


@settings(derandomize=True, max_examples=100, deadline=None)
@given(sheets(PAPER), st.dates(date(1930, 1, 1), date(2010, 1, 1)))
def test_an_assessment_is_taken_again_from_what_was_stored(sheet, birth):
    given = assessment_inputs(answers=sheet, profile=Profile(birth_date=birth))
    again = type(given).from_json(given.to_json())
    decision = assess(given, PAPER)
    assert (again, assess(again, PAPER)) == (given, decision)
    assert type(decision).from_json(decision.to_json()) == decision
    if decision.lowest:
        assert decision.investor_class is InvestorClass.C1
    assert (decision.investor_class is None) is (decision.result is not Result.CLASSED)


# --- retakes

CAPS = RetakeCaps(per_day=2, per_year=8, jump_days=30, jump_classes=1)


def retake(*attempts, changed=True, on=ON):
    return may_retake(RetakeInputs(paper="p", attempts=attempts, changed=changed, on=on), CAPS)


def test_a_first_paper_needs_no_reason_and_a_second_one_does():
    assert retake(changed=False).allowed
    refused = retake(ON - timedelta(100), changed=False)
    assert [each.code for each in refused.reasons] == [Code.NOTHING_CHANGED]
    assert retake(ON - timedelta(100)).allowed


def test_the_shipped_caps_are_those_of_the_paper():
    assert PAPER.terms.retakes == CAPS


def test_two_papers_a_day():
    assert retake(ON).allowed
    refused = retake(ON, ON)
    assert (refused.allowed, refused.earliest) == (False, ON + timedelta(1))


@pytest.mark.parametrize(
    ("oldest", "allowed"), [(date(2025, 3, 2), True), (date(2025, 3, 3), False)]
)
def test_eight_papers_in_twelve_months(oldest, allowed):
    others = [date(2025, 6, day) for day in range(1, 8)]
    decision = retake(oldest, *others)
    assert decision.allowed is allowed
    assert decision.earliest == (ON if allowed else date(2026, 3, 3))


@settings(derandomize=True, max_examples=200, deadline=None)
@given(st.lists(st.dates(date(2024, 1, 1), ON), max_size=30))
def test_on_the_earliest_date_the_caps_allow_a_paper(attempts):
    decision = retake(*attempts)
    assert retake(*attempts, on=decision.earliest).allowed
    if not decision.allowed:
        assert not retake(*attempts, on=decision.earliest - timedelta(1)).allowed


def jump(before, after, *refusals, before_lowest=False, after_lowest=False):
    inputs = JumpInputs(
        paper="p",
        before=before and InvestorClass(before),
        before_lowest=before_lowest,
        after=InvestorClass(after),
        after_lowest=after_lowest,
        refusals=refusals,
        on=ON,
    )
    return look_at_jump(inputs, CAPS).flagged


@pytest.mark.parametrize(
    ("days", "flagged"), [(0, True), (1, True), (30, True), (31, False), (-1, False)]
)
def test_a_jump_upward_shortly_after_a_refusal_is_flagged(days, flagged):
    assert jump("C2", "C4", ON - timedelta(days)) is flagged


def test_without_a_rise_a_refusal_or_an_earlier_class_nothing_is_flagged():
    assert not jump("C4", "C4", ON)
    assert not jump("C4", "C2", ON)
    assert not jump("C2", "C5")
    assert not jump(None, "C5", ON)


def test_leaving_the_lowest_class_is_a_rise():
    assert jump("C1", "C1", ON, before_lowest=True)
    assert not jump("C1", "C1", ON, after_lowest=True)


# --- coaching

RULES = shipped.coaching_rules()


def sheet(customer, **changes):
    given = Sheet(customer=customer, answers=answers(), seconds=200, on=ON)
    return replace(given, **changes)


def signs(mine, *others):
    found = find_signs(CoachingInputs(rules=RULES.version, sheet=mine, others=others), RULES)
    return [each.code for each in found]


def unlike(customer, **changes):
    return sheet(customer, answers=answers(**dict.fromkeys(("goal", "use"), "x")), **changes)


def test_a_paper_alone_shows_no_sign():
    assert signs(sheet("a")) == []


@pytest.mark.parametrize(("people", "found"), [(2, []), (3, [Code.SAME_DEVICE])])
def test_several_people_on_one_device(people, found):
    others = [unlike(f"c{number}", device="d") for number in range(people - 1)]
    assert signs(sheet("a", device="d"), *others) == found


def test_an_unknown_device_or_outlet_is_never_the_same():
    assert signs(sheet("a"), *(unlike(f"c{number}") for number in range(9))) == []


@pytest.mark.parametrize(("people", "found"), [(3, []), (4, [Code.SAME_OUTLET])])
def test_near_identical_papers_at_one_outlet(people, found):
    others = [sheet(f"c{number}", outlet="o") for number in range(people - 1)]
    assert signs(sheet("a", outlet="o"), *others) == found
    different = [unlike(f"c{number}", outlet="o") for number in range(9)]
    assert signs(sheet("a", outlet="o"), *different) == []


@pytest.mark.parametrize(("people", "found"), [(9, []), (10, [Code.NEAR_IDENTICAL])])
def test_near_identical_papers_anywhere(people, found):
    assert signs(sheet("a"), *(sheet(f"c{number}") for number in range(people - 1))) == found


def test_likeness_counts_equal_answers_whatever_their_order():
    one = sheet("a", answers={**answers(), "practice": ("bonds", "shares")})
    assert likeness(one, sheet("b", answers={**answers(), "practice": ("shares", "bonds")})) == 100
    assert likeness(one, sheet("b")) == 95
    assert likeness(one, unlike("b")) == 85
    assert likeness(sheet("a", answers={}), sheet("b", answers={})) == 0


@pytest.mark.parametrize(
    ("seconds", "found"), [(0, [Code.TOO_FAST]), (39, [Code.TOO_FAST]), (40, []), (None, [])]
)
def test_an_impossible_speed(seconds, found):
    assert signs(sheet("a", seconds=seconds)) == found


def test_own_papers_and_old_ones_are_no_sign():
    own = [sheet("a", device="d", outlet="o") for _ in range(20)]
    old = [
        sheet(f"c{number}", device="d", outlet="o", on=ON - timedelta(31)) for number in range(20)
    ]
    assert signs(sheet("a", device="d", outlet="o"), *own, *old) == []
