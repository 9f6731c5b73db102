"""Texts that come in: kept once, compared, screened, put on the clock; a person decides."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.test import Client

from brokerage.core.roles import Role
from brokerage.reference.models import Instrument
from content.gateways import Unavailable
from content.models import RawItem, Topic
from content.states import ItemKind, RawStatus, Way
from content.use_cases.ask_feed import ask_feed
from content.use_cases.decide_text import UnableToDecideText, drop, work_up
from content.use_cases.take_in import Incoming, UnableToTakeIn, mentioned, take_in
from tests.branches.factories import make_staff
from tests.content.factories import AT, CALM, WILD, a_source, a_text, an_instrument
from tests.threads import together
from tests.users.factories import sign_in

pytestmark = pytest.mark.django_db


def test_a_wild_text_is_marked_with_the_rules_that_hit_and_stands_first() -> None:
    calm, wild = a_text(CALM), a_text(WILD, source=a_source(reach=5))
    assert {mark.code for mark in wild.marks.all()} == {
        "insider_tip",
        "return_promise",
        "price_call",
        "paid_promotion",
    }
    assert all(mark.rule_version.endswith("@2026-01-01") for mark in wild.marks.all())
    assert (wild.risk, wild.urgency, calm.risk) == (5, 25, 0)
    assert wild.due_at == AT + timedelta(hours=2)
    assert calm.due_at == AT + timedelta(hours=48)
    assert list(RawItem.objects.waiting()) == [wild, calm]


def test_one_source_says_the_same_text_once() -> None:
    source = a_source()
    first = a_text(title="同题", source=source)
    again, is_new = take_in(
        source=source,
        incoming=Incoming(title="同 题", body=CALM.replace("，", ", ")),
        way=Way.FEED,
        user=None,
        at=AT,
    )
    assert (again, is_new) == (first, False)


def test_near_copies_name_the_first_and_raise_the_urgency() -> None:
    first = a_text(WILD * 2, title="一", source=a_source(reach=2))
    copy = a_text(WILD * 2 + "转发！", title="二", source=a_source(reach=2))
    other = a_text(CALM, title="三")
    assert copy.copy_of == first
    assert copy.likeness is not None
    assert 60 <= copy.likeness < 100
    assert copy.urgency == 2 * first.urgency
    assert other.copy_of is None


def test_copies_of_long_ago_do_not_count() -> None:
    a_text(WILD, at=AT - timedelta(days=31))
    assert a_text(WILD).copy_of is None


RESEARCH = "目标价 88 元，维持增持评级，盈利预测见正文。"
DECEMBER = datetime(2026, 12, 2, 2, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("kind", "at", "is_marked"),
    [
        ("research", DECEMBER, False),
        ("house", DECEMBER, False),
        ("community", DECEMBER, True),
        ("news", DECEMBER, True),
        ("research", AT, True),  # the version before spared nobody
    ],
)
def test_a_price_in_licensed_research_is_no_call_without_a_licence(
    kind: str, at: datetime, is_marked: bool
) -> None:
    text = a_text(RESEARCH, source=a_source(kind=kind), at=at)
    assert [mark.code for mark in text.marks.all()] == (["price_call"] if is_marked else [])


def test_a_promise_of_return_is_marked_whoever_makes_it() -> None:
    text = a_text("稳赚不赔，请放心。", source=a_source(kind="research"), at=DECEMBER)
    assert [mark.code for mark in text.marks.all()] == ["return_promise"]


def test_a_code_with_its_market_names_that_security_alone() -> None:
    values = {"kind": "stock", "source": "tests", "origin": "firm"}
    found = {
        market: Instrument.objects.create(
            market=market, code="000077", name_zh=f"样本{market}", name_en=f"Sample {market}",
            **values,
        )
        for market in ("SH", "SZ")
    }  # fmt: skip
    assert mentioned("关注 000077.SZ 今天的公告") == [found["SZ"]]
    assert set(mentioned("关注 000077 今天的公告")) == set(found.values())
    assert mentioned("the SAMPLE SH fell") == [found["SH"]]
    assert mentioned("the sample shares fell") == []


def test_a_security_of_hong_kong_is_recognised_by_its_code_with_the_market() -> None:
    values = {"kind": "hk", "source": "tests", "origin": "firm"}
    named = Instrument.objects.create(market="HK", code="00077", name_zh="样本港企", **values)
    assert mentioned("（77.HK）发布盈利预告") == [named]
    assert mentioned("the company (77 HK) warned") == [named]
    assert mentioned("涨了 77 港元") == []


def test_securities_are_recognised_by_code_and_by_name_in_both_languages() -> None:
    bank = an_instrument("600001", "示范银行", "Specimen Bank")
    drug = an_instrument("600002", "示范制药", "Specimen Pharma")
    text = a_text("示范银行公布年报。Specimen Pharma 同日公告。代码 600002。")
    assert set(text.instruments.all()) == {bank, drug}


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("title", {"title": " ", "body": CALM}),
        ("body", {"title": "题", "body": "  "}),
        ("body", {"title": "题", "body": "<script>x</script>", "is_html": True}),
        ("body", {"title": "题", "body": "字" * 20_001}),
        ("url", {"title": "题", "body": CALM, "url": "javascript:alert(1)"}),
        ("published_at", {"title": "题", "body": CALM, "published_at": AT + timedelta(days=1)}),
    ],
)
def test_what_cannot_be_taken_is_refused_beside_its_field(field: str, values: Any) -> None:
    with pytest.raises(UnableToTakeIn) as refused:
        take_in(source=a_source(), incoming=Incoming(**values), way=Way.HAND, user=None, at=AT)
    assert refused.value.field == field
    assert not RawItem.objects.exists()


class Played:
    """A feed that says what it is told."""

    def __init__(self, document: str) -> None:
        self.document = document

    def fetch(self, url: str) -> bytes:
        if not self.document:
            raise Unavailable("HTTP 500")
        return self.document.encode()


def a_feed(*titles: str) -> str:
    rows = "".join(
        f"<item><title>{t}</title><description>{CALM}{t}</description></item>" for t in titles
    )
    return f"<rss version='2.0'><channel>{rows}</channel></rss>"


def test_a_feed_asked_twice_gives_each_text_once_and_a_bad_entry_keeps_no_other_out() -> None:
    source = a_source(feed_url="https://news.example/")
    document = a_feed("甲", "", "乙")
    assert ask_feed(source=source, at=AT, gateway=Played(document)) == 2
    assert ask_feed(source=source, at=AT, gateway=Played(document)) == 0
    source.refresh_from_db()
    assert (source.asked_at, source.trouble) == (AT, "1 refused")
    assert RawItem.objects.filter(way=Way.FEED).count() == 2


def test_a_feed_that_is_down_says_so_on_its_source() -> None:
    source = a_source(feed_url="https://news.example/")
    assert ask_feed(source=source, at=AT, gateway=Played("")) == 0
    source.refresh_from_db()
    assert source.trouble == "HTTP 500"


def test_dropping_needs_a_reason_and_happens_once() -> None:
    officer, text = make_staff(Role.OPERATIONS), a_text(WILD)
    with pytest.raises(UnableToDecideText):
        drop(raw=text, officer=officer, reason=" ", at=AT)
    drop(raw=text, officer=officer, reason="广告", at=AT)
    with pytest.raises(UnableToDecideText):
        work_up(
            raw=text,
            kind=ItemKind.CHECK,
            topic=Topic.objects.get(code="rumours"),
            officer=officer,
            at=AT,
        )


def test_a_text_becomes_the_claim_of_a_fact_check() -> None:
    bank = an_instrument()
    text = a_text(f"示范银行要停牌？{WILD}", title="停牌传闻", url="https://news.example/1")
    item = work_up(
        raw=text,
        kind=ItemKind.CHECK,
        topic=Topic.objects.get(code="rumours"),
        officer=make_staff(Role.OPERATIONS),
        at=AT,
    )
    text.refresh_from_db()
    assert text.status == RawStatus.TAKEN
    assert (item.claim_zh, item.verdict, item.status) == ("停牌传闻", "unverifiable", "draft")
    assert list(item.instruments.all()) == [bank]


def test_the_database_knows_that_a_person_decides() -> None:
    text = a_text()
    with pytest.raises(IntegrityError), transaction.atomic():
        RawItem.objects.filter(pk=text.pk).update(status=RawStatus.TAKEN)


@pytest.mark.django_db(transaction=True)
def test_the_same_text_of_one_source_at_the_same_moment_is_kept_once() -> None:
    source = a_source()

    def bring() -> bool:
        try:
            incoming = Incoming(title="同时", body=CALM)
            return take_in(source=source, incoming=incoming, way=Way.FEED, user=None, at=AT)[1]
        finally:
            connection.close()

    assert sorted(together(bring, times=4)) == [False, False, False, True]
    assert RawItem.objects.count() == 1


# --- the desk's pages -----------------------------------------------------------------------
@pytest.fixture
def desk(client: Client, time_machine: Any) -> Client:
    time_machine.move_to(AT, tick=False)
    return sign_in(client, make_staff(Role.OPERATIONS), at=AT)


def test_the_desk_sees_marked_passages_and_works_a_text_up(desk: Client) -> None:
    text = a_text(WILD)
    page = desk.get(f"/admin/content/rawitem/{text.ref}/change/").content.decode()
    assert '<mark lang="zh-Hans">稳赚不赔</mark>' in page
    assert "<script" not in page.split("<main")[1]
    topic = Topic.objects.get(code="rumours")
    desk.post(
        f"/admin/content/rawitem/{text.ref}/act/work-up/", {"kind": "check", "topic": topic.pk}
    )
    text.refresh_from_db()
    assert text.status == RawStatus.TAKEN
    assert text.item.topic == topic


@pytest.mark.parametrize(
    ("content", "title"),
    [
        ("\ufeff# 一份研报\n\n## 要点\n\n- 甲".encode(), "一份研报"),
        ("正文而已".encode(), ""),
        ("正文".encode("gb18030"), ""),
        (b"x" * 200_001, ""),
    ],
)
def test_a_markdown_file_holds_title_and_text(desk: Client, content: bytes, title: str) -> None:
    file = SimpleUploadedFile("report.md", content)
    answer = desk.post("/admin/content/rawitem/add/", {"source": a_source().pk, "file": file})
    assert answer.status_code == (302 if title else 200)
    assert [text.title for text in RawItem.objects.all()] == ([title] if title else [])


def test_what_was_typed_stays_beside_its_error(desk: Client) -> None:
    source = a_source()
    typed = {
        "source": source.pk,
        "title": "明天的事",
        "text": "<b>未来</b>的一段话",
        "published_at": "2027-01-01 09:00",
    }
    page = desk.post("/admin/content/rawitem/add/", typed)
    assert page.status_code == 200
    assert "&lt;b&gt;未来&lt;/b&gt;的一段话" in page.content.decode()
    assert not RawItem.objects.exists()
    typed["published_at"] = ""
    assert desk.post("/admin/content/rawitem/add/", typed).status_code == 302
    assert RawItem.objects.get().way == Way.HAND
