"""Which items a reader may see, and in which order; every condition is asked by the database."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.search import SearchQuery
from django.db.models import (
    BigIntegerField,
    BooleanField,
    Case,
    CharField,
    Exists,
    F,
    Func,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)

from branches.models import Licence
from brokerage.core import clock
from brokerage.core.clock import business_date
from brokerage.core.display.languages import reads_english
from brokerage.users.models.user import ReadingMode
from content.models import Correction, Item
from content.rules.words import asked
from content.selectors.reader import Reader
from content.states import ItemKind, ItemStatus

PAGE = 12
HELD, FOLLOWED, TOPIC, NEARBY = 8, 4, 2, 1
"""What each reason counts; together they order the page."""
WEIGHED = 300
"""So many of the newest items, and so many about the reader's own securities, are weighed."""
SEARCHED = 500
"""So many of the newest items with the words are looked through."""
NEWEST = 20
"""Corrections that are looked at, so that one committed behind a later one is noticed too."""
LISTED = (
    *("ref", "kind", "released_at", "topic__name_zh", "topic__name_en"),
    *(f"live__{name}" for name in ("number", "title_zh", "title_en", "verdict", "grade")),
)
"""What a list shows of an item; the words of a text are long."""
Rows = QuerySet[Any]


def shown(at: datetime) -> Rows:
    """Released items whose time and whose signer's licence have not ended at `at`."""
    return shown_on(business_date(at))


def shown_on(day: date) -> Rows:
    """What `shown` finds at any hour of a day."""
    licensed = Licence.objects.on(day).filter(pk=OuterRef("live__licence"))
    return Item.objects.filter(Exists(licensed), status=ItemStatus.LIVE, live__expires_on__gt=day)


def for_visitors(at: datetime) -> Rows:
    """What everybody may read."""
    return shown(at).filter(live__for_visitors=True, unit=None)


def taken_back() -> tuple[Any, ...]:
    """Changes with each correction or withdrawal, and at midnight, when licences and items end."""
    newest = Correction.objects.order_by("-pk").values_list("pk", flat=True)[:NEWEST]
    return (clock.today(), *newest)


def for_reader(reader: Reader, at: datetime) -> Rows:
    """What this customer may read: by class, outlet, tier and holdings."""
    return (
        shown(at)
        .filter(live__grade__in=reader.grades)
        .filter(Q(unit=None) | Q(unit__ref=reader.outlet))
        .filter(live__tier__in=["", reader.tier])
        .annotate(is_held=_about(reader.held))
        .filter(Q(live__for_holders=False) | Q(is_held=True))
    )


def wanted(rows: Rows, reader: Reader) -> Rows:
    """Less what the reader muted, and what their mode leaves out.

    Who only trades sees fact checks and what concerns their own holdings; plain comments leave
    research reports out.
    """
    rows = rows.exclude(topic__in=reader.muted_topics).exclude(_about(reader.muted))
    if reader.mode == ReadingMode.TRADE:
        return rows.filter(Q(kind=ItemKind.CHECK) | Q(is_held=True)).exclude(
            kind=ItemKind.RESEARCH
        )
    if reader.mode == ReadingMode.PLAIN:
        return rows.exclude(kind=ItemKind.RESEARCH)
    return rows


def with_reasons(rows: Rows, reader: Reader) -> Rows:
    """Annotate why an item may matter: `held_name`, `followed_name`, `on_topic`, `is_near`.

    The database looks the names up for the page's items only.
    """
    name = "name_en" if reads_english() else "name_zh"
    return rows.annotate(
        held_name=_name_of(reader.held, name),
        followed_name=_name_of(reader.followed, name),
        on_topic=_yes(topic__in=reader.topics),
        is_near=_yes(unit__isnull=False),
    )


def _weight(rows: Rows, reader: Reader) -> Rows:
    """Annotate `weight`, what the reasons count together.

    What is followed may be named by very many items: it is looked up item by item, which the
    database does only for those that passed every condition.
    """
    through = Item.instruments.through.objects
    followed = through.filter(_among(reader.followed), item=OuterRef("pk"))
    return rows.alias(follows=Subquery(followed.values("item")[:1])).annotate(
        weight=_points(is_held=True, points=HELD)
        + _points(follows__isnull=False, points=FOLLOWED)
        + _points(on_topic=True, points=TOPIC)
        + _points(is_near=True, points=NEARBY),
    )


def _weighed(reader: Reader, at: datetime) -> Rows:
    """Keys of the items among which the order by relevance chooses, twice WEIGHED at most.

    What names the reader's securities is put together once and looked up from the newest item
    on. As a condition of its own the database would look up the securities of each item.
    """
    recent: Rows = Item.objects.filter(
        status=ItemStatus.LIVE, released_at__gte=at - timedelta(days=reader.days)
    )
    recent = recent.order_by("-released_at", "-pk").values("pk")
    own = {*reader.held, *reader.followed}
    if not own:
        return recent[:WEIGHED]
    about = Item.instruments.through.objects.filter(_among(own)).values("item")
    return recent[:WEIGHED].union(recent.filter(_yes(pk__in=about))[:WEIGHED])


@dataclass(frozen=True)
class Page:
    """Some items, and where the next ones begin (empty: there are no more)."""

    items: Sequence[Any]
    next: str


def chronological(rows: Rows, after: str) -> Page:
    """The newest first; `after` is the key of the last item seen."""
    key = _key(after, 2)
    if key:
        time, pk = datetime.fromisoformat(key[0]), int(key[1])
        rows = rows.filter(Q(released_at__lt=time) | Q(released_at=time, pk__lt=pk))
    found = _loaded(rows.order_by("-released_at", "-pk"))
    last = found[PAGE - 1] if len(found) > PAGE else None
    return Page(found[:PAGE], f"{last.released_at.isoformat()}~{last.pk}" if last else "")


def by_relevance(rows: Rows, reader: Reader, at: datetime, after: str) -> Page:
    """What concerns the reader most first, of the last `reader.days`; then the newest."""
    rows = _weight(rows, reader).filter(pk__in=_weighed(reader, at))
    key = _key(after, 3)
    if key:
        weight, time, pk = int(key[0]), datetime.fromisoformat(key[1]), int(key[2])
        rows = rows.filter(
            Q(weight__lt=weight)
            | Q(weight=weight, released_at__lt=time)
            | Q(weight=weight, released_at=time, pk__lt=pk)
        )
    found = _loaded(rows.order_by("-weight", "-released_at", "-pk"))
    last = found[PAGE - 1] if len(found) > PAGE else None
    end = f"{last.weight}~{last.released_at.isoformat()}~{last.pk}" if last else ""
    return Page(found[:PAGE], end)


def found_by(rows: Rows, question: str) -> Rows:
    """The newest with every word of `question`; none where it has no words.

    They are cut off first: the database then reads a rare word from the index of words and
    a common one from the newest items, whatever else the reader may not see.
    """
    words = asked(question)
    if not words:
        return rows.none()
    query = SearchQuery(
        " & ".join(f"'{word}'" for word in words), search_type="raw", config="simple"
    )
    having: Rows = Item.objects.filter(status=ItemStatus.LIVE, search=query)
    return rows.filter(pk__in=having.order_by("-released_at", "-pk").values("pk")[:SEARCHED])


def _loaded(rows: Rows) -> list[Any]:
    return list(rows.select_related("live", "topic").only(*LISTED)[: PAGE + 1])


def _about(instruments: Collection[int]) -> Exists:
    """Whether an item names one of `instruments`, keys of securities."""
    through = Item.instruments.through.objects
    return Exists(through.filter(_among(instruments), item=OuterRef("pk")))


def _among(instruments: Collection[int]) -> Any:
    """A condition on a row that names a security: one parameter, however many they are."""
    if not instruments:
        return Q(instrument__in=())  # known to be empty before the database is asked
    keys = Value(list(instruments), output_field=ArrayField(BigIntegerField()))
    return Func(
        F("instrument"),
        keys,
        template="%(expressions)s)",
        arg_joiner=" = ANY(",
        output_field=BooleanField(),
    )


def _name_of(instruments: Collection[int], column: str) -> Subquery:
    """The name of the first of `instruments` that an item names."""
    through = Item.instruments.through.objects
    rows = through.filter(_among(instruments), item=OuterRef("pk")).order_by("instrument")
    return Subquery(rows.values(f"instrument__{column}")[:1], output_field=CharField())


def _yes(**condition: Any) -> Case:
    return Case(
        When(**condition, then=Value(True)), default=Value(False), output_field=BooleanField()
    )


def _points(*, points: int, **condition: Any) -> Case:
    return Case(
        When(**condition, then=Value(points)), default=Value(0), output_field=IntegerField()
    )


def _key(text: str, parts: int) -> list[str] | None:
    """The parts of a page's key; None for the first page or a key that somebody made up."""
    found = text.split("~")
    if len(found) != parts:
        return None
    try:
        datetime.fromisoformat(found[-2]).astimezone()
        [int(each) for each in (*found[:-2], found[-1])]
    except (ValueError, OverflowError):
        return None
    return found
