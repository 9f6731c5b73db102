"""Shapes of a map as paths of a drawing: decoded from TopoJSON, clipped, thinned. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from branches.finder.rules.geo import Frame, Point

Ring = list[Point]
Box = tuple[float, float, float, float]
"""West, south, east, north in degrees; or left, top, right, bottom of a drawing."""

BLEED = 12.0  # what is drawn beyond the edge, so that no edge of the clipping shows


@dataclass(frozen=True)
class Shape:
    """One shape of a layer.

    Attributes:
        rings: closed ones of an area, open ones of a line; longitude and latitude.
        closed: whether it is an area.
        box: around all rings.
    """

    rings: tuple[Ring, ...]
    closed: bool
    box: Box


def shapes_of(topology: dict[str, Any], layer: str) -> list[Shape]:
    """The shapes of a layer of a checked TopoJSON document; none where it has no such layer."""
    found = topology["objects"].get(layer)
    if found is None:
        return []
    arcs = [_decoded(arc, topology.get("transform")) for arc in topology["arcs"]]
    parts = found["geometries"] if found["type"] == "GeometryCollection" else [found]
    return [shape for part in parts if (shape := _shape(part, arcs)) is not None]


def box_of(shapes: Iterable[Shape]) -> Box:
    """The box around all of them.

    Raises:
        ValueError: without shapes.
    """
    boxes = [shape.box for shape in shapes]
    return (
        min(box[0] for box in boxes),
        min(box[1] for box in boxes),
        max(box[2] for box in boxes),
        max(box[3] for box in boxes),
    )


def paths(shapes: Iterable[Shape], frame: Frame, *, width: float, height: float) -> list[str]:
    """Path data of every shape that the drawing shows, clipped to it.

    No island is lost: an area smaller than a point becomes a point.
    """
    edge = (-BLEED, -BLEED, width + BLEED, height + BLEED)
    shown = _degrees(frame, edge)
    found = []
    for shape in shapes:
        if not _meet(shape.box, shown):
            continue
        inside = _inside(shape.box, shown)
        drawn = (
            _path(ring, shape.closed, frame, None if inside else edge) for ring in shape.rings
        )
        if data := "".join(drawn):
            found.append(data)
    return found


def _decoded(arc: list[list[float]], transform: Any) -> Ring:
    if transform is None:
        return [(x, y) for x, y, *_more in arc]
    (sx, sy), (tx, ty) = transform["scale"], transform["translate"]
    x = y = 0.0
    found = []
    for dx, dy, *_more in arc:
        x, y = x + dx, y + dy
        found.append((x * sx + tx, y * sy + ty))
    return found


def _shape(part: dict[str, Any], arcs: list[Ring]) -> Shape | None:
    kind, given = part["type"], part.get("arcs", [])
    if kind not in ("Polygon", "MultiPolygon", "LineString", "MultiLineString"):
        return None
    if kind == "MultiPolygon":
        indexes = [ring for polygon in given for ring in polygon]
    else:
        indexes = [given] if kind == "LineString" else given
    rings = tuple(_joined(ring, arcs) for ring in indexes)
    points = [point for ring in rings for point in ring]
    if not points:
        return None
    lons, lats = [p[0] for p in points], [p[1] for p in points]
    box = (min(lons), min(lats), max(lons), max(lats))
    return Shape(rings, kind.endswith("Polygon"), box)


def _joined(indexes: list[int], arcs: list[Ring]) -> Ring:
    """Arcs one after the other; a negative index is an arc read backwards."""
    found: Ring = []
    for index in indexes:
        arc = arcs[index] if index >= 0 else arcs[~index][::-1]
        found += arc[1:] if found else arc
    return found


def _path(ring: Ring, closed: bool, frame: Frame, edge: Box | None) -> str:
    points = [frame.place(point) for point in ring]
    if edge is not None and closed:
        points = _clipped(points, edge)
    thin = list(_thinned(points))
    if not thin:
        return ""
    x, y = thin[0]
    if closed and len(thin) < 3:
        return f"M{x} {y}h1v1h-1z"
    steps = "".join(
        f"l{there[0] - here[0]} {there[1] - here[1]}" for here, there in pairwise(thin)
    )
    return f"M{x} {y}{steps}{'z' if closed else ''}" if steps else ""


def _thinned(points: Ring) -> Iterator[tuple[int, int]]:
    """Whole units of the drawing, the same point once: steps from one to the next stay short."""
    last: tuple[int, int] | None = None
    for x, y in points:
        here = (round(x), round(y))
        if here != last:
            last = here
            yield here


def _clipped(points: Ring, edge: Box) -> Ring:
    """The part of an area inside a box, side by side (Sutherland and Hodgman)."""
    left, top, right, bottom = edge
    sides: list[tuple[Callable[[Point], bool], int, float]] = [
        (lambda p: p[0] >= left, 0, left),
        (lambda p: p[0] <= right, 0, right),
        (lambda p: p[1] >= top, 1, top),
        (lambda p: p[1] <= bottom, 1, bottom),
    ]
    for inside, axis, value in sides:
        kept: Ring = []
        for here, there in zip(points, points[1:] + points[:1], strict=True):
            if inside(here):
                kept.append(here)
            if inside(here) != inside(there):
                kept.append(_crossing(here, there, axis, value))
        points = kept
    return points


def _crossing(here: Point, there: Point, axis: int, value: float) -> Point:
    share = (value - here[axis]) / (there[axis] - here[axis])
    other = 1 - axis
    along = round(here[other] + share * (there[other] - here[other]), 1)
    return (value, along) if axis == 0 else (along, value)


def _degrees(frame: Frame, edge: Box) -> Box:
    left, top, right, bottom = edge
    across = frame.squeeze * frame.scale
    return (
        frame.west + (left - frame.left) / across,
        frame.north - (bottom - frame.top) / frame.scale,
        frame.west + (right - frame.left) / across,
        frame.north - (top - frame.top) / frame.scale,
    )


def _meet(one: Box, other: Box) -> bool:
    return one[0] <= other[2] and other[0] <= one[2] and one[1] <= other[3] and other[1] <= one[3]


def _inside(one: Box, other: Box) -> bool:
    return one[0] >= other[0] and one[1] >= other[1] and one[2] <= other[2] and one[3] <= other[3]
