"""The map of the finder: marks on the centres of divisions, or on the firm's own map.

Until the firm has loaded a review-numbered map, no border is shown; no road ever is.

Chosen step by step: the country with its provinces, a province with its prefectures, a
prefecture with its outlets. Where the reader is stands as a cross of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from itertools import combinations
from math import hypot, sqrt

from branches.finder.outlets import Line, Place
from branches.finder.rules.geo import Frame, Point, frame_of
from branches.finder.sheet import Land, Sheet, land

WIDTH, HEIGHT, MARGIN = 480.0, 360.0, 38.0
WHOLE = 6.0  # margin around the whole map
SMALL = 13.0  # largest mark of the whole map
ROUNDS = 60
CLOSE = 24.0  # units of the drawing within which two outlets are one mark
Group = tuple[str, Point, str, int, Line | None]


@dataclass(frozen=True)
class Mark:
    """One mark of the map: a place with so many outlets, or one outlet.

    Attributes:
        url: where it leads.
        radius: in units of the drawing.
        label: written beside it, or empty where there is no room.
        spoken: what a screen reader says.
    """

    x: float
    y: float
    radius: float
    label: str
    number: int
    url: str
    spoken: str
    place: str = ""
    left: bool = False

    @property
    def text_x(self) -> float:
        """Where the label begins, or ends where it stands on the left."""
        apart = self.radius + 6
        return round(self.x - apart if self.left else self.x + apart, 1)

    @property
    def text_y(self) -> float:
        return round(self.y + 5, 1)


@dataclass(frozen=True)
class Drawing:
    """The map with everything on it."""

    marks: list[Mark]
    dots: list[Point]
    me: Point | None
    title: str
    land: Land | None = None
    width: int = int(WIDTH)
    height: int = int(HEIGHT)


def level_of(place: str) -> int:
    """How deep a code stands: 0 the country, 1 a province, 2 a prefecture or county."""
    if not place:
        return 0
    return 1 if place.endswith("0000") else 2


def draw(
    lines: Iterable[Line],
    *,
    level: int,
    backdrop: Iterable[Point],
    url_of_place: Callable[[str], str],
    url_of_outlet: Callable[[Line], str],
    url_of_spot: Callable[[Point], str],
    spoken: Callable[[str, int], str],
    title: str,
    near: Point | None = None,
    sheet: Sheet | None = None,
) -> Drawing | None:
    """The map of `lines`; None where no outlet has a place.

    Args:
        level: 0 groups by province, 1 by prefecture, 2 shows each outlet.
        backdrop: centres of divisions around, drawn faintly.
        url_of_place: address of the map one level deeper.
        url_of_spot: address of what lies around a point, for outlets that stand too close.
        spoken: name and number of outlets as a sentence.
        sheet: the firm's own map; the drawing of the country shows all of it.
    """
    groups = _groups(list(lines), level)
    dots = list(backdrop)
    if not groups:
        return None
    shown = [point for _key, point, _name, _number, _line in groups]
    near_points = [near] if near and level == 2 else []
    around = [*shown, *dots, *near_points]
    margin = MARGIN
    if sheet and level == 0:
        around, margin = sheet.corners(), WHOLE
    frame = frame_of(around, width=WIDTH, height=HEIGHT, margin=margin)
    marks = []
    for key, point, name, number, line in _clusters(groups, frame):
        x, y = frame.place(point)
        if line:
            url = url_of_outlet(line)
        else:
            url = url_of_place(key) if level < 2 else url_of_spot(point)
        radius = _radius(number)
        left = x > WIDTH * 0.7
        marks.append(Mark(x, y, radius, name, number, url, spoken(name, number), key, left))
    if sheet and level == 0:  # the whole country on one page: its east is crowded
        marks = apart(marks)
    return Drawing(
        _labelled(marks),
        [] if sheet else [frame.place(dot) for dot in dots],
        _me(frame, near),
        title,
        land(sheet, frame, level, WIDTH, HEIGHT) if sheet else None,
    )


def _clusters(groups: list[Group], frame: Frame) -> list[Group]:
    """Outlets that stand too close to be told apart become one mark with their number.

    Places keep a mark each: their names matter more than their distance.
    """
    cells: dict[tuple[int, int], list[Group]] = {}
    for group in groups:
        x, y = frame.place(group[1])
        cells.setdefault((int(x // CLOSE), int(y // CLOSE)), []).append(group)
    found = []
    for together in cells.values():
        if len(together) == 1 or together[0][4] is None:
            found += together
        else:
            key, point, name, _number, _line = together[0]
            found.append((key, point, name, len(together), None))
    return found


def _groups(lines: list[Line], level: int) -> list[Group]:
    """Key, point, name, number of outlets, and the outlet where it is one."""
    if level >= 2:
        return [(line.code, line.point, line.name, 1, line) for line in lines if line.point]
    by_place: dict[str, tuple[Place, int]] = {}
    for line in lines:
        if not line.places:
            continue
        place = line.places[min(level, len(line.places) - 1)]
        _known, number = by_place.get(place.code, (place, 0))
        by_place[place.code] = (place, number + 1)
    return [
        (place.code, place.point, place.name, number, None)
        for place, number in by_place.values()
        if place.point
    ]


def apart(marks: list[Mark]) -> list[Mark]:
    """Marks beside each other where they would lie on one another, none far from its place."""
    spots = [[mark.x, mark.y] for mark in marks]
    radii = [min(mark.radius, SMALL) for mark in marks]
    pairs = list(combinations(range(len(marks)), 2))
    for _round in range(ROUNDS):
        for one, other in pairs:
            dx, dy = spots[other][0] - spots[one][0], spots[other][1] - spots[one][1]
            far, needed = hypot(dx, dy), radii[one] + radii[other] + 1
            if far >= needed:
                continue
            share = (needed - far) / 2 / far if far else 0.0
            step_x, step_y = (dx * share, dy * share) if far else (needed / 2, 0.0)
            for mark, sign in ((one, -1), (other, 1)):
                x, y = spots[mark][0] + sign * step_x, spots[mark][1] + sign * step_y
                spots[mark] = [_within(x, radii[mark], WIDTH), _within(y, radii[mark], HEIGHT)]
    return [
        replace(mark, x=round(x, 1), y=round(y, 1), radius=radius)
        for mark, (x, y), radius in zip(marks, spots, radii, strict=True)
    ]


def _within(value: float, radius: float, most: float) -> float:
    return min(max(value, radius), most - radius)


def _radius(number: int) -> float:
    return round(min(24.0, 9 + 3 * sqrt(number)), 1) if number > 1 else 9.0


def _me(frame: Frame, near: Point | None) -> Point | None:
    if near is None:
        return None
    x, y = frame.place(near)
    return (x, y) if 0 <= x <= WIDTH and 0 <= y <= HEIGHT else None


def _labelled(marks: list[Mark]) -> list[Mark]:
    """Names only where they meet no mark and no other name; larger marks first."""
    boxes: list[tuple[float, float, float, float]] = [
        (m.x - m.radius, m.y - m.radius, m.x + m.radius, m.y + m.radius) for m in marks
    ]
    named = []
    for mark in sorted(marks, key=lambda one: (-one.number, one.y, one.x)):
        box = _label_box(mark)
        free = box[0] >= 0 and box[2] <= WIDTH and not any(_meet(box, other) for other in boxes)
        if free:
            boxes.append(box)
        named.append(mark if free else _without_label(mark))
    return sorted(named, key=lambda one: (one.y, one.x))


def _label_box(mark: Mark) -> tuple[float, float, float, float]:
    wide = sum(19.0 if ord(sign) > 0x2E7F else 10.5 for sign in mark.label)
    left = mark.text_x - wide if mark.left else mark.text_x
    return (left, mark.y - 12, left + wide, mark.y + 12)


def _meet(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _without_label(mark: Mark) -> Mark:
    return replace(mark, label="")
