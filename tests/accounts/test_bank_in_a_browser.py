"""The bank, a new password and the question about the face on a phone, in both languages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from accounts.models import BankChange
from accounts.states import Status
from brokerage.core import clock
from brokerage.customers.use_cases import load_consent_texts
from tests.accounts.factories import a_draft, an_application
from tests.accounts.test_steps_in_the_browser import owner_of
from tests.browser import Visit

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_pages_are_fit_for_everybody(
    language: str, live_server: Any, visit: Callable[..., Visit]
) -> None:
    application = an_application(Status.ACTIVE, at=clock.now())
    jar = {"language": language, "sessionid": owner_of(application).cookies["sessionid"].value}
    home = f"{live_server.url}/open/{application.ref}"
    visited = visit(f"{home}/bank-change/", cookies=jar)
    page = visited.page
    assert visited.axe() == []
    assert not visited.overflows()
    page.locator("select[name=bank]").select_option("BOC")
    page.fill("input[name=card]", "6222021234567890128")
    page.locator("label:has([name=own_name][value=yes])").click()
    visited.follow(page.locator("button[value=ask]"))
    expect(page.locator("input[name=code]")).to_be_visible()
    assert visited.axe() == []
    assert not visited.overflows()
    assert BankChange.objects.get().bank == "BOC"

    page.goto(f"{home}/new-password/")
    assert visited.axe() == []
    assert not visited.overflows()
    assert page.locator("h1").count() == 1
    assert visited.problems == []


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_face_is_refused_with_one_tap_and_nothing_is_preset(
    language: str, live_server: Any, visit: Callable[..., Visit]
) -> None:
    load_consent_texts(at=clock.now())
    draft = a_draft(at=clock.now())
    jar = {"language": language, "sessionid": owner_of(draft).cookies["sessionid"].value}
    visited = visit(f"{live_server.url}/open/{draft.ref}/consents/", cookies=jar)
    page = visited.page
    assert page.locator("main input:checked").count() == 0
    assert visited.axe() == []
    assert not visited.overflows()
    for tick in page.locator("main input[type=checkbox]").all():
        tick.check()
    page.locator("label:has([name=face][value=no])").click()
    visited.follow(page.locator(".bar button"))
    draft.refresh_from_db()
    assert draft.without_face
    page.goto(f"{live_server.url}/open/{draft.ref}/video/")
    assert page.locator("main form").count() == 0, "nothing is recorded here"
    assert visited.axe() == []
    assert visited.problems == []
