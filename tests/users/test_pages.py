"""Every page of log-in: one heading, both languages complete, clean in a browser."""

from __future__ import annotations

import re

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from tests.users.factories import make_customer_user, make_staff_user, sign_in

PHONE = "+8613800138000"
CUSTOMER = ["/account/security/", "/account/sessions/", "/account/sessions/end-all/"]
CUSTOMER += ["/account/phone/", "/account/confirm/", "/logout/"]
STAFF = ["/account/security/", "/account/sessions/", "/account/mfa/", "/account/mfa/totp/remove/"]
STAFF += ["/account/mfa/codes/new/", "/account/mfa/keys/", "/account/mfa/keys/add/"]
STAFF += ["/account/mfa/confirm/", "/account/password/confirm/", "/staff/password/"]
VISITOR = ["/login/", "/login/code/", "/staff/login/", "/staff/password/reset/"]
VISITOR += ["/staff/password/reset/sent/", "/staff/password/reset/done/", "/account/inactive/"]
CHINESE = re.compile(r"[\u4e00-\u9fff]")


def pages(client: Client, who: str) -> list[str]:
    """The addresses of the pages for `who`, with `client` made ready for them."""
    if who == "visitor":
        client.post("/login/", {"phone": PHONE})
        return VISITOR
    user = make_customer_user(PHONE) if who == "customer" else make_staff_user("lin@example.com")
    sign_in(client, user, stepped_up=True)
    if who == "staff":
        client.post("/account/password/confirm/", {"password": "correct horse battery"})
        return STAFF
    return CUSTOMER


def words(html: str) -> str:
    """What people read of the main part."""
    main = html[html.index("<main") : html.index("</main>")]
    return re.sub(r"<[^>]*>|\s+", " ", main)


@pytest.mark.parametrize("who", ["visitor", "customer", "staff"])
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_each_page_has_one_heading_and_one_language(
    client: Client, who: str, language: str
) -> None:
    for path in pages(client, who):
        response = client.get(path, HTTP_ACCEPT_LANGUAGE=language)
        assert response.status_code == 200, path
        html = response.content.decode()
        assert html.count("<h1") == 1, path
        text = words(html)
        if language == "en":
            assert not CHINESE.search(text), (path, text)
        else:
            latin = re.findall(r"[A-Za-z]{3,}(?:\s+[A-Za-z]{3,})+", text)
            assert not latin, (path, latin)
        assert not re.search(r"<script(?![^>]*(?:src=|application/json))", html), path
        assert " style=" not in html
        assert " onclick=" not in html


def test_pages_of_a_person_are_kept_by_no_cache(client: Client) -> None:
    for path in pages(client, "customer"):
        control = client.get(path).headers["Cache-Control"]
        assert "no-store" in control or "no-cache" in control, path


def test_no_other_address_of_allauth_is_routed(client: Client) -> None:
    for path in (
        "/signup/",
        "/accounts/login/",
        "/email/",
        "/login/code/confirm/",
        "/phone/change/",
    ):
        assert client.get(path).status_code == 404, path


def test_recovery_codes_are_shown_once(client: Client) -> None:
    pages(client, "staff")
    client.post("/account/mfa/codes/new/")
    first = client.get("/account/mfa/codes/")
    assert len(first.context["unused_codes"]) == 10
    again = client.get("/account/mfa/codes/")
    assert "****" in again.context["unused_codes"]
    assert Authenticator.objects.filter(type="recovery_codes").count() == 1
