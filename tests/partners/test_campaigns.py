"""Campaigns: bound to place, person and period; counted, never told who. And the feed."""

from __future__ import annotations

import json
from datetime import UTC, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.utils.translation import override

from accounts.entries import came_by, find_entry
from accounts.models import Application
from accounts.states import Status
from accounts.use_cases.start_application import start_application
from branches.entry_codes import find_living
from branches.states import Kind
from brokerage.core import clock
from brokerage.core.roles import Role
from brokerage.core.triggers import ignoring
from brokerage.reference.models import Rule
from partners.dated import COUNTS
from partners.models import Campaign, PartnerEvent
from partners.selectors import counts_of, counts_of_partner
from partners.states import PartnerStatus
from partners.use_cases import set_partner_status
from tests.accounts.factories import an_application
from tests.backoffice.factories import desk_of, staff
from tests.branches.factories import assign, make_staff_user, make_unit
from tests.customers.factories import a_customer
from tests.partners.factories import ACTOR, a_campaign, a_lead, a_partner, an_api

pytestmark = pytest.mark.django_db


def body(unit: Any, **values: Any) -> str:
    given = {
        "partner_reference": "spring",
        "name": "春季开户",
        "outlet": str(unit.ref),
        "ends_at": (clock.now() + timedelta(days=30)).isoformat(),
    }
    return json.dumps(given | values)


def test_a_campaign_is_made_read_pictured_and_ended():
    api, unit = an_api(), make_unit()
    answer = api.post("campaigns", body(unit), "k")
    made = answer.json()
    assert answer.status_code == 201
    assert made["code"] in made["url"]
    url = f"campaigns/{made['ref']}"
    tag = api.get(url).headers["ETag"]
    assert api.get(url, **{"If-None-Match": tag}).status_code == 304
    png = api.get(f"{url}/qr.png")
    assert (png.headers["Content-Type"], png.content[:4]) == ("image/png", b"\x89PNG")
    svg = api.get(f"{url}/qr.svg", Accept="image/svg+xml")
    assert svg.content.startswith(b"<svg xmlns")
    assert api.post(f"{url}/end", "{}", "e").status_code == 428
    assert api.post(f"{url}/end", "{}", "e", **{"If-Match": '"x"'}).status_code == 412
    done = api.post(f"{url}/end", "{}", "e", **{"If-Match": tag})
    assert (done.status_code, done.json()["version"]) == (200, 2)
    assert find_entry(Campaign.objects.get().ref, clock.now()) is None
    again = api.post(f"{url}/end", "{}", "f", **{"If-Match": done.headers["ETag"]})
    assert (again.status_code, again.json()["code"]) == (409, "conflict")


def brought(campaign, statuses, first=0):
    """Applications that began by the code of a campaign the day before."""
    before = clock.now() - timedelta(days=1)
    for number, status in enumerate(statuses, start=first):
        customer = a_customer(f"+86138001390{number:02}")
        made = an_application(status, customer=customer, origin=campaign.partner.ref, shares=False)
        facts = {"entry_ref": campaign.ref, "created_at": before}
        if made.submitted_at:
            facts["submitted_at"] = before
        if made.decided_at:
            facts["decided_at"] = before
        Application.objects.filter(pk=made.pk).update(**facts)


MANY = [Status.DRAFT, *[Status.SUBMITTED] * 2, *[Status.APPROVED] * 2]


@pytest.fixture
def three_are_told():
    """The rule as if three were enough: fewer rows do."""
    with ignoring("reference.Rule:decided_rows_stay"):
        Rule.objects.filter(key=COUNTS).update(value={"least": 3})


@pytest.mark.usefixtures("three_are_told")
def test_counts_say_how_many_and_never_how_few():
    partner = a_partner()
    campaign = a_campaign(partner)
    brought(campaign, MANY)
    counts = an_api(partner).get(f"campaigns/{campaign.ref}/counts").json()
    begins = clock.day_begins(clock.today()).astimezone(UTC)
    assert counts == {
        "begun": 5,
        "sent": 4,
        "approved": None,
        "least": 3,
        "as_of": begins.isoformat().replace("+00:00", "Z"),
    }
    assert counts_of(campaign) == {"begun": 5, "sent": 4, "approved": 2}, "for our own people"


@pytest.mark.usefixtures("three_are_told")
def test_a_code_for_one_person_tells_nothing_and_asking_again_tells_of_nobody():
    partner = a_partner()
    few, many = a_campaign(partner), a_campaign(partner)
    brought(few, [Status.APPROVED])
    brought(many, MANY, first=1)
    api = an_api(partner)
    told = api.get(f"campaigns/{few.ref}/counts").json()
    assert {told[name] for name in ("begun", "sent", "approved")} == {None}
    before = api.get(f"campaigns/{many.ref}/counts").json()
    new = an_application(Status.SUBMITTED, customer=a_customer(), origin=partner.ref, shares=False)
    Application.objects.filter(pk=new.pk).update(entry_ref=many.ref, created_at=clock.now())
    assert api.get(f"campaigns/{many.ref}/counts").json() == before
    sums = counts_of_partner(partner, clock.now()).figures
    assert sums == {"begun": 5, "sent": 4, "approved": None}, "nor does a sum less the others"


def begun_by(ref):
    return start_application(
        customer=a_customer(), entry=find_entry(ref, clock.now()), actor=ACTOR, at=clock.now()
    )


def test_an_application_by_a_campaign_has_its_outlet_whose_people_see_by_what_it_came():
    unit = make_unit()
    manager = staff(Role.BRANCH_MANAGER, unit)
    campaign = a_campaign(a_partner("婺江银行"), unit=unit, person=manager)
    application = begun_by(campaign.ref)
    assert application.outlet == unit
    with override("zh-hans"):
        told = came_by(application.entry_ref, application.origin_ref)
    assert told == "婺江银行 · 春季开户 · 沈知行"
    sent = an_application(
        Status.SUBMITTED, customer=a_customer("+8613900139077"), outlet=unit, shares=False
    )
    Application.objects.filter(pk=sent.pk).update(
        entry_ref=campaign.ref, origin_ref=campaign.partner.ref
    )
    page = desk_of(manager).get(f"/admin/accounts/application/{sent.ref}/change/")
    assert "春季开户 · 沈知行" in page.content.decode()


def test_a_lead_brings_the_outlet_that_looks_after_it():
    unit = make_unit()
    assert begun_by(a_lead(unit=unit).ref).outlet == unit


def test_a_lead_of_a_service_point_brings_the_outlet_over_it():
    bank, outlet = a_partner(), make_unit()
    point = make_unit(Kind.SERVICE_POINT, outlet)
    assert begun_by(a_lead(bank, unit=point).ref).outlet == outlet


def test_a_withdrawn_draft_was_never_sent():
    campaign = a_campaign()
    brought(campaign, [Status.WITHDRAWN])
    assert counts_of(campaign) == {"begun": 1, "sent": 0, "approved": 0}


def test_campaigns_of_others_do_not_exist():
    campaign, other = a_campaign(), an_api(a_partner("别家"))
    for path in ("", "/counts", "/qr.png", "/qr.svg"):
        answer = other.get(f"campaigns/{campaign.ref}{path}")
        assert (answer.status_code, answer.json()["code"]) == (404, "not-found")
    assert other.post(f"campaigns/{campaign.ref}/end", "{}", "k").status_code == 404
    assert other.get("campaigns").json()["data"] == []


@pytest.mark.parametrize(
    ("changed", "pointer"),
    [
        ({"ends_at": "2020-01-01T00:00:00Z"}, "/ends_at"),
        ({"ends_at": "tomorrow"}, "/ends_at"),
        ({"ends_at": "9999-12-31T00:00:00Z"}, "/ends_at"),
        ({"outlet": "JH-01"}, "/outlet"),
        ({"person": 1}, "/person"),
        ({"code": "mine"}, "/code"),
    ],
)
def test_a_wrong_field_is_pointed_at(changed, pointer):
    answer = an_api().post("campaigns", body(make_unit(), **changed), "k")
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["pointer"] == pointer


def test_the_code_is_bound_to_a_person_who_works_there():
    unit, manager = make_unit(), staff(Role.PARTNER_MANAGER)
    partner = a_partner(manager=manager)
    person = make_staff_user()
    role = assign(person, Role.ADVISER, unit)
    campaign = a_campaign(partner, unit=unit, person=person)
    assert find_entry(campaign.ref, clock.now()) is not None
    api = an_api(partner)
    before = api.get(f"campaigns/{campaign.ref}")
    assert before.json()["status"] == "running"
    assert find_living(campaign.code.code, clock.now()) is not None
    role.valid_to = clock.today()
    role.save()
    assert find_entry(campaign.ref, clock.now()) is None
    assert find_living(campaign.code.code, clock.now()) is None, "nor has it a page"
    tag = {"If-None-Match": before.headers["ETag"]}
    after = api.get(f"campaigns/{campaign.ref}", **tag)
    assert (after.status_code, after.json()["status"]) == (200, "dead")


def test_a_code_is_lent_to_nobody():
    campaign = a_campaign()
    with pytest.raises(DatabaseError), transaction.atomic():
        Campaign.objects.filter(pk=campaign.pk).update(unit=make_unit())


def test_a_suspended_institutions_campaign_leads_nowhere():
    campaign = a_campaign()
    assert find_entry(campaign.ref, clock.now()) is not None
    set_partner_status(
        partner=campaign.partner, status=PartnerStatus.SUSPENDED, actor=ACTOR, at=clock.now()
    )
    assert find_entry(campaign.ref, clock.now()) is None


def test_a_manager_begins_and_ends_a_campaign():
    manager = staff(Role.PARTNER_MANAGER)
    partner, unit = a_partner(manager=manager), make_unit()
    assign(manager, Role.PARTNER_MANAGER, unit)
    desk = desk_of(manager)
    form = {
        "partner": partner.pk,
        "name": "开门红",
        "partner_reference": "kmh",
        "unit": unit.pk,
        "days": 10,
    }
    desk.post("/admin/partners/campaign/add/", form)
    campaign = Campaign.objects.get()
    assert campaign.unit == unit
    desk.post(f"/admin/partners/campaign/{campaign.ref}/act/end/")
    campaign.code.refresh_from_db()
    assert campaign.code.ended_at is not None


def test_the_feed_counts_up_without_gaps_and_goes_on_after_a_number():
    api = an_api(a_partner("甲"))
    unit = make_unit()
    for number in range(3):
        api.post("campaigns", body(unit, partner_reference=f"r{number}"), f"k{number}")
    an_api(a_partner("乙")).post("campaigns", body(unit), "k")
    rows = api.get("events").json()["data"]
    assert [row["number"] for row in rows] == [1, 2, 3]
    assert set(rows[0]) == {"ref", "number", "type", "object", "version", "occurred_at"}
    assert [row["number"] for row in api.get("events", {"after": "2"}).json()["data"]] == [3]
    assert api.get("events", {"after": "x"}).status_code == 400
    assert PartnerEvent.objects.count() == 4


def test_outlets_services_and_free_times():
    api, unit = an_api(), make_unit()
    listed = api.get("outlets")
    rows = listed.json()["data"]
    for answer in (listed, api.get(f"outlets/{rows[0]['ref']}")):
        path = answer.request["PATH_INFO"].removeprefix("/api/v1/")
        again = api.get(path, **{"If-None-Match": answer.headers["ETag"]})
        assert (again.status_code, again.content) == (304, b"")
    assert str(unit.ref) in [row["ref"] for row in rows]
    assert api.get(f"outlets/{unit.ref}").json()["code"] == unit.code
    purpose = api.get("purposes").json()["data"][0]["code"]
    answer = api.get(f"outlets/{unit.ref}/slots", {"purpose": purpose, "days": "3"})
    assert answer.status_code == 200
    for wrong in (
        {"purpose": "x"},
        {"purpose": purpose, "days": "15"},
        {"purpose": purpose, "from": "x"},
    ):
        assert api.get(f"outlets/{unit.ref}/slots", wrong).status_code == 400
