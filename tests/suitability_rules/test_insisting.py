"""The insist route: every step, in order, with evidence; and never around a bar."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from suitability import shipped
from suitability.rules.grades import Grade
from suitability.rules.insisting import (
    Channel,
    InsistInputs,
    Recording,
    build_insist_rules,
    may_go_ahead,
)
from suitability.rules.paper import InvestorClass
from suitability.rules.reasons import Code
from tests.suitability_rules.factories import (
    MATRIX,
    ON,
    insist_inputs,
    investor,
    item,
    match_inputs,
)

RULES = shipped.insist_rules()
GIVEN = insist_inputs()
WARNED = GIVEN.warned_at
ACKNOWLEDGED, CONFIRMED = GIVEN.acknowledged_at, GIVEN.confirmed_at
assert WARNED is not None
assert ACKNOWLEDGED is not None
assert CONFIRMED is not None
RECORDING = Recording(script=RULES.script, chapters=RULES.chapters, sha256="ab" * 32, passed=True)
SECOND = timedelta(seconds=1)


def why(**changes):
    decision = may_go_ahead(replace(GIVEN, **changes), RULES)
    assert decision.may_go_ahead is (not decision.reasons)
    return [each.code for each in decision.reasons]


def test_all_steps_online_let_the_sale_go_ahead():
    assert why() == []


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"asked_at": None}, Code.NOT_ASKED),
        ({"warned_at": None}, Code.WARNING_MISSING),
        ({"asked_at": WARNED + SECOND}, Code.WARNING_MISSING),
        ({"warning": "suitability.warning.mismatch@2025-01-01"}, Code.WARNING_OUTDATED),
        ({"warning": ""}, Code.WARNING_OUTDATED),
        ({"acknowledged_at": None}, Code.NOT_ACKNOWLEDGED),
        ({"acknowledged_at": WARNED - SECOND}, Code.NOT_ACKNOWLEDGED),
        ({"confirmed_at": None}, Code.NOT_CONFIRMED_AGAIN),
        ({"confirmed_at": CONFIRMED - SECOND}, Code.PAUSE_TOO_SHORT),
        ({"confirmed_at": ACKNOWLEDGED - SECOND}, Code.PAUSE_TOO_SHORT),
        ({"trace": ""}, Code.TRACE_MISSING),
    ],
)
def test_each_step_is_needed(changes, code):
    assert why(**changes) == [code]


def test_everything_that_is_missing_is_told_at_once():
    nothing = dict.fromkeys(("asked_at", "warned_at", "acknowledged_at"))
    assert len(why(**nothing, confirmed_at=None, trace="")) == 5


@pytest.mark.parametrize(
    ("recording", "found"),
    [
        (RECORDING, []),
        (None, [Code.RECORDING_MISSING]),
        (replace(RECORDING, sha256=""), [Code.RECORDING_MISSING]),
        (replace(RECORDING, script="old"), [Code.RECORDING_MISSING]),
        (
            replace(RECORDING, chapters=RULES.chapters - {"own_wish"}),
            [Code.RECORDING_INCOMPLETE],
        ),
        (replace(RECORDING, passed=None), [Code.RECORDING_UNCHECKED]),
        (replace(RECORDING, passed=False), [Code.RECORDING_UNCHECKED]),
    ],
)
def test_at_an_outlet_only_a_valid_recording_counts(recording, found):
    assert why(channel=Channel.OUTLET, trace="trace", recording=recording) == found


@pytest.mark.parametrize(
    ("inputs", "code"),
    [
        (match_inputs(), Code.NOTHING_TO_INSIST_ON),
        (
            match_inputs(investor(lowest=True, investor_class=InvestorClass.C1)),
            Code.LOWEST_ABOVE_R1,
        ),
        (
            match_inputs(what=item(grade=Grade.R4, requirements=("gate",))),
            Code.ENTRY_UNPROVEN,
        ),
        (match_inputs(what=item(grade=Grade.R4), exposures=(ON,)), Code.OFFERED_BY_US),
        (
            match_inputs(investor(valid_until=ON), item(grade=Grade.R4)),
            Code.ASSESSMENT_EXPIRED,
        ),
    ],
)
def test_no_step_leads_around_what_matching_refuses(inputs, code):
    assert code in why(match=inputs)


def test_the_route_is_taken_again_from_what_was_stored():
    outlet = replace(GIVEN, channel=Channel.OUTLET, recording=RECORDING)
    for inputs in (GIVEN, outlet):
        again = InsistInputs.from_json(inputs.to_json())
        assert (again, may_go_ahead(again, RULES)) == (inputs, may_go_ahead(inputs, RULES))


@pytest.mark.parametrize("change", [{"pause_minutes": 0}, {"chapters": []}])
def test_a_route_without_a_pause_or_chapters_never_comes_into_being(change):
    content = shipped.row("rules/matrix", "suitability.insist")["value"]
    with pytest.raises(ValueError, match="no"):
        build_insist_rules({**content, **change}, "v", MATRIX)
