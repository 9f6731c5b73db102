"""In which order items are listed and found; who may see which one, `audience` says."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from django.contrib.postgres.search import SearchQuery
from django.db.models import (
    BigIntegerField,
    BooleanField,
    Case,
    CharField,
    DateTimeField,
    F,
    IntegerField,
    OuterRef,
    Q,
    Subquery,
    TextField,
    Value,
    When,
)

from brokerage.core.clock import business_date
from brokerage.core.written import Given, Written, any_of
from brokerage.users.models.user import ReadingMode
from content.models import Item
from content.rules.words import asked
from content.selectors.audience import (
    DAY,
    Rows,
    Shape,
    among,
    for_visitors,
    licences_on,
    meant_for,
    seen_by,
    to_reader,
    to_visitors,
    values_of,
    wanted,
)
from content.selectors.reader import Reader
from content.states import ItemKind

PAGE = 12
HELD, FOLLOWED, TOPIC, NEARBY = 8, 4, 2, 1
"""What each reason counts; together they order the page."""
WEIGHED = 300
"""So many of the newest items, and so many about the reader's own securities, are weighed."""
LOOKED_THROUGH = 500
"""So many of the newest items are looked through for a common word, before the index is asked."""
LISTED = (
    *("ref", "kind", "released_at", "topic__name_zh", "topic__name_en"),
    *(f"live__{name}" for name in ("number", "title_zh", "title_en", "verdict", "grade")),
)
"""What a list shows of an item; the words of a text are long."""
SHAPES = 256
"""So many readers who differ in more than values have their queries kept in a process."""
BY_TIME = ("-released_at", "-pk")
SORTED: Any = (F("released_at").desc(nulls_last=True), "-pk")
"""The same order, as released items all have their time; but no index has it."""
TIME, WORDS = Given("time", DateTimeField()), Given("words", TextField())
PK, WEIGHT = Given("pk", BigIntegerField()), Given("weight", IntegerField())
PLACE = {"time": TIME, "pk": PK}
Loads = Callable[[], Sequence[Any]]


@dataclass(frozen=True)
class Page:
    """Some items, and where the next ones begin (empty: there are no more)."""

    items: Sequence[Any]
    next: str


def chronological(at: datetime, after: str) -> Page:
    """For visitors, the newest first; `after` is the key of the last item seen."""
    return _page(list(_listed(_on_from(for_visitors(at), _place(after, 2)))))


def found_by_visitor(question: str, at: datetime, after: str) -> Page:
    """The newest that everybody may see with every word of `question`."""
    words, given = query_of(question), _place(after, 2)
    if not words:
        return Page([], "")
    rows, newest = for_visitors(at), _on_from(to_visitors(business_date(at)), given)
    return _first_full(
        lambda: list(_listed(_first(_having_among(newest, rows, words), BY_TIME))),
        lambda: list(_listed(_first(_on_from(_having(rows, words), given), SORTED))),
    )


def by_time(reader: Reader, at: datetime, after: str) -> Page:
    """What the reader wants, the newest first."""
    given = _place(after, 2)
    rows = _by_time(Shape.of(reader), goes_on=bool(given)).load(**values_of(reader, at), **given)
    return _page(rows)


def by_relevance(reader: Reader, at: datetime, after: str) -> Page:
    """What concerns the reader most first, of the last `reader.days`; then the newest."""
    given = _place(after, 3)
    written = _by_relevance(Shape.of(reader), goes_on=bool(given))
    since = at - timedelta(days=reader.days)
    page = _page(written.load(since=since, **values_of(reader, at), **given))
    end = f"{page.items[-1].weight}~{page.next}" if page.next else ""
    return Page(page.items, end)


def found(reader: Reader, question: str, at: datetime, after: str) -> Page:
    """The newest that this reader may see with every word of `question`, whatever the mode."""
    words, given = query_of(question), _place(after, 2)
    if not words:
        return Page([], "")
    shape, values = Shape.of(reader), {"words": words, **values_of(reader, at), **given}
    return _first_full(
        lambda: _found_newest(shape, goes_on=bool(given)).load(**values),
        lambda: _found(shape, goes_on=bool(given)).load(**values),
    )


def query_of(question: str) -> str:
    """Every word of a question, as the database is asked for them; empty without words."""
    return " & ".join(f"'{word}'" for word in asked(question))


@lru_cache(SHAPES)
def _by_time(reader: Shape, *, goes_on: bool) -> Written[Any]:
    rows = _on_from(wanted(seen_by(reader, DAY), reader), PLACE if goes_on else {})
    return Written(_listed(_with_reasons(rows, reader)))


@lru_cache(SHAPES)
def _by_relevance(reader: Shape, *, goes_on: bool) -> Written[Any]:
    rows = _with_reasons(wanted(seen_by(reader, DAY), reader), reader)
    rows = _weight(rows, reader).filter(pk__in=_weighed(reader))
    if goes_on:
        rows = rows.filter(Q(weight__lt=WEIGHT) | (Q(weight=WEIGHT) & _later(TIME, PK)))
    return Written(_listed(rows, "-weight", *BY_TIME))


@lru_cache(SHAPES)
def _found_newest(reader: Shape, *, goes_on: bool) -> Written[Any]:
    newest = _on_from(to_reader(reader, DAY), PLACE if goes_on else {})
    rows = _first(_having_among(newest, seen_by(reader, DAY), WORDS), BY_TIME)
    return Written(_listed(_with_reasons(rows, reader)))


@lru_cache(SHAPES)
def _found(reader: Shape, *, goes_on: bool) -> Written[Any]:
    rows = _on_from(_having(seen_by(reader, DAY), WORDS), PLACE if goes_on else {})
    return Written(_listed(_with_reasons(_first(rows, SORTED), reader)))


def _first_full(newest: Loads, everything: Loads) -> Page:
    """A page of a search, complete: from the newest items where they fill it, else from all.

    Both give the newest first, so a page that is filled from the newest items is the same page.
    A common word is found among the newest items, and a rare one by the index of words. The
    database cannot choose by itself: it plans a statement once, for any words.
    """
    found = newest()
    return _page(found if len(found) > PAGE else everything())


def _having(rows: Rows, words: Any) -> Rows:
    """Those with the words of `query_of`, by the index of words; to be SORTED afterwards.

    In the order of the index of times the database might go through all items for a rare word.
    """
    return rows.filter(search=_query(words))


def _having_among(newest: Rows, rows: Rows, words: Any) -> Rows:
    """Those of `rows` with the words among the first of `newest`, each looked at by itself."""
    window = newest.order_by(*BY_TIME).values("pk")[:LOOKED_THROUGH]
    return rows.filter(_yes(Q(search=_query(words))), pk__in=window)


def _first(rows: Rows, order: Sequence[Any]) -> Rows:
    """Those of a page, chosen before anything else is read of them."""
    return Item.objects.filter(pk__in=rows.order_by(*order).values("pk")[: PAGE + 1])


def _query(words: Any) -> SearchQuery:
    return SearchQuery(words, search_type="raw", config="simple")


def _weighed(reader: Shape) -> Rows:
    """Keys of the items among which the order by relevance chooses, twice WEIGHED at most.

    They are the newest of those that this reader gets, so that what is for others, or muted, uses
    nothing up. Which licences hold and what names the reader's securities is put together once
    and looked up from the newest item on; else the database would ask for each item.
    """
    licences = licences_on(DAY).values("pk")
    mine = wanted(meant_for(reader, DAY), reader)
    mine = mine.filter(_yes(Q(live_licence__in=licences)))
    mine = mine.filter(released_at__gte=Given("since", DateTimeField()))
    mine = mine.order_by(*BY_TIME).values("pk")
    recent = mine.filter(kind=ItemKind.CHECK) if reader.mode == ReadingMode.TRADE else mine
    if not reader.own:
        return recent[:WEIGHED]
    naming = Item.instruments.through.objects.filter(any_of("instrument", reader.own))
    named = mine.filter(_yes(Q(pk__in=naming.values("item"))))
    return recent[:WEIGHED].union(named[:WEIGHED])


def _with_reasons(rows: Rows, reader: Shape) -> Rows:
    """Annotate why an item may matter: `held_name`, `followed_name`, `on_topic`, `is_near`.

    The database looks the names up for the page's items only. Without the consent to pages of
    their own, only what somebody follows by themselves is a reason.
    """
    name = "name_en" if reader.english else "name_zh"
    return rows.annotate(
        held_name=_name_of(reader.held if reader.is_personal else (), name),
        followed_name=_name_of(reader.followed, name),
        on_topic=_yes(any_of("topic", reader.topics)),
        is_near=_yes(Q(unit__isnull=False)) if reader.is_personal else _never(),
    )


def _weight(rows: Rows, reader: Shape) -> Rows:
    """Annotate `weight`, what the reasons count together.

    What is followed may be named by very many items: it is looked up item by item, which the
    database does only for those that passed every condition.
    """
    through = Item.instruments.through.objects
    followed = through.filter(among(reader.followed), item=OuterRef("pk"))
    weight = _points(follows__isnull=False, points=FOLLOWED) + _points(on_topic=True, points=TOPIC)
    if reader.is_personal:
        weight += _points(is_held=True, points=HELD) + _points(is_near=True, points=NEARBY)
    return rows.alias(follows=Subquery(followed.values("item")[:1])).annotate(weight=weight)


def _listed(rows: Rows, *order: str) -> Rows:
    rows = rows.order_by(*(order or BY_TIME)).select_related("live", "topic")
    return rows.only(*LISTED)[: PAGE + 1]


def _page(rows: Sequence[Any]) -> Page:
    last = rows[PAGE - 1] if len(rows) > PAGE else None
    return Page(rows[:PAGE], _key(last.released_at, last.pk) if last else "")


def _key(time: datetime, pk: int) -> str:
    return f"{time.isoformat()}~{pk}"


def _on_from(rows: Rows, place: dict[str, Any]) -> Rows:
    """What stands below a place of a list by time; all of it without one."""
    return rows.filter(_later(place["time"], place["pk"])) if place else rows


def _later(time: Any, pk: Any) -> Q:
    """What stands below; told twice, so that the index of times begins at the place."""
    return Q(released_at__lte=time) & (Q(released_at__lt=time) | Q(pk__lt=pk))


def _name_of(instruments: Any, column: str) -> Subquery:
    """The name of the first of `instruments` that an item names."""
    through = Item.instruments.through.objects
    rows = through.filter(among(instruments), item=OuterRef("pk")).order_by("instrument")
    return Subquery(rows.values(f"instrument__{column}")[:1], output_field=CharField())


def _yes(condition: Any) -> Case:
    return Case(When(condition, then=Value(True)), default=_never(), output_field=BooleanField())


def _never() -> Value:
    return Value(False, BooleanField())


def _points(*, points: int, **condition: Any) -> Case:
    return Case(
        When(**condition, then=Value(points)), default=Value(0), output_field=IntegerField()
    )


def _place(text: str, parts: int) -> dict[str, Any]:
    """Where a page goes on; nothing for the first page or a key that somebody made up."""
    found = text.split("~")
    if len(found) != parts:
        return {}
    try:
        time, pk = datetime.fromisoformat(found[-2]), int(found[-1])
        time.astimezone()
        return {"time": time, "pk": pk} | ({"weight": int(found[0])} if parts == 3 else {})
    except (ValueError, OverflowError):
        return {}
