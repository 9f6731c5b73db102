"""From a raw post to a customer's phone and its correction; pages sound in both languages."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from brokerage.core import clock
from brokerage.core.roles import Role
from brokerage.messaging.use_cases.load_texts import load_texts
from content.models import Correction, Item
from content.use_cases.tell_readers import tell_readers
from tests.backoffice.factories import desk_of
from tests.branches.factories import give_licence, make_staff
from tests.content.factories import (
    WILD,
    a_check,
    a_checker,
    a_released,
    a_signed,
    a_text,
    an_analyst,
    an_item,
    approve,
)
from tests.customers.factories import a_customer
from tests.users.factories import sign_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
FAR = date(2099, 1, 1)
LOOKS = [(1280, "zh-hans"), (390, "en")]
NOTE: dict[str, Any] = {"note_zh": "停牌日期写错了。", "note_en": "The day was wrong."}


SAID = {
    "zh-hans": (
        "停牌传闻不实",
        "交易所没有这样的公告。",
        "有更正时会通知你。",
        "你读过的一篇资讯有更正",
        NOTE["note_zh"],
    ),
    "en": (
        "No suspension",
        "The exchange has no such notice.",
        "We tell you when it is corrected.",
        "Something you read was corrected",
        NOTE["note_en"],
    ),
}
"""What a reader sees: title, words, promise, the message of the correction, what was wrong."""


def of(client: Client, language: str) -> dict[str, str]:
    return {"sessionid": client.cookies["sessionid"].value, "language": language}


def sound(shown: Any) -> list[str]:
    wide = ["wider than the window"] if shown.overflows() else []
    return [*shown.problems, *shown.axe(), *wide]


@pytest.mark.parametrize(("width", "language"), LOOKS)
def test_the_pages_are_sound(live_server: Any, visit: Any, width: int, language: str) -> None:
    now = clock.now()
    load_texts(at=now)
    customer, officer = a_customer("+8613900001001"), an_analyst()
    item = a_released(a_check(expires_on=FAR), at=now)
    reader = of(sign_in(Client(), customer.user), language)
    approve(a_signed(item, signer=officer, at=now, is_correction=True, **NOTE), at=now)
    waiting = a_signed(an_item(expires_on=FAR), signer=officer, at=now)
    desk = of(desk_of(make_staff(Role.HEAD_OFFICE)), language)
    found = []
    own = ("following/", "reminders/", "cooling-off/")
    for path in ("/insights/", item.get_absolute_url(), *(f"/insights/{one}" for one in own)):
        found += sound(visit(live_server.url + path, width=width, cookies=reader))
    for path in (
        reverse("admin:content_rawitem_change", args=[a_text(WILD, at=now).ref]),
        reverse("admin:content_rawitem_add"),
        reverse("admin:content_numbers"),
        reverse("admin:content_item_change", args=[item.ref]),
        reverse("admin:content_revision_change", args=[waiting.ref]),
    ):
        found += sound(visit(live_server.url + path, width=width, cookies=desk))
    assert found == []


@pytest.mark.parametrize("language", SAID)
def test_from_a_raw_post_to_a_phone_and_its_correction(
    live_server: Any, visit: Any, language: str
) -> None:
    title, words, promise, message, note = SAID[language]
    now, base = clock.now(), live_server.url
    load_texts(at=now)
    analyst, checker = make_staff(Role.HEAD_OFFICE), a_checker()
    give_licence(analyst, "analyst")
    customer = a_customer("+8613900001001", language=language)
    raw = a_text(WILD, title="停牌传闻", at=now)
    desk, second = of(desk_of(analyst), "en"), of(desk_of(checker), "en")

    page = visit(base + reverse("admin:content_rawitem_change", args=[raw.ref]), cookies=desk)
    page.follow(page.page.get_by_role("button", name="Begin an item"))
    item = Item.objects.get()
    page = visit(base + reverse("admin:content_item_change", args=[item.ref]), cookies=desk)
    for name, text in (
        ("title_zh", "停牌传闻不实"),
        ("title_en", "No suspension"),
        ("claim_en", "A suspension tomorrow"),
        ("evidence_zh", "交易所公告栏"),
        ("evidence_en", "Notice board of the exchange"),
        ("body_zh", "交易所没有这样的公告。"),
        ("body_en", "The exchange has no such notice."),
    ):
        page.page.locator(f"[name={name}]").fill(text)
    page.page.locator("[name=verdict]").select_option("disputed")
    page.follow(page.page.get_by_role("button", name="Save"))
    page.follow(page.page.get_by_role("button", name="Sign", exact=True))
    revision = item.revisions.get()
    page = visit(
        base + reverse("admin:content_revision_change", args=[revision.ref]), cookies=second
    )
    page.follow(page.page.get_by_role("button", name="Approve"))

    reader = of(sign_in(Client(), customer.user), language)
    phone = visit(base + "/insights/", width=390, cookies=reader)
    phone.follow(phone.page.get_by_role("link", name=title))
    assert words in phone.page.locator("main").inner_text()
    phone.page.get_by_text(promise).wait_for()
    assert phone.problems == []

    approve(a_signed(item, signer=analyst, at=clock.now(), is_correction=True, **NOTE))
    tell_readers(correction=Correction.objects.get().ref, at=clock.now())
    phone = visit(base + "/messages/", width=390, cookies=reader)
    phone.follow(phone.page.get_by_role("link", name=message))
    assert note in phone.page.locator("main").inner_text()
    phone = visit(base + item.get_absolute_url(), width=390, cookies=reader)
    assert note in phone.page.locator("main").inner_text()
