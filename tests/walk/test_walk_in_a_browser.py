"""The same pages in Chromium: narrow and wide, for axe, without a complaint of the browser."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from django.urls import resolve
from playwright.sync_api import Browser

from tests.browser import Visit, _listen, loop_hidden
from tests.walk import demonstration, standing
from tests.walk.crawl import crawl

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
]
NARROW, WIDE = 360, 1440
GROUPS = {  # two tests, so that two workers share the time; and the fewest kinds of page of each
    "portal": (("visitor", "newcomer", "assessed", "sent", "approved", "operator"), 70),
    "back office": (("branch_manager", "operations", "head_office", "compliance"), 400),
}
DARK = {"/", "/login/", "/me/", "/messages/", "/admin/"}


@pytest.mark.parametrize("group", GROUPS)
def test_every_page_is_sound_in_a_browser(
    live_server: Any,
    browser: Browser,
    testrun_uid: str,
    tmp_path_factory: pytest.TempPathFactory,
    group: str,
) -> None:
    """One load for each page and language; the first in Chinese and narrow, for axe too."""
    with loop_hidden():  # its customers sign, and signing runs a loop of its own
        brokerage = standing.built(testrun_uid, tmp_path_factory)
    walkers, fewest = GROUPS[group]
    found, looked_at = [], set[str]()
    with brokerage.copied():
        for walker in walkers:
            client = demonstration.client_of(walker, "zh-hans")
            new = []
            # tests/demo opens more of them, in both languages
            for page in crawl(client, demonstration.starts(walker), with_parameters=1).pages:
                kind = resolve(urlsplit(page.url).path).route
                if kind not in looked_at or page.url == "/":
                    looked_at.add(kind)
                    new.append(page.url)
            looks = [("zh-hans", "light", NARROW, new), ("en", "light", WIDE, new)]
            looks += [("zh-hans", "dark", NARROW, [url for url in new if url in DARK])]
            for language, theme, width, urls in looks:
                context = context_of(browser, live_server.url, client, language, theme)
                visited = Visit(context.new_page(), brings_axe=language != "en")
                _listen(visited)
                for url in urls:
                    found += problems(visited, live_server.url + url, width, f"{language} {theme}")
                context.close()
    assert not found, "\n".join(found)
    assert len(looked_at) >= fewest


def context_of(browser: Browser, root: str, client: Any, language: str, theme: str) -> Any:
    """A browser with the walker's session and preferences."""
    jar = {"language": language, "theme": theme}
    if "sessionid" in client.cookies:
        jar["sessionid"] = client.cookies["sessionid"].value
    # without movement: axe judges a page that stands still, not a message that fades in
    context = browser.new_context(
        viewport={"width": NARROW, "height": 800}, reduced_motion="reduce"
    )
    cookies: Any = [{"name": name, "value": value, "url": root} for name, value in jar.items()]
    context.add_cookies(cookies)
    if language != "en":
        context.add_init_script(AXE_SCRIPT)  # half of what it takes to send it after each page
    return context


def problems(visited: Visit, url: str, width: int, look: str) -> list[str]:
    """What is wrong with a page: opened at `width` and then stretched or squeezed."""
    visited.problems.clear()
    resize(visited, width)
    visited.page.goto(url)
    found = visited.axe() if visited.brings_axe else []
    for size in (width, WIDE if width == NARROW else NARROW):
        resize(visited, size)
        found += [f"wider than {size} px"] if visited.overflows() else []
    if not urlsplit(url).path.startswith("/admin/"):  # the desks have screens
        resize(visited, NARROW)
        visited.page.evaluate("document.documentElement.style.fontSize = '200%'")
        found += ["wider than a phone in large text"] if visited.overflows() else []
    found += visited.problems
    return [f"{urlsplit(url).path} ({look}): {one}" for one in found]


def resize(visited: Visit, width: int) -> None:
    """Make the window that wide, where it is not: the browser answers only after a new layout."""
    now = visited.page.viewport_size
    if now is None or now["width"] != width:
        visited.page.set_viewport_size({"width": width, "height": 800})
