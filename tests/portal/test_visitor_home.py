"""The visitor's home: the same for everybody, small, quick, without cookie or script."""

from __future__ import annotations

import pytest

from brokerage.backoffice import portal_navigation
from brokerage.settings.env import BASE_DIR
from tests.portal.pages import seen

PAGES = ["/", "/style-guide/", "/risk-notice/"]
STYLES = BASE_DIR / "static" / "portal"
FIRST_PAGE_BYTES = 200_000
STYLE_BYTES = 60_000


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("url", PAGES)
def test_a_page_has_one_heading_a_title_a_language_and_nothing_inline(
    client, url, language
) -> None:
    client.cookies["language"] = language

    page = seen(client.get(url).content)

    assert page.headings == 1
    assert page.title.strip()
    assert page.language == ("en" if language == "en" else "zh-Hans")
    assert page.inline == []
    assert page.outside == []


@pytest.mark.parametrize("url", PAGES)
def test_a_page_for_everybody_sets_no_cookie_and_asks_no_database(client, url) -> None:
    answer = client.get(url)  # this test has no database

    assert not answer.cookies
    assert b"csrf" not in answer.content
    assert b"nonce" not in answer.content


def test_caches_may_keep_the_home_for_each_language(client) -> None:
    answer = client.get("/")

    assert "public" in answer.headers["Cache-Control"]
    assert {"Cookie", "Accept-Language"} <= set(answer.headers["Vary"].split(", "))


def test_the_home_carries_a_strict_policy(client) -> None:
    policy = client.get("/").headers["Content-Security-Policy"]

    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "nonce" not in policy


def test_the_first_page_is_light(client) -> None:
    page = client.get("/").content
    files = [STYLES / name for name in ("icons.svg", "favicon.svg")]
    styles = [path for path in STYLES.glob("*.css") if path.name != "desk.css"]

    assert len(page) + sum(path.stat().st_size for path in [*files, *styles]) < FIRST_PAGE_BYTES
    assert sum(path.stat().st_size for path in STYLES.glob("*.css")) < STYLE_BYTES


def test_every_icon_that_a_menu_names_exists() -> None:
    sprite = (STYLES / "icons.svg").read_text()

    for place in portal_navigation.PLACES:
        assert not place.icon or f'id="i-{place.icon}"' in sprite


def test_menus_lead_only_to_pages_that_exist(client) -> None:
    links = seen(client.get("/").content).links

    for link in {link for link in links if link.startswith("/") and link != "/admin/"}:
        assert client.get(link).status_code in (200, 302), link


def test_styles_write_no_colour_of_their_own() -> None:
    # tokens.css holds the colours; shadows and the print sheet may speak of black and white
    for name in ("base.css", "forms.css", "components.css", "data.css"):
        for line in (STYLES / name).read_text().splitlines():
            hexes = "#" in line.split("/*")[0] and ":" in line
            assert not hexes or "--" in line or "{ color: #" not in line, (name, line)
