"""Times booked for leads: proof of consent, one booking, and nothing told that is the person's."""

from __future__ import annotations

import json
from datetime import UTC, timedelta
from uuid import uuid4

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from accounts.models import Application
from branches.visits.events import VisitCancelled
from branches.visits.models import Visit
from branches.visits.selectors import free_times
from branches.visits.states import Status
from branches.visits.use_cases.cancel_visit import cancel_visit
from branches.visits.use_cases.move_visit import move_visit
from brokerage.core import clock
from brokerage.core.roles import Role
from brokerage.customers.models import Customer
from brokerage.journal.models import Entry
from brokerage.messaging.models import SandboxOutbox
from brokerage.messaging.use_cases.load_texts import load_texts
from partners import handlers
from partners.models import Appointment, PartnerEvent
from partners.own_data import _leads
from partners.retention import ended_leads, past_appointments
from partners.states import EventKind
from partners.use_cases.appointments import ChangedSince, cancel_appointment
from partners.use_cases.follow_application import follow_application
from partners.use_cases.follow_visit import follow_visit
from partners.use_cases.text_person import BOOKED, CANCELLED, CHANGED, text_person
from tests.accounts.factories import an_application as an_opening
from tests.backoffice.factories import desk_of, staff
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
    an_appointment,
    token_for,
    tomorrow,
)
from tests.visits.factories import a_visit, an_outlet, around_the_clock, purpose
from tests.visits.test_service_points import a_point, staffed

pytestmark = pytest.mark.django_db


@pytest.fixture
def outlet():
    return around_the_clock(an_outlet())


@pytest.fixture
def sent(outlet):
    """An institution's caller, its lead, and what it sends for it."""
    partner = a_partner()
    client, secret = a_client(partner)
    lead = a_lead(partner, client=client)
    body = {
        "partner_reference": "visit-1",
        "lead": str(lead.ref),
        "outlet": str(outlet.ref),
        "purpose": "open_account",
        "starts_at": z(tomorrow()),
        "consent": {"given_at": z(clock.now()), "reference": "p-1", "text_sha256": "c" * 64},
    }
    return Api(token_for(secret)), lead, body


def z(moment):
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def change(api, made, act, body=None, key=""):
    return api.post(
        f"appointments/{made['ref']}/{act}",
        json.dumps(body or {}),
        key or f"{act}-{made['version']}",
        **{"If-Match": f'"{made["ref"].replace("-", "")}-{made["version"]}"'},
    )


def shared(lead, status="submitted"):
    """The person began by the lead's link, and lets the institution know."""
    opening = an_opening(status, customer=a_customer("+8613900007001"), origin=lead.partner.ref)
    Application.objects.filter(pk=opening.pk).update(entry_ref=lead.ref)
    return Application.objects.get(pk=opening.pk)


def test_a_time_is_booked_moved_and_cancelled(sent, outlet):
    api, lead, body = sent
    made = api.post("appointments", json.dumps(body), "k")
    assert made.status_code == 201, made.content
    told = made.json()
    assert (told["starts_at"], told["stage"], told["version"]) == (body["starts_at"], None, 1)
    visit = Visit.objects.get()
    assert (visit.status, visit.unit, visit.subject_ref) == (Status.BOOKED, outlet, lead.ref)
    assert visit.customer is not None
    assert visit.customer.name == lead.name
    assert api.get(f"appointments/{told['ref']}")["ETag"] == made["ETag"]
    later = z(tomorrow(11))
    moved = change(api, told, "move", {"starts_at": later}).json()
    visit.refresh_from_db()
    assert (moved["starts_at"], moved["version"], z(visit.starts_at)) == (later, 2, later)
    assert change(api, told, "cancel", key="stale").status_code == 412
    done = change(api, moved, "cancel")
    visit.refresh_from_db()
    assert (done.status_code, visit.status) == (200, Status.CANCELLED)
    assert done.json()["cancelled_at"] is not None
    assert change(api, done.json(), "cancel").json()["code"] == "conflict"
    assert lead.name not in str(list(Entry.objects.values_list("payload", "reason")))


def test_the_same_key_books_once_and_the_same_reference_is_used_once(sent):
    api, _lead, body = sent
    first = api.post("appointments", json.dumps(body), "k")
    again = api.post("appointments", json.dumps(body), "k")
    assert again["Idempotent-Replayed"] == "true"
    assert again.json() == first.json()
    assert api.post("appointments", json.dumps(body), "k2").json()["code"] == "conflict"
    assert Visit.objects.count() == 1


@pytest.mark.parametrize(
    ("changed", "pointer"),
    [
        ({"lead": "00000000-0000-4000-8000-000000000001"}, "/lead"),
        ({"outlet": "00000000-0000-4000-8000-000000000001"}, "/outlet"),
        ({"purpose": "play_cards"}, "/purpose"),
        ({"starts_at": "soon"}, "/starts_at"),
        ({"name": "张三"}, "/name"),
        ({"consent": None}, "/consent"),
    ],
)
def test_a_wrong_field_is_pointed_at(sent, changed, pointer):
    api, _lead, body = sent
    answer = api.post("appointments", json.dumps(body | changed), "k")
    assert answer.status_code == 400
    assert pointer in [error["pointer"] for error in answer.json()["errors"]]


@pytest.mark.parametrize("days", [-31, 1])
def test_a_consent_of_long_ago_or_of_tomorrow_proves_nothing(sent, days):
    api, _lead, body = sent
    body["consent"]["given_at"] = z(clock.now() + timedelta(days=days))
    answer = api.post("appointments", json.dumps(body), "k")
    assert [error["pointer"] for error in answer.json()["errors"]] == ["/consent"]
    assert not Visit.objects.exists()


def test_of_two_who_change_the_same_version_one_is_told():
    row = an_appointment()
    stale = Appointment.objects.get(pk=row.pk)
    cancel_appointment(appointment=row, actor=ACTOR, at=clock.now())
    with pytest.raises(ChangedSince):
        cancel_appointment(appointment=stale, actor=ACTOR, at=clock.now())


def test_one_appointment_of_a_person_lies_ahead(sent):
    api, _lead, body = sent
    api.post("appointments", json.dumps(body), "k")
    more = body | {"partner_reference": "visit-2", "starts_at": z(tomorrow(14))}
    answer = api.post("appointments", json.dumps(more), "k2")
    assert [error["pointer"] for error in answer.json()["errors"]] == ["/lead"]


def test_a_taken_time_cannot_be_had(sent, outlet):
    api, _lead, body = sent
    a_visit(outlet, code="open_account", starts_at=tomorrow(), now=clock.now())
    answer = api.post("appointments", json.dumps(body), "k")
    assert (answer.status_code, answer.json()["code"]) == (409, "time-not-available")
    assert not Appointment.objects.exists()
    assert not Customer.objects.filter(user=None).exists()


def test_what_person_and_outlet_do_is_not_told_without_consent(sent):
    api, _lead, body = sent
    told = api.post("appointments", json.dumps(body), "k").json()
    cancel_visit(visit=Visit.objects.get(), actor=ACTOR, at=clock.now())
    follow_visit(visit=Visit.objects.get().ref, at=clock.now())
    assert api.get(f"appointments/{told['ref']}").json() == told
    assert not PartnerEvent.objects.filter(kind=EventKind.APPOINTMENT_CHANGED).exists()
    # Another time is refused as a taken one is; taking it back works as ever.
    moved = change(api, told, "move", {"starts_at": z(tomorrow(12))})
    assert moved.json()["code"] == "time-not-available"
    assert change(api, told, "cancel").status_code == 200


def test_while_the_person_agrees_the_stage_is_told(sent):
    api, lead, body = sent
    told = api.post("appointments", json.dumps(body), "k").json()
    application = shared(lead)
    seen = api.get(f"appointments/{told['ref']}").json()
    assert seen["stage"] == {"status": "booked", "starts_at": body["starts_at"]}
    visit = Visit.objects.get()
    move_visit(
        visit=visit, starts_at=tomorrow(15), sequence=0, actor=ACTOR, at=clock.now(), by_staff=True
    )
    follow_visit(visit=visit.ref, at=clock.now())
    follow_visit(visit=visit.ref, at=clock.now())
    seen = api.get("appointments").json()["data"][0]
    assert seen["stage"]["starts_at"] == z(tomorrow(15))
    event = PartnerEvent.objects.get(kind=EventKind.APPOINTMENT_CHANGED)
    assert event.object_version == seen["version"]
    consent = application.sharing_consent
    consent.withdrawn_at, consent.withdrawn_channel = clock.now(), "web"
    consent.save()
    assert api.get(f"appointments/{told['ref']}").json() == told


def test_who_begins_by_the_link_has_the_visit_as_their_own(sent):
    api, lead, body = sent
    api.post("appointments", json.dumps(body), "k")
    application = shared(lead)
    assert Visit.objects.filter(customer__user=None).exists()
    for _twice in range(2):
        follow_application(application=application, version=2, at=clock.now())
    assert Visit.objects.get().customer == application.customer
    assert Entry.objects.filter(kind="branches.visit_handed_on").count() == 1


def test_who_has_begun_is_booked_as_the_customer_they_are(sent):
    api, lead, body = sent
    application = shared(lead)
    api.post("appointments", json.dumps(body), "k")
    assert Visit.objects.get().customer == application.customer


def test_appointments_of_others_do_not_exist(sent):
    api, _lead, body = sent
    row = an_appointment()
    assert api.get(f"appointments/{row.ref}").status_code == 404
    theirs = {"ref": str(row.ref), "version": 1}
    for act in ("cancel", "move"):
        answer = change(api, theirs, act, {"starts_at": z(tomorrow(12))} if act == "move" else {})
        assert answer.status_code == 404
    stolen = api.post("appointments", json.dumps(body | {"lead": str(row.lead.ref)}), "k9")
    assert [error["pointer"] for error in stolen.json()["errors"]] == ["/lead"]


def test_who_may_send_no_leads_books_for_nobody():
    partner = a_partner(contract=False)
    a_licence(partner)
    a_contract(partner, activities=["links"])
    assert an_api(partner).get("appointments").status_code == 403


def test_an_appointment_goes_before_its_lead_and_the_visit_stays():
    row = an_appointment()
    later = clock.now() + timedelta(days=400)
    assert not past_appointments(later).exists()
    cancel_visit(visit=row.visit, actor=ACTOR, at=clock.now())
    lead = row.lead
    type(lead).objects.filter(pk=lead.pk).update(
        status="lapsed", ended_at=clock.now(), protected_until=clock.now()
    )
    assert not ended_leads(later).exists()
    past_appointments(later).delete()
    assert ended_leads(later).exists()
    assert Visit.objects.exists()


def test_a_persons_own_copy_names_what_was_booked_for_them():
    from brokerage.core.data_export import Person

    row = an_appointment()
    customer = a_customer(str(row.lead.phone))
    (found,) = _leads(Person(user=customer.user.ref, customer=customer.ref))
    assert found["appointments"][0]["proof"] == row.consent_reference


def test_managers_see_where_it_stands():
    manager = staff(Role.PARTNER_MANAGER)
    row = an_appointment(a_lead(a_partner(manager=manager)))
    page = desk_of(manager).get(f"/admin/partners/appointment/{row.ref}/change/")
    assert row.consent_reference in page.content.decode()


def test_a_time_at_our_desk_in_the_rooms_of_the_institution():
    bank = a_partner("婺江银行")
    client, secret = a_client(bank)
    lead = a_lead(bank, client=client)
    api, other = Api(token_for(secret)), an_api(a_partner("别家"))
    point = staffed(a_point(bank))
    found = free_times([point], purpose("open_account"), at=clock.now())[point.pk]
    free = next(day.times[0] for day in found if day.times)
    body = {
        "partner_reference": "desk-1",
        "lead": str(lead.ref),
        "outlet": str(point.ref),
        "purpose": "open_account",
        "starts_at": z(free.starts_at),
        "consent": {"given_at": z(clock.now()), "reference": "p-1", "text_sha256": "c" * 64},
    }

    made = api.post("appointments", body, "a")

    assert made.status_code == 201, made.content
    assert Visit.objects.get().unit_id == point.pk
    theirs = a_lead(an_other := a_partner("乙"))
    told = an_api(an_other).post("appointments", body | {"lead": str(theirs.ref)}, "b")
    assert told.status_code == 400  # a desk in somebody else's rooms does not exist
    assert "/outlet" in told.content.decode()
    assert other.get(f"outlets/{point.ref}").status_code == 404


def texts_to(lead):
    return [row.body for row in SandboxOutbox.objects.order_by("pk") if row.address == lead.phone]


@pytest.fixture
def texts():
    load_texts(at=clock.now() - timedelta(days=1))


@pytest.mark.usefixtures("texts")
def test_a_person_without_log_in_hears_of_what_was_booked_moved_and_cancelled_for_them(outlet):
    row = an_appointment(a_lead(a_partner("婺江银行")))
    lead, visit = row.lead, row.visit
    assert text_person(appointment=row.ref, kind=BOOKED, key=uuid4(), at=clock.now())
    assert "婺江银行已为你预约" in texts_to(lead)[-1]
    assert str(visit.unit.name_zh) in texts_to(lead)[-1]
    key = uuid4()
    for _time in range(2):
        assert text_person(appointment=row.ref, kind=CHANGED, key=key, at=clock.now())
    assert len(texts_to(lead)) == 2, "the same entry sends one text"
    cancel_visit(visit=visit, actor=ACTOR, at=clock.now(), by_staff=True, reason="设备故障")
    assert not text_person(appointment=row.ref, kind=CHANGED, key=uuid4(), at=clock.now())
    assert text_person(appointment=row.ref, kind=CANCELLED, key=uuid4(), at=clock.now())
    assert "已被网点取消" in texts_to(lead)[-1]
    told = Entry.objects.filter(kind="partners.person_texted").values_list("payload", flat=True)
    assert {each["result"] for each in told} == {"sent"}
    assert str(lead.phone)[3:] not in str(list(told))


@pytest.mark.usefixtures("texts")
def test_a_number_that_the_gateway_refuses_is_noted_and_one_with_a_log_in_is_not_texted(outlet):
    refused = an_appointment(a_lead(phone="+8613800139903"))
    assert not text_person(appointment=refused.ref, kind=BOOKED, key=uuid4(), at=clock.now())
    assert Entry.objects.get(kind="partners.person_texted").payload["result"] == "blocked"
    begun = an_appointment(a_lead())
    Visit.objects.filter(pk=begun.visit.pk).update(customer=a_customer("+8613900007009"))
    assert not text_person(appointment=begun.ref, kind=BOOKED, key=uuid4(), at=clock.now())


@pytest.mark.parametrize(("by_staff", "jobs"), [(True, 1), (False, 0)])
def test_the_outlet_tells_of_its_own_acts_and_the_institution_of_its_own(by_staff, jobs):
    row = an_appointment()
    cancel_visit(visit=row.visit, actor=ACTOR, at=clock.now(), by_staff=by_staff)
    entry = Entry.objects.get(kind=VisitCancelled.kind)
    event = VisitCancelled.restore(subject=entry.subject_ref, payload=entry.payload)
    assert isinstance(event, VisitCancelled)
    handlers.tell_cancelled(event, entry)
    waiting = ProcrastinateJob.objects.filter(task_name="partners.tasks.text_person")
    assert waiting.count() == jobs


def test_the_outlet_of_a_visit_sees_whom_it_expects_and_how_to_reach_them(outlet):
    row = an_appointment()
    manager = desk_of(staff(Role.BRANCH_MANAGER, row.visit.unit))
    page = f"/admin/partners/lead/{row.lead.ref}/change/"
    assert manager.get(page).status_code == 200
    cancel_visit(visit=row.visit, actor=ACTOR, at=clock.now(), by_staff=True)
    assert manager.get(page).status_code == 404, "once nobody is expected"
