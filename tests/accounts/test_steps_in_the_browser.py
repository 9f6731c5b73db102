"""The steps over HTTP: saved as given, nothing lost, nothing overwritten, nothing skipped."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from accounts.models import Application
from accounts.states import Status
from brokerage.core import clock
from brokerage.journal.models import Entry
from tests.accounts.answers import save_name
from tests.accounts.factories import a_complete_draft, a_draft, an_application
from tests.branches.factories import make_staff_user
from tests.users.factories import sign_in

pytestmark = pytest.mark.django_db


def owner_of(application: Application) -> Client:
    client = Client(headers={"Accept-Language": "en"})
    assert application.customer.user is not None
    return sign_in(client, application.customer.user, listed=True)


@pytest.fixture
def draft() -> Application:
    return a_draft(at=clock.now())


@pytest.fixture
def customer(draft: Application) -> Client:
    return owner_of(draft)


def name_of(draft: Application) -> Any:
    return Application.objects.get(pk=draft.pk).applicant_name


@pytest.mark.parametrize(
    "name",
    [
        "江映雪",
        "买买提·吐尔逊",
        "Anne-Marie O’Neil",
        "Nguyễn Văn A",
        "J. R. R. Tolkien",
        "𠮷田太郎",
    ],
)
def test_names_of_people_are_taken(draft, customer, name):
    response = customer.post(f"/open/{draft.ref}/identity/", {"name": name, "version": "0"})
    assert response.headers["Location"] == f"/open/{draft.ref}/identity/"
    assert name_of(draft) == name, "kept although the rest is missing"


@pytest.mark.parametrize(
    "name",
    ["江", "1", "江1", "<script>", "a@b", "江\x00雪", "江" * 61, "--", "·江", "=1+1", "江_雪"],
)
def test_what_is_no_name_is_refused_beside_its_field_and_kept_in_it(draft, customer, name):
    response = customer.post(f"/open/{draft.ref}/identity/", {"name": name, "version": "0"})
    assert response.status_code == 200
    assert response.context["form"].errors["name"]
    assert response.context["form"]["name"].value() == name
    assert name_of(draft) is None


@pytest.mark.parametrize("version", ["", "x", "-1", "1.5", "99999999999999999999", "0", "1", "3"])
def test_an_invented_version_overwrites_nothing(draft, customer, version):
    save_name(draft, "王小明", 0, clock.now())
    save_name(draft, "王大明", 1, clock.now())
    response = customer.post(f"/open/{draft.ref}/identity/", {"name": "别人", "version": version})
    assert response.status_code == 200
    assert name_of(draft) == "王大明"


def test_a_conflict_shows_both_and_the_next_try_counts(draft, customer):
    path = f"/open/{draft.ref}/identity/"
    save_name(draft, "王小明", 0, clock.now())
    page = customer.post(path, {"name": "王大明", "version": "0"})
    text = page.content.decode()
    assert "王小明" in text
    assert 'value="王大明"' in text
    assert name_of(draft) == "王小明"
    again = page.context["form"]["version"].value()
    assert customer.post(path, {"name": "王大明", "version": again}).status_code == 302
    assert name_of(draft) == "王大明"


def test_saving_again_without_new_photos_keeps_those_that_are_there():
    draft = a_complete_draft(at=clock.now())
    section = draft.sections.get(step="identity")
    form = {**section.answers, "address": "浙江省金华市示例路 2 号", "version": section.version}
    del form["front"], form["back"]
    response = owner_of(draft).post(f"/open/{draft.ref}/identity/", form)
    assert response.status_code == 302
    kept = draft.sections.get(step="identity")
    assert kept.answers["front"] == section.answers["front"]
    assert (kept.status, kept.answers["address"]) == ("complete", form["address"])


@pytest.mark.parametrize("outlet", ["", "x", "1", "00000000-0000-0000-0000-000000000000"])
def test_an_outlet_that_is_none_is_refused(draft, customer, outlet):
    response = customer.post(f"/open/{draft.ref}/outlet/", {"outlet": outlet, "version": "0"})
    assert response.status_code == 200
    assert response.context["form"].errors["outlet"]


def test_steps_cannot_be_skipped(draft, customer):
    response = customer.post(f"/open/{draft.ref}/send/")
    assert response.status_code == 200
    assert Application.objects.get().status == Status.DRAFT


@pytest.mark.parametrize("step", ["sharing", "assessment", "send2", "version"])
def test_a_step_that_does_not_apply_leads_back(draft, customer, step):
    response = customer.post(f"/open/{draft.ref}/{step}/", {"version": "0", "agrees": "yes"})
    assert response.status_code == 302
    assert Application.objects.get().sharing is None


def test_nothing_changes_by_looking():
    draft = a_complete_draft(at=clock.now())
    customer = owner_of(draft)
    before = (Application.objects.get().version, Entry.objects.count())
    for part in ("", "identity/", "outlet/", "send/", "withdraw/"):
        customer.get(f"/open/{draft.ref}/{part}")
        customer.head(f"/open/{draft.ref}/{part}")
    assert (Application.objects.get().version, Entry.objects.count()) == before
    assert customer.get(f"/open/{draft.ref}/origin/").status_code == 405


@pytest.mark.parametrize("status", list(Status))
def test_every_state_has_its_page_and_hides_the_name_when_it_is_sent(status):
    application = an_application(status)
    page = owner_of(application).get(f"/open/{application.ref}/")
    assert page.status_code == 200
    assert page.content.decode().count("<h1") == 1
    assert "江映雪" not in page.content.decode()


def test_a_signed_in_customer_with_an_open_application_is_led_to_it(draft, customer):
    assert customer.get("/open/").headers["Location"] == f"/open/{draft.ref}/"
    assert customer.post("/open/").headers["Location"] == f"/open/{draft.ref}/"


def test_who_has_an_account_on_the_way_is_led_to_what_it_came_of():
    approved = an_application(Status.APPROVED)
    assert owner_of(approved).get("/open/").headers["Location"] == f"/open/{approved.ref}/"


def test_withdrawing_is_asked_once_and_done_once(draft, customer):
    path = f"/open/{draft.ref}/withdraw/"
    assert customer.get(path).status_code == 200
    assert Application.objects.get().status == Status.DRAFT
    for _ in range(2):
        assert customer.post(path).headers["Location"] == f"/open/{draft.ref}/"
    assert Entry.objects.filter(kind="accounts.application_withdrawn").count() == 1


def test_the_entry_page_is_the_same_for_every_visitor_and_sets_no_cookie():
    response = Client().get("/open/")
    assert response.status_code == 200
    assert response.cookies == {}


@pytest.mark.parametrize("entry", ["x", "", "00000000-0000-0000-0000-000000000000", "\x00"])
def test_an_invented_entry_is_no_entry(draft, customer, entry):
    assert Client().get("/open/", {"entry": entry}).status_code == 200
    assert Application.objects.get().origin_ref is None


def test_staff_do_not_apply():
    staff = sign_in(Client(), make_staff_user())
    assert staff.post("/open/").status_code == 302
    assert not Application.objects.exists()


def test_a_form_without_its_token_is_refused(draft):
    client = Client(enforce_csrf_checks=True)
    sign_in(client, draft.customer.user)
    response = client.post(f"/open/{draft.ref}/identity/", {"name": "江映雪", "version": "0"})
    assert response.status_code == 403
    assert name_of(draft) is None
