"""The counter's page of a trading permission in a browser: the open step, wide and on a phone."""

from __future__ import annotations

import os
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from accounts.models import PermissionApplication, PermissionRelease
from accounts.permissions.use_cases import releasing, reporting
from brokerage.core import clock
from brokerage.core.roles import Role
from tests.accounts.permissions.factories import ACTOR, DOWN, a_case, a_trader, pass_test
from tests.backoffice.factories import desk_of
from tests.branches.factories import make_staff, make_unit
from tests.kept import living_at

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SIZES = [(1280, "zh-hans"), (1280, "en"), (390, "zh-hans"), (360, "en")]


class Counter:
    """An officer's browser at the counter of one outlet; each page that comes up is looked at."""

    def __init__(self, visit: Any, live_server: Any, width: int, language: str) -> None:
        outlet = make_unit()
        session = desk_of(make_staff(Role.OPENING_OFFICER, outlet)).cookies["sessionid"].value
        self.name, self.shots = f"{width}-{language}", 0
        self.shown = visit(
            live_server.url + reverse("admin:accounts_application_counter", args=[outlet.code]),
            width=width,
            cookies={"sessionid": session, "language": language},
        )
        self.look()

    @property
    def page(self) -> Any:
        return self.shown.page

    def open(self, case: PermissionApplication) -> None:
        """Type the code that the customer reads aloud."""
        code = releasing.offer(case=case, actor=ACTOR, at=clock.now()).code_text
        self.page.fill('input[name="code"]', code)
        self.press("form:has(input[name=code]) button.btn")

    def press(self, css: str) -> None:
        self.shown.follow(self.page.locator(f"main {css}").first)
        self.look()

    def look(self) -> None:
        self.shots += 1
        if folder := os.environ.get("SHOTS"):
            test = os.environ.get("PYTEST_CURRENT_TEST", "").split("::")[1].split("[")[0]
            path = f"{folder}/{test}-{self.name}-{self.shots}.png"
            self.page.screenshot(path=path, full_page=True)
        assert self.shown.problems == []
        assert self.shown.axe() == []
        assert not self.shown.overflows()

    def now(self) -> str:
        """The step that is open, as the list of steps says."""
        text: str = self.page.inner_text('.steps [aria-current="step"]')
        return text


@pytest.mark.parametrize(("width", "language"), SIZES)
def test_the_disclosure_is_explained_at_the_counter(
    visit: Any, live_server: Any, width: int, language: str
) -> None:
    case = a_case(a_trader(at=clock.now()), at=clock.now())
    pass_test(case, at=clock.now())
    case.refresh_from_db()
    counter = Counter(visit, live_server, width, language)
    counter.open(case)
    assert counter.now() == {"en": "Risk disclosure", "zh-hans": "风险揭示书"}[language]
    assert counter.page.locator('button[value="ask"]').count() == 0, "another step's"
    counter.press('button[value="begin"]')
    assert counter.page.locator("article.prose p").count() > 3
    counter.press('button[value="explained"]')
    assert counter.page.locator("article.prose").count() == 1, "too quick: nothing is lost"
    with living_at(clock.now() + timedelta(minutes=1)):
        counter.press('button[value="explained"]')
    assert counter.page.locator('input[name="code"]').count() == 1, "back at the counter"
    assert PermissionRelease.objects.get().done_at is not None


@pytest.mark.parametrize(("width", "language"), SIZES)
def test_an_answer_that_does_not_come_is_asked_for_again(
    visit: Any, live_server: Any, width: int, language: str
) -> None:
    case = a_case(a_trader(number=DOWN, at=clock.now()), "star", at=clock.now())
    reporting.ask(case=case, at=clock.now())
    case.refresh_from_db()
    counter = Counter(visit, live_server, width, language)
    counter.open(case)
    assert counter.page.locator('button[value="ask"]').count() == 1
    assert counter.page.locator('button[value="begin"]').count() == 0, "another step's"
    counter.press('button[value="close"]')
    assert counter.page.locator('input[name="code"]').count() == 1
