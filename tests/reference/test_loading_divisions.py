"""Loading divisions: complete lists, successors of abolished codes, names, centres."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from django.utils.translation import override

from brokerage.reference.loading import SHIPPED, BadFile
from brokerage.reference.models import Division, Level, Origin
from brokerage.reference.places import path as path_to
from brokerage.reference.use_cases.load_divisions import load_divisions
from tests.reference.factories import SHARED, write

HEADER = (
    "adcode,level,kind,name_zh,short_zh,name_en,pinyin,parent_adcode,is_official,"
    "lon_wgs84,lat_wgs84\n"
)
PROVINCE = "330000,province,province,浙江省,浙江,Zhejiang,zhe jiang,100000,1,120.148863,30.289\n"
CITY = "330700,prefecture,prefecture_city,金华市,金华,Jinhua,jin hua,330000,1,119.64,29.09\n"
COUNTY = "330784,county,county_city,永康市,永康,Yongkang City,yong kang,330700,1,120.03,28.89\n"
OTHER = "330783,county,county_city,东阳市,东阳,Dongyang City,dong yang,330700,1,120.24,29.27\n"
SMALL = HEADER + PROVINCE + CITY + COUNTY
CHANGES = "old_adcode,old_name_zh,new_adcodes,date\n"
AS_OF = date(2025, 1, 1)

pytestmark = pytest.mark.django_db


@pytest.fixture
def empty():
    for level in (Level.COUNTY, Level.PREFECTURE, Level.PROVINCE):
        Division.objects.filter(level=level).delete()


def test_the_shipped_divisions_are_what_the_demonstration_shows():
    official = Division.objects.official().on(date(2026, 3, 2))
    assert official.filter(level=Level.PROVINCE).count() == 34
    assert official.filter(level=Level.PREFECTURE).count() == 333
    jinhua = Division.objects.get(code="330700").children.by_pinyin()
    assert [one.short_zh for one in jinhua] == [
        "东阳", "金东", "兰溪", "磐安", "浦江", "婺城", "武义", "义乌", "永康",
    ]  # fmt: skip
    assert sum(one.population or 0 for one in jinhua) == 7_050_683
    for code in ("3301", "3205", "4403", "3101"):
        assert official.filter(code__startswith=code, level=Level.COUNTY).count() >= 9


def test_names_follow_the_language():
    yongkang = Division.objects.get(code="330784")
    with override("zh-hans"):
        assert yongkang.name == "永康市"
    with override("en"):
        assert yongkang.name == "Yongkang City"


def test_an_abolished_code_ends_and_names_what_followed():
    old = Division.objects.get(code="330104")
    assert old.name_zh == "江干区"
    assert [one.short_zh for one in old.successors.all()] == ["上城", "钱塘"]
    assert old in Division.objects.on(date(2021, 4, 8))
    assert old not in Division.objects.on(date(2021, 4, 9))
    new = Division.objects.get(code="330114")
    assert new not in Division.objects.on(date(2021, 4, 8))
    assert new in Division.objects.on(date(2021, 4, 9))


def test_a_code_that_lost_only_a_part_stays():
    yuhang = Division.objects.get(code="330110")
    assert yuhang.valid_to is None
    assert [one.short_zh for one in yuhang.successors.all()] == ["临平"]


def test_a_list_is_loaded_once(empty, tmp_path):
    path = write(tmp_path, SMALL)
    assert load_divisions(path).added == 3
    again = load_divisions(path)
    assert (again.added, again.changed, again.unchanged) == (0, 0, 3)
    county = Division.objects.get(code="330784")
    assert [one.code for one in path_to(county)] == ["330000", "330700", "330784"]
    assert path_to(county)[0].lon == Decimal("120.15")


def test_a_changed_name_is_taken_over(empty, tmp_path):
    load_divisions(write(tmp_path, SMALL))
    assert load_divisions(write(tmp_path, SMALL.replace("永康", "永平"))).changed == 1
    assert Division.objects.get(code="330784").name_zh == "永平市"


def test_the_release_leaves_the_list_of_the_firm_alone(empty, tmp_path):
    load_divisions(write(tmp_path, SMALL.replace("Yongkang", "Yung-kang")))
    again = load_divisions(write(tmp_path, SMALL), origin=Origin.RELEASE, complete=False)
    assert (again.kept, again.changed) == (3, 0)
    assert Division.objects.get(code="330784").name_en == "Yung-kang City"


def test_a_list_without_population_keeps_the_known_one(empty, tmp_path):
    with_population = "".join(
        line + (",population\n" if line.startswith("adcode") else ",964203\n")
        for line in SMALL.splitlines()
    )
    load_divisions(write(tmp_path, with_population))
    load_divisions(write(tmp_path, SMALL))
    assert Division.objects.get(code="330784").population == 964_203


def test_a_code_may_not_vanish_without_a_word(empty, tmp_path):
    load_divisions(write(tmp_path, SMALL + OTHER))
    with pytest.raises(BadFile, match="330784 is in force here but neither listed nor changed"):
        load_divisions(write(tmp_path, SMALL.replace(COUNTY, OTHER)))
    changes = write(tmp_path, CHANGES + "330784,永康市,330783,2026-05-01\n", "changes.csv")
    path = write(tmp_path, SMALL.replace(COUNTY, OTHER))
    assert load_divisions(path, changes=changes).changed == 1
    old = Division.objects.get(code="330784")
    assert (old.valid_to, old.name_en) == (date(2026, 5, 1), "Yongkang City")
    assert load_divisions(path, changes=changes).changed == 0


def test_an_unknown_date_is_the_date_of_the_list(empty, tmp_path):
    changes = write(tmp_path, CHANGES + "330721,金华县,330700 330784,\n", "changes.csv")
    with pytest.raises(BadFile, match="there is no date of the list"):
        load_divisions(write(tmp_path, SMALL), changes=changes)
    load_divisions(write(tmp_path, SMALL), changes=changes, as_of=AS_OF)
    old = Division.objects.get(code="330721")
    assert (old.valid_to, old.level, path_to(old)[-2].code) == (AS_OF, Level.COUNTY, "330700")
    assert old.successors.count() == 2


@pytest.mark.parametrize(
    ("text", "where", "message"),
    [
        (HEADER.replace("name_en,", ""), (1, "name_en"), "is missing"),
        (SMALL.replace("330784", "33078"), (4, "adcode"), "six digits"),
        (SMALL.replace("330784", "030784"), (4, "adcode"), "six digits"),
        (SMALL.replace(",county,", ",village,"), (4, "level"), "is none of"),
        (SMALL + COUNTY, (5, "adcode"), "twice"),
        (SMALL.replace(CITY, ""), (3, "parent_adcode"), "not in the file"),
        (SMALL.replace("浙江省", ""), (2, "name_zh"), "is empty"),
        (SMALL.replace("100000", "330700"), (2, "parent_adcode"), "of a province"),
        (SMALL.replace("119.64", "19.64"), (3, "lon_wgs84"), "is no number from 73 to 136"),
        (SMALL.replace("119.64", "nan"), (3, "lon_wgs84"), "is no number"),
        (SMALL.replace("119.64", ""), (3, "lon_wgs84"), "without its other half"),
        (SMALL + OTHER.replace("330700", "330784"), (5, "parent_adcode"), "is a county too"),
        (SMALL.replace("jin hua,330000,1", "jin hua,330000,y"), (3, "is_official"), "none of"),
    ],
)
def test_a_wrong_list_is_refused_as_a_whole(empty, tmp_path, text, where, message):
    with pytest.raises(BadFile) as refused:
        load_divisions(write(tmp_path, text))
    found = refused.value.errors[0]
    assert (found.row, found.column) == where
    assert message in found.message
    assert not Division.objects.exists()


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("330784,永康市,330799,2026-05-01\n", "330799 is not known"),
        ("33,永康市,330700,2026-05-01\n", "six digits"),
        ("330721,,330700,2026-05-01\n", "old_name_zh: is empty"),
        ("330721,金华县,,2026-05-01\n", "new_adcodes: is empty"),
        ("330721,金华县,330700,May\n", "is no date"),
        ("990721,金华县,330700,2026-05-01\n", "lies in no known province"),
    ],
)
def test_wrong_changes_are_refused(empty, tmp_path, line, message):
    changes = write(tmp_path, CHANGES + line, "changes.csv")
    with pytest.raises(BadFile) as refused:
        load_divisions(write(tmp_path, SMALL), changes=changes)
    assert message in str(refused.value)


def complete_lists() -> list[tuple[Path, Path, int]]:
    found = [(SHARED / "divisions.csv", SHARED / "adcode_changes_2020_2025.csv", 3_250)]
    return [lists for lists in found if lists[0].exists()]


@pytest.mark.parametrize(
    ("path", "changes", "rows"),
    [(SHIPPED / "divisions.csv", SHIPPED / "division_changes.csv", 667), *complete_lists()],
    ids=str,
)
def test_a_complete_list_goes_in_and_goes_in_again(path, changes, rows):
    first = load_divisions(path, changes=changes, as_of=AS_OF, source="a firm")
    assert first.added + first.changed + first.unchanged >= rows
    again = load_divisions(path, changes=changes, as_of=AS_OF, source="a firm")
    assert (again.added, again.changed) == (0, 0)
    assert Division.objects.on(date(2026, 1, 1)).count() == rows
    shipped = load_divisions(
        SHIPPED / "divisions.csv", complete=False, source="release", origin=Origin.RELEASE
    )
    assert shipped.kept == 667
