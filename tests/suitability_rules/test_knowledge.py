"""The test of knowledge: a fair bank, the same draw for the same seed, exact marks."""

from __future__ import annotations

import pytest

from suitability import shipped
from suitability.rules.knowledge import (
    BadAnswers,
    BadBank,
    KnowledgeInputs,
    build_knowledge_rules,
    draw,
    mark,
)
from suitability.rules.replaying import replay

RULES = shipped.knowledge_rules()
VALUE = shipped.row("rules/professional", "suitability.knowledge_test")["value"]
SEED = 0x6F1D3A7B94E24C0F8B5D2A91C7E3F065
DRAWN = draw(RULES, SEED)


def given(wrong: int = 0) -> KnowledgeInputs:
    answers = {}
    for place, key in enumerate(DRAWN):
        question = RULES.question(key)
        others = [each.key for each in question.options if each.key != question.right]
        answers[key] = others[0] if place < wrong else question.right
    return KnowledgeInputs(rules=RULES.version, drawn=DRAWN, answers=answers)


def test_a_draw_is_repeatable_and_has_no_question_twice() -> None:
    assert draw(RULES, SEED) == DRAWN
    assert len(set(DRAWN)) == RULES.drawn
    assert len({draw(RULES, SEED // (each + 1)) for each in range(20)}) > 15


@pytest.mark.parametrize(
    ("wrong", "score", "passed"),
    [(0, 100, True), (1, 87, True), (2, 75, False), (8, 0, False)],
)
def test_marks_are_exact(wrong, score, passed) -> None:
    found = mark(given(wrong), RULES)
    assert (found.score, found.passed, found.wrong) == (score, passed, DRAWN[:wrong])
    assert replay("knowledge", given(wrong).to_json(), lambda version: RULES) == found


def test_what_was_not_asked_is_refused() -> None:
    right = dict(given().answers)
    for answers in ({}, right | {"more": "x"}, right | {DRAWN[0]: "no such answer"}):
        with pytest.raises(BadAnswers):
            mark(KnowledgeInputs(rules=RULES.version, drawn=DRAWN, answers=answers), RULES)
    stranger = KnowledgeInputs(rules=RULES.version, drawn=("x",), answers={"x": "y"})
    with pytest.raises(BadAnswers):
        mark(stranger, RULES)


@pytest.mark.parametrize(
    "changes",
    [
        {"drawn": 0},
        {"drawn": 13},
        {"pass_percent": 101},
        {"attempts_a_day": 0},
        {"questions": [*VALUE["questions"], VALUE["questions"][0]]},
        {"questions": [VALUE["questions"][0] | {"right": "nobody"}]},
        {"questions": [VALUE["questions"][0] | {"why": {"zh-hans": "好", "en": " "}}]},
    ],
)
def test_an_unfair_bank_never_comes_into_being(changes) -> None:
    with pytest.raises(BadBank):
        build_knowledge_rules(VALUE | changes, "", ("zh-hans", "en"))
