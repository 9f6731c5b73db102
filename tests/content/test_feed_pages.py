"""Who may read what, in which order, and what the pages say."""

from __future__ import annotations

import json
import re
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from brokerage.messaging.use_cases.load_texts import load_texts
from content.home import cards
from content.models import Follow, Read, Topic
from content.selectors import audience, feed
from content.selectors.reader import Reader, reader_of
from content.use_cases.follow import MOST, UnableToFollow, Wish, follow
from content.use_cases.read_item import read_item
from content.use_cases.withdraw_item import withdraw_item
from holdings.models import Position
from suitability.rules.grades import Grade
from tests.branches.factories import make_staff, make_unit
from tests.content.factories import (
    AT,
    a_check,
    a_released,
    a_reported,
    a_signed,
    a_source,
    a_text,
    agrees,
    an_instrument,
    an_item,
    approve,
)
from tests.customers.factories import a_customer
from tests.holdings.factories import an_account
from tests.portal.pages import seen
from tests.suitability.factories import a_confirmed_assessment
from tests.users.factories import sign_in

pytestmark = pytest.mark.django_db
INSIDE: dict[str, Any] = {"for_visitors": False}


@pytest.fixture(autouse=True)
def now(time_machine: Any) -> None:
    time_machine.move_to(AT, tick=False)


@pytest.fixture
def customer() -> Any:
    """Somebody who agreed to pages that fit their use."""
    return agrees(a_customer("+8613900001001", language="zh-hans"))


@pytest.fixture
def portal(client: Client, customer: Any) -> Client:
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "zh-hans"
    return sign_in(client, customer.user, at=AT)


def holds(customer: Any, instrument: Any, day: date = date(2026, 2, 27)) -> None:
    Position.objects.create(
        day=day,
        account=an_account(customer),
        instrument=instrument,
        quantity=Decimal(100),
        price=Decimal(10),
        value=Decimal(1000),
        cost=Decimal(900),
    )


def names(client: Client, query: str = "") -> list[str]:
    """The titles of the list in their order."""
    page = client.get(f"/insights/{query}").content.decode()
    return re.findall(r'<h3><a href="[^"]*">([^<]*)</a>', page)


def ref_of(item: Any) -> str:
    return f"/insights/{item.ref}/"


# --- who may read ---------------------------------------------------------------------------
def test_visitors_see_what_is_open_to_everybody_and_caches_may_keep_it(client: Client) -> None:
    a_released(title_zh="给大家", title_en="For all")
    a_released(title_zh="给客户", title_en="For customers", **INSIDE)
    an_item(title_en="Draft")
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    assert names(client) == ["For all"]
    answer = client.get("/insights/")
    assert "public" in answer["Cache-Control"]
    assert not answer.cookies


@pytest.mark.parametrize(
    ("grade", "highest", "seen_"),
    [
        ("R1", Grade.R1, True),
        ("R2", Grade.R1, False),
        ("R3", Grade.R3, True),
        ("R5", Grade.R4, False),
    ],
)
def test_the_server_filters_by_grade(
    grade: str, highest: Grade, seen_: bool, customer: Any
) -> None:
    a_released(grade=grade, **INSIDE)
    reader = Reader(customer=customer.pk, highest=highest)
    assert audience.for_reader(reader, AT).exists() is seen_


def test_without_a_class_only_the_lowest_grade_is_shown_with_one_more(customer: Any) -> None:
    found = reader_of(customer.user, "plain", AT)
    assert found is not None
    assert found.highest is Grade.R1
    assessment = a_confirmed_assessment(customer, at=AT)
    found = reader_of(customer.user, "plain", AT)
    assert found is not None
    assert found.highest.height == (1 if assessment.lowest else int(assessment.investor_class[1]))
    expired = reader_of(customer.user, "plain", AT + timedelta(days=3000))
    assert expired is not None
    assert expired.highest is Grade.R1


def test_what_is_above_the_class_does_not_exist_whatever_the_address(portal: Client) -> None:
    item = a_released(grade="R5", title_zh="高风险", **INSIDE)
    assert portal.get(ref_of(item)).status_code == 404
    assert names(portal, "?q=高风险") == []


def test_outlets_speak_to_their_own_customers(portal: Client, customer: Any) -> None:
    mine, other = make_unit(), make_unit()
    customer.home_outlet_ref = mine.ref
    customer.save()
    a_released(unit=mine, title_zh="本营业部活动", **INSIDE)
    theirs = a_released(unit=other, title_zh="别处活动", **INSIDE)
    assert names(portal) == ["本营业部活动"]
    assert portal.get(ref_of(theirs)).status_code == 404


def test_some_items_are_for_holders_alone(portal: Client, customer: Any) -> None:
    bank = an_instrument()
    a_released(title_zh="持有人须知", instruments=[bank], for_holders=True, **INSIDE)
    assert names(portal) == []
    holds(customer, bank)
    assert names(portal) == ["持有人须知"]


def test_what_was_sold_is_held_no_more(customer: Any) -> None:
    bank, drug = an_instrument(), an_instrument("600002", "示范制药", "Specimen Pharma")
    account = an_account(customer)
    for day, instrument in ((date(2026, 2, 26), bank), (date(2026, 2, 27), drug)):
        Position.objects.create(
            day=day, account=account, instrument=instrument, quantity=1, price=1, value=1, cost=1
        )
    reader = reader_of(customer.user, "plain", AT)
    assert reader
    assert reader.held == (drug.pk,)


# --- order and modes ------------------------------------------------------------------------
def test_what_is_held_stands_first_and_says_why(portal: Client, customer: Any) -> None:
    bank = an_instrument()
    holds(customer, bank)
    a_released(title_zh="旧的持仓资讯", instruments=[bank], at=AT - timedelta(days=3))
    a_released(title_zh="新的其他资讯", at=AT)
    follow(customer=customer, topic=Topic.objects.get(code="bonds"), wish=Wish.FOLLOW, at=AT)
    a_released(title_zh="债券资讯", topic="bonds", at=AT - timedelta(days=1))
    assert names(portal) == ["旧的持仓资讯", "债券资讯", "新的其他资讯"]
    assert names(portal, "?order=time") == ["新的其他资讯", "债券资讯", "旧的持仓资讯"]
    page = portal.get("/insights/").content.decode()
    assert "因为你持有示范银行" in page
    assert "因为你关注“债券与利率”" in page


@pytest.mark.parametrize(
    ("mode", "shown"),
    [
        ("trade", {"求证", "持仓点评"}),
        ("plain", {"求证", "持仓点评", "点评"}),
        ("research", {"求证", "持仓点评", "点评", "研究"}),
    ],
)
def test_the_reading_mode_limits_what_is_shown(
    mode: str, shown: set[str], portal: Client, customer: Any
) -> None:
    bank = an_instrument()
    holds(customer, bank)
    a_released(a_check(title_zh="求证"))
    a_released(title_zh="点评")
    a_released(title_zh="持仓点评", instruments=[bank])
    a_released(title_zh="研究", kind="research")
    customer.user.reading_mode = mode
    customer.user.save()
    assert set(names(portal)) == shown
    found = list(cards(customer.user, AT))
    assert all(card.modes == {mode} for card in found)
    assert bool(found) is (mode != "trade")
    if found:
        most = {"plain": 2, "research": 4}[mode]
        assert len(found[0].context["items_shown"]) == min(most, len(shown))


def test_muted_topics_and_securities_are_left_out(portal: Client, customer: Any) -> None:
    bank = an_instrument()
    a_released(title_zh="债券", topic="bonds")
    a_released(title_zh="银行", instruments=[bank])
    a_released(title_zh="其余")
    follow(customer=customer, topic=Topic.objects.get(code="bonds"), wish=Wish.MUTE, at=AT)
    follow(customer=customer, instrument=bank, wish=Wish.MUTE, at=AT)
    assert names(portal) == ["其余"]
    follow(customer=customer, instrument=bank, wish=Wish.NONE, at=AT)
    assert set(names(portal)) == {"其余", "银行"}


@pytest.mark.parametrize("order", ["", "order=time"])
def test_pages_follow_each_other_without_a_gap_or_a_double(order: str, portal: Client) -> None:
    for number in range(2 * feed.PAGE + 3):
        a_released(title_zh=f"第{number:02}篇", at=AT - timedelta(minutes=number % 3))
    found: list[str] = []
    query = f"?{order}"
    for _page in range(4):
        page = portal.get(f"/insights/{query}").content.decode()
        found += re.findall(r"第\d\d篇", "".join(re.findall(r"<h3>.*?</h3>", page)))
        link = re.search(r'href="(\?[^"]*)" rel="next"', page)
        if not link:
            break
        query = link[1].replace("&amp;", "&")
    assert len(found) == len(set(found)) == 2 * feed.PAGE + 3


@pytest.mark.parametrize("after", ["x", "1~2~3", "9~2026-03-02~x", "~~", "1~0001-01-01T00:00~1"])
def test_a_made_up_key_gives_the_first_page(after: str, portal: Client) -> None:
    a_released(title_zh="甲")
    assert portal.get("/insights/", {"after": after}).status_code == 200


# --- search ---------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("逆回购", True),
        ("回购 示范银行", True),
        ("repo", True),
        ("REPO rate", True),
        ("600001", True),
        ("债", False),
        ("')) & | !", False),
        ("逆回购 天气", False),
    ],
)
def test_searching_in_both_languages(question: str, found: bool, client: Client) -> None:
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "zh-hans"
    a_released(
        title_zh="央行逆回购",
        title_en="Repo by the central bank",
        body_en="The rate stayed.",
        instruments=[an_instrument()],
    )
    a_released(title_zh="别的", body_zh="别的", body_en="Other")
    answer = client.get("/insights/", {"q": question}).content.decode()
    assert ("央行逆回购" in answer) is found


# --- one item -------------------------------------------------------------------------------
def test_the_page_of_a_fact_check_says_who_answers_for_it(client: Client) -> None:
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    item = a_released(a_check(body_en="<script>alert(1)</script>", title_en="</script><b>x"))
    answer = client.get(ref_of(item))
    page = answer.content.decode()
    assert item.live
    assert item.live.licence_number in page
    assert "Disputed" in page
    assert "&lt;script&gt;alert(1)" in page
    assert seen(page).headings == 1
    block = re.search(r'<script type="application/ld\+json">(.*?)</script>', page)
    assert block
    data = json.loads(block[1])
    assert (data["@type"], data["headline"]) == ("ClaimReview", "</script><b>x")
    assert "public" in answer["Cache-Control"]
    assert "unsafe-inline" not in answer["Content-Security-Policy"]


def test_a_claim_says_where_it_was_made(client: Client) -> None:
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    raw = a_text(
        published_at=AT, source=a_source("某社区"), author="老李", url="https://forum.example/1"
    )
    page = client.get(ref_of(a_released(a_check(raw=raw)))).content.decode()
    link = 'href="https://forum.example/1" rel="noopener noreferrer nofollow"'
    assert f"<a {link}>{raw.source.name_en}</a> · 老李" in page
    assert "Where it was claimed" in page
    assert "Where it was claimed" not in client.get(ref_of(a_released(a_check()))).content.decode()


def test_a_reading_is_kept_once_with_the_version_that_was_seen(portal: Client) -> None:
    item = a_released()
    portal.get(ref_of(item))
    assert not Read.objects.exists()
    old = {"revision": item.live.ref}  # type: ignore[union-attr]  # there is one
    for _time in range(2):
        portal.post(ref_of(item) + "read/", old)
    assert Read.objects.get().revision == item.live
    approve(a_signed(item))
    answer = portal.post(ref_of(item) + "read/", old, headers={"HX-Request": "true"})
    assert answer["HX-Refresh"] == "true"
    assert Read.objects.get().revision.number == 1
    item.refresh_from_db()
    portal.post(ref_of(item) + "read/", {"revision": item.live.ref})
    assert Read.objects.get().revision.number == 2


def test_a_correction_stands_on_the_page_and_a_withdrawal_in_its_place(
    portal: Client, customer: Any
) -> None:
    load_texts(at=AT)
    item = a_released(title_zh="原来的标题")
    note: dict[str, Any] = {"note_zh": "数字有误。", "note_en": "Wrong figure."}
    approve(a_signed(item, is_correction=True, **note))
    assert "数字有误。" in portal.get(ref_of(item)).content.decode()
    withdraw_item(
        item=item, officer=make_staff("compliance"), note_zh="全文有误。", note_en="x", at=AT
    )
    page = portal.get(ref_of(item)).content.decode()
    assert "全文有误。" in page
    assert "原来的标题" not in page


def test_a_correction_that_is_for_others_tells_those_who_read_what_was_wrong(
    portal: Client, customer: Any
) -> None:
    """The message leads to the item; its new version is above the reader's class."""
    load_texts(at=AT)
    item = a_released(title_zh="原来的标题", **INSIDE)
    assert read_item(item=item, customer=customer, at=AT)
    item.grade = "R5"
    item.save()
    note: dict[str, Any] = {"note_zh": "数字有误。", "note_en": "Wrong figure."}
    approve(a_signed(item, is_correction=True, **note))
    page = portal.get(ref_of(item))
    assert page.status_code == 200
    assert "数字有误。" in page.content.decode()
    assert "原来的标题" not in page.content.decode()
    item.refresh_from_db()
    Read.objects.update(revision=item.live)  # somebody who read the right version
    assert portal.get(ref_of(item)).status_code == 404


def test_who_asks_for_the_report_alone_is_led_to_the_page_that_notes_it(portal: Client) -> None:
    item = a_reported(at=AT)
    assert item.live is not None
    assert portal.get(f"{ref_of(item)}report/")["Location"] == ref_of(item)
    assert not Read.objects.exists(), "reading writes nothing"
    portal.post(f"{ref_of(item)}read/", {"revision": item.live.ref})
    assert portal.get(f"{ref_of(item)}report/").status_code == 200


def test_what_was_withdrawn_does_not_exist_for_who_could_not_read_it(portal: Client) -> None:
    item = a_released(grade="R5", **INSIDE)
    withdraw_item(item=item, officer=make_staff("compliance"), note_zh="误", note_en="x", at=AT)
    assert portal.get(ref_of(item)).status_code == 404


# --- wishes ---------------------------------------------------------------------------------
def test_following_by_code_and_a_wrong_code_stays_as_typed(portal: Client) -> None:
    an_instrument()
    page = portal.post("/insights/following/", {"code": "999999", "wish": "follow"})
    assert page.status_code == 200
    assert 'value="999999"' in page.content.decode()
    portal.post("/insights/following/", {"code": "600001.sh", "wish": "follow"})
    assert "示范银行" in portal.get("/insights/following/").content.decode()


def test_a_security_is_followed_by_its_name_where_it_is_the_only_one(
    portal: Client, customer: Any
) -> None:
    bank = an_instrument("600001", "示范银行", "Specimen Bank")
    an_instrument("600003", "示范银行家", "Specimen Banker")
    drug = an_instrument("600002", "示范制药", "Specimen Pharma")
    url = "/insights/following/"
    page = portal.post(url, {"code": "示范", "wish": "follow"}).content.decode()
    assert all(each in page for each in ("600001.SH", "600002.SH", 'value="示范"'))
    assert portal.post(url, {"code": "不存在", "wish": "follow"}).status_code == 200
    for name in ("示范银行", "制药", "specimen bank", "SH600002"):
        assert portal.post(url, {"code": name, "wish": "follow"}).status_code == 302
    mine = Follow.objects.filter(customer=customer).values_list("instrument", flat=True)
    assert set(mine) == {bank.pk, drug.pk}


def test_an_item_says_that_a_security_is_muted(portal: Client, customer: Any) -> None:
    bank = an_instrument()
    item = a_released(instruments=[bank])
    follow(customer=customer, instrument=bank, wish=Wish.MUTE, at=AT)
    assert "已屏蔽" in portal.get(ref_of(item)).content.decode()


def test_a_wish_comes_back_to_the_page_but_never_leaves_the_site(portal: Client) -> None:
    typed = {"topic": "bonds", "wish": "follow"}
    answer = portal.post("/insights/following/", typed | {"next": "/insights/"})
    assert answer["Location"] == "/insights/"
    answer = portal.post("/insights/following/", typed | {"next": "https://evil.example/"})
    assert answer["Location"] == "/insights/following/"
    assert Follow.objects.count() == 1


def test_wishes_have_a_limit(customer: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("content.use_cases.follow.MOST", 1)
    follow(customer=customer, topic=Topic.objects.get(code="bonds"), wish=Wish.FOLLOW, at=AT)
    with pytest.raises(UnableToFollow):
        follow(customer=customer, topic=Topic.objects.get(code="market"), wish=Wish.MUTE, at=AT)
    follow(customer=customer, topic=Topic.objects.get(code="bonds"), wish=Wish.MUTE, at=AT)
    assert Follow.objects.get().is_muted
    assert MOST >= 200


# --- queries --------------------------------------------------------------------------------
def test_a_personal_page_asks_at_most_six_times(portal: Client, customer: Any) -> None:
    """Session, log-in, the reader, the items; unread messages are the frame's."""
    bank = an_instrument()
    holds(customer, bank)
    for number in range(5):
        a_released(title_zh=f"第{number}篇", instruments=[bank])
    with CaptureQueriesContext(
        connection,
    ) as asked:
        portal.get("/insights/")
    assert len(asked) <= 6, [each["sql"][:80] for each in asked.captured_queries]


def test_a_release_writes_no_row_of_any_customer() -> None:
    for number in range(3):
        a_customer(f"+86139000030{number:02}")
    revision = a_signed()
    with CaptureQueriesContext(connection) as asked:
        approve(revision)
    written = [
        each["sql"] for each in asked.captured_queries if each["sql"][:6] in ("INSERT", "UPDATE")
    ]
    assert not any("customer" in sql for sql in written)


def test_a_home_without_items_asks_nothing_more(customer: Any) -> None:
    assert list(cards(customer.user, AT)) == []
