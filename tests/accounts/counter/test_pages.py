"""The pages of the counter and of the customer who releases a case."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import F
from django.test import Client
from django.urls import reverse

from accounts.counter.states import ReleaseEnd
from accounts.models import Application, Assist, CaseRelease, Chapter, Witnessing
from accounts.states import SectionStatus, Step
from accounts.use_cases.release_case import end_case
from brokerage.core import clock
from brokerage.core.roles import Role, sync_roles
from brokerage.customers.models import Customer
from tests.accounts.answers import BANK, NAME, id_number, identity, save
from tests.accounts.counter.factories import an_open_case, entered
from tests.accounts.evidence.test_recordings import WEBM
from tests.accounts.factories import ACTOR, a_complete_draft, a_draft
from tests.branches.factories import give_licence, make_staff, make_unit
from tests.customers.factories import a_customer
from tests.users.factories import sign_in

pytestmark = pytest.mark.django_db
EN = {"Accept-Language": "en"}


@pytest.fixture(autouse=True)
def _roles(db: None) -> None:
    sync_roles()


def at_desk(role: Role = Role.OPENING_OFFICER, unit: Any = None) -> tuple[Client, Any, Any]:
    unit = unit or make_unit()
    user = make_staff(role, unit)
    return sign_in(Client(headers=EN), user, stepped_up=True), user, unit


def on_phone(customer: Customer) -> Client:
    assert customer.user is not None
    return sign_in(Client(headers=EN), customer.user)


def counter_of(unit: Any) -> str:
    return reverse("admin:accounts_application_counter", args=[unit.code])


def case_of(release: CaseRelease, step: str = "") -> str:
    if step:
        return reverse("admin:accounts_application_case_step", args=[release.ref, step])
    return reverse("admin:accounts_application_case", args=[release.ref])


def test_from_the_code_on_the_phone_to_a_confirmed_step():
    draft = save(a_draft(at=clock.now()), Step.IDENTITY, {"name": NAME}, at=clock.now())
    phone = on_phone(draft.customer)
    desk, user, unit = at_desk()
    shown = phone.post(reverse("accounts:release", args=[draft.ref]), follow=True)
    code = CaseRelease.objects.get().code_text
    assert code in shown.content.decode()

    case = desk.post(counter_of(unit), {"code": code}, follow=True)

    text = case.content.decode()
    assert NAME not in text, "masked"
    assert "江" in text
    release = CaseRelease.objects.get()
    assert desk.get(counter_of(unit)).content.decode().count(case_of(release)) == 1
    page = phone.get(draft.get_absolute_url()).content.decode()
    assert user.display_name in page
    assert unit.name in page

    form = {**BANK, "version": "0"}
    done = desk.post(case_of(release, "bank"), form, follow=True)
    assert "Waits for the customer" in done.content.decode()
    assert draft.sections.get(step=Step.BANK).status == SectionStatus.ENTERED
    confirm = phone.get(reverse("accounts:step", args=[draft.ref, "bank"]))
    assert BANK["card"] in confirm.content.decode()
    version = draft.sections.get(step=Step.BANK).version
    phone.post(reverse("accounts:step", args=[draft.ref, "bank"]), {"version": str(version)})
    assert draft.sections.get(step=Step.BANK).status == SectionStatus.COMPLETE
    assert desk.get(case_of(release, "bank")).headers["Location"] == case_of(release), "locked"


def test_the_customer_ends_it_and_the_desk_sees_nothing_more():
    case = an_open_case(a_draft(at=clock.now()), at=clock.now())
    assert case.helper is not None
    desk = sign_in(Client(headers=EN), case.helper, stepped_up=True)
    assert desk.get(case_of(case)).status_code == 200
    on_phone(case.application.customer).post(
        reverse("accounts:release", args=[case.application.ref]), {"act": "end"}
    )
    assert CaseRelease.objects.get().ended_by == ReleaseEnd.CUSTOMER
    for path in (case_of(case), case_of(case, "bank")):
        assert desk.get(path).status_code == 404
        assert desk.post(path, {**BANK, "version": "0"}).status_code == 404
    assert not case.application.sections.exists()


def test_a_colleague_another_outlet_and_other_roles_see_no_case():
    case = an_open_case(a_draft(at=clock.now()), at=clock.now())
    for role, status in (
        (Role.OPENING_OFFICER, 404),
        (Role.BRANCH_MANAGER, 404),
        (Role.ADVISER, 403),
        (Role.REVIEWER, 403),
    ):
        desk, _user, _unit = at_desk(role, case.outlet)
        assert desk.get(case_of(case)).status_code == status
        assert desk.post(case_of(case, "bank"), BANK).status_code == status
    elsewhere, _user, _unit = at_desk()
    assert elsewhere.get(counter_of(case.outlet)).status_code == 404


def test_a_wrong_code_is_refused_beside_its_field():
    desk, _user, unit = at_desk()
    page = desk.post(counter_of(unit), {"code": "1234 5678"})
    assert page.context["form"].errors["code"]
    assert 'value="1234 5678"' in page.content.decode()


def test_what_is_invalid_stands_beside_its_field_and_the_valid_rest_is_kept():
    case = an_open_case(a_draft(at=clock.now()), at=clock.now())
    assert case.helper is not None
    desk = sign_in(Client(headers=EN), case.helper, stepped_up=True)
    page = desk.post(case_of(case, "bank"), {**BANK, "card": "12", "version": "0"})
    assert page.context["form"].errors["card"]
    section = case.application.sections.get(step=Step.BANK)
    assert (section.answers["bank"], section.status) == ("ICBC", SectionStatus.INCOMPLETE)
    assert not Assist.objects.exists()


def test_the_phone_and_the_desk_at_once_overwrite_nothing():
    case = an_open_case(a_draft(at=clock.now()), at=clock.now())
    assert case.helper is not None
    desk = sign_in(Client(headers=EN), case.helper, stepped_up=True)
    save(case.application, Step.BANK, {"bank": "ABC"}, at=clock.now())
    page = desk.post(case_of(case, "bank"), {**BANK, "version": "0"})
    assert "Nothing was overwritten" in page.content.decode()
    assert case.application.sections.get(step=Step.BANK).answers == {"bank": "ABC"}


def test_somebody_of_seventy_is_served_at_the_counter_and_not_online():
    draft = a_draft(at=clock.now())
    old = {**identity(id_number(born="19500101")), "version": "0"}
    del old["front"], old["back"]
    phone = on_phone(draft.customer)
    page = phone.post(reverse("accounts:step", args=[draft.ref, "identity"]), old)
    assert page.context["form"].errors["id_number"]
    case = an_open_case(draft, at=clock.now())
    assert case.helper is not None
    desk = sign_in(Client(headers=EN), case.helper, stepped_up=True)
    section = draft.sections.get(step=Step.IDENTITY)
    desk.post(case_of(case, "identity"), {**old, "version": str(section.version)})
    kept = draft.sections.get(step=Step.IDENTITY)
    assert kept.answers["id_number"] == old["id_number"]
    assert Application.objects.get().applicant_name == NAME


@pytest.mark.parametrize("trained", [True, False])
def test_the_video_is_recorded_by_a_witness_of_the_outlet(trained):
    draft = a_complete_draft(at=clock.now())
    Witnessing.objects.all().delete()
    case = an_open_case(draft, at=clock.now())
    assert case.helper is not None
    if trained:
        give_licence(case.helper, "witness")
    desk = sign_in(Client(headers=EN), case.helper, stepped_up=True)
    video = reverse("admin:accounts_application_case_video", args=[case.ref])
    page = desk.get(video)
    assert "camera=(self)" in page.headers["Permissions-Policy"]
    desk.post(video)
    if not trained:
        assert not Witnessing.objects.exists()
        assert "a trained opening officer" in page.content.decode()
        return
    made = Witnessing.objects.get()
    assert (made.mode, made.witness, made.place) == ("outlet", case.helper, case.outlet)
    made.chapters.update(shown_at=F("shown_at") - timedelta(minutes=1))
    for number, chapter in enumerate(made.chapters.all()):
        address = reverse("admin:accounts_application_case_chapter", args=[case.ref, chapter.ref])
        clip = SimpleUploadedFile("v.webm", WEBM + bytes([number]) * 2000, "video/webm")
        desk.post(address, {"video": clip})
    made.refresh_from_db()
    assert made.status == "complete"
    assert Assist.objects.get().step == Step.VIDEO
    again = reverse("accounts:chapter", args=[draft.ref, made.chapters.get(position=1).ref])
    on_phone(draft.customer).post(again, {"act": "redo"})
    made.refresh_from_db()
    assert made.status == "complete", "the customer's phone does not reopen the outlet's video"


def test_the_customers_own_video_and_the_outlets_are_never_mixed():
    draft = a_complete_draft(at=clock.now())
    Witnessing.objects.all().delete()
    case = an_open_case(draft, at=clock.now())
    assert case.helper is not None
    give_licence(case.helper, "witness")
    desk = sign_in(Client(headers=EN), case.helper, stepped_up=True)
    video = reverse("accounts:video", args=[draft.ref])
    phone = on_phone(draft.customer)
    phone.post(video)
    desk.post(reverse("admin:accounts_application_case_video", args=[case.ref]))
    assert list(Witnessing.objects.order_by("pk").values_list("mode", "status")) == [
        ("one_way", "superseded"),
        ("outlet", "open"),
    ]
    chapter = Witnessing.objects.get(mode="outlet").chapters.get(position=1)
    answer = phone.post(
        reverse("accounts:chapter", args=[draft.ref, chapter.ref]), {}, follow=True
    )
    assert answer.status_code == 200
    chapter.refresh_from_db()
    assert chapter.status == "missing"


def test_a_chapter_begun_at_home_is_not_recorded_by_the_witness():
    draft = a_complete_draft(at=clock.now())
    Witnessing.objects.all().delete()
    case = an_open_case(draft, at=clock.now())
    assert case.helper is not None
    give_licence(case.helper, "witness")
    desk = sign_in(Client(headers=EN), case.helper, stepped_up=True)
    on_phone(draft.customer).post(reverse("accounts:video", args=[draft.ref]))
    Chapter.objects.update(shown_at=F("shown_at") - timedelta(minutes=1))
    chapter = Witnessing.objects.get(mode="one_way").chapters.get(position=1)
    address = reverse("admin:accounts_application_case_chapter", args=[case.ref, chapter.ref])

    clip = SimpleUploadedFile("v.webm", WEBM + bytes(2000), "video/webm")
    assert desk.post(address, {"video": clip}).status_code == 404

    chapter.refresh_from_db()
    assert chapter.status == "missing"


def test_another_device_is_led_to_the_case_of_who_signs_in_there():
    draft = a_draft(at=clock.now())
    phone = on_phone(draft.customer)
    page = phone.get(reverse("accounts:elsewhere", args=[draft.ref])).content.decode()
    assert draft.case_number in page
    assert "<svg" in page
    go = reverse("accounts:go_on")
    assert Client().get(go, {"case": draft.case_number}).headers["Location"].startswith("/login/")
    assert phone.get(go, {"case": draft.case_number}).headers["Location"] == (
        draft.get_absolute_url()
    )
    stranger = on_phone(a_customer("+8613900139000"))
    refused = stranger.get(go, {"case": draft.case_number})
    missing = stranger.get(go, {"case": "00000000"})
    assert refused.status_code == missing.status_code == 200
    assert refused.context["form"].errors == missing.context["form"].errors


def test_a_step_that_staff_entered_can_be_corrected_by_the_customer():
    case = an_open_case(a_draft(at=clock.now()), at=clock.now())
    entered(case, Step.BANK, BANK, at=clock.now())
    end_case(
        application=case.application,
        ended_by=ReleaseEnd.CUSTOMER,
        actor=ACTOR,
        at=clock.now(),
    )
    phone = on_phone(case.application.customer)
    path = reverse("accounts:step", args=[case.application.ref, "bank"]) + "?correct=1"
    version = case.application.sections.get(step=Step.BANK).version
    phone.post(path, {**BANK, "bank": "CCB", "version": str(version)})
    section = case.application.sections.get(step=Step.BANK)
    assert section.status == SectionStatus.COMPLETE
    assert section.provenance["bank"]["source"] == "customer"
    assert section.provenance["card"]["source"] == "staff"


def test_the_queue_leads_to_the_counter():
    from branches.visits.use_cases.receive_visitor import take_walk_in
    from branches.visits.use_cases.serve_visitor import call_visitor, start_serving
    from tests.visits.factories import around_the_clock, purpose

    unit = around_the_clock(make_unit())
    desk, user, _unit = at_desk(unit=unit)
    visit = take_walk_in(unit=unit, purpose=purpose(), actor=ACTOR, at=clock.now())
    call_visitor(visit=visit, user=user, desk="1", at=clock.now())
    start_serving(visit=visit, user=user, at=clock.now())
    page = desk.get(reverse("admin:branches_visit_queue", args=[unit.code])).content.decode()
    assert counter_of(unit) in page
