"""With scripts, the next question comes in the answer to the last."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from brokerage.core import clock
from suitability.models import Assessment
from suitability.use_cases import answer_question
from tests.backoffice.factories import desk_of
from tests.customers.factories import a_customer
from tests.suitability.factories import ANSWERS, an_open_assessment

IN_PLACE = {"HX-Request": "true", "HX-Boosted": "true"}
LAST = len(ANSWERS)


@pytest.fixture
def paper(db: None) -> Assessment:
    return an_open_assessment(a_customer(), at=clock.now())


def answered(client: Client, paper: Assessment, number: int, *, in_place: bool = True) -> Any:
    """The answer to the answer of one question, without the page before it."""
    chosen = list(ANSWERS.values())[number - 1]
    headers = IN_PLACE if in_place else {}
    return client.post(_address(paper, number), {"answer": chosen, "seen": ""}, headers=headers)


def _address(paper: Assessment, number: int) -> str:
    return f"/suitability/{paper.ref}/{number}/"


def test_the_answer_carries_the_next_question_and_its_address(paper):
    answer = answered(desk_of(paper.customer.user), paper, 1)

    assert answer.status_code == 200
    assert answer.headers["HX-Push-Url"] == _address(paper, 2)
    body = answer.content.decode()
    assert "<title>Question 2 of 21" in body
    assert "<html" not in body
    assert f'action="{_address(paper, 2)}"' in body
    paper.refresh_from_db()
    assert paper.given == {"income": ["wages"]}


def test_without_scripts_it_leads_to_the_next_page(paper):
    answer = answered(desk_of(paper.customer.user), paper, 1, in_place=False)

    assert (answer.status_code, answer.headers["Location"]) == (302, _address(paper, 2))


def test_a_missing_answer_is_asked_for_again_in_place(paper):
    answer = desk_of(paper.customer.user).post(_address(paper, 3), {"seen": ""}, headers=IN_PLACE)

    assert answer.headers["HX-Push-Url"] == _address(paper, 3)
    assert "Choose an answer." in answer.content.decode()


def test_the_last_answer_brings_the_check(paper):
    answer = answered(desk_of(paper.customer.user), paper, LAST)

    assert answer.headers["HX-Push-Url"] == f"/suitability/{paper.ref}/check/"
    assert "Check your answers" in answer.content.decode()


def test_an_answer_costs_one_read_and_one_write(paper, django_assert_num_queries):
    client = desk_of(paper.customer.user)
    answered(client, paper, 1)

    with django_assert_num_queries(4):  # session, log-in, the paper, its answers
        answered(client, paper, 2)


def test_an_answer_to_a_paper_that_was_read_earlier_takes_the_lock(paper):
    """What another device answered meanwhile stays, and what is given here is added."""
    earlier = Assessment.objects.get(pk=paper.pk)
    answered(desk_of(paper.customer.user), paper, 1)

    answer_question(
        assessment=earlier, question_key="share", chosen=ANSWERS["share"], seen=[], at=clock.now()
    )

    paper.refresh_from_db()
    assert set(paper.given) == {"income", "share"}
    assert earlier.given == {}, "the row of the caller stays as it was read"


def test_after_the_session_the_whole_page_goes_to_the_log_in(paper):
    answer = answered(Client(), paper, 1)

    assert answer.headers["HX-Redirect"].startswith("/login/?next=/suitability/")


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_in_a_browser(visit, live_server):
    """The focus is on the question, the way back works, a line that fails takes the usual way."""
    customer = a_customer()
    assert customer.user
    paper = an_open_assessment(customer, at=clock.now())
    session = desk_of(customer.user).cookies["sessionid"].value
    shown = visit(
        live_server.url + _address(paper, 1), cookies={"sessionid": session, "language": "en"}
    )
    page = shown.page
    page.evaluate("window.sameDocument = true")

    def choose(number: int) -> None:
        for key in list(ANSWERS.values())[number - 1]:
            page.check(f"input[name=answer][value={key}]")

    choose(1)
    shown.follow(page.get_by_role("button", name="Next"))
    page.wait_for_url(f"**{_address(paper, 2)}")
    assert page.title().startswith("Question 2 of 21")
    assert page.evaluate("window.sameDocument") is True
    assert page.evaluate("document.activeElement.tagName") == "LEGEND"
    assert (shown.axe(), shown.overflows(), shown.problems) == ([], False, [])

    page.go_back()
    page.wait_for_url(f"**{_address(paper, 1)}")
    assert page.locator("input[name=answer]:checked").get_attribute("value") == "wages"

    shown.follow(page.get_by_role("button", name="Next"))
    lost = []

    def cut(route: Any) -> None:
        """The line breaks once."""
        lost.append(route.request.headers.get("hx-boosted"))
        route.abort() if len(lost) == 1 else route.fallback()

    page.route(f"**{_address(paper, 2)}", cut)
    choose(2)
    shown.follow(page.get_by_role("button", name="Next"))
    page.wait_for_url(f"**{_address(paper, 3)}")
    assert lost == ["true", None]
    paper.refresh_from_db()
    assert set(paper.given) == {"income", "share"}
