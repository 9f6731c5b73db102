"""Whether coordinates fit the division that an address names. Values in, finding out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from math import asin, cos, radians, sin, sqrt

EARTH_KM = 6371.0


class Fit(StrEnum):
    """What somebody should think of the coordinates."""

    GOOD = "good"
    DOUBTFUL = "doubtful"
    WRONG = "wrong"
    UNKNOWN = "unknown"  # the division has no centre in the list


@dataclass(frozen=True)
class Finding:
    """The verdict, and how far from the centre of the division the point lies, in kilometres."""

    fit: Fit
    km: int | None = None


def distance_km(lon: float, lat: float, other_lon: float, other_lat: float) -> float:
    """Great-circle distance between two points in degrees (WGS84), in kilometres."""
    one, two = radians(lat), radians(other_lat)
    half = sin((two - one) / 2) ** 2
    half += cos(one) * cos(two) * sin(radians(other_lon - lon) / 2) ** 2
    return 2 * EARTH_KM * asin(sqrt(half))


def judge(
    point: tuple[Decimal, Decimal],
    centre: tuple[Decimal, Decimal] | None,
    level: str,
    limits: Mapping[str, Mapping[str, float]],
) -> Finding:
    """Compare a point with the centre of its division.

    Args:
        point: longitude, latitude in degrees.
        centre: the same of the division; None where the list has none.
        level: county, prefecture or province.
        limits: the dated rule branches.coordinates: kilometres `doubt` and `error` for each level.
    """
    if centre is None:
        return Finding(Fit.UNKNOWN)
    km = distance_km(float(point[0]), float(point[1]), float(centre[0]), float(centre[1]))
    limit = limits[level]
    if km >= limit["error"]:
        return Finding(Fit.WRONG, round(km))
    return Finding(Fit.DOUBTFUL if km >= limit["doubt"] else Fit.GOOD, round(km))
