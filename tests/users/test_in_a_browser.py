"""The pages of log-in in a real browser, by phone and by passkey."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from playwright.sync_api import expect
from pytest_django.live_server_helper import LiveServer

from brokerage.users.codes import RecordingSender
from brokerage.users.models import User
from tests.browser import Visit
from tests.users.factories import PASSWORD, make_staff_user

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def now() -> None:
    """The browser's clock cannot be frozen, so neither is ours."""


def problems(visited: Visit) -> list[str]:
    """What went wrong; an icon given up because the page was left at once is nothing."""
    return [problem for problem in visited.problems if "favicon" not in problem]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("scripts", [True, False])
def test_a_customer_comes_in_with_the_keyboard_of_a_phone(
    live_server: LiveServer,
    visit: Callable[..., Any],
    sms: RecordingSender,
    theme: str,
    scripts: bool,
) -> None:
    visited = visit(
        f"{live_server.url}/login/",
        cookies={"theme": theme, "language": "zh-hans"},
        scripts=scripts,
    )
    page = visited.page
    if scripts:
        assert visited.axe() == []
    page.fill("#id_phone", "138 0013 8000")
    page.click("main form.card button")
    page.wait_for_url("**/login/code/")
    if scripts:
        assert visited.axe() == []
        expect(page.locator("[data-countdown]")).to_contain_text("秒")
    else:
        expect(page.locator("[data-countdown]")).to_contain_text(":")
    assert not visited.overflows()
    page.fill("#id_code", sms.sent[-1].code)
    page.click("main form.card button")
    page.wait_for_url(f"{live_server.url}/")
    for path in ("/account/security/", "/account/sessions/", "/account/confirm/"):
        page.goto(live_server.url + path)
        if scripts:
            assert visited.axe() == [], path
        assert not visited.overflows(), path
    assert problems(visited) == []
    assert User.objects.count() == 1


def test_staff_add_a_passkey_and_come_in_with_it(
    live_server: LiveServer,
    visit: Callable[..., Any],
) -> None:
    make_staff_user("lin@example.com", mfa=False, is_superuser=True)
    visited = visit(f"{live_server.url}/staff/login/")
    page = visited.page
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    devtools.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )
    assert visited.axe() == []
    page.fill("#id_login", "lin@example.com")
    page.fill("#id_password", PASSWORD)
    page.click("main form.card button")
    page.wait_for_url("**/account/mfa/")
    assert visited.axe() == []
    page.goto(f"{live_server.url}/account/mfa/keys/add/")
    assert visited.axe() == []
    page.fill("#id_name", "工作手机")
    page.check("#id_passwordless")
    page.click("#mfa_webauthn_add")
    page.wait_for_url("**/account/mfa/codes/")
    assert visited.axe() == []
    assert Authenticator.objects.filter(type="webauthn").count() == 1
    page.goto(f"{live_server.url}/logout/")
    page.click("main form.card button")
    page.goto(f"{live_server.url}/staff/login/?next=/account/sessions/")
    page.click("#passkey_login")
    page.wait_for_url("**/account/sessions/")
    assert problems(visited) == []
