"""Choosing a place on the shipped divisions."""

from __future__ import annotations

from datetime import date

import pytest

from brokerage.reference.models import Division
from brokerage.reference.places import below, path, provinces

TODAY = date(2026, 3, 2)

pytestmark = pytest.mark.django_db


def place(code: str) -> Division:
    return Division.objects.get(code=code)


def test_provinces_come_in_their_known_order():
    names = [one.short_zh for one in provinces(TODAY)]
    assert len(names) == 34
    assert (names[0], names[-1]) == ("北京", "澳门")


def test_below_a_prefecture_are_its_counties_by_pinyin():
    names = [one.name_zh for one in below(place("330700"), TODAY)]
    assert names == [
        "东阳市", "金东区", "兰溪市", "磐安县", "浦江县", "婺城区", "武义县", "义乌市", "永康市",
    ]  # fmt: skip


def test_a_grouping_code_is_looked_through():
    districts = below(place("310000"), TODAY)
    assert len(districts) == 16
    assert "浦东新区" in {one.name_zh for one in districts}
    assert [one.name_zh for one in path(place("310115"))] == ["上海市", "浦东新区"]


def test_abolished_places_are_offered_no_more():
    assert "江干区" not in {one.name_zh for one in below(place("330100"), TODAY)}
    before = below(place("330100"), date(2021, 4, 8))
    assert "江干区" in {one.name_zh for one in before}
    assert "钱塘区" not in {one.name_zh for one in before}


def test_the_way_down_starts_at_the_province():
    assert [one.name_zh for one in path(place("330784"))] == ["浙江省", "金华市", "永康市"]
    assert path(place("330000")) == [place("330000")]


def test_a_leaf_has_nothing_below():
    assert below(place("330784"), TODAY) == []
