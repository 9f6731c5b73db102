"""Grades of a rule that are written wrongly are refused in words, whatever was typed."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.dormancy.dated import DORMANCY
from accounts.life.dated import ID_EXPIRY
from brokerage.reference.schemas import BadRuleValue, schemas

GOOD = [{"after": 0, "stops": ["buy"]}, {"after": 90, "stops": ["buy", "deposit"]}]
AROUND: dict[str, dict[str, Any]] = {
    ID_EXPIRY: {"reminders": [90, 30, 7]},
    DORMANCY: {"years": 3, "below": "100", "notice_days": 30},
}


@pytest.mark.parametrize("key", AROUND)
def test_good_grades_pass(key: str) -> None:
    schemas.get(key).read({**AROUND[key], "grades": GOOD})


@pytest.mark.parametrize("key", AROUND)
@pytest.mark.parametrize(
    "grades",
    [
        "buy",
        ["buy"],
        [{"after": 0}],
        [{"after": 0, "stops": "buy"}],
        [{"after": 0, "stops": ["sing"]}],
        [{"after": "0", "stops": ["buy"]}],
        [{"after": True, "stops": ["buy"]}],
        [GOOD[1], GOOD[0]],
        [GOOD[0], GOOD[0]],
    ],
)
def test_wrong_ones_are_refused(key: str, grades: Any) -> None:
    with pytest.raises(BadRuleValue):
        schemas.get(key).read({**AROUND[key], "grades": grades})


@pytest.mark.parametrize(
    "grades", [[], [{"after": 1, "stops": ["buy"]}], [{"after": 0, "stops": []}]]
)
def test_a_rest_closes_something_from_its_first_day(grades: Any) -> None:
    with pytest.raises(BadRuleValue):
        schemas.get(DORMANCY).read({**AROUND[DORMANCY], "grades": grades})


def test_reminders_that_are_no_list_are_refused() -> None:
    with pytest.raises(BadRuleValue):
        schemas.get(ID_EXPIRY).read({"reminders": 90, "grades": GOOD})
