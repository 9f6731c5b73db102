"""Switches: the latest approved turn counts; an unknown one is an error."""

from __future__ import annotations

from datetime import timedelta

import pytest

from brokerage.reference import switches
from brokerage.reference.models import Switch
from brokerage.reference.switches import UnknownSwitch, is_on
from tests.reference.factories import MAKER, make_turn

HOUR = timedelta(hours=1)

pytestmark = pytest.mark.django_db


def test_a_switch_that_nobody_turned_has_its_default(at):
    assert not is_on("opening.surge", at)
    assert is_on("sms.sending", at)


def test_an_unknown_switch_is_an_error(at):
    with pytest.raises(UnknownSwitch):
        is_on("opening.surgee", at)


def test_a_turn_counts_from_its_start(at):
    make_turn(at, "opening.surge", True, starts_at=at + HOUR)
    assert not is_on("opening.surge", at + HOUR - timedelta(microseconds=1))
    assert is_on("opening.surge", at + HOUR)


def test_turns_may_be_planned_ahead(at):
    make_turn(at, "opening.surge", False, starts_at=at + 8 * HOUR)
    make_turn(at, "opening.surge", True, starts_at=at + HOUR)
    states = [is_on("opening.surge", at + n * HOUR) for n in (0, 1, 7, 8, 24)]
    assert states == [False, True, True, False, False]


def test_a_turn_never_counts_before_its_approval(at):
    make_turn(at, "opening.surge", True, starts_at=at - 24 * HOUR)
    assert not is_on("opening.surge", at - HOUR)
    assert is_on("opening.surge", at)


def test_an_emergency_turn_beats_an_older_plan_for_the_same_instant(at):
    make_turn(at - HOUR, "sms.sending", True, starts_at=at)
    make_turn(at, "sms.sending", False, starts_at=at)
    assert not is_on("sms.sending", at)


def test_a_turn_that_waits_or_was_rejected_changes_nothing(at):
    Switch.objects.create(
        key="sms.sending", is_on=False, starts_at=at, reason="x", made_by_ref=MAKER, made_at=at
    )
    assert is_on("sms.sending", at + HOUR)


def test_one_switch_says_nothing_about_another(at):
    make_turn(at, "opening.surge", True)
    assert is_on("sms.sending", at)


def test_asking_takes_one_query(at, django_assert_num_queries):
    make_turn(at, "opening.surge", True)
    with django_assert_num_queries(1):
        assert is_on("opening.surge", at)


def test_a_key_is_registered_once():
    switches.register("sms.sending", switches.kinds.get("sms.sending").label, default=True)
    with pytest.raises(ValueError, match="taken"):
        switches.register("sms.sending", "another", default=False)
