"""Error pages help without database, session or context: these tests have no database."""

from __future__ import annotations

import pytest
from django.test import RequestFactory
from django.utils import translation

from brokerage.core import error_pages
from brokerage.core.context import Origin, entered
from brokerage.settings.env import BASE_DIR
from tests.portal.pages import seen

VIEWS = [
    (error_pages.bad_request, 400),
    (error_pages.forbidden, 403),
    (error_pages.expired_form, 403),
    (error_pages.not_found, 404),
    (error_pages.too_many, 429),
    (error_pages.server_error, 500),
    (error_pages.unavailable, 503),
]
REFERENCE = "0123456789abcdef0123456789abcdef"


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize(("view", "status"), VIEWS)
def test_a_page_says_what_to_do_and_carries_a_reference(view, status, language) -> None:
    request = RequestFactory().get("/somewhere/")

    with translation.override(language), entered(Origin(REFERENCE, "portal")):
        answer = view(request)

    page = seen(answer.content)
    assert answer.status_code == status
    assert page.headings == 1
    assert page.language == ("en" if language == "en" else "zh-Hans")
    assert page.inline == []
    assert REFERENCE.encode() in answer.content
    assert "/" in page.links
    assert answer.headers["Cache-Control"] == "no-store"


def test_too_many_says_when_to_come_back() -> None:
    request = RequestFactory().get("/")
    request.retry_after = 150  # type: ignore[attr-defined]  # kept with the request

    with translation.override("en"):
        answer = error_pages.too_many(request)

    assert answer.headers["Retry-After"] == "150"
    assert b"in 3 minutes" in answer.content


def test_a_page_that_does_not_exist_answers_in_the_house_style(client) -> None:
    answer = client.get("/no-such-page/", headers={"accept-language": "en"})

    assert answer.status_code == 404
    assert b"There is no such page" in answer.content


def test_a_hostile_address_is_inert_on_the_error_page(client) -> None:
    answer = client.get('/"><script>alert(1)</script>/\u202e/')

    assert answer.status_code == 404
    assert b"<script>alert" not in answer.content
    assert seen(answer.content).inline == []


def test_the_maintenance_page_needs_nothing_of_ours() -> None:
    page = (BASE_DIR / "static/portal/maintenance.html").read_text()

    assert "{%" not in page
    assert seen(page).inline == []
    assert "维护" in page
    assert "Maintenance" in page
