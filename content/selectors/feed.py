"""In which order items are listed and found; who may see which one, `audience` says."""

from __future__ import annotations

from collections.abc import Sequence
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
    licensed,
    not_muted,
    of_mode,
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
SEARCHED = 500
"""So many of the newest items with the words are looked through for a page."""
LISTED = (
    *("ref", "kind", "released_at", "topic__name_zh", "topic__name_en"),
    *(f"live__{name}" for name in ("number", "title_zh", "title_en", "verdict", "grade")),
)
"""What a list shows of an item; the words of a text are long."""
SHAPES = 256
"""So many readers who differ in more than values have their queries kept in a process."""
BY_TIME = ("-released_at", "-pk")
TIME, WORDS = Given("time", DateTimeField()), Given("words", TextField())
PK, WEIGHT = Given("pk", BigIntegerField()), Given("weight", IntegerField())


@dataclass(frozen=True)
class Page:
    """Some items, and where the next ones begin (empty: there are no more).

    `is_cut` tells of a search that not everything was looked through: older ones may follow
    where this page has few, or none.
    """

    items: Sequence[Any]
    next: str
    is_cut: bool = False


def chronological(at: datetime, after: str) -> Page:
    """For visitors, the newest first; `after` is the key of the last item seen."""
    rows, given = for_visitors(at), _place(after, 2)
    if given:
        rows = rows.filter(_later(given["time"], given["pk"]))
    return _page(list(_listed(rows)))


def found_by_visitor(question: str, at: datetime, after: str) -> Page:
    """The newest that everybody may see with every word of `question`."""
    words, given, day = query_of(question), _place(after, 2), business_date(at)
    if not words:
        return Page([], "")
    having = _having(to_visitors(day), words)
    if given:
        having = having.filter(_later(given["time"], given["pk"]))
    rows = list(_listed(_among_newest(licensed(to_visitors(day), day), having)))
    return _page_found(rows, lambda: list(_cut(having)))


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
    rows = _found(shape, goes_on=bool(given)).load(**values)
    return _page_found(rows, lambda: _found_until(shape, goes_on=bool(given)).load(**values))


def query_of(question: str) -> str:
    """Every word of a question, as the database is asked for them; empty without words."""
    return " & ".join(f"'{word}'" for word in asked(question))


@lru_cache(SHAPES)
def _by_time(reader: Shape, *, goes_on: bool) -> Written[Any]:
    rows = _with_reasons(wanted(seen_by(reader, DAY), reader), reader)
    if goes_on:
        rows = rows.filter(_later(TIME, PK))
    return Written(_listed(rows))


@lru_cache(SHAPES)
def _by_relevance(reader: Shape, *, goes_on: bool) -> Written[Any]:
    rows = _with_reasons(wanted(seen_by(reader, DAY), reader), reader)
    rows = _weight(rows, reader).filter(pk__in=_weighed(reader))
    if goes_on:
        rows = rows.filter(Q(weight__lt=WEIGHT) | (Q(weight=WEIGHT) & _later(TIME, PK)))
    return Written(_listed(rows, "-weight", *BY_TIME))


@lru_cache(SHAPES)
def _found(reader: Shape, *, goes_on: bool) -> Written[Any]:
    having = _having_for(reader, goes_on=goes_on)
    return Written(_listed(_with_reasons(_among_newest(seen_by(reader, DAY), having), reader)))


@lru_cache(SHAPES)
def _found_until(reader: Shape, *, goes_on: bool) -> Written[Any]:
    """Where `_found` stopped looking, if it did."""
    return Written(_cut(_having_for(reader, goes_on=goes_on)))


def _having_for(reader: Shape, *, goes_on: bool) -> Rows:
    having = _having(to_reader(reader, DAY), WORDS)
    return having.filter(_later(TIME, PK)) if goes_on else having


def _having(rows: Rows, words: Any) -> Rows:
    """Those with the words of `query_of`."""
    return rows.filter(search=SearchQuery(words, search_type="raw", config="simple"))


def _among_newest(rows: Rows, having: Rows) -> Rows:
    """`rows` among the newest SEARCHED of `having`.

    They are cut off first: the database then reads a rare word from the index of words and
    a common one from the newest items. `having` knows the audience, so that the cut hides nothing
    behind what somebody else reads.
    """
    return rows.filter(pk__in=having.order_by(*BY_TIME).values("pk")[:SEARCHED])


def _cut(having: Rows) -> Rows:
    """The last one that `_among_newest` looked at, where there may be more."""
    rows = having.order_by(*BY_TIME)[SEARCHED - 1 : SEARCHED]
    return rows.values_list("released_at", "pk")


def _weighed(reader: Shape) -> Rows:
    """Keys of the items among which the order by relevance chooses, twice WEIGHED at most.

    They are the newest of those that this reader gets, so that what is for others uses nothing
    up. What names the reader's securities is put together once and looked up from the newest item
    on. As a condition of its own the database would look up the securities of each item.
    """
    mine = of_mode(not_muted(to_reader(reader, DAY), reader), reader.mode)
    mine = mine.filter(released_at__gte=Given("since", DateTimeField()))
    mine = mine.order_by(*BY_TIME).values("pk")
    recent = mine.filter(live_for_holders=False)
    if reader.mode == ReadingMode.TRADE:
        recent = recent.filter(kind=ItemKind.CHECK)
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


def _page_found(rows: Sequence[Any], cut: Any) -> Page:
    """A page of a search; only where it is not full, `cut` is asked whether there may be more."""
    page = _page(rows)
    if page.next:
        return page
    end = cut()
    return Page(page.items, _key(*end[0]), is_cut=True) if end else page


def _key(time: datetime, pk: int) -> str:
    return f"{time.isoformat()}~{pk}"


def _later(time: Any, pk: Any) -> Q:
    """What stands below an item of a list by time."""
    return Q(released_at__lt=time) | Q(released_at=time, pk__lt=pk)


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
