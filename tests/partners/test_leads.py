"""Leads: proof of consent, duplicates among own leads, and a stage only with consent."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import count
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection

from accounts.entries import find_entry
from accounts.facts import facts_of
from accounts.models import Application
from accounts.rules import missing
from accounts.selectors import SHARING_PURPOSE, asks_about_sharing
from accounts.states import Status, Step
from accounts.use_cases import remove_origin
from branches.entry_codes import find_living
from brokerage.core import clock
from brokerage.core.data_export import Person
from brokerage.core.roles import Role
from brokerage.customers.use_cases import withdraw_consent
from brokerage.journal.models import Entry
from partners.models import Lead, PartnerEvent
from partners.own_data import _leads as told_leads
from partners.retention import ended_leads
from partners.states import ApiScope, EventKind, LeadEnd, LeadStatus, PartnerKind
from partners.use_cases.follow_application import follow_application
from partners.use_cases.leads import lapse_leads, move_lead, take_lead
from tests.accounts.factories import a_complete_draft, a_draft, an_application
from tests.backoffice.factories import desk_of, staff
from tests.branches.factories import make_unit
from tests.customers.factories import a_customer
from tests.partners.factories import (
    ACTOR,
    Api,
    a_client,
    a_contract,
    a_lead,
    a_licence,
    a_partner,
    an_api,
    token_for,
)
from tests.threads import together

PHONE = "13800138000"


def body(number: int = 1, **values: Any) -> str:
    given = {
        "partner_reference": f"lead-{number}",
        "name": "欧阳映雪",
        "phone": PHONE,
        "consent": {
            "given_at": (clock.now() - timedelta(hours=1)).isoformat(),
            "reference": "proof-1",
            "text_sha256": "a" * 64,
        },
    }
    return json.dumps(given | values)


@pytest.mark.django_db
class TestTaking:
    def test_a_lead_is_taken_and_nothing_personal_comes_back(self):
        answer = an_api().post("leads", body(), "k")
        made = answer.json()
        assert answer.status_code == 201
        assert made["stage"] is None
        assert made["hand_over_url"].endswith(f"/open/?entry={made['ref']}")
        for private in ("欧阳", PHONE):
            assert private not in answer.content.decode()
        lead = Lead.objects.get()
        assert (lead.name, lead.phone) == ("欧阳映雪", f"+86{PHONE}")
        entry = Entry.objects.get(kind="partners.lead_received")
        assert PHONE not in f"{entry.payload}"

    @pytest.mark.parametrize(
        ("changed", "pointer"),
        [
            ({"phone": "12345"}, "/phone"),
            ({"phone": ""}, "/phone"),
            ({"name": "x" * 61}, "/name"),
            ({"consent": {}}, "/consent/given_at"),
            ({"consent": None}, "/consent"),
            ({"outlet": str(uuid4())}, "/outlet"),
            ({"status": "won"}, "/status"),
            ({"first_touch": True}, "/first_touch"),
        ],
    )
    def test_a_wrong_field_is_pointed_at(self, changed, pointer):
        answer = an_api().post("leads", body(**changed), "k")
        assert answer.status_code == 400
        assert pointer in [error["pointer"] for error in answer.json()["errors"]]
        assert not Lead.objects.exists()

    @pytest.mark.parametrize("days", [-1, 31])
    def test_a_consent_of_the_future_or_an_old_one_proves_nothing(self, days):
        consent = {
            "given_at": (clock.now() - timedelta(days=days)).isoformat(),
            "reference": "proof",
            "text_sha256": "a" * 64,
        }
        answer = an_api().post("leads", body(consent=consent), "k")
        assert answer.json()["errors"][0]["pointer"] == "/consent"

    def test_a_duplicate_is_told_about_own_leads_only(self):
        mine, other = an_api(a_partner("甲")), an_api(a_partner("乙"))
        made = mine.post("leads", body(), "k").json()
        again = mine.post("leads", body(2, phone="+86 138 0013 8000"), "k2")
        assert (again.status_code, again.json()["code"]) == (409, "duplicate-lead")
        told = again.json()
        assert told["detail"] == told["lead"] == made["ref"]
        assert told["protected_until"] == made["protected_until"]
        assert other.post("leads", body(), "k").status_code == 201
        assert sorted(Lead.objects.values_list("first_touch", flat=True)) == [False, True]

    @pytest.mark.parametrize("became", [[], ["closed"], ["begun"], ["begun", "won"]])
    def test_sent_again_the_answer_tells_nothing_of_what_became_of_the_first(self, became):
        partner = a_partner()
        api, first = an_api(partner), a_lead(partner, phone=f"+86{PHONE}")
        for step in became:
            why = LeadEnd.NOT_NOW if step == "closed" else ""
            move_lead(lead=first, status=step, end_reason=why, actor=ACTOR, at=clock.now())
        again = api.post("leads", body(2), "k")
        assert (again.status_code, again.json()["code"]) == (409, "duplicate-lead")
        assert again.json()["detail"] == str(first.ref)

    @pytest.mark.parametrize("became", [[], ["closed"], ["begun"], ["begun", "won"]])
    def test_after_its_protection_the_person_is_a_lead_of_its_own_and_the_first_stays(
        self, became
    ):
        first = a_lead(phone=f"+86{PHONE}")
        for step in became:
            why = LeadEnd.NOT_NOW if step == "closed" else ""
            move_lead(lead=first, status=step, end_reason=why, actor=ACTOR, at=clock.now())
        later = first.protected_until
        new = take_lead(
            api_client=first.api_client,
            partner_reference="again",
            name="欧阳映雪",
            phone=f"+86{PHONE}",
            consented_at=later,
            consent_reference="proof-2",
            consent_sha256="a" * 64,
            at=later,
        )
        first.refresh_from_db()
        assert new.first_touch
        assert new.ref != first.ref
        assert first.status == (became[-1] if became else LeadStatus.LAPSED)

    def test_a_used_reference_conflicts(self):
        api = an_api()
        api.post("leads", body(), "k")
        answer = api.post("leads", body(phone="13800138001"), "k2")
        assert (answer.status_code, answer.json()["code"]) == (409, "conflict")

    def test_leads_of_others_do_not_exist(self):
        mine, other = an_api(a_partner("甲")), an_api(a_partner("乙"))
        ref = mine.post("leads", body(), "k").json()["ref"]
        assert other.get(f"leads/{ref}").status_code == 404
        assert other.get("leads").json()["data"] == []
        assert [row["ref"] for row in mine.get("leads").json()["data"]] == [ref]

    def test_a_platform_sends_codes_and_no_leads(self):
        platform = a_partner(contract=False, kind=PartnerKind.PLATFORM)
        a_licence(platform)
        a_contract(platform, activities=["display", "links", "campaigns"])
        api = an_api(platform, list(ApiScope))
        assert api.post("leads", body(), "k").status_code == 403
        assert "leads:write" not in api.get("me").json()["scopes"]


@pytest.mark.django_db
class TestStage:
    def shared(self, status: Status, lead: Lead, **more: Any) -> Application:
        application = an_application(status, origin=lead.partner.ref, **more)
        Application.objects.filter(pk=application.pk).update(entry_ref=lead.ref)
        application.refresh_from_db()
        return application

    def test_the_stage_is_told_while_the_customer_agrees(self):
        partner = a_partner()
        api, lead = an_api(partner), a_lead(partner)
        application = self.shared(Status.REJECTED, lead)
        stage = api.get(f"leads/{lead.ref}").json()["stage"]
        assert (stage["status"], stage["reason"]) == ("rejected", "declined")
        withdraw_consent(
            customer=application.customer,
            purpose=SHARING_PURPOSE,
            actor=ACTOR,
            channel="portal",
            at=clock.now(),
        )
        assert api.get(f"leads/{lead.ref}").json()["stage"] is None

    def test_without_consent_there_is_no_stage_and_no_event(self):
        partner = a_partner()
        lead = a_lead(partner)
        application = self.shared(Status.SUBMITTED, lead, shares=False)
        follow_application(application=application, version=3, at=clock.now())
        assert an_api(partner).get(f"leads/{lead.ref}").json()["stage"] is None
        assert not PartnerEvent.objects.filter(kind=EventKind.APPLICATION_CHANGED).exists()
        lead.refresh_from_db()
        assert lead.status == LeadStatus.BEGUN

    def test_a_contract_without_stages_hears_nothing_though_the_customer_agreed(self):
        """Whether the contract never had stages or was changed meanwhile: what counts is now."""
        partner = a_partner()
        api, lead = an_api(partner), a_lead(partner)
        application = self.shared(Status.APPROVED, lead)
        partner.contracts.update(valid_to=clock.today())
        a_contract(partner, activities=["leads"], valid_from=clock.today())
        follow_application(application=application, version=7, at=clock.now())
        assert not PartnerEvent.objects.filter(kind=EventKind.APPLICATION_CHANGED).exists()
        told = api.get(f"leads/{lead.ref}")
        assert told.status_code == 401, "a token with more scopes than the contract has is dead"
        _client, secret = a_client(partner, [ApiScope.LEADS_WRITE], name="leads alone")
        fresh = Api(token_for(secret)).get(f"leads/{lead.ref}").json()
        assert (fresh["stage"], fresh["version"]) == (None, 1)
        lead.refresh_from_db()
        assert lead.status == LeadStatus.WON, "what it means to us stands all the same"

    @pytest.mark.parametrize(("activities", "asks"), [(["links"], False), (["stages"], True)])
    def test_the_customer_is_asked_about_sharing_only_where_the_institution_may_hear(
        self, activities, asks
    ):
        partner = a_partner(contract=False, kind=PartnerKind.PLATFORM)
        a_licence(partner)
        a_contract(partner, activities=activities)
        draft = a_draft(origin=partner.ref)
        assert (Step.SHARING in missing(facts_of(draft))) is asks

    def test_an_answer_that_was_given_can_still_be_taken_back(self):
        partner = a_partner()
        draft = a_complete_draft(origin=partner.ref)
        partner.contracts.update(valid_to=clock.today())
        assert asks_about_sharing(draft)

    def test_a_change_is_told_once_however_often_it_is_handled(self):
        partner = a_partner()
        lead = a_lead(partner)
        application = self.shared(Status.APPROVED, lead)
        for _time in range(2):
            follow_application(application=application, version=7, at=clock.now())
        told = PartnerEvent.objects.get(kind=EventKind.APPLICATION_CHANGED)
        assert (told.object_ref, told.object_version) == (application.ref, 7)
        lead.refresh_from_db()
        assert lead.status == LeadStatus.WON

    def test_what_we_do_with_a_lead_is_not_told(self):
        partner = a_partner()
        api, lead = an_api(partner), a_lead(partner)
        before = api.get(f"leads/{lead.ref}")
        for status, why in ((LeadStatus.CONTACTED, ""), (LeadStatus.CLOSED, LeadEnd.NOT_NOW)):
            move_lead(lead=lead, status=status, end_reason=why, actor=ACTOR, at=clock.now())
        after = api.get(f"leads/{lead.ref}")
        assert (after.json(), after.headers["ETag"]) == (before.json(), before.headers["ETag"])
        told = api.get(f"leads/{lead.ref}", **{"If-None-Match": before.headers["ETag"]})
        assert told.status_code == 304

    @pytest.mark.parametrize("became", [[], ["closed"], ["begun"], ["begun", "won"]])
    def test_the_hand_over_link_works_as_long_as_the_protection_whatever_became_of_it(
        self, became
    ):
        lead, last = a_lead(), timedelta(microseconds=1)
        for step in became:
            why = LeadEnd.NOT_NOW if step == "closed" else ""
            move_lead(lead=lead, status=step, end_reason=why, actor=ACTOR, at=clock.now())
        found = find_entry(lead.ref, lead.protected_until - last)
        assert found is not None
        assert found.origin_ref == lead.partner.ref
        assert find_living(lead.code.code, lead.protected_until - last) is not None
        assert find_entry(lead.ref, lead.protected_until) is None

    def test_who_begins_by_the_link_of_a_closed_lead_is_served_and_the_lead_stays_closed(self):
        partner = a_partner()
        lead = a_lead(partner)
        why = LeadEnd.NOT_NOW
        move_lead(lead=lead, status=LeadStatus.CLOSED, end_reason=why, actor=ACTOR, at=clock.now())
        application = self.shared(Status.APPROVED, lead)
        follow_application(application=application, version=2, at=clock.now())
        lead.refresh_from_db()
        assert lead.status == LeadStatus.CLOSED
        assert an_api(partner).get(f"leads/{lead.ref}").json()["stage"]["status"] == "approved"

    def test_a_lead_that_still_protects_is_kept_so_that_link_and_duplicate_stay(self):
        lead = a_lead()
        why = LeadEnd.NOT_NOW
        move_lead(lead=lead, status=LeadStatus.CLOSED, end_reason=why, actor=ACTOR, at=clock.now())
        ahead = clock.now() + timedelta(days=1)
        assert not ended_leads(ahead).exists()
        Lead.objects.filter(pk=lead.pk).update(protected_until=clock.now())
        assert ended_leads(ahead).get() == lead

    def test_a_lead_lapses_with_its_protection(self):
        lead = a_lead()
        assert lapse_leads(at=lead.protected_until - timedelta(seconds=1)) == 0
        assert lapse_leads(at=lead.protected_until) == 1
        lead.refresh_from_db()
        assert lead.status == LeadStatus.LAPSED

    @pytest.mark.parametrize("status", [Status.REJECTED, Status.WITHDRAWN, Status.EXPIRED])
    def test_a_lead_whose_application_ended_in_vain_ends_with_its_protection(self, status):
        lead = a_lead()
        application = self.shared(status, lead)
        follow_application(application=application, version=2, at=clock.now())
        assert lapse_leads(at=lead.protected_until - timedelta(seconds=1)) == 0, (
            "until then the person may begin again by the same link"
        )
        assert lapse_leads(at=lead.protected_until) == 1
        lead.refresh_from_db()
        assert (lead.status, lead.end_reason) == (LeadStatus.CLOSED, LeadEnd.NO_ACCOUNT)
        assert lead.ended_at == lead.protected_until

    def test_a_lead_ends_too_where_the_person_removed_the_institution(self):
        lead = a_lead()
        application = self.shared(Status.SUBMITTED, lead)
        follow_application(application=application, version=2, at=clock.now())
        assert lapse_leads(at=lead.protected_until) == 0, "it still goes on"
        remove_origin(application=application, actor=ACTOR, at=clock.now())
        assert lapse_leads(at=lead.protected_until) == 1

    def test_a_person_finds_it_in_their_own_copy(self):
        customer = a_customer(f"+86{PHONE}")
        lead = a_lead(phone=f"+86{PHONE}")
        told = told_leads(Person(customer=customer.ref, user=customer.user.ref))
        assert told[0]["institution"] == lead.partner.name


@pytest.mark.django_db
def test_the_desk_of_a_lead_masks_notes_and_closes():
    manager = staff(Role.PARTNER_MANAGER)
    lead = a_lead(a_partner(manager=manager), phone=f"+86{PHONE}")
    desk = desk_of(manager)
    url = f"/admin/partners/lead/{lead.ref}/"
    page = desk.get(f"{url}change/").content.decode()
    assert "138****8000" in page
    assert PHONE not in page
    desk.post(f"{url}act/contacted/")
    lead.refresh_from_db()
    assert lead.status == LeadStatus.CONTACTED
    desk.post(f"{url}act/close/", {"end_reason": "not_now"})
    lead.refresh_from_db()
    assert (lead.status, lead.end_reason) == (LeadStatus.CLOSED, "not_now")


@pytest.mark.django_db
def test_a_branch_manager_sees_leads_of_their_outlets_only():
    here, there = make_unit(), make_unit()
    own, foreign = a_lead(unit=here), a_lead(unit=there, phone="+8613800138009")
    desk = desk_of(staff(Role.BRANCH_MANAGER, here))
    assert desk.get(f"/admin/partners/lead/{own.ref}/change/").status_code == 200
    assert desk.get(f"/admin/partners/lead/{foreign.ref}/change/").status_code == 404


@pytest.mark.django_db(transaction=True)
def test_one_reference_for_twenty_people_at_once_is_taken_by_one_of_them():
    """And the others are told so: before, the second insert was an internal error."""
    partner = a_partner()
    _client, secret = a_client(partner)
    token, numbers = token_for(secret), count(1)

    def send() -> tuple[int, str]:
        number = next(numbers)
        given = body(phone=f"138001380{number:02}")
        try:
            answer = Api(token).post("leads", given, f"k{number}")
            return answer.status_code, answer.json().get("code", "")
        finally:
            connection.close()

    found = sorted(together(send, times=20))
    assert found == [(201, "")] + [(409, "conflict")] * 19
    assert Lead.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_hundred_leads_of_one_person_at_once_make_one():
    """Over HTTP, twenty at a time, each with a key and a reference of its own."""
    _client, secret = a_client()
    token = token_for(secret)

    def send(number: int) -> tuple[int, str]:
        try:
            answer = Api(token).post("leads", body(number), f"k{number}")
            told = answer.json()
            return answer.status_code, told.get("lead") or told["ref"]
        finally:
            connection.close()

    with ThreadPoolExecutor(20) as pool:
        found = list(pool.map(send, range(200)))
    assert sorted(status for status, _ref in found) == [201] + [409] * 199
    assert {ref for _status, ref in found} == {str(Lead.objects.get().ref)}
    assert PartnerEvent.objects.filter(kind=EventKind.LEAD_CREATED).count() == 1
