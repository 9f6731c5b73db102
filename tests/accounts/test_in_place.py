"""With scripts, the next step comes in the answer to the last; without, by its address."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Application
from brokerage.core import clock
from tests.accounts.answers import PROFILE
from tests.accounts.factories import a_complete_draft, a_draft
from tests.accounts.test_steps_in_the_browser import owner_of
from tests.browser import Visit
from tests.customers.factories import a_customer

IN_PLACE = {"HX-Request": "true", "HX-Boosted": "true"}


@pytest.fixture
def draft(db: None) -> Application:
    return a_draft(at=clock.now())


@pytest.fixture
def customer(draft: Application) -> Client:
    return owner_of(draft)


def posted(client: Client, draft: Application, step: str, fields: Any, **more: Any) -> Any:
    given = {"version": "0", **fields}
    return client.post(f"/open/{draft.ref}/{step}/", given, headers=IN_PLACE, **more)


def test_the_answer_is_the_next_page_without_its_frame(customer, draft):
    answer = posted(customer, draft, "profile", PROFILE)

    assert answer.status_code == 200
    assert answer.headers["HX-Push-Url"] == f"/open/{draft.ref}/consents/"
    body = answer.content.decode()
    assert "<title>What you agree to" in body
    assert body.count("<h1>") == 1
    assert "<footer" not in body
    assert "stylesheet" not in body
    assert "Location" not in answer.headers


def test_without_the_script_it_is_an_address(customer, draft):
    answer = customer.post(f"/open/{draft.ref}/profile/", {"version": "0", **PROFILE})

    assert (answer.status_code, answer.headers["Location"]) == (
        302,
        f"/open/{draft.ref}/consents/",
    )


def test_a_page_that_is_asked_for_comes_whole(customer, draft):
    page = customer.get(f"/open/{draft.ref}/profile/", headers=IN_PLACE)

    assert "<footer" in page.content.decode()
    assert "HX-Push-Url" not in page.headers


def test_the_application_in_hand_is_not_asked_for_again(customer, draft):
    with CaptureQueriesContext(
        connection,
    ) as usual:
        customer.post(f"/open/{draft.ref}/profile/", {"version": "0", **PROFILE}, follow=True)
    other = a_draft(a_customer("+8613900990001"), at=clock.now())
    client = owner_of(other)
    with CaptureQueriesContext(connection) as in_place:
        posted(client, other, "profile", PROFILE)

    reads = [each["sql"] for each in in_place if 'FROM "accounts_application"' in each["sql"]]
    assert len(reads) == 1, "whose it is; the lock asks for its version alone"
    assert len(in_place) <= len(usual) - 2


def test_a_mistake_stands_beside_its_field_and_nothing_is_lost(customer, draft):
    answer = posted(customer, draft, "profile", {**PROFILE, "occupation": "none", "income": ""})

    body = answer.content.decode()
    assert answer.headers["HX-Push-Url"] == f"/open/{draft.ref}/profile/"
    assert "field-bad" in body
    assert 'value="from_100k" checked' in body or "checked" in body


def test_what_another_device_wrote_is_shown_in_place(customer, draft):
    posted(customer, draft, "profile", PROFILE)

    answer = posted(customer, draft, "profile", {**PROFILE, "education": "master"})

    assert "Kept at the moment" in answer.content.decode()
    draft.refresh_from_db()
    assert draft.sections.get(step="profile").answers["education"] == PROFILE["education"]


@pytest.mark.django_db
def test_pages_with_camera_or_place_are_loaded():
    """Their permissions belong to a document; a page in place has those of the one before."""
    draft = a_complete_draft(at=clock.now())
    Application.objects.filter(pk=draft.pk).update(outlet=None)

    answer = posted(owner_of(draft), draft, "profile", {**PROFILE, "version": "1"})

    assert answer.headers["HX-Redirect"] == f"/open/{draft.ref}/outlet/"
    assert answer.content == b""


def test_after_the_session_the_whole_page_goes_to_the_log_in(draft):
    answer = posted(Client(), draft, "profile", PROFILE)

    assert answer.headers["HX-Redirect"].startswith("/login/?next=/open/")


def test_a_stranger_gets_nothing_in_place_either(draft):
    stranger = owner_of(a_draft(a_customer("+8613900990001"), at=clock.now()))

    assert posted(stranger, draft, "profile", PROFILE).status_code == 404


def test_forms_in_place_are_checked_for_forgery(draft):
    client = Client(enforce_csrf_checks=True)
    client.cookies = owner_of(draft).cookies

    answer = posted(client, draft, "profile", PROFILE)

    assert answer.status_code == 403
    assert "HX-Push-Url" not in answer.headers, "the script sends it the usual way"


def test_after_the_assessment_it_goes_on_to_the_first_open_step(customer, draft):
    answer = customer.get(f"/open/{draft.ref}/next/")

    assert answer.headers["Location"] == f"/open/{draft.ref}/consents/"


@pytest.mark.django_db
def test_sending_twice_in_place_sends_once():
    draft = a_complete_draft(at=clock.now())
    client = owner_of(draft)

    first, second = (posted(client, draft, "send", {}) for _time in range(2))

    assert first.headers["HX-Push-Url"] == second.headers["HX-Push-Url"] == f"/open/{draft.ref}/"
    draft.refresh_from_db()
    assert draft.submitted_at


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_in_a_browser(live_server: Any, visit: Callable[..., Visit]) -> None:
    """One document for several steps: title, focus, errors, the way back, a broken line."""
    draft = a_draft(at=clock.now())
    session = owner_of(draft).cookies["sessionid"].value
    jar = {"sessionid": session, "language": "en"}
    home = f"{live_server.url}/open/{draft.ref}"
    visited = visit(f"{home}/identity/", cookies=jar)
    page = visited.page
    page.evaluate("window.sameDocument = true")
    next_ = page.get_by_role("button", name="Save and go on")

    page.fill("input[name=name]", "1")
    visited.follow(next_)
    assert page.locator(".field-bad").count() >= 1
    assert page.input_value("input[name=name]") == "1"
    assert page.evaluate("document.activeElement.className") == "errsum"
    assert page.evaluate("window.sameDocument") is True
    assert page.url == f"{home}/identity/"
    assert (visited.axe(), visited.overflows()) == ([], False)

    page.goto(f"{home}/profile/")
    page.evaluate("window.sameDocument = true")
    for name in ("occupation", "education"):
        page.select_option(f"select[name={name}]", PROFILE[name])
    for name, value in PROFILE.items():
        if name not in ("occupation", "education"):
            page.check(f"input[name={name}][value={value}]")
    visited.follow(next_)
    page.wait_for_url(f"{home}/consents/")
    assert page.title().startswith("What you agree to")
    assert page.evaluate("document.activeElement.tagName") == "H1"
    assert page.evaluate("window.scrollY") == 0
    assert page.evaluate("window.sameDocument") is True
    there = page.locator(".prefs a").first.get_attribute("href") or ""
    assert "consents" in there, "what the footer leads back to moved on"
    assert (visited.axe(), visited.overflows()) == ([], False)

    page.go_back()
    page.wait_for_url(f"{home}/profile/")
    assert page.locator("select[name=occupation]").input_value() == PROFILE["occupation"]
    page.go_forward()
    page.wait_for_url(f"{home}/consents/")
    assert page.locator("h1").inner_text() == "What you agree to"
    page.reload()
    assert page.locator("h1").inner_text() == "What you agree to"

    lost = []

    def cut(route: Any) -> None:
        """The line breaks once."""
        lost.append(route.request.headers.get("hx-boosted"))
        route.abort() if len(lost) == 1 else route.fallback()

    page.route(
        f"{home}/consents/",
        lambda route: cut(route) if route.request.method == "POST" else route.fallback(),
    )
    with page.expect_navigation():
        next_.click()
    assert lost == ["true", None]
    assert [each for each in visited.problems if "ERR_FAILED" not in each] == []
