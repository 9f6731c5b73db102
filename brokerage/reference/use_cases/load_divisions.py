"""Load divisions and their changes from CSV (docs/reference-data.md)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from django.db import transaction

from brokerage.reference.loading import Counts, Errors, Row, header, merge, read_csv, take_turns
from brokerage.reference.models import Division, Level, Origin

COLUMNS = (
    "adcode",
    "level",
    "kind",
    "name_zh",
    "short_zh",
    "name_en",
    "pinyin",
    "parent_adcode",
    "is_official",
    "lon_wgs84",
    "lat_wgs84",
)
CHANGE_COLUMNS = ("old_adcode", "old_name_zh", "new_adcodes")
COUNTRY = "100000"
CODE = re.compile(r"[1-9]\d{5}")


@dataclass(frozen=True)
class Change:
    """An abolished code and what followed it."""

    old: str
    name: str
    new: tuple[str, ...]
    on: date | None
    row: Row


@transaction.atomic
def load_divisions(
    path: Path,
    *,
    changes: Path | None = None,
    as_of: date | None = None,
    complete: bool = True,
    source: str = "",
    origin: Origin = Origin.FIRM,
) -> Counts:
    """Load a list of divisions, and what became of abolished codes.

    Args:
        path: the list; its header has COLUMNS and perhaps `population`.
        changes: abolished codes with their successors; its header has CHANGE_COLUMNS and
            perhaps `date`, the first day of the new code.
        as_of: date of the list, taken as the end of abolished codes whose date is unknown.
        complete: refuse when a code in force here is missing in list and changes.
        source: where the list comes from.
        origin: who loads.

    Raises:
        BadFile: with row and column of everything wrong; nothing is stored then.
    """
    take_turns()
    errors = Errors()
    listed = {row["code"]: row for row in _listed(path, source, errors)}
    changed = list(_changes(changes, errors)) if changes else []
    errors.refuse_any()
    if complete:
        _refuse_missing(listed, {change.old for change in changed}, errors)
    counts = Counts()
    for level in Level.values:
        rows = [row for row in listed.values() if row["level"] == level]
        counts += _merge(rows, origin)
    for change in changed:
        counts += _follow(change, listed, as_of, source, origin)
    errors.refuse_any()
    return counts


def _listed(path: Path, source: str, errors: Errors) -> Iterator[dict[str, Any]]:
    seen: dict[str, tuple[Row, dict[str, Any]]] = {}
    with_population = "population" in header(path)
    for row in read_csv(path, COLUMNS, errors):
        values = _values(row, source)
        if with_population:
            most = 2_000_000_000
            population = row.number_between("population", 0, most, places=0)
            values["population"] = None if population is None else int(population)
        if values["code"] in seen:
            row.fail("adcode", "stands in the file twice")
        seen[values["code"]] = row, values
    for row, values in seen.values():
        _check_parent(row, values, seen)
        yield values


def _values(row: Row, source: str) -> dict[str, Any]:
    code = row.text("adcode", most=6)
    if not CODE.fullmatch(code):
        row.fail("adcode", f"{code!r} has not six digits")
    lon = row.number_between("lon_wgs84", 73, 136, places=2)
    lat = row.number_between("lat_wgs84", 3, 54, places=2)
    if (lon is None) != (lat is None):
        row.fail("lon_wgs84", "stands without its other half")
    return {
        "code": code,
        "level": row.one_of("level", Level.values),
        "kind": row.text("kind", most=30),
        "parent": row.text("parent_adcode", most=6),
        "name_zh": row.text("name_zh", most=30),
        "short_zh": row.text("short_zh", most=30),
        "name_en": row.text("name_en", most=80),
        "pinyin": row.text("pinyin", most=60, required=False),
        "is_official": row.flag("is_official"),
        "lon": lon,
        "lat": lat,
        "source": source or row.text("source", most=300, required=False),
        "valid_to": None,
    }


def _check_parent(row: Row, values: dict[str, Any], seen: dict[str, Any]) -> None:
    parent, level = values["parent"], values["level"]
    if level == Level.PROVINCE:
        if parent != COUNTRY:
            row.fail("parent_adcode", f"of a province is {COUNTRY}")
    elif parent not in seen:
        row.fail("parent_adcode", f"{parent!r} is not in the file")
    elif level == seen[parent][1]["level"]:
        row.fail("parent_adcode", f"{parent} is a {level} too")
    elif seen[parent][1]["level"] == Level.COUNTY:
        row.fail("parent_adcode", f"{parent} is a county")


def _merge(rows: list[dict[str, Any]], origin: Origin) -> Counts:
    parents = {division.code: division.pk for division in Division.objects.all()}
    for row in rows:
        row["parent_id"] = parents.get(row.pop("parent"))
    present = Division.objects.filter(code__in=[row["code"] for row in rows])
    return merge(Division, rows, keys=("code",), origin=origin, among=present)


def _refuse_missing(listed: dict[str, Any], abolished: set[str], errors: Errors) -> None:
    gone = Division.objects.filter(valid_to__isnull=True).exclude(code__in={*listed, *abolished})
    for code in gone.values_list("code", flat=True):
        errors.add(0, "adcode", f"{code} is in force here but neither listed nor changed")
    errors.refuse_any()


def _changes(path: Path, errors: Errors) -> Iterator[Change]:
    for row in read_csv(path, CHANGE_COLUMNS, errors):
        old = row.text("old_adcode", most=6, required=False)
        new = tuple(row.text("new_adcodes", most=200).split())
        for code in filter(None, (old, *new)):
            if not CODE.fullmatch(code):
                row.fail("new_adcodes", f"{code!r} has not six digits")
        name = row.text("old_name_zh", most=30, required=bool(old))
        yield Change(old, name, new, row.day("date", required=False), row)


def _follow(
    change: Change, listed: dict[str, Any], as_of: date | None, source: str, origin: Origin
) -> Counts:
    """Close the old code and link its successors; a code still listed lost only a part."""
    new = list(Division.objects.filter(code__in=change.new))
    for code in {*change.new} - {division.code for division in new}:
        change.row.fail("new_adcodes", f"{code} is not known")
    if not change.old:
        return _began(new, change.on)
    if change.old in listed:
        counts = Counts()
    else:
        ends = change.on or as_of
        if ends is None:
            change.row.fail("date", "is empty and there is no date of the list")
        counts = _close(change, ends, source, origin)
    old = Division.objects.filter(code=change.old).first()
    if old is not None:
        old.successors.add(*(division for division in new if division.code != old.code))
    return counts


def _began(new: list[Division], on: date | None) -> Counts:
    for division in new:
        if on and division.valid_from != on:
            Division.objects.filter(pk=division.pk).update(valid_from=on)
    return Counts()


def _close(change: Change, ends: date | None, source: str, origin: Origin) -> Counts:
    known = Division.objects.filter(code=change.old)
    parents = Division.objects.filter(
        code__in=[f"{change.old[:4]}00", f"{change.old[:2]}0000"]
    ).exclude(code=change.old)
    parent = parents.order_by("-code").first()
    if parent is None:
        change.row.fail("old_adcode", "lies in no known province")
        return Counts()
    is_county = not change.old.endswith("00")
    values: dict[str, Any] = {"code": change.old, "valid_to": ends}
    if not known.exists():
        values |= {
            "level": Level.COUNTY if is_county else Level.PREFECTURE,
            "kind": "abolished",
            "parent_id": parent.pk,
            "name_zh": change.name,
            "short_zh": change.name,
            "is_official": True,
            "source": source,
        }
    return merge(Division, [values], keys=("code",), origin=origin, among=known)
