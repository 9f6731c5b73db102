"""Whoever does not agree to the use of the face: two people at an outlet, and no recording."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from accounts.consents import FACE, PURPOSES_OF_OPENING
from accounts.counter.states import PersonLook
from accounts.evidence.states import CheckKind, CheckStatus, WitnessingStatus
from accounts.facts import facts_of, with_facts
from accounts.handlers import stop_face
from accounts.models import (
    Application,
    Assist,
    CaseRelease,
    OutsideCheck,
    Routing,
    Witnessing,
)
from accounts.review.dated import routing_terms
from accounts.review.looking import look_at
from accounts.review.states import Risk
from accounts.rules import missing
from accounts.states import Status, Step
from accounts.use_cases import (
    UnableToReview,
    claim_review,
    return_application,
    route_review,
    save_consents,
    submit_application,
    take_next,
)
from accounts.use_cases.confirm_person import confirm_second, to_confirm
from accounts.use_cases.release_case import UnableToRelease
from brokerage.core import clock
from brokerage.core.roles import Role, sync_roles
from brokerage.core.written import Written
from brokerage.customers.events import ConsentWithdrawn
from brokerage.customers.selectors import current_texts
from brokerage.customers.use_cases import withdraw_consent
from tests.accounts.counter.factories import an_open_case
from tests.accounts.counter.test_pages import on_phone
from tests.accounts.factories import ACTOR, a_complete_draft, a_draft, an_application
from tests.branches.factories import give_licence, make_staff
from tests.users.factories import sign_in

pytestmark = pytest.mark.django_db
EN = {"Accept-Language": "en"}
ALL = {"looks": PersonLook.values}


@pytest.fixture(autouse=True)
def _roles(db: None) -> None:
    sync_roles()


def refused(application: Application) -> Application:
    """The customer agrees to everything but the face."""
    texts = current_texts("zh-hans")
    section = application.sections.get(step=Step.CONSENTS)
    return save_consents(
        application=application,
        texts={each: texts[each] for each in PURPOSES_OF_OPENING if each != FACE},
        refused=[FACE],
        version=section.version,
        actor=ACTOR,
        channel="portal",
        at=clock.now(),
    )


def faceless() -> Application:
    return refused(a_complete_draft(at=clock.now()))


def desk_of(user: Any) -> Client:
    give_licence(user, "witness")
    return sign_in(Client(headers=EN), user, stepped_up=True)


def a_colleague(case: CaseRelease) -> Any:
    return make_staff(Role.OPENING_OFFICER, case.outlet)


def in_person(case: CaseRelease, which: str = "person") -> str:
    return reverse(f"admin:accounts_application_case_{which}", args=[case.ref])


def confirmed() -> tuple[Application, CaseRelease, Any]:
    """A draft that two people confirmed at an outlet."""
    draft = faceless()
    case = an_open_case(draft, at=clock.now())
    second = a_colleague(case)
    desk_of(case.helper).post(in_person(case), ALL)
    desk_of(second).post(in_person(case, "second"), ALL)
    return Application.objects.get(pk=draft.pk), case, second


def test_facts_in_hand_learn_that_another_video_counts() -> None:
    draft = a_complete_draft(at=clock.now())
    in_hand = with_facts(Application.objects.select_related("customer", "outlet"))
    known = Written(in_hand.filter(pk=draft.pk)).get(on=clock.today())
    assert Step.VIDEO in facts_of(known).done
    saved = refused(known)
    assert saved is known
    assert Step.VIDEO not in facts_of(saved).done


def test_refusing_leaves_one_step_open_and_gives_the_recording_up() -> None:
    draft = faceless()
    assert draft.without_face
    left = set(missing(facts_of(Application.objects.get(pk=draft.pk)))) - {Step.ASSESSMENT}
    assert left == {Step.VIDEO}
    assert Witnessing.objects.get().status == WitnessingStatus.SUPERSEDED
    assert not draft.customer.consents.in_force().filter(purpose=FACE).exists()
    phone = on_phone(draft.customer)
    page = reverse("accounts:video", args=[draft.ref])
    assert "Two people at an outlet confirm" in phone.get(page).content.decode()
    phone.post(page)
    assert Witnessing.objects.count() == 1, "nothing is recorded at home any more"


def test_two_people_confirm_and_nothing_of_the_face_is_used() -> None:
    draft, case, second = confirmed()
    made = Witnessing.objects.current().get()
    assert (made.mode, made.status) == ("present", "complete")
    assert (made.witness, made.second_witness) == (case.helper, second)
    assert not made.chapters.exists()
    assert Assist.objects.get().step == Step.VIDEO
    sent = submit_application(application=draft, actor=ACTOR, at=clock.now())
    assert sent.status == Status.SUBMITTED
    assert not OutsideCheck.objects.filter(kind=CheckKind.FACE).exists()
    terms = routing_terms(clock.today() + timedelta(days=3))
    look = look_at(sent, on=clock.today(), terms=terms)
    assert Risk.NOT_FILMED in look.risks
    assert Risk.FACE_OPEN not in look.risks
    assert Risk.NOT_FILMED in terms.high, "two people review it"


def test_whoever_confirmed_does_not_review_it() -> None:
    draft, _case, second = confirmed()
    sent = submit_application(application=draft, actor=ACTOR, at=clock.now())
    assert take_next(officer=second, at=clock.now()) is None
    with pytest.raises(UnableToReview, match="helped"):
        claim_review(application=sent, officer=second, at=clock.now())
    with pytest.raises(IntegrityError, match="does not review"), transaction.atomic():
        Application.objects.filter(pk=sent.pk).update(claimed_by=second)


def test_the_first_person_is_not_the_second_one_either() -> None:
    draft = faceless()
    case = an_open_case(draft, at=clock.now())
    first = desk_of(case.helper)
    first.post(in_person(case), {"looks": ["original"]})
    assert not Witnessing.objects.current().exists(), "all of it is looked at, or nothing counts"
    first.post(in_person(case), ALL)
    assert first.get(in_person(case, "second")).status_code == 404
    assert case.helper is not None
    with pytest.raises(UnableToRelease, match="second person"):
        confirm_second(release=case, second=case.helper, looks=PersonLook.values, at=clock.now())
    untrained = a_colleague(case)
    with pytest.raises(UnableToRelease, match="trained"):
        confirm_second(release=case, second=untrained, looks=PersonLook.values, at=clock.now())
    elsewhere = make_staff(Role.OPENING_OFFICER)
    assert list(to_confirm(untrained, clock.now())) == [case]
    made = Witnessing.objects.current().get()
    with pytest.raises(IntegrityError, match="two_people"), transaction.atomic():
        Witnessing.objects.filter(pk=made.pk).update(status="complete", completed_at=clock.now())
    with pytest.raises(IntegrityError, match="another_one"), transaction.atomic():
        Witnessing.objects.filter(pk=made.pk).update(
            status="complete", completed_at=clock.now(), second_witness=case.helper
        )
    assert elsewhere.pk


def test_the_second_person_finds_the_case_on_the_counters_page() -> None:
    draft = faceless()
    case = an_open_case(draft, at=clock.now())
    assert case.outlet is not None
    desk_of(case.helper).post(in_person(case), ALL)
    second = desk_of(a_colleague(case))
    counter = reverse("admin:accounts_application_counter", args=[case.outlet.code])
    assert in_person(case, "second") in second.get(counter).content.decode()
    shown = second.get(in_person(case, "second")).content.decode()
    assert draft.case_number in shown
    assert str(draft.applicant_name) not in shown
    second.post(in_person(case, "second"), ALL)
    assert in_person(case, "second") not in second.get(counter).content.decode()


def test_taking_the_agreement_back_while_it_is_needed_leads_to_the_outlet() -> None:
    draft = a_complete_draft(at=clock.now())
    withdraw(draft)
    draft.refresh_from_db()
    assert draft.without_face
    assert draft.sections.get(step=Step.CONSENTS).answers[FACE] == "no"
    left = set(missing(facts_of(Application.objects.get(pk=draft.pk)))) - {Step.ASSESSMENT}
    assert left == {Step.VIDEO}


def withdraw(application: Application) -> None:
    """On “My data”, as the customer does, with what follows of it."""
    customer = application.customer
    at = clock.now()
    withdraw_consent(customer=customer, purpose=FACE, actor=ACTOR, channel="portal", at=at)

    class Told:
        pass

    Told.at = at  # type: ignore[attr-defined]
    for _twice in range(2):
        stop_face(ConsentWithdrawn(subject=customer.ref, purpose=FACE), Told)


def test_taking_it_back_later_stops_the_comparison_and_blocks_nothing() -> None:
    application = an_application(Status.REVIEWING, at=clock.now())
    officer = application.claimed_by
    assert officer is not None
    withdraw(application)
    assert not OutsideCheck.objects.current().filter(kind=CheckKind.FACE).exists()
    application.refresh_from_db()
    assert not application.without_face, "what was recorded before counts on"
    back = return_application(
        application=application, officer=officer, steps=[Step.BANK], note="x", at=clock.now()
    )
    from tests.accounts.answers import BANK, save

    back = save(back, Step.BANK, BANK | {"bank": "BOC"}, at=clock.now())
    again = submit_application(application=back, actor=ACTOR, at=clock.now())
    assert again.status == Status.REVIEWING
    assert not OutsideCheck.objects.current().filter(kind=CheckKind.FACE).exists()


def test_a_review_that_waits_for_the_comparison_alone_goes_on_without_it() -> None:
    application = an_application(Status.SUBMITTED, at=clock.now())
    waiting = OutsideCheck.objects.current().filter(application=application)
    assert waiting.filter(kind=CheckKind.FACE, status=CheckStatus.ASKED).exists()
    for check in waiting.exclude(kind=CheckKind.FACE):
        check.move_to(CheckStatus.UNANSWERED)
        check.next_attempt_at, check.ended_at = None, clock.now()
        check.save()
    route_review(application=application, at=clock.now())
    assert not Routing.objects.exists(), "the comparison is still asked for"
    withdraw(application)
    assert Routing.objects.get().application == application


def test_the_page_offers_both_answers_and_presets_none() -> None:
    draft = a_draft(at=clock.now())
    from brokerage.customers.use_cases import load_consent_texts

    load_consent_texts(at=clock.now())
    phone = on_phone(draft.customer)
    page = reverse("accounts:step", args=[draft.ref, "consents"])
    shown = phone.get(page).content.decode()
    assert "two people at an outlet confirm who I am" in shown
    assert "checked" not in shown
    texts = {f"{key}_text": str(text.version) for key, text in current_texts("en").items()}
    phone.post(
        page,
        {"version": "0", "opening_notice": "on", "identity_document": "on", FACE: "no"} | texts,
    )
    draft.refresh_from_db()
    assert draft.without_face
    assert Step.CONSENTS in facts_of(Application.objects.get(pk=draft.pk)).done
