"""Who may see which item. Every condition is asked by the database, most on the item's own row.

What a version says of its audience stands on its item too (`Item.live_grade` and the like, kept by
a trigger), so that a window of the newest items is cut after the audience and never before it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import (
    BigIntegerField,
    CharField,
    Count,
    DateField,
    Exists,
    OuterRef,
    Q,
    QuerySet,
    Sum,
    Value,
)

from branches.models import Licence
from brokerage.core import clock
from brokerage.core.clock import business_date
from brokerage.core.display.languages import reads_english
from brokerage.core.written import Given, any_of
from brokerage.users.models.user import ReadingMode
from content.models import Correction, Item
from content.selectors.reader import Reader
from content.states import ItemKind, ItemStatus

NEWEST = 20
"""Corrections that are looked at, so that one committed behind a later one is noticed too."""
KEYS: Any = ArrayField(BigIntegerField())
DAY = Given("day", DateField())
LISTS = ("units", "held", "followed", "own", "muted", "topics", "muted_topics")
Rows = QuerySet[Any]


@dataclass(frozen=True)
class Shape:
    """What decides how a reader's queries are written; their values are given with each one.

    `filled` names the lists of the reader that hold something.
    """

    mode: str
    english: bool
    is_personal: bool
    filled: frozenset[str]

    @classmethod
    def of(cls, reader: Reader) -> Shape:
        """The shape of a reader, in the language of this moment."""
        filled = frozenset(name for name in LISTS if getattr(reader, name))
        return cls(reader.mode, reads_english(), reader.is_personal, filled)

    tier = Given("tier", CharField())
    segment = Given("segment", CharField())
    grades = Given("grades", ArrayField(CharField()))
    units = property(lambda self: self._keys("units"))
    held = property(lambda self: self._keys("held"))
    followed = property(lambda self: self._keys("followed"))
    own = property(lambda self: self._keys("own"))
    muted = property(lambda self: self._keys("muted"))
    topics = property(lambda self: self._keys("topics"))
    muted_topics = property(lambda self: self._keys("muted_topics"))

    def _keys(self, name: str) -> Given | tuple[()]:
        return Given(name, KEYS) if name in self.filled else ()


def values_of(reader: Reader, at: datetime) -> dict[str, Any]:
    """What is given to every query of a reader."""
    lists = {name: list(getattr(reader, name)) for name in LISTS}
    one = {"tier": reader.tier, "segment": reader.segment, "grades": reader.grades}
    return {"day": business_date(at), **one, **lists}


def shown(day: date) -> Rows:
    """Released items whose time and whose signer's licence have not ended on `day`."""
    return licensed(_unexpired(day), day)


def licensed(rows: Rows, day: Any) -> Rows:
    """Items whose signer holds on `day` the licence of the signature, or its renewal."""
    return rows.filter(Exists(licences_on(day).filter(pk=OuterRef("live_licence"))))


def licences_on(day: Any) -> QuerySet[Any]:
    """The licences whose items are shown on `day`."""
    return Licence.objects.held_on(day)


def to_visitors(day: Any) -> Rows:
    """What was released to everybody, whether or not its signer's licence has ended."""
    return _unexpired(day).filter(live_for_visitors=True, unit=None)


def for_visitors(at: datetime) -> Rows:
    """What everybody may read."""
    day = business_date(at)
    return licensed(to_visitors(day), day)


def taken_back() -> tuple[Any, ...]:
    """Changes with each correction or withdrawal, when a licence begins or ends, and at midnight,
    when items end. One query, asked once a second."""
    today = clock.today()
    valid = Licence.objects.on(today).order_by().values("kind")
    rows = valid.annotate(many=Count("pk"), keys=Sum("pk", output_field=BigIntegerField()))
    newest: Any = Correction.objects.order_by("-pk").values_list(
        "pk", Value(0, BigIntegerField()), Value(0, BigIntegerField())
    )
    counted = rows.values_list("kind", "many", "keys")
    return (today, *sorted(counted.union(newest[:NEWEST], all=True)))


def to_reader(reader: Reader | Shape, day: Any) -> Rows:
    """What was released to this customer by class, unit, tier and segment: the item's own row.

    What is for holders alone, and items of a licence that has ended, are still among these.
    """
    return (
        _unexpired(day)
        .filter(any_of("live_grade", reader.grades, CharField()))
        .filter(Q(unit=None) | any_of("unit", reader.units))
        .filter(Q(live_tier="") | Q(live_tier=reader.tier))
        .filter(Q(live_segment="") | Q(live_segment=reader.segment))
    )


def for_reader(reader: Reader, at: datetime) -> Rows:
    """What this customer may read: by class, unit, tier, segment and holdings."""
    return seen_by(reader, business_date(at))


def seen_by(reader: Reader | Shape, day: Any) -> Rows:
    """What this customer may read; annotated with `is_held`."""
    return licensed(meant_for(reader, day), day)


def meant_for(reader: Reader | Shape, day: Any) -> Rows:
    """As `seen_by`, whether or not the licence has ended."""
    rows = to_reader(reader, day).annotate(is_held=about(reader.held))
    return rows.filter(Q(live_for_holders=False) | Q(is_held=True))


def wanted(rows: Rows, reader: Shape) -> Rows:
    """Less what the reader muted, and what their mode leaves out; `rows` of `seen_by`.

    Who only trades sees fact checks and what concerns their own holdings; plain comments leave
    research reports out.
    """
    rows = rows.exclude(about(reader.muted))
    if reader.muted_topics:
        rows = rows.exclude(any_of("topic", reader.muted_topics))
    if reader.mode != ReadingMode.RESEARCH:
        rows = rows.exclude(kind=ItemKind.RESEARCH)
    if reader.mode == ReadingMode.TRADE:
        return rows.filter(Q(kind=ItemKind.CHECK) | Q(is_held=True))
    return rows


def about(instruments: Any) -> Exists:
    """Whether an item names one of `instruments`, keys of securities."""
    through = Item.instruments.through.objects
    return Exists(through.filter(among(instruments), item=OuterRef("pk")))


def among(instruments: Any) -> Any:
    """A condition on a row that names a security."""
    return any_of("instrument", instruments)


def _unexpired(day: Any) -> Rows:
    return Item.objects.filter(status=ItemStatus.LIVE, live_expires_on__gt=day)
