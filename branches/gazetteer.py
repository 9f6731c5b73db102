"""The divisions of the database in the form that the reader of addresses asks."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

from branches.rules.addresses import Gazetteer, Place, build
from brokerage.reference.models import Division

OLD_NAMES = Path(__file__).parent / "reference" / "old_names.csv"


def load(on: date) -> Gazetteer:
    """Divisions that exist on `on`, abolished ones with what followed, and former names."""
    successors: dict[int, list[str]] = {}
    links = Division.successors.through.objects.select_related("to_division")
    for link in links:
        successors.setdefault(link.from_division_id, []).append(link.to_division.code)
    places = []
    for row in Division.objects.select_related("parent"):
        ended = row.valid_to is not None and row.valid_to <= on
        followed = tuple(sorted(successors.get(row.pk, ()))) if ended else ()
        if ended and not followed:
            continue
        places.append(
            Place(
                code=row.code,
                level=row.level,
                name=row.name_zh,
                short=row.short_zh,
                parent=row.parent.code if row.parent else "",
                lon=row.lon,
                lat=row.lat,
                followed_by=followed,
                is_official=row.is_official,
            )
        )
    with OLD_NAMES.open(encoding="utf-8") as lines:
        old = [(row["old_name"], row["code"]) for row in csv.DictReader(lines)]
    return build(places, old)
