"""What the desk shows of two texts, and which risk class comes of which facts."""

from __future__ import annotations

import io
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from accounts.review.dated import _check_routing
from accounts.review.differences import DOT, compare, only_the_difference
from accounts.review.risks import RiskFacts, class_of, risks_of
from accounts.review.states import Risk, RiskClass, Standing
from accounts.review.watermark import watermarked
from brokerage.reference.schemas import BadRuleValue

GOOD = {"identity": "match", "face": "same", "phone": "match", "card": "own"}
HIGH = frozenset({"identity_differs", "face_differs", "bad_faith"})


def test_only_the_characters_that_differ_are_shown() -> None:
    assert only_the_difference("江映雪", "江映血") == ("··雪", "··血")
    one, other = only_the_difference("330702199601010025", "330702199601010026")
    assert (one.strip(DOT), other.strip(DOT)) == ("5", "6")


@given(st.text("江映雪12Xx", max_size=20), st.text("江映雪12Xx", max_size=20))
def test_dots_keep_the_length_and_equal_texts_show_nothing(one: str, other: str) -> None:
    left, right = only_the_difference(one, other)
    assert (len(left), len(right)) == (len(one), len(other))
    assert (set(left + right) <= {DOT}) == (one == other)


def test_what_differs_stands_first_and_blanks_do_not_count() -> None:
    lines = compare(
        {"name": "江映雪", "id_number": "33070219960101002x", "address": "示例街 1 号"},
        {
            "name": {"value": "江映血"},
            "number": {"value": "33070219960101002X"},
            "address": {"value": "示例街1号", "doubt": "unsure"},
        },
        {"name": "customer"},
    )
    assert [(line.field, line.standing) for line in lines[:2]] == [
        ("name", Standing.DIFFERS),
        ("address", Standing.DOUBTFUL),
    ]
    assert lines[0].source == "customer"
    rest = {line.field: line.standing for line in lines[2:]}
    assert rest["id_number"] == Standing.SAME
    assert rest["id_issuer"] == Standing.ALONE


@pytest.mark.parametrize(
    ("facts", "risks", "risk"),
    [
        ({}, (), RiskClass.LOW),
        ({"elder": True}, (Risk.ELDER,), RiskClass.MEDIUM),
        ({"bad_faith": True, "again": True}, (Risk.BAD_FAITH, Risk.AGAIN), RiskClass.HIGH),
        ({"differs": ["name"]}, (Risk.VALUES_DIFFER,), RiskClass.MEDIUM),
        ({"read": False}, (Risk.NOT_READ,), RiskClass.MEDIUM),
    ],
)
def test_facts_make_risks(facts: dict[str, Any], risks: tuple[Risk, ...], risk: RiskClass) -> None:
    found = risks_of(RiskFacts(checks=GOOD, **facts))
    assert (found, class_of(found, HIGH)) == (risks, risk)


@pytest.mark.parametrize(
    ("kind", "result", "risk"),
    [
        ("identity", "mismatch", Risk.IDENTITY_DIFFERS),
        ("identity", "not_found", Risk.IDENTITY_UNKNOWN),
        ("identity", "", Risk.IDENTITY_OPEN),
        ("face", "different", Risk.FACE_DIFFERS),
        ("face", "", Risk.FACE_OPEN),
        ("phone", "mismatch", Risk.PHONE_DIFFERS),
        ("card", "other", Risk.CARD_DIFFERS),
    ],
)
def test_answers_from_outside_make_risks(kind: str, result: str, risk: Risk) -> None:
    assert risks_of(RiskFacts(checks={**GOOD, kind: result})) == (risk,)


def test_nothing_asked_is_never_low() -> None:
    assert class_of(risks_of(RiskFacts(checks={})), HIGH) != RiskClass.LOW


@pytest.mark.parametrize(
    "change",
    [
        {"sample": 1001},
        {"high": ["no_such_risk"]},
        {"reviewers": {"low": 0, "medium": 1, "high": 1}},
        {"reviewers": {"low": 3, "medium": 1, "high": 2}},
        {"elder": 0},
    ],
)
def test_a_rule_that_makes_no_sense_is_refused(change: dict[str, Any]) -> None:
    good: dict[str, Any] = {
        "reviewers": {"low": 0, "medium": 1, "high": 2},
        "sample": 0,
        "blind": 0,
        "elder": 60,
        "days_left": 180,
        "high": [],
    }
    _check_routing(good)
    with pytest.raises(BadRuleValue):
        _check_routing(good | change)


def test_a_watermark_is_all_over_the_picture() -> None:
    plain = io.BytesIO()
    Image.new("RGB", (900, 600), "white").save(plain, "JPEG")
    plain.seek(0)
    with Image.open(io.BytesIO(watermarked(plain, "何屿 3月2日 10:00"))) as image:
        assert image.size == (900, 600)
        grey = image.convert("L")
        for left, top in ((0, 0), (450, 0), (0, 300), (450, 300)):
            quarter = grey.crop((left, top, left + 450, top + 300))
            assert quarter.histogram()[0:230] != [0] * 230
