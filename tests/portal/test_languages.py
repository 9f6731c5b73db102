"""Language and other preferences: chosen by cookie, else by the browser; nonsense is harmless."""

from __future__ import annotations

import pytest

from tests.portal.pages import seen

HOSTILE = ["xx", "x" * 4000, "zh-" * 1300, "../../etc/passwd", "\x01", "<xss>"]


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("en-GB,en;q=0.9", "en"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh-Hans"),
        ("zh-TW", "zh-Hans"),
        ("de-DE,fr;q=0.9", "zh-Hans"),
        ("", "zh-Hans"),
        ("*;q=0", "zh-Hans"),
        ("x" * 5000, "zh-Hans"),
        ("en-" * 2000, "zh-Hans"),
        ("\u202een", "zh-Hans"),
    ],
)
def test_the_browsers_language_is_respected(client, accepted, language) -> None:
    page = client.get("/", headers={"accept-language": accepted})

    assert seen(page.content).language == language


def test_the_chosen_language_comes_before_the_browsers(client) -> None:
    client.cookies["language"] = "en"

    page = client.get("/", headers={"accept-language": "zh-CN"})

    assert seen(page.content).language == "en"


@pytest.mark.parametrize("name", ["language", "theme", "mode", "messages", "sessionid"])
@pytest.mark.parametrize("value", HOSTILE)
@pytest.mark.django_db
def test_a_hostile_cookie_changes_nothing(client, name, value) -> None:
    client.cookies[name] = value

    page = client.get("/")

    assert page.status_code == 200
    assert seen(page.content).language == "zh-Hans"
    assert b"<xss>" not in page.content


def test_following_the_link_keeps_the_language_and_comes_back(client) -> None:
    answer = client.get("/language/en/?next=/risk-notice/")

    assert answer.headers["Location"] == "/risk-notice/"
    assert answer.cookies["language"].value == "en"
    assert "no-store" in answer.headers["Cache-Control"]


@pytest.mark.parametrize("value", ["fr", "EN", "zh", "x" * 300, "%3Cscript%3E"])
def test_an_unknown_language_is_not_kept(client, value) -> None:
    answer = client.get(f"/language/{value}/")

    assert answer.status_code == 302
    assert "language" not in answer.cookies


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example/",
        "\\\\evil.example",
        "javascript:alert(1)",
        "http:///evil.example",
        " //evil.example",
        "/\t/evil.example",
        "evil",
    ],
)
@pytest.mark.parametrize("kind", ["language/en", "theme/dark", "mode/trade"])
def test_no_preference_leads_to_another_site(client, kind, target) -> None:
    answer = client.get(f"/{kind}/", {"next": target})

    assert answer.headers["Location"] == "/"


def test_the_theme_is_rendered_by_the_server_and_can_be_forgotten(client) -> None:
    client.get("/theme/dark/")
    assert b'data-theme="dark"' in client.get("/").content

    client.get("/theme/device/")
    assert b"data-theme" not in client.get("/").content


def test_every_page_offers_the_other_language(client) -> None:
    for url in ("/", "/risk-notice/", "/style-guide/?a=1&b=2"):
        links = seen(client.get(url).content).links
        assert [link for link in links if link.startswith("/language/en/?next=")], url


def test_preferences_refuse_other_methods(client) -> None:
    assert client.post("/language/en/").status_code == 405
