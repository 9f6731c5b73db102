"""The pages of professional investors: the customer's way and the officers' desk."""

from __future__ import annotations

import os
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from brokerage.core import clock
from brokerage.core.roles import Role
from brokerage.files.models import StoredFile
from suitability.models import InvestorStatus, StatusRequest
from suitability.professional_home import cards, tasks
from suitability.rules.grades import ProfessionalKind
from suitability.states import RequestStatus
from suitability.use_cases.deciding_status import return_request
from tests.backoffice.factories import desk_of
from tests.branches.factories import make_staff
from tests.customers.factories import a_customer
from tests.files.factories import jpeg
from tests.suitability.factories import a_confirmed_assessment
from tests.suitability.professional import (
    PERSON_FACTS,
    a_professional,
    a_sent_application,
    a_test,
    an_application,
    an_examined_application,
    answers_of,
    explained,
    prove,
)
from tests.users.factories import sign_in

pytestmark = pytest.mark.django_db
OVERVIEW = "/suitability/professional/"
EARLIER = timedelta(hours=1)


def reader(customer: Any) -> Client:
    return sign_in(Client(headers={"Accept-Language": "en"}), customer.user, stepped_up=True)


def text(client: Client, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200, answer
    return answer.content.decode()


def photo() -> BytesIO:
    file = BytesIO(jpeg())
    file.name = "flow.jpg"
    return file


def test_a_person_applies_from_the_first_page_to_the_queue() -> None:
    customer = a_customer()
    client = reader(customer)
    assert "What you give up" in text(client, OVERVIEW)
    assert client.post(OVERVIEW, {}).status_code == 422
    started = client.post(OVERVIEW, {"kind": "5"})
    row = StatusRequest.objects.get()
    page = reverse("suitability:status_request", args=[row.ref])
    assert started["Location"] == page
    assert client.post(OVERVIEW, {"kind": "5"}).status_code == 409

    # what is given up: shown by a POST, read, accepted
    protections = reverse("suitability:protections", args=[row.ref])
    assert client.get(protections)["Location"] == page
    client.post(page, {"step": "explain"})
    row.refresh_from_db()
    told = text(client, protections)
    assert row.text in told
    quick = client.post(protections, {"text": row.text, "read": "on"})
    assert (quick.status_code, "too quick" in quick.content.decode()) == (409, True)
    StatusRequest.objects.update(explained_at=clock.now() - EARLIER)
    assert client.post(protections, {"text": row.text}).status_code == 422
    assert client.post(protections, {"text": row.text, "read": "on"})["Location"] == page

    # the proofs: a mistake loses nothing
    proof = reverse("suitability:proof", args=[row.ref, "financial_assets"])
    wrong = client.post(proof, {"amount": "6000000", "as_of": "2999-01-01", "file": photo()})
    assert wrong.status_code == 422
    assert 'value="6000000"' in wrong.content.decode()
    today = clock.today().isoformat()
    assert client.post(proof, {"amount": "6000000", "as_of": today}).status_code == 422
    given = {"amount": "6000000", "as_of": today, "file": photo()}
    assert client.post(proof, given)["Location"] == page
    nothing = BytesIO(b"GIF89a")
    nothing.name = "x.gif"
    months = reverse("suitability:proof", args=[row.ref, "investing_months"])
    given = {"amount": "30", "as_of": today}
    assert client.post(months, given | {"file": nothing}).status_code == 422
    unproved = client.post(page, {"step": "send", "purpose": "I trade a lot"})
    assert unproved.status_code == 409
    assert "I trade a lot" in unproved.content.decode()
    client.post(months, given | {"file": photo()})
    assert client.get(proof.replace("financial_assets", "licence")).status_code == 404

    assert client.post(page, {"step": "send", "purpose": ""}).status_code == 422
    assert client.post(page, {"step": "send", "purpose": "I trade a lot"}).status_code == 302
    row.refresh_from_db()
    assert row.status == RequestStatus.SUBMITTED
    assert "Two officers look at it" in text(client, page)
    assert client.get(proof)["Location"] == page
    client.post(page, {"step": "withdraw"})
    assert "You took this application back" in text(client, page)


def test_the_test_of_knowledge_tells_why_and_never_the_answer() -> None:
    customer, at = a_customer(), clock.now()
    a_confirmed_assessment(customer, at=at)
    row = an_application(customer, ProfessionalKind.CONVERTED, at=at)
    client = reader(customer)
    page = reverse("suitability:status_request", args=[row.ref])
    test_page = reverse("suitability:knowledge", args=[row.ref])
    assert client.get(test_page)["Location"] == page
    assert client.post(page, {"step": "test"})["Location"] == test_page
    text(client, test_page)
    answers = answers_of(row.tests.get(), wrong=3)
    half = client.post(test_page, dict(list(answers.items())[:4]))
    assert half.status_code == 422
    assert half.content.decode().count("checked") == 4
    result = client.post(test_page, answers)["Location"]
    told = text(client, result)
    assert "You did not pass the test" in told
    assert told.count("<dt>") == 3
    a_test(row, at=at)
    assert client.post(page, {"step": "test"}).status_code == 409


def test_pages_of_others_do_not_exist() -> None:
    row = an_application(a_customer(), at=clock.now())
    stranger = reader(a_customer("+8613900667788"))
    names = ("status_request", "protections", "knowledge", "knowledge_result")
    urls = [reverse(f"suitability:{name}", args=[row.ref]) for name in names]
    urls.append(reverse("suitability:proof", args=[row.ref, "licence"]))
    for url in urls:
        assert stranger.get(url).status_code == 404
        assert stranger.post(url, {"step": "withdraw"}).status_code in (404, 405)
    staff = desk_of(make_staff(Role.COMPLIANCE))
    assert staff.get(OVERVIEW).status_code == 404


def test_going_back_needs_the_tick_and_nothing_else() -> None:
    customer = a_customer()
    a_professional(customer, at=clock.now() - EARLIER)
    client = reader(customer)
    assert "You are a professional investor" in text(client, OVERVIEW)
    back = reverse("suitability:step_back")
    text(client, back)
    assert client.post(back, {}).status_code == 422
    assert client.post(back, {"sure": "on"})["Location"] == OVERVIEW
    assert not InvestorStatus.objects.in_force(clock.today()).exists()
    assert client.get(back)["Location"] == OVERVIEW


def test_two_officers_decide_at_their_desks() -> None:
    at = clock.now() - EARLIER
    sent = a_sent_application(a_customer(), at=at)
    first, second = make_staff(Role.REVIEWER), make_staff(Role.COMPLIANCE)
    desk, other = desk_of(first), desk_of(second)
    (task,) = tasks(first, at)
    shown = text(desk, task.url)
    assert "CNY\u00a06,000,000.00" in shown
    acts = f"/admin/suitability/statusrequest/{sent.ref}/act"
    values = {
        "ok_financial_assets": "yes",
        "is_financial_assets": "",
        "ok_investing_months": "yes",
        "is_investing_months": "36",
        "favourable": "yes",
        "reason": "All is proved",
    }
    again = desk.post(f"{acts}/examine/", values).content.decode()
    assert "Write what the files show." in again
    assert "All is proved" in again
    desk.post(f"{acts}/examine/", values | {"is_financial_assets": "5500000"})
    sent.refresh_from_db()
    assert sent.status == RequestStatus.EXAMINED
    assert list(tasks(first, at)) == []
    desk.post(f"{acts}/confirm/")
    sent.refresh_from_db()
    assert sent.status == RequestStatus.EXAMINED
    other.post(f"{acts}/confirm/")
    sent.refresh_from_db()
    assert sent.status == RequestStatus.GRANTED
    text(other, f"/admin/suitability/statusrequest/{sent.ref}/change/")
    text(other, "/admin/suitability/investorstatus/")


def test_the_desk_sends_back_and_looks_again() -> None:
    at = clock.now() - EARLIER
    sent = a_sent_application(a_customer(), at=at)
    desk, other = desk_of(make_staff(Role.COMPLIANCE)), desk_of(make_staff(Role.COMPLIANCE))
    an_examined_application(sent, favourable=False, at=at)
    acts = f"/admin/suitability/statusrequest/{sent.ref}/act"
    desk.post(f"{acts}/again/", {"reason": "The income was overlooked"})
    sent.refresh_from_db()
    assert sent.status == RequestStatus.SUBMITTED
    other.post(f"{acts}/return/", {"reason": "The seal is missing"})
    sent.refresh_from_db()
    assert sent.status == RequestStatus.RETURNED
    assert "The seal is missing" in text(
        reader(sent.customer), reverse("suitability:status_request", args=[sent.ref])
    )


def test_files_are_seen_by_those_who_decide_and_by_nobody_else() -> None:
    sent = a_sent_application(a_customer(), at=clock.now() - EARLIER)
    proof = sent.proofs.first()
    assert proof is not None
    url = reverse("files:file", args=[proof.files[0]])
    seen = {
        role: desk_of(make_staff(role)).get(url).status_code
        for role in (Role.COMPLIANCE, Role.REVIEWER, Role.HEAD_OFFICE, Role.CALL_CENTRE)
    }
    assert seen == {
        Role.COMPLIANCE: 200,
        Role.REVIEWER: 200,
        Role.HEAD_OFFICE: 404,
        Role.CALL_CENTRE: 404,
    }
    assert reader(sent.customer).get(url).status_code == 200
    assert reader(a_customer("+8613900667789")).get(url).status_code == 404


def test_the_desk_leads_only_to_files_that_were_checked() -> None:
    sent = a_sent_application(a_customer(), at=clock.now() - EARLIER)
    first, *others = [proof.files[0] for proof in sent.proofs.order_by("pk")]
    StoredFile.objects.filter(original__ref=first).delete()  # as before the check of an image
    page = text(
        desk_of(make_staff(Role.COMPLIANCE)),
        f"/admin/suitability/statusrequest/{sent.ref}/change/",
    )
    assert others
    assert reverse("files:file", args=[first]) not in page
    assert all(reverse("files:file", args=[ref]) in page for ref in others)


def test_a_card_tells_what_came_back_and_what_ends() -> None:
    at = clock.now()
    sent = a_sent_application(a_customer(), at=at)
    user = sent.customer.user
    assert list(cards(user, at)) == []
    officer = make_staff(Role.COMPLIANCE)
    return_request(request=sent, reason="缺页", officer=officer, at=at)
    assert [card.key for card in cards(user, at)] == ["suitability.status_returned"]
    other = a_customer("+8613900667790")
    a_professional(other, at=at)
    assert list(cards(other.user, at)) == []
    near = at + timedelta(days=690)
    assert [card.key for card in cards(other.user, near)] == ["suitability.status_ends"]


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("width", "language"), [(360, "zh-hans"), (390, "en"), (1280, "en")])
def test_the_pages_are_sound(live_server: Any, visit: Any, width: int, language: str) -> None:
    now = clock.now()
    customer, other = a_customer(), a_customer("+8613900667791")
    a_confirmed_assessment(customer, at=now)
    row = explained(an_application(customer, ProfessionalKind.CONVERTED, at=now), at=now)
    prove(row, {"financial_assets": PERSON_FACTS["financial_assets"]})
    a_test(row, wrong=3, at=now)
    a_professional(other, at=now)
    sent = a_sent_application(a_customer("+8613900667792"), at=now)
    session = reader(customer)
    session.post(reverse("suitability:status_request", args=[row.ref]), {"step": "test"})
    own = [OVERVIEW, reverse("suitability:status_request", args=[row.ref])]
    own += [
        reverse(f"suitability:{name}", args=[row.ref])
        for name in ("protections", "knowledge", "knowledge_result")
    ]
    own += [reverse("suitability:proof", args=[row.ref, "financial_assets"])]
    theirs = [OVERVIEW, reverse("suitability:step_back")]
    desk = ["/admin/suitability/statusrequest/"]
    desk += [f"/admin/suitability/statusrequest/{sent.ref}/change/"]
    found = []
    for client, urls in (
        (session, own),
        (reader(other), theirs),
        (desk_of(make_staff(Role.COMPLIANCE)), desk),
    ):
        key = client.cookies["sessionid"].value
        for url in urls:
            cookies = {"sessionid": key, "language": language}
            shown = visit(live_server.url + url, width=width, cookies=cookies)
            if folder := os.environ.get("SHOTS"):
                name = url.strip("/").replace("/", "-")[-40:]
                shown.page.screenshot(path=f"{folder}/{name}-{width}.png", full_page=True)
            found += [f"{url}: {one}" for one in [*shown.problems, *shown.axe()]]
            if shown.overflows():
                found.append(f"{url}: wider than the window")
    assert found == []
