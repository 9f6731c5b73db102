"""Matching and replay: pure Python, no database.

python -m bench suitability
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date

from suitability import shipped
from suitability.rules.grades import Grade
from suitability.rules.matching import InvestorFacts, ItemFacts, MatchInputs, match_many
from suitability.rules.paper import InvestorClass
from suitability.rules.replaying import replay

ON = date(2026, 3, 2)
SHELF = 500
GOAL_SHELF_MS = 20
GOAL_REPLAYS = 5_000
Figures = dict[str, float | int | str]


def measure() -> dict[str, Figures]:
    """One customer against a shelf; replays a second."""
    return {"shelf of 500": _shelf(), "replay": _replay()}


def _shelf() -> Figures:
    rules, items = shipped.matching_rules(), _items()
    investor = _investor()
    seconds = _best(lambda: match_many(investor, items, rules, on=ON))
    return {"ms": round(seconds * 1000, 2), "goal_ms": GOAL_SHELF_MS}


def _replay() -> Figures:
    rules, investor = shipped.matching_rules(), _investor()
    stored = [
        MatchInputs(rules=rules.version, investor=investor, item=item, on=ON).to_json()
        for item in _items()
    ]

    def run() -> None:
        for text in stored:
            replay("match", text, lambda version: rules)

    return {"decisions_a_second": round(SHELF / _best(run)), "goal": GOAL_REPLAYS}


def _investor() -> InvestorFacts:
    return InvestorFacts(
        investor_class=InvestorClass.C3,
        valid_until=date(2027, 3, 2),
        horizon="five_years",
        types=frozenset({"equity"}),
        met=frozenset({"qualified"}),
    )


def _items() -> list[ItemFacts]:
    grades, types = list(Grade), ["fixed_income", "equity", "derivatives", "complex"]
    return [
        ItemFacts(
            key=f"item-{number}",
            grade=grades[number % 5],
            months=number % 90,
            type=types[number % 4],
            requirements=("qualified",) if number % 3 else ("qualified", "other"),
        )
        for number in range(SHELF)
    ]


def _best(run: Callable[[], object], rounds: int = 15) -> float:
    """The best of several rounds in seconds: other work on the machine only slows it down."""
    found = []
    for _round in range(rounds):
        begun = time.perf_counter()
        run()
        found.append(time.perf_counter() - begun)
    return min(found)
