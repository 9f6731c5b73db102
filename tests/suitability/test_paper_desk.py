"""The desk on which compliance writes, compares and signs papers."""

from __future__ import annotations

import pytest
from django.test import Client

from brokerage.core import clock
from brokerage.core.roles import Role
from suitability.content import PERSON
from suitability.models import PaperDraft, Questionnaire
from tests.branches.factories import make_staff
from tests.users.factories import sign_in

pytestmark = pytest.mark.django_db
DRAFTS = "/admin/suitability/paperdraft/"
NEW_OPTION = {"key": "gambling", "points": "0", "zh": "赌债", "en": "Gambling debts"}


def desk(role: Role = Role.COMPLIANCE) -> Client:
    client = Client()
    sign_in(client, make_staff(role))
    client.cookies["language"] = "en"
    return client


@pytest.fixture
def client() -> Client:
    return desk()


@pytest.fixture
def draft(client) -> PaperDraft:
    base = Questionnaire.objects.in_force(PERSON, clock.today())
    start = clock.today().replace(year=clock.today().year + 1)
    answer = client.post(
        f"{DRAFTS}add/",
        {"base": base.pk, "valid_from": start.isoformat(), "change_note": "Gambling debts"},
    )
    assert answer.status_code == 302
    return PaperDraft.objects.get()


def typed(page) -> dict[str, str]:
    """What a form of the page would send as it stands."""
    head, options = page.context["head"], page.context["options"]
    found = {"seen": page.context["seen"]}
    for form in (head, options.management_form, *options.forms):
        for field in form:
            value = field.value()
            if value or type(value) is int:
                found[field.html_name] = value
    return found


def test_a_question_gets_another_answer_and_the_version_is_signed(client, draft):
    url = f"{DRAFTS}{draft.ref}/questions/debt/"
    page = client.get(url)
    data = typed(page)
    assert data["answers-0-key"] == "nothing"
    data |= {f"answers-4-{name}": value for name, value in NEW_OPTION.items()}
    assert client.post(url, data).status_code == 302
    draft.refresh_from_db()
    question = next(each for each in draft.content["questions"] if each["key"] == "debt")
    before = next(each for each in draft.base.value["questions"] if each["key"] == "debt")
    assert question["options"][:4] == before["options"]
    assert question["options"][4]["zh-hans"] == "赌债"
    assert [each["key"] for each in draft.content["questions"]] == [
        each["key"] for each in draft.base.value["questions"]
    ]

    text = client.get(f"{DRAFTS}{draft.ref}/compare/").content.decode()
    assert "Gambling debts" in text

    answer = client.post(
        f"{DRAFTS}{draft.ref}/act/propose/", {"valid_from": draft.valid_from.isoformat()}
    )
    assert answer.status_code == 302
    row = Questionnaire.objects.get(decision="pending", key=PERSON)
    page = f"/admin/suitability/questionnaire/{row.ref}/"
    assert "another person has to check it" in client.get(f"{page}change/").content.decode()

    desk().post(f"{page}decide/", {"decision": "approved", "reason": ""})
    row.refresh_from_db()
    assert row.is_approved
    text = client.get(f"{page}compare/{draft.base.ref}/").content.decode()
    assert "Gambling debts" in text


def test_a_wrong_form_keeps_what_was_typed_and_says_where(client, draft):
    url = f"{DRAFTS}{draft.ref}/questions/debt/"
    data = typed(client.get(url)) | {"en": "", "zh": "你还欠谁的钱？", "answers-1-points": "x"}
    text = client.post(url, data).content.decode()
    assert "你还欠谁的钱？" in text
    assert text.count('aria-invalid="true"') == 2
    draft.refresh_from_db()
    assert draft.content == draft.base.value


def test_an_emptied_paper_shows_its_problems_and_offers_no_proposal(client, draft):
    url = f"{DRAFTS}{draft.ref}/questions/debt/"
    data = typed(client.get(url)) | {"answers-0-points": "9"}
    client.post(url, data)
    text = client.get(f"{DRAFTS}{draft.ref}/change/").content.decode()
    assert "The points reach from 10 to 106" in text
    assert "act/propose" not in text


def test_a_question_is_added_at_its_place_and_left_out_again(client, draft):
    url = f"{DRAFTS}{draft.ref}/questions/"
    data = typed(client.get(url)) | {
        "key": "pension",
        "group": "finances",
        "number": "2",
        "zh": "你有养老金吗？",
        "en": "Do you have a pension?",
        "answers-0-key": "yes",
        "answers-0-zh": "有",
        "answers-0-en": "Yes",
        "answers-0-points": "1",
        "answers-1-key": "no",
        "answers-1-zh": "没有",
        "answers-1-en": "No",
        "answers-1-points": "0",
    }
    assert client.post(url, data).status_code == 302
    draft.refresh_from_db()
    assert draft.content["questions"][1]["key"] == "pension"
    seen = client.get(f"{DRAFTS}{draft.ref}/questions/pension/").context["seen"]
    client.post(f"{DRAFTS}{draft.ref}/questions/pension/remove/", {"seen": seen})
    draft.refresh_from_db()
    assert draft.content == draft.base.value


def test_bands_and_caps_are_typed_and_a_bad_line_of_contradictions_is_named(client, draft):
    url = f"{DRAFTS}{draft.ref}/terms/"
    page = client.get(url)
    form = page.context["form"]
    data = {each.html_name: each.value() for each in form} | {"seen": page.context["seen"]}
    text = client.post(url, data | {"contradictions": "- {key: a\n- b"}).content.decode()
    assert "Line 2 cannot be read" in text
    data |= {"C1_to": "20", "C2_from": "21", "per_day": "1"}
    assert client.post(url, data).status_code == 302
    draft.refresh_from_db()
    assert draft.content["bands"][0]["to"] == 20
    assert draft.content["bands"][1]["from"] == 21
    assert draft.content["retakes"]["per_day"] == 1
    assert draft.content["contradictions"] == draft.base.value["contradictions"]


def test_a_statement_is_worded_anew(client, draft):
    url = f"{DRAFTS}{draft.ref}/statements/full_capacity/"
    seen = client.get(url).context["seen"]
    data = {"seen": seen, "zh": "我已成年", "en": "I am of age", "lowest_if": "no"}
    assert client.post(url, data).status_code == 302
    draft.refresh_from_db()
    assert draft.content["declarations"][0]["text"]["en"] == "I am of age"
    assert draft.content["declarations"][0]["lowest_if"] is False


@pytest.mark.parametrize("role", [Role.HEAD_OFFICE, Role.AUDITOR, Role.BRANCH_MANAGER])
def test_nobody_but_compliance_writes(role, draft):
    other = desk(role)
    for url in ("questions/", "questions/debt/", "terms/", "statements/full_capacity/"):
        assert other.get(f"{DRAFTS}{draft.ref}/{url}").status_code == 403
    assert other.get(f"{DRAFTS}add/").status_code == 403
    answer = other.post(
        f"{DRAFTS}{draft.ref}/act/propose/", {"valid_from": draft.valid_from.isoformat()}
    )
    assert answer.status_code == 403
