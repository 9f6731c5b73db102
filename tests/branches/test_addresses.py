"""Which division an address speaks of: rules on a small gazetteer, proof on a real list."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from branches.rules.addresses import Gazetteer, Place, Trust, build, normal, read_address

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"
OWN = Path(__file__).parent / "data" / "outlets.csv"
REFERENCE = Path(__file__).resolve().parents[2]


def shipped() -> Gazetteer:
    """The divisions that the release ships, with their old names."""
    return gazetteer(REFERENCE / "brokerage/reference/reference/divisions.csv")


def gazetteer(path: Path) -> Gazetteer:
    with path.open(encoding="utf-8-sig") as lines:
        places = [
            Place(
                code=row["adcode"],
                level=row["level"],
                name=row["name_zh"],
                short=row["short_zh"],
                parent=row["parent_adcode"],
                is_official=row["is_official"] == "1",
            )
            for row in csv.DictReader(lines)
            if row["level"] in ("province", "prefecture", "county")
        ]
    with (REFERENCE / "branches/reference/old_names.csv").open(encoding="utf-8") as lines:
        old = [(row["old_name"], row["code"]) for row in csv.DictReader(lines)]
    return build(places, old)


@pytest.fixture(scope="module")
def places() -> Gazetteer:
    return shipped()


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("浙江省金华市婺城区双溪西路９８８号", "330702"),
        ("金华 婺城区 双溪西路988号", "330702"),
        ("义乌市稠州北路999号", "330782"),
        ("义乌稠州北路证券营业部", "330782"),
        ("浙江义乌", "330782"),
        ("金华双溪西路证券营业部", "330700"),
        ("上海市浦东新区世纪大道1888号", "310115"),
        ("上海浦东世纪大道", "310115"),
        ("上海西藏南路证券营业部", "310000"),
        ("南京广州路证券营业部", "320100"),
        ("南京市鼓楼区中山北路888号", "320106"),
        ("苏州吴中大道证券营业部", "320500"),
        ("吴江市盛泽镇市场路", "320509"),
        ("溧水县珍珠南路", "320117"),
        ("上海市卢湾区淮海中路", "310101"),
        ("上海市闸北区共和新路", "310106"),
        ("杭州市下城区延安路", "330105"),
        ("苏州市沧浪区", "320508"),
        ("（广东省）东莞市 南城街道，鸿福路７７７号", "441900"),
    ],
)
def test_a_messy_address_names_its_division(places, text, code):
    found = read_address(text, places)

    assert found.place is not None
    assert found.place.code == code


def test_an_old_name_is_told(places):
    assert read_address("上海市卢湾区淮海中路", places).was == "卢湾区"


def test_without_a_place_nothing_is_proposed(places):
    assert read_address("和谐路1号", places) == read_address("", places)
    assert read_address("", places).trust is Trust.NONE


def two_cities() -> Gazetteer:
    return build(
        [
            Place("110000", "province", "甲省"),
            Place("110100", "prefecture", "东海市", "110000"),
            Place("110101", "county", "鼓楼区", "110100"),
            Place("120000", "province", "乙省"),
            Place("120100", "prefecture", "西海市", "120000"),
            Place("120101", "county", "鼓楼区", "120100"),
        ]
    )


def test_the_same_name_twice_is_unsure_until_something_decides():
    places = two_cities()
    alone = read_address("鼓楼区人民路", places)

    by_city = read_address("西海鼓楼区人民路", places)
    by_hint = read_address("鼓楼区人民路", places, hint="西海分公司")
    assert alone.trust is Trust.UNSURE
    assert {one.code for one in (alone.place, *alone.others) if one} == {"110101", "120101"}
    assert by_city.place == by_hint.place == places.places["120101"]


@given(st.text(max_size=60))
def test_any_text_gets_an_answer(text):
    found = read_address(text, two_cities())

    assert (found.place is None) == (found.trust is Trust.NONE)
    assert normal(normal(text)) == normal(text)


def test_outlets_of_a_real_list_are_proposed_right():
    """At least 95% where the text names the place; the list is read where it lies, never kept."""
    real = SHARED / "outlets_huatai_2018.csv"
    places = gazetteer(SHARED / "divisions.csv") if real.exists() else shipped()
    with (real if real.exists() else OWN).open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))

    wrong = []
    named = [row for row in rows if row["expected_prefecture_adcode"]]
    for row in named:
        found = read_address(row["name_zh"], places, hint=row["parent_unit"])
        expected = row["expected_county_adcode"] or row["expected_prefecture_adcode"]
        if found.place is None or found.place.code != expected:
            wrong.append((row["name_zh"], expected, found.place and found.place.code))

    assert len(named) >= 10
    assert len(wrong) <= len(named) * 0.05, wrong
