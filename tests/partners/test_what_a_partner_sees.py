"""A partner reads the stage of what it originated, while the customer allows it; nothing else."""

from __future__ import annotations

import json
from uuid import uuid4

import pytest

from accounts.models import Application
from accounts.selectors import SHARING_PURPOSE
from accounts.states import Status
from accounts.use_cases import remove_origin
from brokerage.core import clock
from brokerage.customers.use_cases import withdraw_consent
from tests.accounts.factories import ACTOR, NAME, an_application
from tests.customers.factories import a_customer
from tests.partners.factories import Api, a_partner, an_api

pytestmark = pytest.mark.django_db
AFTER_APPROVAL = (Status.OPENING, Status.VISIT, Status.ACTIVE)


def stranger_sees(answer) -> tuple[int, dict[str, str]]:
    body = answer.json()
    body.pop("request_id")
    return answer.status_code, body


@pytest.mark.parametrize("status", list(Status))
def test_the_stage_and_its_clock_and_no_personal_data(status):
    partner = a_partner()
    application = an_application(status, origin=partner.ref)
    answer = an_api(partner).get(f"applications/{application.ref}")
    body = answer.json()
    assert set(body) == {"ref", "status", "stage", "version", "updated_at"}
    assert set(body["stage"]) == {"since", "promised_by"}
    # what follows an approval is ours; an institution knows the words of the first version
    told = Status.APPROVED if status in AFTER_APPROVAL else status
    assert (body["ref"], body["status"]) == (str(application.ref), told)
    assert (body["stage"]["promised_by"] is not None) == (
        status in (Status.SUBMITTED, Status.REVIEWING)
    )
    customer, outlet = str(application.customer.ref), str(application.outlet)
    for private in (NAME, "C4", "identity", customer, outlet):
        assert private not in answer.content.decode()


def test_every_instant_is_in_utc():
    partner = a_partner()
    application = an_application(Status.SUBMITTED, origin=partner.ref)
    body = an_api(partner).get(f"applications/{application.ref}").json()
    instants = [body["updated_at"], body["stage"]["since"], body["stage"]["promised_by"]]
    assert all(instant.endswith("Z") for instant in instants)


def test_a_stranger_sees_the_same_as_for_an_id_that_does_not_exist():
    mine, other = a_partner("甲"), a_partner("乙")
    application = an_application(Status.SUBMITTED, origin=mine.ref)
    api = an_api(other)
    unknown = stranger_sees(api.get(f"applications/{uuid4()}"))
    assert unknown[0] == 404
    assert stranger_sees(api.get(f"applications/{application.ref}")) == unknown
    assert api.get("applications").json()["data"] == []


def test_what_nobody_originated_does_not_exist_for_partners():
    application = an_application(Status.SUBMITTED)
    assert an_api().get(f"applications/{application.ref}").status_code == 404


def test_without_consent_nothing_is_told():
    partner = a_partner()
    application = an_application(Status.SUBMITTED, origin=partner.ref, shares=False)
    api = an_api(partner)
    assert api.get(f"applications/{application.ref}").status_code == 404
    assert api.get("applications").json()["data"] == []


def test_a_withdrawn_consent_ends_it_at_once():
    partner = a_partner()
    application = an_application(Status.SUBMITTED, origin=partner.ref)
    api = an_api(partner)
    assert api.get(f"applications/{application.ref}").status_code == 200
    withdraw_consent(
        customer=application.customer,
        purpose=SHARING_PURPOSE,
        actor=ACTOR,
        channel="portal",
        at=clock.now(),
    )
    assert api.get(f"applications/{application.ref}").status_code == 404


def test_a_removed_origin_ends_it_at_once():
    partner = a_partner()
    application = an_application(Status.SUBMITTED, origin=partner.ref)
    remove_origin(application=application, actor=ACTOR, at=clock.now())
    assert an_api(partner).get(f"applications/{application.ref}").status_code == 404


def test_a_consent_for_one_institution_does_not_serve_another():
    first, second = a_partner("甲"), a_partner("乙")
    customer = a_customer()
    an_application(Status.WITHDRAWN, customer=customer, origin=first.ref)
    an_application(Status.SUBMITTED, customer=customer, origin=second.ref, shares=False)
    assert an_api(second).get("applications").json()["data"] == []


def test_the_list_pages_through_what_is_mine_newest_change_first():
    partner = a_partner()
    mine = [
        an_application(
            Status.SUBMITTED, customer=a_customer(f"+861380013900{n}"), origin=partner.ref
        )
        for n in range(3)
    ]
    an_application(
        Status.SUBMITTED, customer=a_customer("+8613800139009"), origin=a_partner("乙").ref
    )
    api = an_api(partner)
    first = api.get("applications", {"limit": 2}).json()
    second = api.get("applications", {"limit": 2, "cursor": first["next"]}).json()
    found = [row["ref"] for row in first["data"] + second["data"]]
    assert found == [str(each.ref) for each in reversed(mine)]


def test_an_unchanged_application_is_not_sent_again():
    partner = a_partner()
    application = an_application(Status.SUBMITTED, origin=partner.ref)
    api = an_api(partner)
    tag = api.get(f"applications/{application.ref}").headers["ETag"]
    again = api.get(f"applications/{application.ref}", **{"If-None-Match": tag})
    assert (again.status_code, again.content) == (304, b"")
    Application.objects.filter(pk=application.pk).update(version=99)
    assert api.get(f"applications/{application.ref}", **{"If-None-Match": tag}).status_code == 200


def test_reading_asks_few_questions(django_assert_max_num_queries):
    partner = a_partner()
    for n in range(4):
        an_application(
            Status.SUBMITTED, customer=a_customer(f"+861380013900{n}"), origin=partner.ref
        )
    api = an_api(partner)
    with django_assert_max_num_queries(5):
        assert len(api.get("applications").json()["data"]) == 4


def test_a_link_of_another_partner_is_not_listed():
    one, other = an_api(a_partner("甲")), an_api(a_partner("乙"))
    made = one.post("entries", json.dumps({"partner_reference": "x"}), "k").json()
    assert made["url"].endswith(f"/open/?entry={made['ref']}")
    assert [row["ref"] for row in one.get("entries").json()["data"]] == [made["ref"]]
    assert other.get("entries").json()["data"] == []


def test_a_visitor_without_a_token_sees_nothing():
    application = an_application(Status.SUBMITTED, origin=a_partner().ref)
    assert Api().get(f"applications/{application.ref}").status_code == 401
