"""The ranking of suggestions: explainable, and blind for what the firm earns."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from products.rules.ranking import (
    BadRanking,
    Candidate,
    Part,
    Person,
    best,
    build_ranking_rules,
    rank,
)
from tests.products.test_costs import thorough

FILE = Path(__file__).parents[2] / "products" / "reference" / "rules.yaml"
VALUE: dict[str, Any] = next(
    row["value"] for row in yaml.safe_load(FILE.read_text()) if row["key"] == "products.ranking"
)
NEWEST: dict[str, Any] = [
    row["value"] for row in yaml.safe_load(FILE.read_text()) if row["key"] == "products.ranking"
][-1]
RULES = build_ranking_rules(VALUE, "products.ranking@2026-01-01")
TYPES = ("fixed_income", "equity", "derivatives", "complex")


def person(horizon: str | None = "five_years", **held: int) -> Person:
    given = {kind: Decimal(amount) for kind, amount in held.items()}
    return Person(investor_class="C4", horizon=horizon, held=given)


def item(code: str, kind: str = "equity", cost: str = "0.01") -> Candidate:
    return Candidate(code=code, type=kind, cost=Decimal(cost))


def test_the_points_are_those_of_the_parts_by_their_weights():
    (found,) = rank([item("A")], person(equity=225, fixed_income=775), RULES)
    # has 22.5% of equity where the model has 45%; a cost of 1% of 5%; horizon 80
    assert found.parts == {
        Part.GAP: Decimal(50),
        Part.COST: Decimal(80),
        Part.HORIZON: Decimal(80),
    }
    assert found.total == Decimal("65.0")


def test_what_the_model_has_enough_of_gains_nothing_by_the_gap():
    (found,) = rank([item("A")], person(equity=100), RULES)
    assert found.parts[Part.GAP] == 0


def test_equal_ones_stand_by_code_and_the_cheaper_comes_first():
    ranked = rank([item("B"), item("A"), item("C", cost="0.002")], person(), RULES)
    assert [each.code for each in ranked] == ["C", "A", "B"]


def test_nothing_is_the_answer_where_the_best_is_not_good_enough():
    poor = rank([item("A", cost="0.05")], person(horizon="one_year", equity=100), RULES)
    assert best(poor, RULES) is None
    assert best([], RULES) is None
    good = rank([item("A")], person(fixed_income=100), RULES)
    assert best(good, RULES) == good[0]


@thorough
@given(
    kinds=st.lists(st.sampled_from(TYPES), max_size=12),
    costs=st.lists(st.decimals("0", "0.2", places=4), min_size=12, max_size=12),
    held=st.dictionaries(st.sampled_from(TYPES), st.decimals("0", "999999", places=2)),
    horizon=st.sampled_from([None, "one_year", "five_years", "any"]),
)
def test_points_stay_between_0_and_100_and_everybody_is_ranked(kinds, costs, held, horizon):
    items = [
        Candidate(code=f"P{place}", type=kind, cost=cost)
        for place, (kind, cost) in enumerate(zip(kinds, costs, strict=False))
    ]
    ranked = rank(items, Person(investor_class="C4", horizon=horizon, held=held), RULES)
    assert sorted(each.code for each in ranked) == sorted(each.code for each in items)
    totals = [each.total for each in ranked]
    assert totals == sorted(totals, reverse=True)
    for each in ranked:
        assert all(0 <= points <= 100 for points in (*each.parts.values(), each.total))
    assert (
        rank(list(reversed(items)), Person(investor_class="C4", horizon=horizon, held=held), RULES)
        == ranked
    )


@pytest.mark.parametrize(
    ("age", "equity", "fixed_income"),
    [(34, 100, 60), (35, 80, 80), (59, 50, 90), (60, 20, 100), (None, 0, 0)],
)
def test_the_stage_of_life_counts_by_its_weight(
    age: int | None, equity: int, fixed_income: int
) -> None:
    rules = build_ranking_rules(NEWEST, "")
    who = Person(investor_class="C4", horizon="five_years", held={}, age=age)
    items = [item("A"), item("B", kind="fixed_income")]
    found = {each.code: each for each in rank(items, who, rules)}
    assert found["A"].parts[Part.STAGE] == equity
    assert found["B"].parts[Part.STAGE] == fixed_income
    # nothing held: the gap is whole; a cost of 1% of 5%; horizon 80
    assert found["A"].total == 40 + 24 + 12 + Decimal("0.15") * equity
    assert Part.STAGE not in rank(items, who, RULES)[0].parts  # no part of the version before


@pytest.mark.parametrize("ends", [[35], [35, 50], [50, 35, None], [35, 35, None], [None, None]])
def test_stages_of_life_cover_every_age_once(ends: list[int | None]) -> None:
    stages = [{"below": below, "points": {"equity": "50"}} for below in ends]
    with pytest.raises(BadRanking):
        build_ranking_rules(NEWEST | {"stages": stages}, "")


def test_a_stage_of_life_without_weight_is_refused() -> None:
    with pytest.raises(BadRanking):
        build_ranking_rules(VALUE | {"stages": NEWEST["stages"]}, "")


@pytest.mark.parametrize(
    "change",
    [
        {"weights": {"gap": "50", "cost": "30", "horizon": "21"}},
        {"weights": {"gap": "150", "cost": "-70", "horizon": "20"}},
        {"model": {"C1": {"fixed_income": "99"}}},
    ],
)
def test_rules_that_do_not_add_up_are_refused(change: dict[str, Any]):
    with pytest.raises(BadRanking):
        build_ranking_rules(VALUE | change, "")


def test_what_the_firm_earns_is_no_part():
    with pytest.raises(ValueError, match="income"):
        build_ranking_rules(VALUE | {"weights": {"income": "100"}}, "")
