"""What a TopoJSON map must be before we draw it: complete, finite, inside China."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator
from typing import Any

PROVINCES = "provinces"
LINE = "scs_line"  # the line of the South China Sea; a map without it must not be shown
BOX = (73.0, 3.0, 136.0, 54.0)  # west, south, east, north
GEOMETRIES = {"Polygon", "MultiPolygon", "LineString", "MultiLineString", "Point", "MultiPoint"}


def faults(map_: Any, provinces: Collection[str]) -> Iterator[str]:
    """What is wrong with the parsed document `map_`; nothing if it may be used.

    Args:
        map_: the parsed JSON.
        provinces: codes that the layer of provinces must show, each exactly once.
    """
    if not isinstance(map_, dict) or map_.get("type") != "Topology":
        yield "is no TopoJSON topology"
        return
    arcs, layers = map_.get("arcs"), map_.get("objects")
    if not isinstance(arcs, list) or not isinstance(layers, dict):
        yield "has no arcs or no objects"
        return
    try:
        yield from _arc_faults(arcs, map_.get("transform"))
        for name in (PROVINCES, LINE):
            if not _shapes(layers.get(name)):
                yield f"has no layer {name}"
        for name, layer in layers.items():
            yield from _layer_faults(name, layer, len(arcs))
    except (TypeError, ValueError, AttributeError, KeyError, IndexError) as error:
        yield f"is malformed: {type(error).__name__}"
        return
    shown = [_code(shape) for shape in _shapes(layers.get(PROVINCES))]
    for code in sorted(set(provinces) - set(shown)):
        yield f"layer {PROVINCES} lacks {code}"
    for code in sorted({code for code in shown if shown.count(code) > 1 and code}):
        yield f"layer {PROVINCES} shows {code} twice"
    for code in sorted({code for code in shown if code and code not in provinces}):
        yield f"layer {PROVINCES} shows {code}, which is no province"


def shapes(map_: dict[str, Any]) -> int:
    """How many shapes all layers have."""
    return sum(len(_shapes(layer)) for layer in map_["objects"].values())


def _shapes(layer: Any) -> list[Any]:
    if not isinstance(layer, dict):
        return []
    if layer.get("type") == "GeometryCollection":
        found = layer.get("geometries")
        return found if isinstance(found, list) else []
    return [layer]


def _code(shape: Any) -> str:
    properties = shape.get("properties") or {} if isinstance(shape, dict) else {}
    return str(properties.get("adcode") or "")


def _arc_faults(arcs: list[Any], transform: Any) -> Iterator[str]:
    """Points are offsets from the one before where there is a transform."""
    sx, sy, tx, ty = 1.0, 1.0, 0.0, 0.0
    if transform is not None:
        (sx, sy), (tx, ty) = transform["scale"], transform["translate"]
    west, south, east, north = BOX
    for number, arc in enumerate(arcs):
        x = y = 0.0
        if len(arc) < 2:
            yield f"arc {number} has fewer than two points"
        for px, py in arc:
            x, y = (x + px, y + py) if transform is not None else (px, py)
            lon, lat = x * sx + tx, y * sy + ty
            if not (math.isfinite(lon) and math.isfinite(lat)):
                yield f"arc {number} has a point that is no number"
                return
            if not (west <= lon <= east and south <= lat <= north):
                yield f"arc {number} leaves the map at {lon:.2f}, {lat:.2f}"
                return


def _layer_faults(name: str, layer: Any, arcs: int) -> Iterator[str]:
    for number, shape in enumerate(_shapes(layer)):
        kind = shape.get("type")
        if kind not in GEOMETRIES:
            yield f"layer {name}, shape {number}: {kind!r} is no known geometry"
        for arc in _indexes(shape.get("arcs", [])):
            if not -arcs <= arc < arcs:  # a negative index is an arc read backwards
                yield f"layer {name}, shape {number}: there is no arc {arc}"
                return


def _indexes(nested: Any) -> Iterator[int]:
    if isinstance(nested, bool) or not isinstance(nested, int | list):
        raise TypeError("an arc index is a whole number")
    if isinstance(nested, int):
        yield nested
    else:
        for part in nested:
            yield from _indexes(part)
