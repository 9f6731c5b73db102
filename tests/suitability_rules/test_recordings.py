"""The quality check of recordings: every point has to hold, and what a row may say."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest

from suitability import shipped
from suitability.rules.recordings import build_recording_rules, passes

VALUE = shipped.row("rules/recordings", "suitability.recording")["value"]
RULES = build_recording_rules(VALUE, "v", ("zh-hans", "en"))
KEYS = [each.key for each in RULES.points]


def test_a_recording_passes_only_where_every_point_holds() -> None:
    for held in product((True, False), repeat=len(KEYS)):
        assert passes(RULES, dict(zip(KEYS, held, strict=True))) is all(held)


@pytest.mark.parametrize("findings", [{}, {KEYS[0]: True}, dict.fromkeys([*KEYS, "x"], True)])
def test_a_check_is_about_every_point_and_no_other(findings: dict[str, bool]) -> None:
    with pytest.raises(ValueError, match="Each point"):
        passes(RULES, findings)


@pytest.mark.parametrize(
    "wrong",
    [
        {"points": []},
        {"points": [*VALUE["points"], VALUE["points"][0]]},
        {"check_minutes": 0},
        {"consent": "no version"},
        {"scripts": {}},
        {"scripts": {"insist": "no version"}},
    ],
)
def test_a_row_that_cannot_be_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        build_recording_rules(VALUE | wrong, "v", ("zh-hans", "en"))


def test_the_shipped_script_has_the_chapters_that_the_insist_route_asks_for() -> None:
    rules = shipped.insist_rules()
    script = shipped.row("rules/recordings", "suitability.script.mismatch")
    assert shipped.version_of(script) == rules.script == RULES.scripts["insist"]
    assert {each["key"] for each in script["value"]} == rules.chapters
