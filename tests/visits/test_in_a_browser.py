"""Booking on a phone, with and without scripts, in both languages; the manager's morning."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from playwright.sync_api import expect

from branches.visits.models import Visit
from branches.visits.states import Status
from branches.visits.use_cases.receive_visitor import take_walk_in
from branches.visits.views.lobby import lobby_url
from brokerage.core import clock
from brokerage.core.clock import business_date
from brokerage.core.roles import Role, sync_roles
from brokerage.messaging.use_cases.load_texts import load_texts
from tests.backoffice.factories import staff
from tests.branches.factories import ACTOR, give_licence
from tests.users.factories import sign_in
from tests.visits.factories import an_outlet, around_the_clock, purpose, somebody

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def house() -> None:
    sync_roles()
    load_texts(at=clock.now())


def cookies(user: Any, language: str, **more: str) -> dict[str, str]:
    """A session of `user`, as the browser keeps it."""
    client = sign_in(Client(), user, stepped_up=True)
    return {"sessionid": client.cookies["sessionid"].value, "language": language, **more}


@pytest.mark.parametrize(
    ("language", "scripts", "words"),
    [
        ("zh-hans", True, ("预约到店", "补办线上的一步", "确认预约", "已预约")),
        ("en", False, ("Book a visit", "Finish a step", "Book this visit", "Booked")),
    ],
)
def test_four_taps_from_an_outlet_to_a_booked_visit(
    house: None, live_server, visit: Callable[..., Any], language: str, scripts: bool, words
) -> None:
    unit, customer = around_the_clock(an_outlet()), somebody()
    book, why, confirm, booked = words
    url = live_server.url + reverse("branches:outlet", args=[unit.code])
    seen = visit(url, cookies=cookies(customer.user, language), scripts=scripts)
    main = seen.page.get_by_role("main")

    seen.follow(main.get_by_role("link", name=book))
    seen.follow(main.get_by_role("link", name=why))
    seen.follow(main.locator("button.slot").first)
    seen.follow(main.get_by_role("button", name=confirm))

    expect(main.get_by_text(booked, exact=True).first).to_be_visible()
    assert Visit.objects.get().status == Status.BOOKED
    assert seen.problems == []
    assert not seen.overflows()


def test_the_pages_are_clean_in_both_languages_themes_and_sizes(
    house: None, live_server, visit: Callable[..., Any]
) -> None:
    unit, customer = around_the_clock(an_outlet(Role.OPENING_OFFICER, Role.ADVISER)), somebody()
    pages = [
        reverse("branches:outlets"),
        reverse("branches:outlets") + "?place=330700",
        reverse("branches:outlets") + "?near=29.1,119.6&q=%E9%87%91%E5%8D%8E",
        reverse("branches:outlet", args=[unit.code]),
        f"/visits/new/?outlet={unit.code}",
        f"/visits/new/?outlet={unit.code}&purpose=wealth_talk",
        "/visits/new/?purpose=open_account",
        "/visits/",
        lobby_url(unit),
    ]
    found = []
    for language, theme, width in (("zh-hans", "light", 360), ("en", "dark", 1440)):
        jar = cookies(customer.user, language, theme=theme)
        for url in pages:
            seen = visit(live_server.url + url, width=width, cookies=jar)
            name = f"{url} {language} {theme} {width}"
            found += [f"{name}: {line}" for line in (*seen.axe(), *seen.problems)]
            found += [f"{name}: too wide"] if seen.overflows() else []
            seen.page.close()
    assert found == []


def test_near_me_is_asked_by_a_button_and_not_before(
    house: None, live_server, browser, visit: Callable[..., Any]
) -> None:
    around_the_clock(an_outlet())
    context = browser.new_context(
        geolocation={"latitude": 29.09876, "longitude": 119.65432},
        permissions=["geolocation"],
        locale="en-GB",
    )
    page = context.new_page()
    page.goto(live_server.url + reverse("branches:outlets"))
    assert "near=" not in page.url
    with page.expect_navigation(wait_until="load"):
        page.locator("#near").click()
    assert "near=29.10%2C119.65" in page.url  # a kilometre is near enough
    expect(page.locator(".outlet-line").first).to_contain_text("km")
    context.close()


def test_the_managers_morning(house: None, live_server, visit: Callable[..., Any]) -> None:
    unit = around_the_clock(an_outlet())
    manager = staff(Role.BRANCH_MANAGER, unit)
    for kind in ("general", "witness"):
        give_licence(manager, kind)
    ticket = take_walk_in(unit=unit, purpose=purpose(), actor=ACTOR, at=clock.now())
    seen = visit(live_server.url + "/admin/", width=1440, cookies=cookies(manager, "en"))
    main = seen.page.get_by_role("main")
    seen.follow(main.get_by_role("link", name="Open the queue").first)
    main.get_by_label("Your counter").fill("3")
    seen.follow(main.get_by_role("button", name="Call the next"))
    expect(main.get_by_text("counter 3")).to_be_visible()
    seen.follow(main.get_by_role("button", name="Serve B001"))
    seen.follow(main.get_by_role("button", name="Done B001"))
    ticket.refresh_from_db()
    assert (ticket.status, ticket.served_by_id) == (Status.DONE, manager.pk)

    main.get_by_label("What do you come for?").select_option("open_account")
    seen.follow(main.get_by_role("button", name="Draw a ticket"))
    expect(main.get_by_text("B002").first).to_be_visible()
    assert Visit.objects.filter(day=business_date(clock.now())).count() == 2

    seen.follow(main.get_by_role("link", name="The week"))
    assert seen.axe() == []
    assert seen.problems == []
