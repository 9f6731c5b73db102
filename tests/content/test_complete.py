"""Lists and searches against a naive calculation: nothing is lost, doubled or out of order.

Windows and pages are made small, so that every way of finding an item is taken.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from functools import partial
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from brokerage.users.models.user import ReadingMode
from content.models import Item, Topic
from content.selectors import feed
from content.selectors.feed import Page
from content.selectors.reader import Reader
from content.states import ItemKind
from holdings.states import Segment, Tier
from suitability.rules.grades import Grade
from tests.branches.factories import make_unit
from tests.content.factories import (
    AT,
    a_check,
    a_checker,
    a_signed,
    an_analyst,
    an_instrument,
    an_item,
    approve,
)

pytestmark = pytest.mark.django_db
NOW = AT + timedelta(days=3)
ITEMS = 48
WORDS = ("降准", "逆回购", "分红")
CODES = ("600001", "600002", "600003")
TOPICS = ("market", "bonds", "rumours")
WRITTEN = (feed._by_time, feed._by_relevance, feed._found_newest, feed._found)


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Pages of four items, a window of six to look through, five to weigh."""
    for name, value in (("PAGE", 4), ("LOOKED_THROUGH", 6), ("WEIGHED", 5)):
        monkeypatch.setattr(feed, name, value)
    for one in WRITTEN:
        one.cache_clear()
    yield
    for one in WRITTEN:
        one.cache_clear()


@pytest.fixture
def world(small: None) -> dict[str, Any]:
    """Items of every audience: some are over, some signed by somebody whose licence has ended."""
    choose = random.Random(7)
    lasting, lapsed = an_analyst(), an_analyst(valid_to=(AT + timedelta(days=2)).date())
    checker, unit = a_checker(), make_unit()
    securities = [an_instrument(code, f"证券{code}", f"Security {code}") for code in CODES]
    for number in range(ITEMS):
        values: dict[str, Any] = {
            "title_zh": "、".join([f"第{number}篇", *choose.sample(WORDS, choose.randint(0, 3))]),
            "topic": choose.choice(TOPICS),
            "grade": choose.choice(("R1", "R1", "R3")),
            "tier": choose.choice(("", "", "", Tier.FULL)),
            "segment": choose.choice(("", "", "", Segment.WEALTHY)),
            "unit": choose.choice((None, None, None, unit)),
            "for_holders": choose.random() < 0.3,
            "for_visitors": False,
            "instruments": choose.sample(securities, choose.randint(1, 2)),
            "expires_on": choose.choice((date(2026, 6, 1), date(2026, 6, 1), date(2026, 3, 4))),
        }
        if choose.random() < 0.4:
            values |= {"for_visitors": True, "grade": "R1", "unit": None, "for_holders": False}
            values |= {"tier": "", "segment": ""}
        kind = choose.choice(list(ItemKind))
        item = a_check(**values) if kind == ItemKind.CHECK else an_item(kind=kind, **values)
        at = AT - timedelta(hours=choose.randint(0, 30))  # some at the same instant
        signer = lapsed if choose.random() < 0.2 else lasting
        approve(a_signed(item, signer=signer, at=at), checker=checker, at=at)
    rows = Item.objects.select_related("live__licence").prefetch_related("instruments")
    return {
        "unit": unit.pk,
        "securities": [one.pk for one in securities],
        "topics": list(Topic.objects.filter(code__in=TOPICS).values_list("pk", flat=True)),
        "items": sorted(rows, key=lambda one: (one.released_at, one.pk), reverse=True),
    }


def some(keys: list[int]) -> st.SearchStrategy[tuple[int, ...]]:
    return st.sets(st.sampled_from(keys)).map(lambda found: tuple(sorted(found)))


def readers(world: dict[str, Any]) -> st.SearchStrategy[Reader]:
    return st.builds(
        Reader,
        is_personal=st.booleans(),
        units=st.sampled_from([(), (world["unit"],)]),
        tier=st.sampled_from(["", Tier.BASIC, Tier.FULL]),
        segment=st.sampled_from([Segment.RETAIL, Segment.WEALTHY]),
        highest=st.sampled_from([Grade.R1, Grade.R3]),
        mode=st.sampled_from(list(ReadingMode)),
        held=some(world["securities"]),
        followed=some(world["securities"]),
        muted=some(world["securities"][:1]),
        topics=some(world["topics"]),
        muted_topics=some(world["topics"][:1]),
    )


# --- the naive calculation ------------------------------------------------------------------
def names(item: Any) -> set[int]:
    return {one.pk for one in item.instruments.all()}


def is_shown(item: Any) -> bool:
    day, licence = NOW.date(), item.live.licence
    lasts = licence.valid_to is None or licence.valid_to > day
    return lasts and item.live.expires_on > day


def is_seen(item: Any, reader: Reader) -> bool:
    live = item.live
    return (
        is_shown(item)
        and live.grade in reader.grades
        and item.unit_id in (None, *reader.units)
        and live.tier in ("", reader.tier)
        and live.segment in ("", reader.segment)
        and (not live.for_holders or bool(names(item) & {*reader.held}))
    )


def is_wanted(item: Any, reader: Reader) -> bool:
    if not is_seen(item, reader) or item.topic_id in reader.muted_topics:
        return False
    if names(item) & {*reader.muted}:
        return False
    if reader.mode == ReadingMode.TRADE:
        held = bool(names(item) & {*reader.held})
        return item.kind != ItemKind.RESEARCH and (item.kind == ItemKind.CHECK or held)
    return item.kind != ItemKind.RESEARCH or reader.mode == ReadingMode.RESEARCH


def weight(item: Any, reader: Reader) -> int:
    counted = feed.FOLLOWED * bool(names(item) & {*reader.followed})
    counted += feed.TOPIC * (item.topic_id in reader.topics)
    if reader.is_personal:
        counted += feed.HELD * bool(names(item) & {*reader.held})
        counted += feed.NEARBY * (item.unit_id is not None)
    return counted


def weighed(items: list[Any], reader: Reader) -> list[Any]:
    """By weight: the newest of all and the newest about the reader's own securities."""
    mine = [one for one in items if is_wanted(one, reader)]
    checks_only = reader.mode == ReadingMode.TRADE
    newest = [one for one in mine if not checks_only or one.kind == ItemKind.CHECK]
    own = [one for one in mine if names(one) & {*reader.own}]
    found = {one.pk: one for one in newest[: feed.WEIGHED] + own[: feed.WEIGHED]}
    return sorted(
        found.values(),
        key=lambda one: (weight(one, reader), one.released_at, one.pk),
        reverse=True,
    )


# --- all pages one after the other ----------------------------------------------------------
def pages(ask: Callable[[str], Page]) -> list[int]:
    """The keys of all pages; each but the last is full."""
    found: list[int] = []
    after = ""
    while True:
        page = ask(after)
        found += [one.pk for one in page.items]
        if not page.next:
            return found
        assert len(page.items) == feed.PAGE
        after = page.next


def keys(items: Any) -> list[int]:
    return [one.pk for one in items]


BOUNDED: dict[str, Any] = {
    "max_examples": 40,
    "deadline": None,
    "derandomize": True,
    "database": None,
    "suppress_health_check": list(HealthCheck),
}


def test_every_list_and_search_is_what_a_naive_calculation_says(world: dict[str, Any]) -> None:
    items = world["items"]

    @settings(**BOUNDED)
    @given(reader=readers(world), words=st.sets(st.sampled_from(WORDS), min_size=1))
    def hold(reader: Reader, words: set[str]) -> None:
        question = " ".join(sorted(words))
        having = [one for one in items if all(word in one.live.title_zh for word in words)]
        found = [one for one in having if is_seen(one, reader)]
        assert pages(lambda after: feed.found(reader, question, NOW, after)) == keys(found)
        timely = [one for one in items if is_wanted(one, reader)]
        assert pages(lambda after: feed.by_time(reader, NOW, after)) == keys(timely)
        relevant = weighed(items, reader)
        assert pages(lambda after: feed.by_relevance(reader, NOW, after)) == keys(relevant)

    hold()


def test_visitors_find_all_that_is_open(world: dict[str, Any]) -> None:
    opened = [one for one in world["items"] if is_shown(one) and one.live.for_visitors]
    assert opened
    assert pages(lambda after: feed.chronological(NOW, after)) == keys(opened)
    for word in WORDS:
        having = [one for one in opened if word in one.live.title_zh]
        assert pages(partial(feed.found_by_visitor, word, NOW)) == keys(having)


@pytest.mark.parametrize(("question", "asked"), [("第", 1), ("第47篇", 2), ("没有的词", 2)])
def test_a_search_asks_once_for_a_common_word_and_twice_for_a_rare_one(
    question: str, asked: int, world: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed, "PAGE", 1)
    reader = Reader(highest=Grade.R5, tier=Tier.FULL, segment=Segment.WEALTHY)
    with CaptureQueriesContext(connection) as queries:
        feed.found(reader, question, NOW, "")
    assert len(queries) == asked
