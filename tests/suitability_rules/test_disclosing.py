"""Before a sale: every text shown, read and acknowledged; a high risk asks for more."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from suitability import shipped
from suitability.rules.disclosing import (
    DisclosureInputs,
    Shown,
    build_disclosure_rules,
    is_disclosed,
)
from suitability.rules.reasons import Code
from suitability.rules.replaying import replay
from suitability.rules.versions import WrongRules

RULES = shipped.disclosure_rules()
AT = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
FIVE = Shown(RULES.text, AT, AT + RULES.reading)
POINTS = Shown(RULES.special_text, AT, AT + RULES.special_reading)
PLAIN = DisclosureInputs(rules=RULES.version, special=False, five=FIVE, points=Shown())
SPECIAL = DisclosureInputs(
    rules=RULES.version,
    special=True,
    five=FIVE,
    points=POINTS,
    informed=True,
    confirmed_at=AT + RULES.special_reading + RULES.thinking,
)
BAD = [
    ({"shown_at": None}, Code.NOTICE_NOT_SHOWN),
    ({"text": "x@2020-01-01"}, Code.NOTICE_OUTDATED),
    ({"acknowledged_at": None}, Code.NOTICE_NOT_ACKNOWLEDGED),
    ({"acknowledged_at": AT - SECOND}, Code.NOTICE_READ_TOO_FAST),
]


def codes(inputs: DisclosureInputs) -> list[Code]:
    found = is_disclosed(inputs, RULES)
    assert found.done is (not found.reasons)
    again = replay("disclosure", inputs.to_json(), lambda version: RULES)
    assert again == found
    return [each.code for each in found.reasons]


def test_the_five_items_are_enough_where_no_special_procedure_is_owed() -> None:
    assert codes(PLAIN) == []
    assert codes(SPECIAL) == []


@pytest.mark.parametrize(("changes", "code"), BAD)
@pytest.mark.parametrize("notice", ["five", "points"])
def test_each_text_is_shown_read_and_acknowledged(notice, changes, code) -> None:
    given = replace(getattr(SPECIAL, notice), **changes)
    assert codes(replace(SPECIAL, **{notice: given})) == [code]


def test_a_second_less_than_reading_takes_is_too_little() -> None:
    for notice, reading in (("five", RULES.reading), ("points", RULES.special_reading)):
        shown = replace(getattr(SPECIAL, notice), acknowledged_at=AT + reading - SECOND)
        assert codes(replace(SPECIAL, **{notice: shown}))[:1] == [Code.NOTICE_READ_TOO_FAST]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"informed": False}, Code.INFORMATION_MISSING),
        ({"confirmed_at": None}, Code.SALE_NOT_CONFIRMED),
        (
            {"confirmed_at": AT + RULES.special_reading + RULES.thinking - SECOND},
            Code.THINKING_TOO_SHORT,
        ),
    ],
)
def test_a_high_risk_asks_for_information_and_time(changes, code) -> None:
    assert codes(replace(SPECIAL, **changes)) == [code]
    assert codes(replace(PLAIN, **changes)) == []


def test_rules_of_another_version_are_not_taken() -> None:
    with pytest.raises(WrongRules):
        is_disclosed(replace(PLAIN, rules="x@2020-01-01"), RULES)


@pytest.mark.parametrize(
    "changes",
    [
        {"reading_seconds": 0},
        {"special_reading_seconds": 0},
        {"thinking_hours": 0},
        {"counts_days": -1},
        {"text": "no version"},
    ],
)
def test_rules_that_leave_no_time_never_come_into_being(changes) -> None:
    value = shipped.row("rules/disclosure", "suitability.disclosure")["value"]
    with pytest.raises(ValueError, match=r"time|version"):
        build_disclosure_rules(value | changes, "")
