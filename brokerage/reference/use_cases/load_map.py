"""Load the firm's own review-numbered map from TopoJSON (docs/reference-data.md)."""

from __future__ import annotations

import hashlib
import json
import re
import zlib
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import NoReturn

from django.db import transaction

from brokerage.reference.loading import BadFile, CellError, Counts, take_turns
from brokerage.reference.models import Division, Level, MapSheet
from brokerage.reference.topojson import faults, shapes

LARGEST = 5_000_000  # bytes; a page has to carry it
REVIEW_NUMBER = re.compile(r"[A-Z\u4e00-\u9fff]{1,6}[(（]\d{4}[)）]\d{1,6}号")
SHOWN_FAULTS = 50


@transaction.atomic
def load_map(path: Path, *, review_number: str, title: str, at: datetime) -> Counts:
    """Check and store a map; the one loaded last is shown.

    Args:
        path: TopoJSON with the layers `provinces` (property `adcode`) and `scs_line`.
        review_number: as printed on the map, such as GS（2024）1234号.
        title: what the map shows.
        at: the present instant.

    Raises:
        BadFile: when the number or the map cannot be used.
    """
    take_turns()
    if not REVIEW_NUMBER.fullmatch(review_number):
        _refuse(f"{review_number!r} reads like no review number such as GS（2024）1234号")
    raw = _read(path)
    try:
        map_ = json.loads(raw)
    except (ValueError, RecursionError):
        _refuse("is no JSON")
    provinces = Division.objects.filter(level=Level.PROVINCE, valid_to__isnull=True)
    codes = set(provinces.values_list("code", flat=True))
    if wrong := list(islice(faults(map_, codes), SHOWN_FAULTS)):
        raise BadFile([CellError(0, "map", message) for message in wrong])
    compact = json.dumps(map_, ensure_ascii=False, separators=(",", ":")).encode()
    digest = hashlib.sha256(compact).hexdigest()
    known = MapSheet.objects.filter(review_number=review_number).first()
    if known is not None and known.sha256 == digest:
        return Counts(unchanged=1)
    if known is not None:
        _refuse(f"{review_number} names another map already: a changed map has a new number")
    MapSheet.objects.create(
        review_number=review_number,
        title=title,
        packed=zlib.compress(compact, 9),
        sha256=digest,
        shapes=shapes(map_),
        loaded_at=at,
    )
    return Counts(added=1)


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            raw = file.read(LARGEST + 1)
    except OSError as error:
        _refuse(error.strerror or "cannot be read")
    if len(raw) > LARGEST:
        _refuse(f"is larger than {LARGEST} bytes: simplify it first")
    return raw


def _refuse(message: str) -> NoReturn:
    raise BadFile([CellError(0, "map", message)])
