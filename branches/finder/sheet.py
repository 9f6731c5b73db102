"""The firm's own review-numbered map, as far as a drawing of the finder shows it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from django.db.models import Subquery

from branches.finder.rules.geo import Frame, Point
from branches.finder.rules.shapes import Shape, box_of, paths, shapes_of
from brokerage.reference.models import MapSheet

FINER = {1: "prefectures", 2: "counties"}
"""By level of the finder: a further layer of the sheet that is drawn, where it has it."""


@dataclass(frozen=True)
class Land:
    """What of the sheet stands in one drawing.

    Attributes:
        areas: path data of provinces.
        finer: path data of smaller divisions, drawn as thin lines.
        lines: path data of the line of the South China Sea.
        review_number: as printed on the map; shown with it.
    """

    areas: tuple[str, ...]
    finer: tuple[str, ...]
    lines: tuple[str, ...]
    review_number: str


@dataclass(frozen=True, eq=False)
class Sheet:
    """A loaded map, decoded once in each process; its rows never change."""

    sha256: str
    review_number: str
    layers: dict[str, list[Shape]]

    def corners(self) -> list[Point]:
        """South-west and north-east of the whole map, which is always shown complete."""
        west, south, east, north = box_of([*self.layers["provinces"], *self.layers["scs_line"]])
        return [(west, south), (east, north)]


def newest() -> Subquery:
    """For another query: the digest of the map that is shown, null where none was loaded."""
    rows = MapSheet.objects.order_by("-loaded_at", "-pk")
    return Subquery(rows.values("sha256")[:1])


def newest_now() -> str | None:
    """The digest of the map that is shown; one query."""
    return MapSheet.objects.values_list("sha256", flat=True).first()


@lru_cache(maxsize=2)
def sheet_of(sha256: str) -> Sheet:
    """The map with this digest; one query in the life of a process."""
    row = MapSheet.objects.get(sha256=sha256)
    topology = row.topology
    names = ("provinces", "scs_line", *FINER.values())
    return Sheet(sha256, row.review_number, {name: shapes_of(topology, name) for name in names})


@lru_cache(maxsize=64)
def land(sheet: Sheet, frame: Frame, level: int, width: float, height: float) -> Land:
    """The paths of one frame; pages of one place ask for the same again and again."""

    def drawn(name: str) -> tuple[str, ...]:
        return tuple(paths(sheet.layers[name], frame, width=width, height=height))

    finer = drawn(FINER[level]) if level in FINER else ()
    return Land(drawn("provinces"), finer, drawn("scs_line"), sheet.review_number)
