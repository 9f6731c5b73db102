"""The tax step on a phone: who is resident here only is asked nothing that is not for them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from accounts.selectors import section_of
from accounts.states import Step
from brokerage.core import clock
from tests.accounts.factories import a_draft
from tests.accounts.test_steps_in_the_browser import owner_of
from tests.browser import Visit

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def choose(page: Page, residence: str) -> None:
    page.locator(f"label:has([name=residence][value={residence}])").click()


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_rest_appears_with_the_choice_that_needs_it(
    language: str, live_server: Any, visit: Callable[..., Visit]
) -> None:
    application = a_draft(at=clock.now())
    jar = {"language": language, "sessionid": owner_of(application).cookies["sessionid"].value}
    visited = visit(f"{live_server.url}/open/{application.ref}/tax/", cookies=jar)
    page = visited.page
    surname, first, second = (
        page.locator(f"[name={name}]") for name in ("surname_latin", "country_1", "country_2")
    )
    expect(surname).to_be_hidden()
    expect(first).to_be_hidden()

    choose(page, "both")
    expect(surname).to_be_visible()
    expect(first).to_be_visible()
    expect(second).to_be_hidden()
    assert visited.axe() == []
    first.select_option(index=3)
    expect(second).to_be_visible()
    surname.fill("江")
    visited.follow(page.locator(".bar button"))
    expect(surname).to_have_value("江")
    expect(page.locator("#div_id_surname_latin .err")).to_be_visible()

    choose(page, "china")
    expect(surname).to_be_visible()  # a message is never hidden
    surname.fill("")
    page.locator("label:has([name=us_person][value=no])").click()
    page.locator("label:has([name=declares])").click()
    visited.follow(page.locator(".bar button"))
    kept = section_of(application, Step.TAX)
    assert kept is not None
    assert kept.answers["residence"] == "china"
    assert kept.is_done
    assert visited.problems == []
