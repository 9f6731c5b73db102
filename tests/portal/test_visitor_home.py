"""The visitor's home: the same for everybody, small, quick, without cookie or script."""

from __future__ import annotations

import gzip

import pytest

from brokerage.backoffice import portal_navigation
from brokerage.core import everybody
from brokerage.core.static_files import PARTS
from brokerage.settings.env import BASE_DIR
from tests.portal.pages import seen
from tests.walk.reader import read

PAGES = ["/", "/style-guide/", "/risk-notice/"]
STYLES = BASE_DIR / "static" / "portal"
FIRST_PAGE_BYTES = 200_000
STYLE_BYTES = 60_000
MOST_FILES = 3  # the style, the icons, the favicon


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
    styles = [STYLES / f"{name}.css" for name in PARTS]

    assert len(page) + sum(path.stat().st_size for path in [*files, *styles]) < FIRST_PAGE_BYTES
    assert sum(path.stat().st_size for path in STYLES.glob("*.css")) < STYLE_BYTES


def test_every_icon_that_a_menu_names_exists() -> None:
    sprite = (STYLES / "icons.svg").read_text()

    for place in portal_navigation.PLACES:
        assert not place.icon or f'id="i-{place.icon}"' in sprite


@pytest.mark.django_db
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


def test_the_first_page_needs_few_requests(client) -> None:
    page = read(client.get("/").content)

    files = {asset.partition("#")[0] for asset in page.assets}
    assert len(files) <= MOST_FILES, files


def test_a_page_that_the_browser_has_is_not_sent_again(client) -> None:
    first = client.get("/")
    again = client.get("/", headers={"if-none-match": first.headers["ETag"]})

    assert (first.status_code, again.status_code) == (200, 304)
    assert not again.content


def test_a_kept_page_is_sent_packed_to_whom_it_suits(client) -> None:
    plain = client.get("/").content
    packed = client.get("/", headers={"accept-encoding": "br, gzip"})

    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.content) == plain
    assert "Accept-Encoding" in packed.headers["Vary"]


def test_kept_pages_are_not_confused(client) -> None:
    seen_by: dict[tuple[str, str], bytes] = {}
    for language in ("zh-hans", "en", "zh-hans", "en", "xx", "../"):
        for theme in ("", "dark", "light", "dark"):
            client.cookies["language"], client.cookies["theme"] = language, theme
            page = client.get("/").content
            known = language if language == "en" else "zh-hans"
            assert seen_by.setdefault((known, theme), page) == page
    assert len(set(seen_by.values())) == 6


def test_a_huge_cookie_or_an_unknown_one_changes_nothing(client) -> None:
    plain = client.get("/").content
    client.cookies["theme"] = "x" * 4_000
    client.cookies["mode"] = "<script>"
    client.cookies["language"] = "e\\n%00" * 50

    assert client.get("/").content == plain


def test_the_memory_of_kept_pages_does_not_grow(client) -> None:
    for number in range(20):
        assert client.get("/", {"x": number}).status_code == 200
    client.get("/")

    assert len(everybody._kept) == 1
