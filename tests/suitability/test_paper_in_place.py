"""With scripts, questions follow each other at once, and answers are sent meanwhile."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from brokerage.core import clock
from suitability.models import Assessment
from suitability.use_cases import answer_question, submit_assessment
from tests.backoffice.factories import desk_of
from tests.customers.factories import a_customer
from tests.suitability.factories import (
    ACTOR,
    ANSWERS,
    an_answered_assessment,
    an_open_assessment,
)

IN_PLACE = {"HX-Request": "true", "HX-Boosted": "true"}
LAST = len(ANSWERS)


@pytest.fixture
def paper(db: None) -> Assessment:
    return an_open_assessment(a_customer(), at=clock.now())


def desk(paper: Assessment) -> Client:
    """The browser of the person whose paper it is."""
    user = paper.customer.user
    assert user
    return desk_of(user)


def answered(client: Client, paper: Assessment, number: int, *, in_place: bool = True) -> Any:
    """The answer to the answer of one question, without the page before it."""
    chosen = list(ANSWERS.values())[number - 1]
    headers = IN_PLACE if in_place else {}
    return client.post(_address(paper, number), {"answer": chosen, "seen": ""}, headers=headers)


def _address(paper: Assessment, number: int) -> str:
    return f"/suitability/{paper.ref}/{number}/"


def test_the_answer_carries_the_next_question_and_its_address(paper):
    answer = answered(desk(paper), paper, 1)

    assert answer.status_code == 200
    assert answer.headers["HX-Push-Url"] == _address(paper, 2)
    body = answer.content.decode()
    assert "<title>Question 2 of 21" in body
    assert "<html" not in body
    assert f'action="{_address(paper, 2)}"' in body
    paper.refresh_from_db()
    assert paper.given == {"income": ["wages"]}


def sheet(client: Client, paper: Assessment, mark: str, **given: Any) -> Any:
    """What the script sends."""
    body = {key: [one] if isinstance(one, str) else one for key, one in given.items()}
    return client.put(
        f"/suitability/{paper.ref}/answers/?of={paper.questionnaire.content_hash}",
        body,
        content_type="application/json",
        headers={"If-Match": f'"{mark}"'},
    )


def test_the_page_brings_all_questions_and_what_is_kept(paper):
    client = desk(paper)
    page = client.get(_address(paper, 1)).content.decode()

    assert page.count("data-key=") == LAST
    assert f'data-mark="{paper.mark}"' in page
    answered(client, paper, 1)
    page = client.get(_address(paper, 1)).content.decode()
    assert 'data-given="{&quot;income&quot;: [&quot;wages&quot;]}"' in page
    assert page.count("checked") == 1, "of the question itself; the drawn ones are nobody's"


def test_a_sheet_is_kept_by_one_statement(paper, django_assert_num_queries):
    client = desk(paper)
    client.get(_address(paper, 1))
    with django_assert_num_queries(3):  # session, log-in, the answers
        first = sheet(client, paper, paper.mark, income="wages")
    assert (first.status_code, first.content) == (204, b"")
    both = {"income": "wages", "practice": ["shares", "bonds"]}
    assert sheet(client, paper, first.headers["ETag"].strip('"'), **both).status_code == 204

    paper.refresh_from_db()
    assert paper.given == {"income": ["wages"], "practice": ["bonds", "shares"]}, "in their order"


def test_a_sheet_that_another_device_wrote_to_is_not_overwritten(paper):
    client, before = desk(paper), paper.mark
    answered(client, paper, 1)

    answer = sheet(client, paper, before, share="from_10")

    paper.refresh_from_db()
    assert answer.status_code == 412
    assert answer.json() == {"given": {"income": ["wages"]}, "mark": paper.mark}


@pytest.mark.parametrize(
    "given",
    [
        {"mood": "good"},
        {"income": "stolen"},
        {"income": ["wages", "business"]},
        {"income": 7},
        {"income": [["wages"]]},
    ],
)
def test_a_sheet_of_other_questions_or_answers_is_refused(paper, given):
    answer = sheet(desk(paper), paper, paper.mark, **given)

    assert answer.status_code == 422
    paper.refresh_from_db()
    assert paper.given == {}


def test_a_sheet_belongs_to_one_person_and_to_the_version_that_was_shown(paper):
    stranger = desk(an_open_assessment(a_customer("+8613800138009")))
    assert sheet(stranger, paper, paper.mark, income="wages").status_code == 404
    assert sheet(Client(), paper, paper.mark, income="wages").status_code == 302

    client = desk(paper)
    paper.questionnaire.content_hash = "0" * 64
    assert sheet(client, paper, paper.mark, income="wages").status_code == 409
    paper.refresh_from_db()
    assert paper.given == {}


def test_a_sheet_of_a_closed_paper_stays(db):
    paper = an_answered_assessment(a_customer(), at=clock.now())
    submit_assessment(assessment=paper, language="en", actor=ACTOR, at=clock.now())
    before = Assessment.objects.get().mark

    answer = sheet(desk(paper), paper, before, **ANSWERS)

    assert answer.status_code == 409
    assert Assessment.objects.get().mark == before


def test_without_scripts_it_leads_to_the_next_page(paper):
    answer = answered(desk(paper), paper, 1, in_place=False)

    assert (answer.status_code, answer.headers["Location"]) == (302, _address(paper, 2))


def test_a_missing_answer_is_asked_for_again_in_place(paper):
    answer = desk(paper).post(_address(paper, 3), {"seen": ""}, headers=IN_PLACE)

    assert answer.headers["HX-Push-Url"] == _address(paper, 3)
    assert "Choose an answer." in answer.content.decode()


def test_the_last_answer_brings_the_check(paper):
    answer = answered(desk(paper), paper, LAST)

    assert answer.headers["HX-Push-Url"] == f"/suitability/{paper.ref}/check/"
    assert "Check your answers" in answer.content.decode()


def test_an_answer_costs_one_read_and_one_write(paper, django_assert_num_queries):
    client = desk(paper)
    answered(client, paper, 1)

    with django_assert_num_queries(4):  # session, log-in, the paper, its answers
        answered(client, paper, 2)


def test_an_answer_to_a_paper_that_was_read_earlier_takes_the_lock(paper):
    """What another device answered meanwhile stays, and what is given here is added."""
    earlier = Assessment.objects.get(pk=paper.pk)
    answered(desk(paper), paper, 1)

    answer_question(
        assessment=earlier, question_key="share", chosen=ANSWERS["share"], seen=[], at=clock.now()
    )

    paper.refresh_from_db()
    assert set(paper.given) == {"income", "share"}
    assert earlier.given == {}, "the row of the caller stays as it was read"


def test_after_the_session_the_whole_page_goes_to_the_log_in(paper):
    answer = answered(Client(), paper, 1)

    assert answer.headers["HX-Redirect"].startswith("/login/?next=/suitability/")


class Shown:
    """The paper in a browser."""

    def __init__(self, visit: Any, live_server: Any, paper: Assessment, number: int = 1) -> None:
        cookies = {"sessionid": desk(paper).cookies["sessionid"].value}
        address = live_server.url + _address(paper, number)
        self.visit = visit(address, cookies={**cookies, "language": "en"})
        self.page, self.paper = self.visit.page, paper

    def choose(self, number: int, *answer: str) -> None:
        for key in answer or list(ANSWERS.values())[number - 1]:
            self.page.check(f"input[name=answer][value={key}]")

    def go_on(self) -> None:
        self.visit.follow(self.page.get_by_role("button", name="Next"))

    def answer(self, number: int) -> None:
        self.choose(number)
        self.go_on()
        self.page.wait_for_url(f"**{_address(self.paper, number + 1)}")

    def kept(self, **answers: str) -> bool:
        """Whether just these are kept in the end."""
        for _ in range(100):
            self.paper.refresh_from_db()
            if self.paper.given == {key: [chosen] for key, chosen in answers.items()}:
                return True
            self.page.wait_for_timeout(50)
        return False


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_in_a_browser(visit, live_server):
    """Nobody waits between two questions; focus, title and address follow, and the way back."""
    shown = Shown(visit, live_server, an_open_assessment(a_customer(), at=clock.now()))
    page, paper = shown.page, shown.paper
    sent: list[Any] = []  # without icons
    page.on("request", lambda each: sent.append((each.method, each.url.split("/")[3])))
    page.evaluate("window.sameDocument = true")

    shown.answer(1)
    assert page.title().startswith("Question 2 of 21 – ")
    assert page.evaluate("document.activeElement.tagName") == "LEGEND"
    assert page.locator(".segs").get_attribute("aria-label") == "1 of 21 steps done"
    assert shown.kept(income="wages")
    assert [each for each in sent if each[1] == "suitability"] == [("PUT", "suitability")]
    assert (shown.visit.axe(), shown.visit.overflows(), shown.visit.problems) == ([], False, [])

    page.go_back()
    page.wait_for_url(f"**{_address(paper, 1)}")
    assert page.locator("input[name=answer]:checked").get_attribute("value") == "wages"
    shown.go_on()
    page.get_by_role("link", name="Back").click()
    assert page.locator("legend").inner_text().startswith("Where does most of your income")
    assert page.get_by_text("Each answer is saved").is_visible()
    shown.go_on()
    shown.choose(2)
    page.get_by_role("button", name="Next").dblclick()
    page.wait_for_url(f"**{_address(paper, 3)}")
    assert page.evaluate("window.sameDocument") is True
    assert shown.kept(income="wages", share="from_10")

    page.reload()
    assert page.title().startswith("Question 3 of 21")
    page.get_by_role("button", name="Next").click()
    page.get_by_text("Choose an answer.").first.wait_for()
    assert page.evaluate("document.activeElement.closest('.notice, [role=alert], form') !== null")
    shown.answer(3)
    assert shown.kept(income="wages", share="from_10", debt="nothing")


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_without_a_connection_answers_wait_on_the_page(visit, live_server):
    shown = Shown(visit, live_server, an_open_assessment(a_customer(), at=clock.now()))
    page = shown.page
    page.route("**/answers/**", lambda route: route.abort())
    shown.answer(1)
    page.get_by_text("No connection.").wait_for()
    assert shown.visit.axe() == []
    shown.answer(2)
    shown.paper.refresh_from_db()
    assert shown.paper.given == {}

    page.unroute("**/answers/**")
    assert shown.kept(income="wages", share="from_10")
    page.get_by_text("No connection.").wait_for(state="detached")
    assert page.url.endswith(_address(shown.paper, 3))


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_two_devices_overwrite_nothing_unseen(visit, live_server):
    """What the other one answered is added; the same question, answered otherwise, is told."""
    shown = Shown(visit, live_server, an_open_assessment(a_customer(), at=clock.now()))
    for key, chosen in (("debt", ["nothing"]), ("share", ["under_10"])):
        paper = Assessment.objects.get()
        answer_question(assessment=paper, question_key=key, chosen=chosen, seen=[], at=clock.now())
    shown.answer(1)
    assert shown.kept(income="wages", share="under_10", debt="nothing")

    shown.choose(2, "from_10")
    shown.go_on()
    shown.page.wait_for_url(f"**{_address(shown.paper, 3)}")
    assert shown.kept(income="wages", share="from_10", debt="nothing"), "it was seen"
    answer_question(
        assessment=Assessment.objects.get(),
        question_key="debt",
        chosen=["private"],
        seen=["nothing"],
        at=clock.now(),
    )
    shown.choose(3, "mortgage")
    shown.go_on()
    shown.page.get_by_text("You answered this on another device meanwhile.").first.wait_for()
    assert shown.page.url.endswith(_address(shown.paper, 3))
    assert shown.page.locator("input[name=answer]:checked").get_attribute("value") == "private"
    assert shown.kept(income="wages", share="from_10", debt="private")


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_a_session_that_ended_leads_to_the_log_in_and_back_to_the_question(visit, live_server):
    shown = Shown(visit, live_server, an_open_assessment(a_customer(), at=clock.now()))
    shown.page.context.clear_cookies(name="sessionid")
    shown.choose(1)
    shown.page.get_by_role("button", name="Next").click()
    shown.page.wait_for_url(f"**/login/?next={_address(shown.paper, 1)}")
