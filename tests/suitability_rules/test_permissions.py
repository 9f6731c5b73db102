"""Distances to trading permissions: thresholds, averages, dates, and honesty."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from suitability import shipped
from suitability.rules.conditions import LAST_YEAR_END
from suitability.rules.grades import ProfessionalKind
from suitability.rules.paper import InvestorClass
from suitability.rules.permission_rules import BadPermission, Kind, build_permission
from suitability.rules.permissions import DayAssets, Distance, DistanceInputs, distance
from suitability.rules.reasons import Code
from suitability.rules.versions import WrongRules
from tests.suitability_rules.factories import ON, proof

PERMISSIONS = shipped.permissions()
# Domain knowledge written down a second time: days, amount, months of persons.
TABLE = {
    "chinext": ("C3", 20, 100_000, 24),
    "star": ("C4", 20, 500_000, 24),
    "bse": ("C4", 20, 500_000, 24),
    "neeq_innovation": ("C4", 10, 1_000_000, None),
    "neeq_base": ("C5", 10, 2_000_000, None),
    "stock_connect": ("C4", 20, 500_000, None),
    "margin": ("C4", 20, 500_000, 6),
    "options_1": ("C4", 20, 500_000, 6),
    "options_2": ("C4", 20, 500_000, 6),
    "options_3": ("C4", 20, 500_000, 6),
    "convertible_bond": ("C3", 20, 100_000, 24),
    "convertible_delisting": ("C4", 20, 500_000, 24),
    "delisting": ("C4", 20, 500_000, 24),
    "risk_warning": ("C4", None, None, None),
    "reit": ("C3", None, None, None),
    "private_fund": (None, None, None, None),
    "plan_fixed_income": (None, None, None, 24),
    "plan_mixed": (None, None, None, 24),
    "plan_equity": (None, None, None, 24),
}


def trading_days(day, n):
    """Monday to Friday, as `add_trading_days` counts."""
    step = 1 if n >= 0 else -1
    while n == 0 and day.weekday() > 4:
        day += timedelta(1)
    while n:
        day += timedelta(step)
        if day.weekday() < 5:
            n -= step
    return day


def history(*amounts, on=ON):
    """End-of-day assets, the last amount on the trading day before `on`."""
    count = len(amounts)
    return tuple(
        DayAssets(day=trading_days(on, at - count), amount=Decimal(amount))
        for at, amount in enumerate(amounts)
    )


def inputs(key="chinext", **changes):
    given = DistanceInputs(
        rules=PERMISSIONS[key].version,
        person=True,
        on=ON,
        assets=history(*["500000"] * 20),
        first_trade=date(2020, 1, 6),
        investor_class=InvestorClass.C5,
        valid_until=date(2027, 3, 2),
        tests={},
        facts={f"{key}_disclosure": proof(holds=True)},
    )
    return replace(given, **changes)


def look(key="chinext", **changes):
    return distance(inputs(key, **changes), PERMISSIONS[key], trading_days)


def part(found, kind):
    return next(each for each in found.conditions if each.kind is kind)


def codes(result):
    return [each.code for each in result.reasons]


def test_the_rows_say_what_the_handbook_says():
    assert set(PERMISSIONS) == set(TABLE)
    for key, expected in TABLE.items():
        by_kind = {each.kind: each for each in PERMISSIONS[key].persons}
        least, average, months = (
            by_kind.get(kind) for kind in (Kind.CLASS, Kind.AVERAGE, Kind.EXPERIENCE)
        )
        assert expected == (
            least and least.investor_class,
            average and average.days,
            average and average.amount,
            months and months.months,
        ), key


def test_every_row_says_where_it_comes_from_and_how_sure_it_is():
    for row in shipped.rows("rules/permissions"):
        assert row["legal_basis"]
        assert row["source"]
        assert row["confidence"] in {"S", "C", "P", "M", "M?"}
        for each in (*row["value"]["persons"], *row["value"]["organisations"]):
            assert each["certainty"] in {"S", "P", "M", "M?"}, row["key"]


def test_who_meets_everything_is_there():
    found = look()
    assert (found.met, found.earliest) == (True, ON)
    assert Distance.from_json(found.to_json()) == found


@pytest.mark.parametrize("key", PERMISSIONS)
def test_the_lowest_class_has_no_way_to_any_permission(key):
    for professional in (None, *ProfessionalKind):
        found = look(key, lowest=True, investor_class=InvestorClass.C1, professional=professional)
        assert (found.met, found.earliest) == (False, None)


@pytest.mark.parametrize("changes", [{"investor_class": None}, {"valid_until": ON}])
def test_without_a_valid_assessment_no_permission(changes):
    assert not look(**changes).met


@pytest.mark.parametrize("found", InvestorClass)
def test_a_class_that_is_too_low_gets_no_date(found):
    result = part(look(investor_class=found), Kind.CLASS)
    assert result.met is (found >= "C3")
    assert result.earliest == (ON if result.met else None)
    assert look(investor_class=found).met is result.met


def test_professional_investors_are_not_graded():
    found = look(investor_class=None, valid_until=None, professional=ProfessionalKind.PERSON)
    assert found.met


# --- assets


@pytest.mark.parametrize(
    ("amounts", "met"),
    [
        (["100000"] * 20, True),
        ([*["100000"] * 19, "99999.99"], False),
        ([*["0"] * 19, "2000000"], False),  # a deposit for a day, whatever its average
        ([*["0"] * 15, *["400000"] * 5], True),
        ([*["0"] * 15, "399999.99", *["400000"] * 4], False),
        ([*["400000"] * 5, *["0"] * 15], True),
        (["900000000", *["0"] * 20], False),  # the day before the window
        ([], False),
        (["100000"] * 19, False),  # one day is absent and counts as nothing
    ],
)
def test_the_average_of_twenty_trading_days(amounts, met):
    assert part(look(assets=history(*amounts)), Kind.AVERAGE).met is met


@pytest.mark.parametrize(
    ("amounts", "met", "found"),
    [
        ([*["0"] * 19, "2000000"], False, 1),
        ([*["0"] * 16, *["500000"] * 4], False, 4),
        ([*["0"] * 15, *["400000"] * 5], True, 5),
        (["99999.99", *["100000"] * 18, "200000"], True, 19),
        ([*["0"] * 15, *["100000"] * 5], False, 5),
    ],
)
def test_short_deposits_do_not_count(amounts, met, found):
    result = part(look(assets=history(*amounts)), Kind.AVERAGE)
    assert result.met is met
    said = {each.code: each.parameters for each in result.reasons}
    told = {"days": "5", "found": str(found), "needed": "100000"}
    assert said.get(Code.AVERAGE_FEW_DAYS) == (told if found < 5 else None)
    assert said.get(Code.AVERAGE_OFTEN_ENOUGH) == (told if found >= 5 else None)
    if Code.AVERAGE_FEW_DAYS in said and Code.AVERAGE_ENOUGH in said:
        assert result.missing is None
        assert result.earliest == trading_days(ON, 5 - found)


def test_each_row_with_an_average_asks_for_a_week_from_december_on():
    rows = shipped.rows("rules/permissions")
    for row in rows:
        for each in (*row["value"]["persons"], *row["value"]["organisations"]):
            if each["kind"] == "average":
                least = 5 if row["valid_from"] >= date(2026, 12, 2) else None
                assert each.get("least_days") == least, row["key"]
    asked = {key for key, rule in PERMISSIONS.items() if TABLE[key][1]}
    later = {row["key"] for row in rows if row["valid_from"] == date(2026, 12, 2)}
    assert later == {f"permission.{key}" for key in asked}


def test_nothing_but_the_short_deposits_changed_in_december():
    before: dict[str, Any] = {}
    for row in shipped.rows("rules/permissions"):
        asked = [*row["value"]["persons"], *row["value"]["organisations"]]
        rest = [each | {"least_days": None, "certainty": None} for each in asked]
        assert before.setdefault(row["key"], rest) == rest


@pytest.mark.parametrize("least", [-1, 21])
def test_no_more_days_than_the_window_has_may_be_wanted(least):
    value = shipped.row("rules/permissions", "permission.chinext")["value"]
    persons = [
        {**each, "least_days": least} if each["kind"] == "average" else each
        for each in value["persons"]
    ]
    with pytest.raises(BadPermission, match="average"):
        build_permission({**value, "persons": persons}, "chinext", "v")


@pytest.mark.parametrize(("oldest", "met"), [("100000", True), ("99999.99", False)])
def test_a_day_that_was_given_up_is_left_out_and_one_more_is_looked_at(oldest, met):
    held = history(oldest, *["100000"] * 9, "0", *["100000"] * 10)
    lost = held[10].day
    assert not part(look(assets=held), Kind.AVERAGE).met
    result = part(look(assets=held, waived=(lost, trading_days(ON, -40))), Kind.AVERAGE)
    assert result.met is met
    left_out = [each for each in result.reasons if each.code is Code.AVERAGE_LEAVES_OUT]
    assert [each.parameters["date"] for each in left_out] == [lost.isoformat()]


def test_assets_of_the_day_itself_do_not_count_yet():
    today = DayAssets(day=ON, amount=Decimal(90_000_000))
    assert not part(look(assets=(today,)), Kind.AVERAGE).met


def test_a_deposit_for_a_few_days_is_never_shown_as_a_way():
    result = part(look(assets=history(*["40000"] * 20)), Kind.AVERAGE)
    assert codes(result) == [
        Code.AVERAGE_TOO_LOW,
        Code.AVERAGE_FEW_DAYS,
        Code.DEPOSIT_MUST_STAY,
    ]
    assert result.missing == 60_000
    stays = result.reasons[2].parameters
    assert stays == {"days": "20", "missing": "60000"}
    assert result.earliest == trading_days(ON, 20)


def test_who_already_holds_enough_waits_for_the_average():
    held = history(*["0"] * 10, *["150000"] * 10)
    result = part(look(assets=held), Kind.AVERAGE)
    assert codes(result) == [Code.AVERAGE_TOO_LOW, Code.AVERAGE_OFTEN_ENOUGH]
    assert result.earliest == trading_days(ON, 4)  # 14 × 150,000 = 20 × 105,000


@settings(derandomize=True, max_examples=60, deadline=None)
@given(
    st.lists(st.integers(0, 300_000), min_size=0, max_size=25),
    st.dates(date(2026, 3, 1), date(2026, 3, 31)),
)
def test_on_the_earliest_date_the_average_is_there_and_not_a_day_before(amounts, on):
    held = history(*map(str, amounts), on=on)
    result = part(look(on=on, assets=held), Kind.AVERAGE)
    if result.met:
        assert result.earliest == on
        return
    later = max(held[-1].amount if held else Decimal(), Decimal(100_000))
    days, day = [], trading_days(on, 0)
    while day < result.earliest:
        days.append(DayAssets(day=day, amount=later))
        day = trading_days(day, 1)
    assert part(look(on=result.earliest, assets=(*held, *days)), Kind.AVERAGE).met
    eve = trading_days(result.earliest, -1)
    if eve > on:
        assert not part(look(on=eve, assets=(*held, *days[:-1])), Kind.AVERAGE).met


# --- experience, tests, facts


@pytest.mark.parametrize(
    ("first", "met", "earliest"),
    [
        (date(2024, 3, 2), True, ON),
        (date(2024, 3, 3), False, date(2026, 3, 3)),
        (None, False, date(2028, 3, 2)),
    ],
)
def test_two_years_from_the_first_trade(first, met, earliest):
    result = part(look(first_trade=first), Kind.EXPERIENCE)
    assert (result.met, result.earliest) == (met, earliest)


@pytest.mark.parametrize(("score", "met"), [(None, False), (79, False), (80, True), (100, True)])
def test_a_test_at_its_pass_mark(score, met):
    tests = {} if score is None else {"stock_connect": score}
    assert part(look("stock_connect", tests=tests), Kind.TEST).met is met


def test_a_disclosure_can_be_signed_today_and_a_relation_cannot_be_dated():
    assert look(facts={}).earliest == ON
    assert look("margin", facts={}, tests={"margin": 80}).earliest is None


@pytest.mark.parametrize("fact", ["margin_qualified", "financial_futures_record", None])
def test_options_need_margin_or_a_futures_record(fact):
    facts = {
        "options_disclosure": proof(holds=True),
        "options_simulated_1": proof(holds=True),
        **({fact: proof(holds=True)} if fact else {}),
    }
    assert look("options_1", tests={"options_1": 80}, facts=facts).met is bool(fact)


@pytest.mark.parametrize(
    ("assets", "income", "purchase", "met"),
    [
        ("3000000", "0", "1000000", True),
        ("0", "500000", "1000000", True),
        ("2999999.99", "499999.99", "1000000", False),
        ("3000000", "0", "999999.99", False),
    ],
)
def test_a_private_fund_asks_for_assets_or_income_and_a_million(assets, income, purchase, met):
    facts = {
        "financial_assets": proof(assets),
        "average_income_3y": proof(income),
        "purchase": proof(purchase),
        "qualified_investor_confirmation": proof(holds=True),
    }
    assert look("private_fund", facts=facts).met is met


@pytest.mark.parametrize(
    ("facts", "met"),
    [
        ({"household_net_financial_assets": proof("3000000")}, True),
        ({"household_financial_assets": proof("5000000")}, True),
        ({"average_income_3y": proof("400000")}, True),
        (
            {
                "household_net_financial_assets": proof("2999999.99"),
                "household_financial_assets": proof("4999999.99"),
                "average_income_3y": proof("399999.99"),
            },
            False,
        ),
    ],
)
def test_a_plan_asks_for_one_of_three_and_its_minimum(facts, met):
    rest = {"qualified_investor_confirmation": proof(holds=True)}
    for key, least in (("plan_fixed_income", 300), ("plan_mixed", 400), ("plan_equity", 1_000)):
        enough = {**facts, **rest, "purchase": proof(f"{least}000")}
        short = {**facts, **rest, "purchase": proof(f"{least - 1}999.99")}
        assert look(key, facts=enough).met is met
        assert not look(key, facts=short).met


def test_thresholds_of_persons_do_not_bind_organisations():
    found = look("star", person=False, assets=(), first_trade=None)
    assert found.met is True
    fund = PERMISSIONS["private_fund"].organisations
    assert any(each.condition and each.condition.fact == "net_assets" for each in fund)
    assert all(each.condition.as_of in ("", LAST_YEAR_END) for each in fund if each.condition)


def test_every_distance_is_taken_again_from_what_was_stored():
    for key, rule in PERMISSIONS.items():
        given = inputs(key)
        again = DistanceInputs.from_json(given.to_json())
        assert again == given
        assert distance(again, rule, trading_days) == distance(given, rule, trading_days)


def test_a_row_of_another_version_is_refused():
    with pytest.raises(WrongRules):
        distance(inputs("star"), PERMISSIONS["chinext"], trading_days)


@pytest.mark.parametrize(
    "condition",
    [
        {"kind": "average", "days": 20},
        {"kind": "average", "days": 0, "amount": "5"},
        {"kind": "average", "days": 20, "amount": 5},
        {"kind": "experience"},
        {"kind": "test", "test": "x", "mark": 101},
        {"kind": "class"},
        {"kind": "fact"},
        {"kind": "assessment"},
        {"kind": "class", "class": "C3", "colour": "red"},
        {"kind": "mood"},
    ],
)
def test_a_condition_that_cannot_be_checked_is_refused(condition):
    with pytest.raises((BadPermission, ValueError)):
        build_permission({"persons": [condition], "organisations": []}, "x", "v")


def test_what_nobody_knows_is_said_as_unknown_and_gets_no_date():
    found = look(assets=None, first_trade=None, first_trade_known=False)
    average, experience = part(found, Kind.AVERAGE), part(found, Kind.EXPERIENCE)
    assert codes(average) == [Code.AVERAGE_UNKNOWN]
    assert codes(experience) == [Code.EXPERIENCE_UNKNOWN]
    assert (average.earliest, experience.earliest, found.earliest) == (None, None, None)
    assert not found.met


def test_there_is_no_date_beyond_the_announced_calendar():
    def ends(day, n):
        if n > 0:
            raise LookupError
        return trading_days(day, n)

    given = inputs(assets=history(*["1000"] * 20))
    found = distance(given, PERMISSIONS["chinext"], ends)
    assert part(found, Kind.AVERAGE).earliest is None
