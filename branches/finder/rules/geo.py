"""Distances and a simple projection of China's latitudes; degrees are WGS84."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from math import asin, cos, radians, sin, sqrt

EARTH = 6371.0  # km
Point = tuple[float, float]
"""Longitude, latitude."""


NEAR = re.compile(r"(-?\d{1,2}(?:\.\d{1,5})?),(-?\d{1,3}(?:\.\d{1,5})?)")


def point_of(text: str) -> Point | None:
    """Latitude and longitude as an address writes them; None where they cannot be read.

    More than two decimals (a kilometre) are neither needed nor kept.
    """
    found = NEAR.fullmatch(text)
    if not found:
        return None
    lat, lon = round(float(found[1]), 2), round(float(found[2]), 2)
    return (lon, lat) if abs(lat) <= 90 and abs(lon) <= 180 else None


def distance_km(one: Point, other: Point) -> float:
    """The great-circle distance in kilometres."""
    (lon1, lat1), (lon2, lat2) = one, other
    x, y = radians(lat2 - lat1), radians(lon2 - lon1)
    half = sin(x / 2) ** 2 + cos(radians(lat1)) * cos(radians(lat2)) * sin(y / 2) ** 2
    return 2 * EARTH * asin(min(1.0, sqrt(half)))


@dataclass(frozen=True)
class Frame:
    """A drawing of `width` by `height` that shows all points, undistorted, with a margin.

    Attributes:
        west, north: the corner, in degrees.
        scale: units of the drawing for a degree of latitude.
        squeeze: how much shorter a degree of longitude is.
    """

    west: float
    north: float
    scale: float
    squeeze: float
    left: float
    top: float

    def place(self, point: Point) -> Point:
        """Where a point stands in the drawing, rounded to a tenth."""
        lon, lat = point
        x = self.left + (lon - self.west) * self.squeeze * self.scale
        y = self.top + (self.north - lat) * self.scale
        return round(x, 1), round(y, 1)


def frame_of(
    points: Iterable[Point], *, width: float, height: float, margin: float, least: float = 0.05
) -> Frame:
    """The frame around `points`; around one point, `least` degrees to each side.

    Raises:
        ValueError: without points.
    """
    found = list(points)
    if not found:
        raise ValueError("A map shows at least one point.")
    west, east = min(p[0] for p in found), max(p[0] for p in found)
    south, north = min(p[1] for p in found), max(p[1] for p in found)
    west, east = west - least * (west == east), east + least * (west == east)
    south, north = south - least * (south == north), north + least * (south == north)
    squeeze = cos(radians((south + north) / 2))
    inner_w, inner_h = width - 2 * margin, height - 2 * margin
    scale = min(inner_w / ((east - west) * squeeze), inner_h / (north - south))
    return Frame(
        west=west,
        north=north,
        scale=scale,
        squeeze=squeeze,
        left=margin + (inner_w - (east - west) * squeeze * scale) / 2,
        top=margin + (inner_h - (north - south) * scale) / 2,
    )
