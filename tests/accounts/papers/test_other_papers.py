"""People with other papers: told online why, served at the counter, their original looked at."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from accounts.counter.identity import IdentityAtCounterForm
from accounts.evidence.states import CheckKind
from accounts.evidence.verification import missing_evidence, verify
from accounts.models import Application, CaseRelease, OutsideCheck, Sighting
from accounts.papers.dated import PAPERS, paper_terms
from accounts.papers.kinds import LICENCE, OTHERS, STAYS, born_on, documents_of, person_of
from accounts.papers.selectors import counting_sighting
from accounts.states import SectionStatus, Step
from accounts.use_cases import UnableToSubmit, submit_application
from brokerage.core import clock
from brokerage.core.identifiers import Document
from brokerage.core.roles import sync_roles
from brokerage.customers.models import IdType, OtherDocument, Source
from brokerage.customers.selectors import find_by_identity
from brokerage.customers.use_cases.confirm_identity import IdentityTaken, confirm_identity
from brokerage.journal.models import Entry
from tests.accounts.factories import ACTOR, a_complete_draft, a_draft
from tests.accounts.papers.factories import (
    COMMON,
    EN,
    PICTURES,
    WRITTEN,
    at_counter,
    confirm,
    enter,
    filmed,
    number,
    page_of,
)
from tests.customers.factories import a_customer, an_identified_customer
from tests.users.factories import sign_in

pytestmark = pytest.mark.django_db
PERSONAL = [each for each in OTHERS if each != LICENCE]


@pytest.fixture(autouse=True)
def _roles(db: None) -> None:
    sync_roles()


def looks_of(paper: Document) -> list[str]:
    terms = paper_terms(paper, clock.today())
    assert terms is not None
    return [str(each) for each in terms.looks]


def identity_of(row: Application) -> Any:
    return row.sections.get(step=Step.IDENTITY)


@pytest.mark.parametrize("paper", PERSONAL)
def test_online_another_paper_is_kept_and_leads_to_an_appointment_for_this_step(paper):
    draft = a_draft(at=clock.now())
    assert draft.customer.user is not None
    phone = sign_in(Client(headers=EN), draft.customer.user)
    page = phone.post(
        reverse("accounts:step", args=[draft.ref, "identity"]),
        {**COMMON, **WRITTEN[paper], "paper": paper.value, "version": "0"},
    )
    text = page.content.decode()
    assert "hold the original in their hands" in str(page.context["form"].errors["paper"])
    assert f"purpose=finish_step&amp;subject={draft.ref}&amp;step=identity" in text
    assert "This step goes on at an outlet" in text
    section = identity_of(draft)
    assert section.answers["paper"] == paper
    assert section.answers["id_number"] == WRITTEN[paper]["id_number"], "nothing typed is lost"
    assert section.status == SectionStatus.INCOMPLETE
    draft.refresh_from_db()
    assert draft.paper == paper


@pytest.mark.parametrize("paper", PERSONAL)
def test_staff_enter_a_paper_and_look_at_its_original_and_the_customer_confirms(paper):
    desk, release = at_counter()
    row = release.application
    answer = enter(desk, release, paper, looks_of(paper))
    assert answer.status_code == 302, answer.context["form"].errors
    section = identity_of(row)
    assert section.status == SectionStatus.ENTERED
    seen = Sighting.objects.get()
    assert (seen.seen_by, seen.outlet) == (release.helper, release.outlet)
    assert seen.looks == looks_of(paper)
    assert seen.rule_version.startswith(PAPERS)
    told = Entry.objects.get(kind="accounts.original_seen")
    assert told.payload["sighting"] == str(seen.ref)
    assert WRITTEN[paper]["id_number"] not in str(told.payload)
    confirm(row)
    section.refresh_from_db()
    assert section.status == SectionStatus.COMPLETE
    assert counting_sighting(row) == seen


def test_the_customer_sees_every_line_that_staff_entered():
    desk, release = at_counter()
    paper = Document.FOREIGN_RESIDENT
    enter(desk, release, paper, looks_of(paper))
    user = release.application.customer.user
    assert user is not None
    phone = sign_in(Client(headers=EN), user)
    page = phone.get(reverse("accounts:step", args=[release.application.ref, "identity"]))
    text = page.content.decode()
    for value in ("X1234567", "Switzerland", "Foreign permanent resident card"):
        assert value in text


@pytest.mark.parametrize("left_out", ["original", "features", "stay"])
def test_the_step_stays_open_until_everything_was_looked_at(left_out):
    desk, release = at_counter()
    paper = Document.HK_MACAU_PERMIT
    looks = [each for each in looks_of(paper) if each != left_out]
    page = enter(desk, release, paper, looks)
    assert page.context["form"].errors["looks"]
    section = identity_of(release.application)
    assert section.status == SectionStatus.INCOMPLETE
    assert section.answers["id_number"] == "H12345678", "kept all the same"
    assert not Sighting.objects.exists()


def test_a_proof_of_living_here_is_asked_for_beside_a_travel_permit():
    desk, release = at_counter(pictures=PICTURES)
    paper = Document.TAIWAN_PERMIT
    answer = enter(desk, release, paper, looks_of(paper))
    assert answer.headers["Location"] == page_of(release), "the page asks for what is missing"
    assert "Fill this in" in desk.get(page_of(release)).content.decode()
    assert not Sighting.objects.exists()


def test_without_a_signed_rule_nobody_opens_with_such_a_paper(monkeypatch):
    monkeypatch.setattr("accounts.counter.identity.paper_terms", lambda paper, on: None)
    desk, release = at_counter()
    page = enter(desk, release, Document.FOREIGN_PASSPORT, ["original"])
    assert "Compliance has not released" in str(page.context["form"].errors["paper"])
    assert identity_of(release.application).status == SectionStatus.INCOMPLETE


@pytest.mark.parametrize(
    ("paper", "wrong"),
    [
        (Document.RESIDENCE_PERMIT, number("810000")[:-1] + "0"),
        (Document.RESIDENCE_PERMIT, number("330702")),
        (Document.HK_MACAU_PERMIT, "12345678"),
        (Document.TAIWAN_PERMIT, "H12345678"),
        (Document.FOREIGN_RESIDENT, number("330702")),
        (Document.FOREIGN_PASSPORT, "ABC"),
    ],
)
def test_a_number_of_another_form_is_refused_beside_its_field(paper, wrong):
    desk, release = at_counter()
    page = enter(desk, release, paper, looks_of(paper), id_number=wrong)
    assert page.context["form"].errors["id_number"]
    assert not Sighting.objects.exists()


def test_who_corrects_the_number_shows_the_original_again():
    desk, release = at_counter()
    row = release.application
    paper = Document.HK_MACAU_PERMIT
    enter(desk, release, paper, looks_of(paper))
    enter(desk, release, paper, looks_of(paper), id_number="H12345679")
    assert Sighting.objects.count() == 2
    assert identity_of(row).answers["id_number"] == "H12345679"
    first, second = Sighting.objects.order_by("pk")
    assert counting_sighting(row) == second
    assert not first.is_about(identity_of(row).answers)


def test_a_sighting_is_never_changed():
    desk, release = at_counter()
    enter(desk, release, Document.HK_MACAU_PERMIT, looks_of(Document.HK_MACAU_PERMIT))
    with pytest.raises(Exception, match="Cannot update"), transaction.atomic():
        Sighting.objects.update(looks=["original"])


def test_a_permit_that_ends_too_soon_is_refused():
    desk, release = at_counter()
    ends = clock.today().replace(day=1).isoformat()
    page = enter(desk, release, OTHERS[1], looks_of(OTHERS[1]), id_valid_to=ends)
    assert page.context["form"].errors["id_valid_to"]


def with_paper(paper: Document) -> Application:
    """A complete draft with this paper, entered and confirmed at a counter."""
    draft = a_complete_draft(at=clock.now())
    draft.sections.filter(step=Step.IDENTITY).delete()
    draft.__dict__.pop("_statuses", None)
    desk, release = at_counter(draft)
    enter(desk, release, paper, looks_of(paper))
    return confirm(Application.objects.get(pk=draft.pk))


def test_what_is_missing_before_sending_is_the_video_of_a_witness():
    row = with_paper(Document.HK_MACAU_PERMIT)
    with pytest.raises(UnableToSubmit) as refused:
        submit_application(application=row, actor=ACTOR, at=clock.now())
    assert Step.VIDEO in refused.value.steps
    row = filmed(row, CaseRelease.objects.get(application=row))
    sent = submit_application(application=row, actor=ACTOR, at=clock.now())
    kinds = set(OutsideCheck.objects.filter(application=sent).values_list("kind", flat=True))
    assert CheckKind.IDENTITY not in kinds
    assert CheckKind.FACE not in kinds
    assert {CheckKind.HOLDINGS, CheckKind.CARD} <= kinds
    asked = OutsideCheck.objects.get(application=sent, kind=CheckKind.HOLDINGS).asks
    assert (asked["document"], asked["number"]) == ("travel_permit", "H12345678")


def test_a_look_at_the_original_is_the_evidence_of_who_it_is():
    row = with_paper(Document.HK_MACAU_PERMIT)
    assert "identity" not in missing_evidence(row)
    assert "recording" in missing_evidence(row), "at home it does not count here"
    assert not [each for each in verify(row) if each.part == "identity"]
    row.sightings.all().delete()
    assert "identity" in missing_evidence(row)
    assert ("identity", "original_not_seen") in [(f.part, f.problem) for f in verify(row)]


@pytest.mark.parametrize("paper", PERSONAL)
def test_name_document_and_birth_date_come_from_the_paper(paper):
    answers = {**COMMON, **WRITTEN[paper], "paper": paper.value}
    assert person_of(answers).number == WRITTEN[paper]["id_number"]
    born = born_on(answers, clock.today())
    assert born is not None
    assert born.isoformat() in ("1988-05-12", "1979-08-30")
    assert len(list(documents_of(answers))) == (2 if "second_number" in answers else 1)


def bound(customer: Any, kind: IdType, value: str, others: Any = ()) -> Any:
    return confirm_identity(
        customer=customer,
        id_type=kind,
        number=value,
        name="陈咏珊",
        birth_date=None,
        source=Source.STAFF,
        actor=ACTOR,
        at=clock.now(),
        others=others,
    )


def test_one_person_is_one_customer_whichever_paper_is_shown():
    permit = bound(a_customer(), IdType.TRAVEL_PERMIT, "H12345678")
    desk, release = at_counter(a_draft(a_customer("+8613900000002"), at=clock.now()))
    paper = Document.RESIDENCE_PERMIT
    page = enter(desk, release, paper, looks_of(paper))
    refused = str(page.context["form"].errors["second_number"])
    assert "We know this document already" in refused
    assert "陈" not in refused, "not who"
    with pytest.raises(IdentityTaken):
        bound(
            release.application.customer,
            IdType.RESIDENCE_PERMIT,
            number("810000"),
            [(IdType.TRAVEL_PERMIT, "H12345678")],
        )
    assert find_by_identity(IdType.TRAVEL_PERMIT, "h1234 5678") == permit


def test_the_permit_behind_a_residence_permit_is_nobody_elses_either():
    first = bound(
        a_customer(),
        IdType.RESIDENCE_PERMIT,
        number("810000"),
        [(IdType.TRAVEL_PERMIT, "H12345678")],
    )
    assert find_by_identity(IdType.TRAVEL_PERMIT, "H12345678") == first
    other = a_customer("+8613900000002")
    with pytest.raises(IdentityTaken):
        bound(other, IdType.TRAVEL_PERMIT, "H12345678")
    other.set_identity(id_type=IdType.TRAVEL_PERMIT, number="H12345678")
    other.set_name("陈咏珊")
    with pytest.raises(IntegrityError), transaction.atomic():
        other.save()
    row = OtherDocument(
        customer=an_identified_customer("+8613900000003"),
        id_type=IdType.TRAVEL_PERMIT,
        added_at=clock.now(),
    )
    row.set_number("H12345678")
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save()


@pytest.mark.parametrize("paper", PERSONAL)
def test_the_page_asks_for_what_stands_on_the_paper_and_nothing_else(paper):
    draft = a_draft(at=clock.now())
    form = IdentityAtCounterForm(
        {"paper": paper.value}, application=draft, section=None, at=clock.now()
    )
    assert ("stay_proof" in form.fields) == (paper in STAYS)
    assert ("nationality" in form.fields) == (paper.value.startswith("foreign"))
    assert ("second_number" in form.fields) == ("second_number" in WRITTEN[paper])
    assert "income_proof" not in form.fields
    plain = IdentityAtCounterForm(application=draft, section=None, at=clock.now())
    assert "looks" not in plain.fields
