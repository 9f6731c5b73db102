"""A step that is left without its button loses nothing, and is not finished by it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import expect

from accounts.models import Application
from accounts.selectors import section_of
from accounts.states import SectionStatus, Status, Step
from brokerage.core import clock
from tests.accounts.answers import PROFILE
from tests.accounts.factories import a_draft, an_application
from tests.browser import Visit
from tests.users.factories import sign_in

pytestmark = pytest.mark.django_db
LEFT = {"X-Keep": "1"}


def phone_of(application: Application) -> Client:
    user = application.customer.user
    assert user is not None
    return sign_in(Client(headers={"Accept-Language": "en"}), user)


def test_what_was_typed_is_kept_and_the_step_stays_open() -> None:
    draft = a_draft(at=clock.now())
    phone, url = phone_of(draft), f"/open/{draft.ref}/profile/"
    assert "data-keep" in phone.get(url).content.decode()
    some = {"employer": "某公司", "income": "from_100k", "version": "0"}
    answer = phone.post(url, some, headers=LEFT)
    assert (answer.status_code, answer["X-Version"]) == (204, "1")
    whole = phone.post(url, {**PROFILE, "employer": "某公司", "version": "1"}, headers=LEFT)
    assert whole["X-Version"] == "2"
    section = section_of(draft, Step.PROFILE)
    assert section is not None
    assert section.answers["employer"] == "某公司"
    assert section.status == SectionStatus.INCOMPLETE, "only its button finishes a step"
    assert "某公司" in phone.get(url).content.decode()
    done = phone.post(url, {**PROFILE, "employer": "某公司", "version": "2"})
    assert done.status_code == 302
    assert section_of(draft, Step.PROFILE).status == SectionStatus.COMPLETE  # type: ignore[union-attr]  # there is one


def test_a_page_that_is_out_of_date_overwrites_nothing_when_it_is_left() -> None:
    draft = a_draft(at=clock.now())
    phone, url = phone_of(draft), f"/open/{draft.ref}/profile/"
    phone.post(url, {"employer": "新公司", "version": "0"}, headers=LEFT)
    old = phone.post(url, {"employer": "旧公司", "version": "0"}, headers=LEFT)
    assert old.status_code == 409
    section = section_of(draft, Step.PROFILE)
    assert section is not None
    assert section.answers["employer"] == "新公司"


def test_the_reason_of_a_return_stays_until_the_button_is_pressed() -> None:
    back = an_application(Status.RETURNED)
    phone, url = phone_of(back), f"/open/{back.ref}/identity/"
    section = section_of(back, Step.IDENTITY)
    assert section is not None
    left = {"name": "江映", "version": str(section.version)}
    assert phone.post(url, left, headers=LEFT).status_code == 204
    after = section_of(back, Step.IDENTITY)
    assert after is not None
    assert (after.status, after.lack) == (SectionStatus.INSUFFICIENT, section.lack)
    assert after.answers["name"] == "江映雪"


@pytest.mark.parametrize("step", ["consents", "sharing"])
def test_what_is_agreed_to_is_never_sent_by_leaving(step: str) -> None:
    draft = a_draft(at=clock.now())
    phone = phone_of(draft)
    page = phone.get(f"/open/{draft.ref}/{step}/", follow=True).content.decode()
    assert "data-keep" not in page


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_where_nothing_was_typed_for_a_minute_it_is_kept_by_itself(
    live_server: Any, visit: Callable[..., Visit]
) -> None:
    draft = a_draft(at=clock.now())
    jar = {"language": "en", "sessionid": phone_of(draft).cookies["sessionid"].value}
    visited = visit(f"{live_server.url}/open/{draft.ref}/profile/", cookies=jar)
    page = visited.page
    page.clock.install()
    page.reload()
    page.locator("[name=employer]").fill("某公司")
    page.clock.run_for(50_000)
    page.locator("[name=employer]").fill("某某公司")
    page.clock.run_for(50_000)
    assert section_of(draft, Step.PROFILE) is None, "somebody is typing"
    with page.expect_response(lambda answer: answer.request.method == "POST") as kept:
        page.clock.run_for(20_000)
    assert kept.value.status == 204
    section = section_of(draft, Step.PROFILE)
    assert section is not None
    assert section.answers["employer"] == "某某公司"
    expect(page.locator("[name=version]")).to_have_value("1")
