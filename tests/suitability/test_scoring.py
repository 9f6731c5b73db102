"""Scoring, exhaustively: every combination of answers of a paper small enough for it."""

from __future__ import annotations

from itertools import combinations, product
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from suitability.rules.paper import BadPaper, Band, InvestorClass, Option, Paper, Question, build
from suitability.rules.scoring import AnswersRefused, score

FILE = Path(__file__).parent / "short_paper.yaml"
CONTENT = yaml.safe_load(FILE.read_text(encoding="utf-8"))[0]["value"]
PAPER = build(CONTENT)
EDGES = {10: "C1", 19: "C1", 20: "C2", 36: "C2", 37: "C3", 53: "C3", 54: "C4", 82: "C4", 83: "C5"}


def ways_to_answer(question: Question) -> list[tuple[str, ...]]:
    keys = [option.key for option in question.options]
    most = len(keys) if question.multiple else 1
    return [chosen for size in range(1, most + 1) for chosen in combinations(keys, size)]


def every_sheet() -> list[dict[str, tuple[str, ...]]]:
    keys = [question.key for question in PAPER.questions]
    ways = [ways_to_answer(question) for question in PAPER.questions]
    return [dict(zip(keys, sheet, strict=True)) for sheet in product(*ways)]


def test_the_paper_reaches_from_10_to_100_points():
    assert (PAPER.minimum, PAPER.maximum) == (10, 100)


@pytest.mark.parametrize(("points", "found"), [*EDGES.items(), (100, "C5")])
def test_the_edges_of_the_bands(points, found):
    assert PAPER.class_of(points) == found


def test_every_sheet_scores_within_the_paper_and_its_band_unless_a_trigger_is_hit():
    sheets = every_sheet()
    assert len(sheets) == 4 * 15 * 3 * 4 * 4
    for sheet in sheets:
        outcome = score(PAPER, sheet)
        assert 10 <= outcome.score <= 100
        assert outcome.score == sum(outcome.group_points.values())
        if sheet["loss"] == ("none",):
            assert (outcome.investor_class, outcome.lowest) == (InvestorClass.C1, True)
            assert outcome.triggers == ("loss",)
        else:
            assert outcome.investor_class == PAPER.class_of(outcome.score)
            assert (outcome.lowest, outcome.triggers) == (False, ())


def test_the_trigger_changes_the_class_and_not_the_score():
    rich = {
        "share": ("under_10",),
        "experience": ("derivatives",),
        "horizon": ("any",),
        "goal": ("high",),
        "loss": ("none",),
    }
    outcome = score(PAPER, rich)
    assert (outcome.score, outcome.investor_class, outcome.lowest) == (81, "C1", True)


def test_of_a_multiple_choice_the_highest_counts():
    one = {key: ways[0] for key, ways in zip(SHEET_KEYS, SHEET_WAYS, strict=True)}
    both = {**one, "experience": ("bonds", "derivatives")}
    assert score(PAPER, both).score - score(PAPER, one).score == 20 - 2


SHEET_KEYS = [question.key for question in PAPER.questions]
SHEET_WAYS = [ways_to_answer(question) for question in PAPER.questions]
SHEETS = st.fixed_dictionaries(
    {key: st.sampled_from(ways) for key, ways in zip(SHEET_KEYS, SHEET_WAYS, strict=True)}
)


@settings(derandomize=True, max_examples=200)
@given(SHEETS, st.sampled_from(PAPER.questions), st.data())
def test_an_answer_with_more_points_never_lowers_the_class(sheet, question, data):
    option = data.draw(st.sampled_from(question.options))
    now = {each.key: each.points for each in question.options}
    before = score(PAPER, sheet)
    after = score(PAPER, {**sheet, question.key: (option.key,)})
    if option.lowest or option.points < max(now[key] for key in sheet[question.key]):
        return
    assert after.score >= before.score
    assert after.investor_class >= before.investor_class


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"loss": ()}, "loss: missing"),
        ({"loss": ("none", "none")}, "loss: twice"),
        ({"loss": ("none", "over_30")}, "loss: one-only"),
        ({"loss": ("plenty",)}, "loss: not-an-option"),
        ({"mood": ("good",)}, "mood: unknown"),
    ],
)
def test_answers_that_do_not_fit_are_refused_with_their_question(change, problem):
    sheet = {**every_sheet()[0], **change}
    with pytest.raises(AnswersRefused, match=problem):
        score(PAPER, sheet)


def test_all_problems_are_told_at_once():
    with pytest.raises(AnswersRefused) as refusal:
        score(PAPER, {})
    assert [each.question for each in refusal.value.problems] == SHEET_KEYS


def a_question(key="a", points=(1, 5)):
    options = tuple(Option(f"o{n}", each) for n, each in enumerate(points))
    return Question(key, "g", False, options)


ONE_BAND = (Band(0, 100, InvestorClass.C1),)


@pytest.mark.parametrize(
    ("questions", "bands", "why"),
    [
        ((), ONE_BAND, "no question"),
        ((a_question(), a_question()), ONE_BAND, "key is twice"),
        ((a_question(points=(1,)),), ONE_BAND, "fewer than two"),
        ((a_question(points=(-1, 5)),), ONE_BAND, "below zero"),
        ((a_question(),), (), "no band"),
        ((a_question(),), (Band(2, 5, InvestorClass.C1),), "minimum score"),
        ((a_question(),), (Band(1, 4, InvestorClass.C1),), "maximum score"),
        (
            (a_question(),),
            (Band(1, 2, InvestorClass.C1), Band(4, 5, InvestorClass.C2)),
            "gap or overlap",
        ),
        (
            (a_question(),),
            (Band(1, 3, InvestorClass.C1), Band(3, 5, InvestorClass.C2)),
            "gap or overlap",
        ),
        (
            (a_question(),),
            (Band(1, 2, InvestorClass.C2), Band(3, 5, InvestorClass.C1)),
            "do not rise",
        ),
    ],
)
def test_a_paper_that_contradicts_itself_never_comes_into_being(questions, bands, why):
    with pytest.raises(BadPaper, match=why):
        Paper(questions, bands)


@pytest.mark.parametrize("lost", ["questions", "bands"])
def test_content_without_its_parts_is_no_paper(lost):
    with pytest.raises(BadPaper, match=lost):
        build({key: value for key, value in CONTENT.items() if key != lost})
