"""Inbox, outbox and "My data" in a real browser: readable on a phone, nothing wrong."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import expect
from pytest_django.live_server_helper import LiveServer

from brokerage.core import clock
from brokerage.messaging import send
from brokerage.messaging.models import Message
from brokerage.messaging.use_cases.send_code import SmsCodeSender
from brokerage.users import codes
from tests.customers.factories import PHONE, an_identified_customer
from tests.messaging.factories import a_text
from tests.users.factories import sign_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PAGES = ["/me/", "/me/correct/", "/me/agreements/", "/me/export/", "/me/looks/", "/me/timeline/"]
PAGES += ["/messages/", "/messages/settings/", "/sandbox/outbox/"]


def a_session(customer: Any) -> dict[str, str]:
    client = sign_in(Client(), customer.user)
    return {"sessionid": client.cookies[settings.SESSION_COOKIE_NAME].value}


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_page_is_accessible_and_fits_a_phone(
    live_server: LiveServer,
    visit: Callable[..., Any],
    theme: str,
    language: str,
) -> None:
    customer = an_identified_customer()
    a_text(purpose="security")
    send(kind="tests.note", customer=customer, context={}, at=clock.now(), dedupe_key="k")
    cookies = {**a_session(customer), "theme": theme, "language": language}
    visited = visit(f"{live_server.url}/me/", cookies=cookies)
    for path in PAGES:
        # leaving while something still loads would count as a failed request
        visited.page.wait_for_load_state("networkidle")
        visited.page.goto(live_server.url + path)
        assert visited.axe() == [], path
        assert not visited.overflows(), path
    assert visited.problems == []


def test_an_opened_message_counts_as_read(
    live_server: LiveServer,
    visit: Callable[..., Any],
) -> None:
    customer = an_identified_customer()
    a_text()
    send(kind="tests.note", customer=customer, context={}, at=clock.now(), dedupe_key="k")
    visited = visit(f"{live_server.url}/messages/", cookies=a_session(customer))
    visited.page.wait_for_load_state("networkidle")
    visited.page.click("main .links a")
    expect(visited.page.locator("form[hx-post]")).to_have_text("已读")
    assert Message.objects.get().read_at
    assert visited.problems == []


def test_a_code_appears_on_the_outbox_by_itself(
    live_server: LiveServer,
    visit: Callable[..., Any],
) -> None:
    visited = visit(f"{live_server.url}/sandbox/outbox/")
    SmsCodeSender().send(
        phone=PHONE, text_key=codes.SIGN_IN, code="493827", language="en", purpose="sign_in"
    )
    expect(visited.page.locator("[data-outbox]")).to_contain_text("493827", timeout=10_000)
    assert visited.problems == []
