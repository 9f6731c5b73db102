"""Geometry of small charts that the server draws as SVG, with the same figures in a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

WIDTH, HEIGHT, PAD = 520, 150, 8


@dataclass(frozen=True)
class Point:
    """One figure: the words under it, its value, and how the value reads."""

    label: str
    value: Decimal
    text: str


@dataclass(frozen=True)
class Line:
    """Path data of a line chart in a box of WIDTH by HEIGHT."""

    line: str
    area: str
    last: str


@dataclass(frozen=True)
class Bar:
    """One bar of a bar chart, in the same box."""

    x: str
    y: str
    width: str
    height: str
    negative: bool


def line(values: Sequence[Decimal], *, beside: Sequence[Decimal] = ()) -> Line:
    """The path of `values` from left to right; empty paths for no values.

    Args:
        beside: values of another line in the same box, so that both have one scale.
    """
    if not values:
        return Line("", "", "")
    low, high = min((*values, *beside)), max((*values, *beside))
    span = float(high - low) or 1.0
    step = WIDTH / max(1, len(values) - 1)
    drawn = []
    for index, value in enumerate(values):
        share = 0.5 if high == low else float(value - low) / span
        drawn.append(f"{index * step:.1f} {HEIGHT - PAD - share * (HEIGHT - 2 * PAD):.1f}")
    path = "M" + " L".join(drawn)
    end = f"{(len(values) - 1) * step:.1f}"
    return Line(path, f"{path}L{end} {HEIGHT}L0 {HEIGHT}Z", f"M{drawn[-1]}h.01")


def bars(values: Sequence[Decimal]) -> tuple[list[Bar], str]:
    """One bar for each value, and the height of the zero line; values may be negative."""
    top = float(max([*values, Decimal(0)]))
    bottom = float(min([*values, Decimal(0)]))
    span = (top - bottom) or 1.0
    room = HEIGHT - 2 * PAD
    zero = PAD + room * top / span
    slot = WIDTH / max(1, len(values))
    drawn = []
    for index, value in enumerate(values):
        height = room * abs(float(value)) / span
        y = zero - height if value >= 0 else zero
        drawn.append(
            Bar(
                f"{index * slot + slot * 0.2:.1f}",
                f"{y:.1f}",
                f"{slot * 0.6:.1f}",
                f"{height:.1f}",
                value < 0,
            )
        )
    return drawn, f"{zero:.1f}"


ROOM = Decimal("0.4")
"""Gap between two slices of a ring, in per cent of its length."""
MOST_SLICES = 6
WHOLE = Decimal(100)


@dataclass(frozen=True)
class Slice:
    """One part of a ring, drawn as a dashed circle whose length is 100.

    Attributes:
        label: what it is.
        text: how its value reads.
        share: of the whole, in per cent with one place.
        dash: length of the stroke and of the rest.
        offset: where it begins, counted against the clock.
        tone: 1 to MOST_SLICES, the place of its colour.
    """

    label: str
    text: str
    share: Decimal
    dash: str
    offset: str
    tone: int


def ring(points: Sequence[Point]) -> list[Slice]:
    """The slices of a whole, the largest first; shares add up to exactly 100.0.

    Args:
        points: parts of the whole, none negative; those of nothing are left out. More than
            MOST_SLICES parts are the caller's to sum up: a ring of ten colours tells nothing.

    Raises:
        ValueError: a value is negative, or there are too many.
    """
    parts = sorted((point for point in points if point.value), key=lambda point: -point.value)
    if any(point.value < 0 for point in parts) or len(parts) > MOST_SLICES:
        raise ValueError(f"A ring takes up to {MOST_SLICES} values, none negative.")
    total = sum((point.value for point in parts), Decimal(0))
    shares = [(point.value / total * WHOLE).quantize(Decimal("0.1")) for point in parts]
    if shares:
        shares[0] += WHOLE - sum(shares)
    drawn, begin = [], Decimal(0)
    for tone, (point, share) in enumerate(zip(parts, shares, strict=True), 1):
        gap = ROOM if len(parts) > 1 and share > 2 * ROOM else Decimal(0)
        dash = f"{share - gap:.1f} {WHOLE - share + gap:.1f}"
        drawn.append(Slice(point.label, point.text, share, dash, f"{-begin:.1f}", tone))
        begin += share
    return drawn


def falls(values: Sequence[Decimal]) -> list[Decimal]:
    """How far each value lies below the highest so far: 0, or a negative share such as -0.12."""
    found: list[Decimal] = []
    peak: Decimal | None = None
    for value in values:
        peak = value if peak is None else max(peak, value)
        found.append(value / peak - 1 if peak > 0 else Decimal(0))
    return found


@dataclass(frozen=True)
class Fall:
    """The shape of falls below the peak, hanging from the top, in the same box.

    Attributes:
        line: its lower edge.
        area: between the top and the edge.
        deepest: place of the deepest value among the values.
    """

    line: str
    area: str
    deepest: int


def fall(shares: Sequence[Decimal]) -> Fall:
    """Draw what `falls` found; the deepest point touches the floor of the box."""
    if not shares:
        return Fall("", "", 0)
    deepest = min(range(len(shares)), key=lambda index: shares[index])
    span = float(-shares[deepest]) or 1.0
    step = WIDTH / max(1, len(shares) - 1)
    room = HEIGHT - 2 * PAD
    drawn = [
        f"{index * step:.1f} {PAD + room * float(-share) / span:.1f}"
        for index, share in enumerate(shares)
    ]
    path = "M" + " L".join(drawn)
    end = f"{(len(shares) - 1) * step:.1f}"
    return Fall(path, f"{path}L{end} {PAD}L0 {PAD}Z", deepest)
