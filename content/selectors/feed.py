"""Which items a reader may see, and in which order; every condition is asked by the database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.search import SearchQuery
from django.db.models import (
    BigIntegerField,
    BooleanField,
    Case,
    CharField,
    Count,
    DateField,
    DateTimeField,
    Exists,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    TextField,
    UUIDField,
    Value,
    When,
)

from branches.models import Licence
from brokerage.core import clock
from brokerage.core.clock import business_date
from brokerage.core.display.languages import reads_english
from brokerage.core.written import Given, Written, any_of
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
SHAPES = 256
"""So many readers who differ in more than values have their queries kept in a process."""
KEYS: Any = ArrayField(BigIntegerField())
DAY, TIME = Given("day", DateField()), Given("time", DateTimeField())
PK, WEIGHT = Given("pk", BigIntegerField()), Given("weight", IntegerField())
Rows = QuerySet[Any]


@dataclass(frozen=True)
class Page:
    """Some items, and where the next ones begin (empty: there are no more)."""

    items: Sequence[Any]
    next: str


@dataclass(frozen=True)
class Shape:
    """What decides how a reader's queries are written; their values are given with each one.

    `filled` names the lists of the reader that hold something.
    """

    mode: str
    english: bool
    filled: frozenset[str]

    @classmethod
    def of(cls, reader: Reader) -> Shape:
        """The shape of a reader, in the language of this moment."""
        filled = frozenset(name for name in LISTS if getattr(reader, name))
        return cls(reader.mode, reads_english(), filled)

    outlet = Given("outlet", UUIDField())
    tier = Given("tier", CharField())
    grades = Given("grades", ArrayField(CharField()))
    held = property(lambda self: self._keys("held"))
    followed = property(lambda self: self._keys("followed"))
    own = property(lambda self: self._keys("own"))
    muted = property(lambda self: self._keys("muted"))
    topics = property(lambda self: self._keys("topics"))
    muted_topics = property(lambda self: self._keys("muted_topics"))

    def _keys(self, name: str) -> Given | tuple[()]:
        return Given(name, KEYS) if name in self.filled else ()


LISTS = ("held", "followed", "own", "muted", "topics", "muted_topics")


def _values(reader: Reader, at: datetime) -> dict[str, Any]:
    """What is given to every query of a reader."""
    lists = {name: list(getattr(reader, name)) for name in LISTS}
    one = {"outlet": reader.outlet, "tier": reader.tier, "grades": reader.grades}
    return {"day": business_date(at), **one, **lists}


def shown(day: date) -> Rows:
    """Released items whose time and whose signer's licence have not ended on `day`."""
    licensed = Licence.objects.on(day).filter(pk=OuterRef("live__licence"))
    return Item.objects.filter(Exists(licensed), status=ItemStatus.LIVE, live__expires_on__gt=day)


def for_visitors(at: datetime) -> Rows:
    """What everybody may read."""
    return shown(business_date(at)).filter(live__for_visitors=True, unit=None)


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


def for_reader(reader: Reader, at: datetime) -> Rows:
    """What this customer may read: by class, outlet, tier and holdings."""
    return _for(reader, business_date(at))


def _for(reader: Reader | Shape, day: Any) -> Rows:
    return (
        shown(day)
        .filter(any_of("live__grade", reader.grades, CharField()))
        .filter(Q(unit=None) | Q(unit__ref=reader.outlet))
        .filter(Q(live__tier="") | Q(live__tier=reader.tier))
        .annotate(is_held=_about(reader.held))
        .filter(Q(live__for_holders=False) | Q(is_held=True))
    )


def _wanted(rows: Rows, reader: Shape) -> Rows:
    """Less what the reader muted, and what their mode leaves out.

    Who only trades sees fact checks and what concerns their own holdings; plain comments leave
    research reports out.
    """
    if reader.muted_topics:
        rows = rows.exclude(any_of("topic", reader.muted_topics))
    rows = rows.exclude(_about(reader.muted))
    if reader.mode == ReadingMode.TRADE:
        return rows.filter(Q(kind=ItemKind.CHECK) | Q(is_held=True)).exclude(
            kind=ItemKind.RESEARCH
        )
    if reader.mode == ReadingMode.PLAIN:
        return rows.exclude(kind=ItemKind.RESEARCH)
    return rows


def _with_reasons(rows: Rows, reader: Shape) -> Rows:
    """Annotate why an item may matter: `held_name`, `followed_name`, `on_topic`, `is_near`.

    The database looks the names up for the page's items only.
    """
    name = "name_en" if reader.english else "name_zh"
    return rows.annotate(
        held_name=_name_of(reader.held, name),
        followed_name=_name_of(reader.followed, name),
        on_topic=_yes(any_of("topic", reader.topics)),
        is_near=_yes(Q(unit__isnull=False)),
    )


def _weight(rows: Rows, reader: Shape) -> Rows:
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


def _weighed(reader: Shape) -> Rows:
    """Keys of the items among which the order by relevance chooses, twice WEIGHED at most.

    What names the reader's securities is put together once and looked up from the newest item
    on. As a condition of its own the database would look up the securities of each item.
    """
    since = Given("since", DateTimeField())
    recent: Rows = Item.objects.filter(status=ItemStatus.LIVE, released_at__gte=since)
    recent = recent.order_by("-released_at", "-pk").values("pk")
    if not reader.own:
        return recent[:WEIGHED]
    about = Item.instruments.through.objects.filter(any_of("instrument", reader.own))
    named = recent.filter(_yes(Q(pk__in=about.values("item"))))
    return recent[:WEIGHED].union(named[:WEIGHED])


def chronological(rows: Rows, after: str) -> Page:
    """For visitors, the newest first; `after` is the key of the last item seen."""
    given = _place(after, 2)
    if given:
        rows = rows.filter(_later(given["time"], given["pk"]))
    return _page(list(_listed(rows.order_by("-released_at", "-pk"))))


def by_time(reader: Reader, at: datetime, after: str) -> Page:
    """What the reader wants, the newest first."""
    given = _place(after, 2)
    rows = _by_time(Shape.of(reader), goes_on=bool(given)).load(**_values(reader, at), **given)
    return _page(rows)


def by_relevance(reader: Reader, at: datetime, after: str) -> Page:
    """What concerns the reader most first, of the last `reader.days`; then the newest."""
    given = _place(after, 3)
    written = _by_relevance(Shape.of(reader), goes_on=bool(given))
    since = at - timedelta(days=reader.days)
    page = _page(written.load(since=since, **_values(reader, at), **given))
    end = f"{page.items[-1].weight}~{page.next}" if page.next else ""
    return Page(page.items, end)


def found(reader: Reader, question: str, at: datetime, after: str) -> Page:
    """The newest that this reader may see with every word of `question`, whatever the mode."""
    words, given = query_of(question), _place(after, 2)
    if not words:
        return Page([], "")
    written = _found(Shape.of(reader), goes_on=bool(given))
    return _page(written.load(words=words, **_values(reader, at), **given))


@lru_cache(SHAPES)
def _by_time(reader: Shape, *, goes_on: bool) -> Written[Any]:
    rows = _with_reasons(_wanted(_for(reader, DAY), reader), reader)
    if goes_on:
        rows = rows.filter(_later(TIME, PK))
    return Written(_listed(rows.order_by("-released_at", "-pk")))


@lru_cache(SHAPES)
def _by_relevance(reader: Shape, *, goes_on: bool) -> Written[Any]:
    rows = _with_reasons(_wanted(_for(reader, DAY), reader), reader)
    rows = _weight(rows, reader).filter(pk__in=_weighed(reader))
    if goes_on:
        rows = rows.filter(Q(weight__lt=WEIGHT) | (Q(weight=WEIGHT) & _later(TIME, PK)))
    return Written(_listed(rows.order_by("-weight", "-released_at", "-pk")))


@lru_cache(SHAPES)
def _found(reader: Shape, *, goes_on: bool) -> Written[Any]:
    rows = _with_reasons(found_by(_for(reader, DAY), Given("words", TextField())), reader)
    if goes_on:
        rows = rows.filter(_later(TIME, PK))
    return Written(_listed(rows.order_by("-released_at", "-pk")))


def query_of(question: str) -> str:
    """Every word of a question, as the database is asked for them; empty without words."""
    return " & ".join(f"'{word}'" for word in asked(question))


def found_by(rows: Rows, words: Any) -> Rows:
    """The newest with the words of `query_of`.

    They are cut off first: the database then reads a rare word from the index of words and
    a common one from the newest items, whatever else the reader may not see.
    """
    query = SearchQuery(words, search_type="raw", config="simple")
    having: Rows = Item.objects.filter(status=ItemStatus.LIVE, search=query)
    return rows.filter(pk__in=having.order_by("-released_at", "-pk").values("pk")[:SEARCHED])


def _listed(rows: Rows) -> Rows:
    return rows.select_related("live", "topic").only(*LISTED)[: PAGE + 1]


def _page(rows: Sequence[Any]) -> Page:
    last = rows[PAGE - 1] if len(rows) > PAGE else None
    return Page(rows[:PAGE], f"{last.released_at.isoformat()}~{last.pk}" if last else "")


def _later(time: Any, pk: Any) -> Q:
    """What stands below an item of a list by time."""
    return Q(released_at__lt=time) | Q(released_at=time, pk__lt=pk)


def _about(instruments: Any) -> Exists:
    """Whether an item names one of `instruments`, keys of securities."""
    through = Item.instruments.through.objects
    return Exists(through.filter(_among(instruments), item=OuterRef("pk")))


def _among(instruments: Any) -> Any:
    """A condition on a row that names a security."""
    return any_of("instrument", instruments)


def _name_of(instruments: Any, column: str) -> Subquery:
    """The name of the first of `instruments` that an item names."""
    through = Item.instruments.through.objects
    rows = through.filter(_among(instruments), item=OuterRef("pk")).order_by("instrument")
    return Subquery(rows.values(f"instrument__{column}")[:1], output_field=CharField())


def _yes(condition: Any) -> Case:
    return Case(
        When(condition, then=Value(True)), default=Value(False), output_field=BooleanField()
    )


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
