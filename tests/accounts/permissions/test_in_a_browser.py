"""Three journeys on a phone, in both languages: far away, granted, and a test not passed."""

from __future__ import annotations

import os
import re
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Page

from accounts.models import PermissionApplication, PermissionRelease, TestAttempt
from accounts.permissions.states import AttemptStatus, CaseStatus
from accounts.permissions.use_cases import reporting
from brokerage.core import clock
from brokerage.users import codes
from tests.accounts.permissions.factories import a_graded_permission, a_trader
from tests.backoffice.factories import desk_of

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LANGUAGES = ["zh-hans", "en"]
PHONE = 360


class Journey:
    """A customer's browser; each page that comes up is looked at."""

    def __init__(self, visit: Any, live_server: Any, customer: Any, language: str) -> None:
        session = desk_of(customer.user).cookies["sessionid"].value
        self.language = language
        self.shots = 0
        self.shown = visit(
            f"{live_server.url}/suitability/permissions/",
            width=PHONE,
            cookies={"sessionid": session, "language": language},
        )
        self.look()

    @property
    def page(self) -> Page:
        return self.shown.page

    def press(self, css: str) -> None:
        """Follow one link or button by its place, and look at what comes."""
        self.shown.follow(self.page.locator(css).first)
        self.look()

    def look(self) -> None:
        self.shots += 1
        if folder := os.environ.get("SHOTS"):
            name = re.sub(r"\W+", "-", os.environ.get("PYTEST_CURRENT_TEST", ""))[-40:]
            path = f"{folder}/{name}-{self.shots:02d}.png"
            self.page.screenshot(path=path, full_page=True)
        assert self.shown.problems == []
        assert self.shown.axe() == []
        assert not self.shown.overflows()

    def text(self) -> str:
        return self.page.inner_text("main")

    def answer(self, *, wrong: int) -> None:
        """Choose in every question of the attempt under way, and send."""
        attempt = TestAttempt.objects.select_related("bank").get(status=AttemptStatus.OPEN)
        right = attempt.bank.right
        for place, (key, options) in enumerate(attempt.drawn):
            others = [each for each in options if each != right[key]]
            chosen = others[0] if place < wrong else right[key]
            self.page.check(f'input[name="{key}"][value="{chosen}"]')
        self.press("form.card button.btn-wide")


@pytest.mark.parametrize("language", LANGUAGES)
def test_far_away_it_is_said_what_is_missing_and_from_when(visit, live_server, language):
    customer = a_trader(at=clock.now(), counted=90_000)
    a_graded_permission("star")
    journey = Journey(visit, live_server, customer, language)
    journey.press('a[href="/suitability/permissions/star/"]')
    journey.press('a[href="/permissions/star/"]')
    assert "410,000" in journey.text()
    assert journey.page.locator("main form button.btn-wide").count() == 0, "no beginning"
    assert journey.page.locator('main form button[value="carried"]').count() == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_permission_is_granted_on_the_phone(visit, live_server, language):
    customer = a_trader(at=clock.now())
    a_graded_permission("stock_connect")
    journey = Journey(visit, live_server, customer, language)
    journey.press('a[href="/suitability/permissions/stock_connect/"]')
    journey.press('a[href="/permissions/stock_connect/"]')
    journey.press("main form button")
    journey.press("main form button")
    journey.answer(wrong=2)
    journey.press("#outlet button")
    assert PermissionRelease.objects.get().code_text in journey.text()
    journey.press("main form button")
    PermissionApplication.objects.update(text_opened_at=clock.now() - timedelta(minutes=1))
    journey.press('.bar-act button[form="read"]')
    sender = codes.RecordingSender()
    before = codes.set_code_sender(sender)
    try:
        journey.press('button[value="code"]')
    finally:
        codes.set_code_sender(before)
    journey.page.fill('input[name="code"]', sender.sent[0].code)
    journey.press("main form button.btn-wide")
    case = PermissionApplication.objects.get()
    assert case.status == CaseStatus.REPORTING
    reporting.take_report(case=case, number="R1", at=clock.now())
    journey.page.reload()
    journey.look()
    granted = "You have this permission" if language == "en" else "这项权限已开通"
    assert granted in journey.text()


@pytest.mark.parametrize("language", LANGUAGES)
def test_whoever_does_not_pass_learns_when_to_try_again(visit, live_server, language):
    customer = a_trader(at=clock.now())
    a_graded_permission("stock_connect")
    journey = Journey(visit, live_server, customer, language)
    journey.press('a[href="/suitability/permissions/stock_connect/"]')
    journey.press('a[href="/permissions/stock_connect/"]')
    journey.press("main form button")
    journey.press("main form button")
    journey.answer(wrong=5)
    said = "You reached 50 points; 80 are needed." if language == "en" else "你得了 50 分"
    assert said in journey.text()
    assert journey.page.locator("main form").count() == 0, "the pause is not over"
    case = PermissionApplication.objects.get()
    assert case.status == CaseStatus.TEST
