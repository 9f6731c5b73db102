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


def line(values: Sequence[Decimal]) -> Line:
    """The path of `values` from left to right; empty paths for no values."""
    if not values:
        return Line("", "", "")
    low, high = min(values), max(values)
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
