"""The portal in Chromium: nothing for axe, no violation, not too wide, works without script."""

from __future__ import annotations

import itertools

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PAGES = ["/", "/style-guide/", "/risk-notice/", "/no-such-page/"]
LOOKS = list(itertools.product(("zh-hans", "en"), ("light", "dark"), (360, 1440)))
EXPECTED = "console: Failed to load resource: the server responded with a status of 404"


def test_every_page_is_clean_in_both_languages_themes_and_sizes(live_server, visit) -> None:
    found = []
    for url in PAGES:
        for language, theme, width in LOOKS:
            name = f"{url} {language} {theme} {width}"
            page = visit(
                f"{live_server.url}{url}",
                width=width,
                cookies={"language": language, "theme": theme},
            )
            found += [f"{name}: {line}" for line in page.axe()]
            found += [f"{name}: {line}" for line in page.problems if not line.startswith(EXPECTED)]
            found += [f"{name}: too wide"] if page.overflows() else []
            page.page.close()

    assert found == []


def test_icons_are_drawn_from_the_sprite(live_server, visit) -> None:
    page = visit(f"{live_server.url}/risk-notice/").page
    drawn = page.locator(".logo svg use").evaluate("use => use.getBBox().width")

    assert drawn > 10


def test_the_language_changes_without_script(live_server, visit) -> None:
    visited = visit(f"{live_server.url}/risk-notice/", scripts=False)
    page = visited.page

    visited.follow(page.get_by_role("link", name="English"))

    assert page.url == f"{live_server.url}/risk-notice/"
    assert page.get_by_role("heading", level=1).inner_text() == "Risk notice"


def test_the_dialog_opens_and_closes_without_script(live_server, visit) -> None:
    page = visit(f"{live_server.url}/style-guide/", cookies={"language": "en"}, scripts=False).page
    dialog = page.locator("#withdraw")

    page.get_by_role("button", name="Open the dialog").click()
    assert dialog.is_visible()
    dialog.get_by_role("button", name="Go on with it").click()

    assert not dialog.is_visible()


def test_the_dark_device_is_followed_unless_light_was_chosen(live_server, browser) -> None:
    context = browser.new_context(color_scheme="dark")
    page = context.new_page()
    background = "getComputedStyle(document.body).backgroundColor"

    page.goto(f"{live_server.url}/risk-notice/")
    by_device = page.evaluate(background)
    page.goto(f"{live_server.url}/theme/light/?next=/risk-notice/")
    chosen = page.evaluate(background)
    context.close()

    assert (by_device, chosen) == ("rgb(21, 18, 26)", "rgb(245, 244, 247)")


def test_everything_can_be_reached_by_keyboard(live_server, visit) -> None:
    page = visit(f"{live_server.url}/", cookies={"language": "en"}).page

    page.keyboard.press("Tab")

    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
