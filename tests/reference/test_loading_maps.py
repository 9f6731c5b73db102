"""Loading the firm's map: it has a review number, shows every province and the sea line."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from brokerage.reference.loading import BadFile
from brokerage.reference.models import Division, Level, MapSheet
from brokerage.reference.use_cases.load_map import load_map
from tests.reference.factories import SHARED, write

NUMBER = "GS（2024）0650号"

pytestmark = pytest.mark.django_db


def small_map() -> dict[str, Any]:
    """A square for each province, and a line."""
    codes = Division.objects.filter(level=Level.PROVINCE).values_list("code", flat=True)
    square = [[100, 20], [10, 0], [0, 10], [-10, 0], [0, -10]]
    shapes = [{"type": "Polygon", "arcs": [[0]], "properties": {"adcode": code}} for code in codes]
    line = {"type": "GeometryCollection", "geometries": [{"type": "LineString", "arcs": [-2]}]}
    return {
        "type": "Topology",
        "transform": {"scale": [1, 1], "translate": [0, 0]},
        "arcs": [square, [[110, 10], [1, 1]]],
        "objects": {
            "provinces": {"type": "GeometryCollection", "geometries": shapes},
            "scs_line": line,
        },
    }


def load(path: Path, at, number: str = NUMBER):
    return load_map(path, review_number=number, title="China", at=at)


def put(folder: Path, map_: object, name: str = "map.json") -> Path:
    return write(folder, json.dumps(map_), name)


def maps(folder: Path) -> list[Path]:
    shared = SHARED / "boundaries" / "china_provinces.topo.json"
    return [put(folder, small_map()), *([shared] if shared.exists() else [])]


def test_a_map_is_kept_compactly_and_read_back(tmp_path, at):
    for number, path in enumerate(maps(tmp_path), start=1):
        review = f"GS（2024）{number:04d}号"
        assert load(path, at, review).added == 1
        assert load(path, at, review).unchanged == 1
        sheet = MapSheet.objects.get(review_number=review)
        assert sheet.topology == json.loads(path.read_text())
        assert sheet.shapes == 35
        assert len(sheet.packed) < path.stat().st_size / 2


def test_a_changed_map_needs_a_new_number(tmp_path, at):
    load(put(tmp_path, small_map()), at)
    changed = small_map()
    changed["arcs"][1] = [[111, 11], [1, 1]]
    with pytest.raises(BadFile, match="a changed map has a new number"):
        load(put(tmp_path, changed), at)
    assert load(put(tmp_path, changed), at, "GS京(2025)1234号").added == 1
    assert MapSheet.objects.count() == 2


@pytest.mark.parametrize("number", ["", "none", "GS(24)1号", "GS（2024）号", "<b>（2024）1号"])
def test_a_map_without_a_review_number_is_refused(tmp_path, at, number):
    with pytest.raises(BadFile, match="review number"):
        load(put(tmp_path, small_map()), at, number)


def damage(name: str, map_: dict[str, Any]) -> object:
    provinces = map_["objects"]["provinces"]["geometries"]
    match name:
        case "no topology":
            return {"type": "FeatureCollection", "features": []}
        case "a list":
            return [1, 2]
        case "no sea line":
            del map_["objects"]["scs_line"]
        case "an empty sea line":
            map_["objects"]["scs_line"]["geometries"] = []
        case "a province is missing":
            provinces.pop()
        case "a province twice":
            provinces.append(copy.deepcopy(provinces[0]))
        case "an unknown province":
            provinces.append({"type": "Polygon", "arcs": [[0]], "properties": {"adcode": "9"}})
        case "outside China":
            map_["arcs"][0][0] = [10, 20]
        case "no number":
            map_["arcs"][0][0] = [float("nan"), 20]
        case "text as a point":
            map_["arcs"][0][0] = ["100", "20"]
        case "a one-point arc":
            map_["arcs"][0] = [[100, 20]]
        case "an arc that is not there":
            provinces[0]["arcs"] = [[2]]
        case "an arc that is not there, backwards":
            provinces[0]["arcs"] = [[-3]]
        case "true as an arc":
            provinces[0]["arcs"] = [[True]]
        case "an unknown geometry":
            provinces[0]["type"] = "Circle"
        case "a shape of nothing":
            provinces[0] = None
        case "a bad transform":
            map_["transform"] = {"scale": [1]}
        case "layers as a list":
            map_["objects"] = []
    return map_


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("no topology", "is no TopoJSON topology"),
        ("a list", "is no TopoJSON topology"),
        ("no sea line", "has no layer scs_line"),
        ("an empty sea line", "has no layer scs_line"),
        ("a province is missing", "lacks 820000"),
        ("a province twice", "shows 110000 twice"),
        ("an unknown province", "shows 9, which is no province"),
        ("outside China", "arc 0 leaves the map"),
        ("no number", "no number"),
        ("text as a point", "is malformed"),
        ("a one-point arc", "fewer than two points"),
        ("an arc that is not there", "there is no arc 2"),
        ("an arc that is not there, backwards", "there is no arc -3"),
        ("true as an arc", "is malformed"),
        ("an unknown geometry", "'Circle' is no known geometry"),
        ("a shape of nothing", "is malformed"),
        ("a bad transform", "is malformed"),
        ("layers as a list", "no objects"),
    ],
)
def test_a_damaged_map_is_refused(tmp_path, at, name, message):
    path = put(tmp_path, damage(name, small_map()))
    with pytest.raises(BadFile) as refused:
        load(path, at)
    assert message in str(refused.value)
    assert not MapSheet.objects.exists()


def test_a_file_that_is_no_map_is_one_sentence(tmp_path, at):
    with pytest.raises(BadFile, match="is no JSON"):
        load(write(tmp_path, "{"), at)
    with pytest.raises(BadFile, match="is no JSON"):
        load(write(tmp_path, "[" * 200_000), at)
    with pytest.raises(BadFile, match="larger than"):
        load(write(tmp_path, " " * 5_000_001), at)
    with pytest.raises(BadFile, match="No such file"):
        load(tmp_path / "none.json", at)
