"""A branch manager's morning from the task home, and a move that head office guides to its end."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from branches.models import UnitProcedure
from branches.selectors import profile_on
from branches.states import ProcedureKind, ProcedureStatus
from branches.use_cases.procedures import do_step, start_procedure
from branches.visits.models import Visit
from branches.visits.selectors import free_times
from branches.visits.states import Status
from brokerage.core import clock
from brokerage.core.roles import Role, sync_roles
from brokerage.messaging.use_cases.load_texts import load_texts
from tests.backoffice.factories import staff
from tests.branches.factories import ACTOR, give_licence
from tests.visits.factories import a_visit, an_outlet, around_the_clock, purpose
from tests.visits.test_in_a_browser import cookies

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
WIDTH = 1280
NEW_ADDRESS = "金华市婺城区光南路1号"


@pytest.fixture
def house() -> None:
    sync_roles()
    load_texts(at=clock.now())


def booked_for_about_now(unit: Any) -> Visit:
    """A visit of today, booked yesterday, as near to the present as the day has one."""
    now = clock.now()
    yesterday = now - timedelta(days=1)
    days = free_times([unit], purpose(), at=yesterday)[unit.pk]
    today = next(day for day in days if day.day == clock.business_date(now))
    nearest = min(today.times, key=lambda time: abs(time.starts_at - now))
    return a_visit(unit, starts_at=nearest.starts_at, now=yesterday)


def a_move(unit: Any, boss: Any) -> UnitProcedure:
    """A relocation that takes effect today; decided, leased and announced forty days ago."""
    then = clock.now() - timedelta(days=40)
    plan = {"address_zh": NEW_ADDRESS, "address_en": "1 Guangnan Road", "division": "330702"}
    procedure = start_procedure(
        kind=ProcedureKind.RELOCATION,
        unit=unit,
        effective_on=clock.today(),
        plan=plan,
        actor=ACTOR,
        at=then,
    )
    for step in procedure.steps.filter(key__in=["decision", "lease", "announce"]):
        do_step(step=step, user=boss, at=then)
    return procedure


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("zh-hans", ("打开排队", "签到取号", "叫下一位")),
        ("en", ("Open the queue", "Check in", "Call the next")),
    ],
)
def test_the_morning_of_a_manager_one_click_each(
    house: None, live_server, visit: Callable[..., Any], language: str, words: tuple[str, ...]
) -> None:
    queue, check_in, call = words
    unit = around_the_clock(an_outlet())
    manager = staff(Role.BRANCH_MANAGER, unit)
    give_licence(manager, "general")
    give_licence(manager, "witness", valid_to=clock.today() + timedelta(days=20))
    a_move(unit, staff(Role.HEAD_OFFICE))
    booked = booked_for_about_now(unit)
    home = live_server.url + reverse("admin:index")
    seen = visit(home, width=WIDTH, cookies=cookies(manager, language))
    main = seen.page.get_by_role("main")
    assert not seen.overflows()

    targets = [link.get_attribute("href") for link in main.locator(".task a").all()]
    assert any("/licence/" in str(url) for url in targets)
    assert any("/unitprocedure/" in str(url) for url in targets)
    for url in dict.fromkeys(targets):
        page = visit(live_server.url + str(url), width=WIDTH, cookies=cookies(manager, language))
        expect(page.page.locator("h1")).to_be_visible()
        assert page.problems == []
        page.page.close()

    seen.follow(main.get_by_role("link", name=queue).first)
    seen.follow(main.get_by_role("button", name=check_in))
    main.locator("#desk").fill("2")
    seen.follow(main.get_by_role("button", name=call))
    seen.follow(main.locator("button[value=start]"))
    seen.follow(main.locator("button[value=done]"))

    booked.refresh_from_db()
    assert (booked.status, booked.served_by_id) == (Status.DONE, manager.pk)
    assert seen.problems == []
    assert not seen.overflows()


def test_head_office_guides_a_move_to_its_end(
    house: None, live_server, visit: Callable[..., Any]
) -> None:
    unit = an_outlet()
    boss = staff(Role.HEAD_OFFICE)
    procedure = a_move(unit, boss)
    url = reverse("admin:branches_unitprocedure_change", args=[procedure.ref])
    seen = visit(live_server.url + url, width=WIDTH, cookies=cookies(boss, "en"))
    main = seen.page.get_by_role("main")
    finish = main.get_by_role("button", name="Let it take effect")

    waiting = procedure.steps.filter(done_at=None).count()
    for number in range(waiting):
        expect(finish).to_have_count(0)
        main.get_by_label("Note").fill(f"file {number}")
        seen.follow(main.get_by_role("button", name="This is done"))
    seen.follow(finish)

    procedure.refresh_from_db()
    assert procedure.status == ProcedureStatus.DONE
    assert str(profile_on(unit, clock.today())) in (NEW_ADDRESS, "1 Guangnan Road")
    assert seen.axe() == []
    assert seen.problems == []
    page = visit(live_server.url + reverse("branches:outlet", args=[unit.code]))
    expect(page.page.get_by_text(NEW_ADDRESS)).to_be_visible()


def test_a_closing_shows_what_remains_and_does_not_end_before(
    house: None, live_server, visit: Callable[..., Any]
) -> None:
    unit, there = around_the_clock(an_outlet()), an_outlet()
    boss = staff(Role.HEAD_OFFICE)
    booked_for_about_now(unit)
    procedure = start_procedure(
        kind=ProcedureKind.CLOSING,
        unit=unit,
        effective_on=clock.today(),
        plan={"successor": str(there.ref)},
        actor=ACTOR,
        at=clock.now() - timedelta(days=40),
    )
    for step in procedure.steps.filter(key__in=["decision", "announce"]):
        do_step(step=step, user=boss, at=clock.now() - timedelta(days=40))
    url = reverse("admin:branches_unitprocedure_change", args=[procedure.ref])
    seen = visit(live_server.url + url, width=WIDTH, cookies=cookies(boss, "en"))
    main = seen.page.get_by_role("main")

    rest = main.get_by_role("region", name="What remains at the outlet")
    expect(rest.get_by_role("link").first).to_be_visible()
    seen.follow(main.get_by_role("button", name="This is done"))  # visits: one lies ahead

    expect(seen.page.get_by_text("There is still").first).to_be_visible()
    waiting = procedure.steps.filter(done_at=None)
    assert [step.key for step in waiting][:1] == ["visits"]
    assert seen.problems == []
    assert not seen.overflows()
