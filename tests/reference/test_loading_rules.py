"""Shipped rules: who signs them, and that a release never changes a rule in force."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import override_settings

from brokerage.core.four_eyes import approve
from brokerage.reference.checks import demonstration_faults
from brokerage.reference.dated import NoRuleInForce
from brokerage.reference.loading import BadFile
from brokerage.reference.models import Rule
from brokerage.reference.schemas import Schema, Type, register, schemas
from brokerage.reference.signers import DEMONSTRATION, RELEASE_AUTHOR, RELEASE_REVIEWER
from brokerage.reference.use_cases.load_rules import load_rules
from tests.reference.factories import CHECKER, make_rule, write

KEY = "test.shipped"
if KEY not in schemas:
    register(Schema(key=KEY, label="shipped", type=Type.INTEGER, least=0, most=99))

ROW = (
    "- {{key: test.shipped, valid_from: {start}, value: {value}, source: x,"
    ' confidence: "{sure}"}}\n'
)
TODAY = date(2026, 3, 2)

pytestmark = pytest.mark.django_db


def row(value: int = 5, start: str = "2024-01-01", sure: str = "P") -> str:
    return ROW.format(value=value, start=start, sure=sure)


@pytest.fixture
def load(tmp_path, at):
    def run(text: str, *, sandbox: bool = False):
        path = write(tmp_path, text, "rules.yaml")
        return load_rules(path, at=at, sandbox=sandbox, model=Rule)

    return run


@pytest.mark.parametrize("sure", ["S", "C", "P"])
def test_figures_with_a_source_are_signed_by_the_release(load, sure):
    assert str(load(row(sure=sure))) == "1 added"
    rule = Rule.objects.in_force(KEY, TODAY)
    assert (rule.made_by_ref, rule.checked_by_ref) == (RELEASE_AUTHOR, RELEASE_REVIEWER)


@pytest.mark.parametrize("sure", ["M", "M?"])
def test_figures_from_memory_wait_for_compliance(load, at, sure):
    assert str(load(row(sure=sure))) == "1 added, 1 waiting"
    with pytest.raises(NoRuleInForce):
        Rule.objects.in_force(KEY, TODAY)
    rule = Rule.objects.get(key=KEY)
    approve(rule, CHECKER, at)
    rule.save()
    assert str(load(row(sure=sure))) == "0 added, 1 unchanged"
    assert Rule.objects.in_force(KEY, TODAY).checked_by_ref == CHECKER


@pytest.mark.parametrize("sure", ["M", "M?"])
def test_a_sandbox_signs_them_under_a_name_that_production_refuses(load, sure):
    load(row(sure=sure), sandbox=True)
    assert Rule.objects.in_force(KEY, TODAY).checked_by_ref == DEMONSTRATION
    assert demonstration_faults() == []
    with override_settings(SANDBOX=False):
        assert [fault.id for fault in demonstration_faults()] == ["reference.E001"]


def test_a_second_load_changes_nothing(load):
    text = row() + row(6, "2025-01-01")
    assert load(text).added == 2
    assert str(load(text)) == "0 added, 2 unchanged"


def test_a_rule_ends_where_the_next_one_begins(load):
    load(row(6, "2025-01-01") + row(5, "2024-01-01"))
    figures = [Rule.objects.in_force(KEY, date(year, 6, 1)).figure for year in (2024, 2025, 2026)]
    assert figures == [5, 6, 6]


def test_a_later_release_replaces_a_rule_on_a_day_ahead(load):
    load(row())
    assert str(load(row() + row(6, "2026-04-01"))) == "1 added, 1 unchanged"
    assert Rule.objects.in_force(KEY, date(2026, 3, 31)).figure == 5
    assert Rule.objects.in_force(KEY, date(2026, 4, 1)).figure == 6


def test_a_later_release_that_comes_too_late_waits(load):
    load(row())
    assert str(load(row() + row(6, "2026-03-01"))) == "1 added, 1 unchanged, 1 waiting"
    assert Rule.objects.in_force(KEY, TODAY).figure == 5


def test_a_release_that_rewrites_an_approved_rule_is_refused(load):
    load(row())
    with pytest.raises(BadFile, match="give it its own valid_from"):
        load(row(6))
    assert Rule.objects.in_force(KEY, TODAY).figure == 5


def test_a_rule_that_still_waits_may_be_rewritten(load):
    load(row(sure="M"))
    assert str(load(row(6, sure="M"))) == "0 added, 1 changed, 1 waiting"
    assert Rule.objects.get(key=KEY).value == 6


def test_a_rule_of_the_firm_stays_in_force(load, at):
    mine = make_rule(at, key=KEY, value=7)
    assert load(row()).waiting == 1
    assert Rule.objects.in_force(KEY, TODAY) == mine


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is no list of rules"),
        ("key: x", "is no list of rules"),
        ("- [", "cannot be read"),
        ("- 3", "row 1, row: is no mapping"),
        ("- {key: test.shipped}", "row 1, value: is missing"),
        (row().replace("source", "sauce"), "row 1, sauce: is no column"),
        (row().replace("test.shipped", "test.missing"), "registered by no app"),
        (row().replace("test.shipped", "[1]"), "registered by no app"),
        (row().replace("source: x", "source: ''"), "row 1, source"),
        (row().replace("source: x", "source: x, scope: a b"), "row 1, scope"),
        (row(start="soon"), "row 1, valid_from: is no date"),
        (row(start="2024-01-01 10:00:00"), "row 1, valid_from: is no date"),
        (row(sure="X"), "row 1, confidence: is none of"),
        (row(100), "row 1, value: test.shipped: 100 is more than 99"),
        (row() + row(6), "is the same in two rows"),
        (row() + row(100, "2025-01-01"), "row 2, value"),
    ],
)
def test_a_wrong_file_is_refused_as_a_whole(load, text, message):
    with pytest.raises(BadFile) as refused:
        load(text)
    assert message in str(refused.value)
    assert not Rule.objects.filter(key=KEY).exists()
