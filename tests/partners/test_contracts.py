"""What a contract may say, who approves it, and what dies when it ends."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from itertools import product
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from accounts.entries import find_entry
from branches.entry_codes import find_living
from branches.models import OrgUnit
from brokerage.backoffice.four_eyes import Decision, FourEyesRefused, decide
from brokerage.core import clock
from brokerage.core.roles import Role
from brokerage.journal.models import Entry
from brokerage.reference.models import Rule
from partners.dated import ACTIVITIES, FEE_BASES
from partners.models import Contract, Partner
from partners.states import LAWFUL, Activity, ApiScope, FeeBasis, PartnerKind, PartnerStatus
from partners.use_cases import (
    UnableToContract,
    propose_contract,
    set_networks,
    set_partner_status,
)
from partners.use_cases.end_early import UnableToEndEarly, end_licence
from tests.accounts.factories import an_application
from tests.backoffice.factories import desk_of, staff
from tests.branches.factories import make_unit
from tests.partners.factories import (
    ACTOR,
    Api,
    a_client,
    a_contract,
    a_licence,
    a_link,
    a_partner,
    an_api,
    contract_values,
    token_for,
)

pytestmark = pytest.mark.django_db
UNLAWFUL = sorted(set(FeeBasis) - set(LAWFUL))


@pytest.mark.parametrize("basis", UNLAWFUL)
def test_pay_for_success_is_refused_with_the_reason(basis):
    partner, maker = a_partner(contract=False), staff(Role.PARTNER_MANAGER)
    with pytest.raises(UnableToContract) as refused:
        propose_contract(
            maker=maker,
            at=clock.now(),
            partner=partner,
            outlet=make_unit(),
            **contract_values(fee_basis=basis),
        )
    assert list(refused.value.errors) == ["fee_basis"]
    assert "registered staff" in refused.value.errors["fee_basis"][0]
    assert not Contract.objects.exists()


@pytest.mark.parametrize("basis", UNLAWFUL)
def test_the_database_itself_refuses_pay_for_success(basis):
    with pytest.raises(IntegrityError, match="a_contract_pays_nothing_for_success"):
        a_contract(a_partner(contract=False), fee_basis=basis)


@pytest.mark.parametrize(("kind", "activity"), list(product(PartnerKind, Activity)))
def test_each_kind_may_do_what_the_rule_says(kind, activity):
    partner, maker = a_partner(contract=False, kind=kind), staff(Role.PARTNER_MANAGER)
    allowed = activity in Rule.objects.in_force(ACTIVITIES, date(2026, 3, 2)).figure[kind]
    values = contract_values(activities=[activity], fee_basis=FeeBasis.NONE, fee_yuan=None)
    given: dict[str, Any] = {"maker": maker, "at": clock.now(), "partner": partner} | values
    given["outlet"] = make_unit()
    if not allowed:
        with pytest.raises(UnableToContract) as refused:
            propose_contract(**given)
        assert list(refused.value.errors) == ["activities"]
        return
    made = propose_contract(**given)
    assert ACTIVITIES in made.rule_version
    assert FEE_BASES in made.rule_version


def test_a_platform_hears_nothing_about_single_customers():
    figure = Rule.objects.in_force(ACTIVITIES, date(2026, 3, 2)).figure
    assert not {"stages", "leads"} & set(figure[PartnerKind.PLATFORM])


@pytest.mark.parametrize(
    ("changed", "constraint"),
    [
        ({"fee_basis": FeeBasis.NONE}, "a_contract_has_a_sum_exactly_where_it_has_a_fee"),
        ({"fee_yuan": None}, "a_contract_has_a_sum_exactly_where_it_has_a_fee"),
        ({"fee_yuan": Decimal(0)}, "a_contract_has_a_sum_exactly_where_it_has_a_fee"),
        ({"valid_to": None}, "a_contract_ends"),
        ({"activities": []}, "a_contract_names_known_activities"),
        ({"activities": ["solicit"]}, "a_contract_names_known_activities"),
        ({"opinion": ""}, "a_contract_has_opinion_and_data_clause"),
        ({"data_clause": ""}, "a_contract_has_opinion_and_data_clause"),
    ],
)
def test_the_database_keeps_contracts_whole(changed, constraint):
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        a_contract(a_partner(contract=False), **changed)


def proposed(partner: Partner, **values):
    maker = staff(Role.PARTNER_MANAGER)
    if partner.manager is None:
        partner.manager = maker
        partner.save(update_fields=["manager"])
    given = {"outlet": make_unit()} | contract_values(activities=["links"], **values)
    return maker, propose_contract(maker=maker, at=clock.now(), partner=partner, **given)


def checked(contract, checker):
    return decide(
        model=Contract,
        ref=contract.ref,
        checker=checker,
        decision=Decision.APPROVED,
        at=clock.now(),
    )


def test_a_second_person_approves_and_only_then_it_counts():
    partner = a_partner(contract=False)
    a_licence(partner)
    maker, contract = proposed(partner)
    partner.manager = maker
    partner.save()
    working = Partner.objects.working(clock.now())
    assert not working.exists()
    with pytest.raises(FourEyesRefused):
        checked(contract, maker)
    checked(contract, staff(Role.HEAD_OFFICE))
    assert working.exists()


def test_nothing_is_proposed_without_an_outlet_nor_approved_without_a_manager():
    partner = a_partner(contract=False)
    a_licence(partner)
    with pytest.raises(UnableToContract) as refused:
        proposed(partner, outlet=None)
    assert list(refused.value.errors) == ["outlet"]
    _maker, contract = proposed(partner)
    Partner.objects.filter(pk=partner.pk).update(manager=None)
    with pytest.raises(FourEyesRefused, match="manager"):
        checked(contract, staff(Role.HEAD_OFFICE))


def test_head_office_ends_a_contract_early_and_it_holds_to_the_end_of_that_day():
    partner, today = a_partner(), clock.today()
    contract = partner.contracts.get()
    act = f"/admin/partners/contract/{contract.ref}/act/end/"
    given = {"last_day": today.isoformat(), "reason": "双方协商"}
    manager = staff(Role.PARTNER_MANAGER)
    Partner.objects.filter(pk=partner.pk).update(manager=manager)
    assert desk_of(manager).post(act, given).status_code == 403
    office = desk_of(staff(Role.HEAD_OFFICE))
    past = {**given, "last_day": (today - timedelta(days=1)).isoformat()}
    assert "past" in office.post(act, past).content.decode()
    office.post(act, given)
    contract.refresh_from_db()
    assert contract.valid_to == today + timedelta(days=1)
    entry = Entry.objects.get(kind="partners.contract_ended_early")
    assert entry.payload["contract"] == str(contract.ref)
    assert Partner.objects.working(clock.now()).exists()
    assert not Partner.objects.working(clock.now() + timedelta(days=1)).exists()
    assert "by then already" in office.post(act, given).content.decode()


def test_a_licence_that_was_taken_back_stops_everything_at_once():
    manager = staff(Role.PARTNER_MANAGER)
    partner = a_partner(manager=manager)
    api, link = everything_of(partner)
    licence = partner.licences.get()
    yesterday = clock.today() - timedelta(days=1)
    given = {"last_day": yesterday.isoformat(), "reason": "已被吊销"}
    desk_of(manager).post(f"/admin/partners/partnerlicence/{licence.ref}/act/end/", given)
    licence.refresh_from_db()
    assert licence.valid_to == clock.today()
    assert alive(api, link) == {False}
    with pytest.raises(UnableToEndEarly):
        end_licence(
            licence=licence, last_day=date(2039, 1, 1), reason="x", actor=ACTOR, at=clock.now()
        )


def test_nothing_is_approved_without_a_licence():
    _maker, contract = proposed(a_partner(contract=False))
    with pytest.raises(FourEyesRefused, match="No licence"):
        checked(contract, staff(Role.HEAD_OFFICE))


def test_an_amendment_acts_forward_only_and_ends_the_one_before():
    partner = a_partner()
    old = Contract.objects.get()
    _maker, new = proposed(partner, valid_from=date(2030, 1, 1))
    checked(new, staff(Role.HEAD_OFFICE))
    old.refresh_from_db()
    assert old.valid_to == date(2030, 1, 1)


@pytest.mark.parametrize("days", [-60, 0])
def test_an_amendment_that_begins_today_or_earlier_is_refused_beside_the_field(days):
    partner = a_partner()
    with pytest.raises(UnableToContract) as refused:
        proposed(partner, valid_from=clock.today() + timedelta(days=days))
    assert list(refused.value.errors) == ["valid_from"]


def test_an_amendment_whose_day_came_while_it_waited_is_refused_and_the_old_one_stays():
    partner = a_partner()
    old = Contract.objects.get()
    _maker, late = proposed(partner, valid_from=clock.today() + timedelta(days=1))
    with pytest.raises(FourEyesRefused, match="later day"):
        decide(
            model=Contract,
            ref=late.ref,
            checker=staff(Role.HEAD_OFFICE),
            decision=Decision.APPROVED,
            at=clock.now() + timedelta(days=1),
        )
    was = old.valid_to
    old.refresh_from_db()
    assert old.valid_to == was


def test_a_first_contract_may_be_approved_late():
    partner = a_partner(contract=False)
    a_licence(partner)
    _maker, contract = proposed(partner, valid_from=clock.today() - timedelta(days=60))
    checked(contract, staff(Role.HEAD_OFFICE))
    assert Partner.objects.working(clock.now()).exists()


def test_the_contract_decides_what_a_client_may_ask_for():
    partner = a_partner(contract=False)
    a_licence(partner)
    a_contract(partner, activities=["links"])
    api = an_api(partner)
    assert "applications:read" not in api.get("me").json()["scopes"]
    assert api.get("applications").status_code == 403
    assert api.get("entries").status_code == 200


def everything_of(partner):
    client, secret = a_client(partner)
    link = a_link(client, days=30)
    return Api(token_for(secret)), link


def alive(api, link) -> set[bool]:
    at = clock.now()
    return {
        api.get("me").status_code == 200,
        find_entry(link.ref, at) is not None,
        find_living(link.code.code, at) is not None,
    }


def test_suspension_kills_keys_codes_and_links_and_applications_go_on():
    partner = a_partner()
    api, link = everything_of(partner)
    application = an_application("submitted", origin=partner.ref)
    assert alive(api, link) == {True}
    set_partner_status(
        partner=partner, status=PartnerStatus.SUSPENDED, actor=ACTOR, at=clock.now()
    )
    assert alive(api, link) == {False}
    application.refresh_from_db()
    assert application.status == "submitted"


@pytest.mark.parametrize("what", ["contract", "licence"])
def test_expiry_kills_them_too(what):
    partner = a_partner()
    api, link = everything_of(partner)
    assert alive(api, link) == {True}
    rows = partner.contracts if what == "contract" else partner.licences
    rows.update(valid_to=clock.today())
    assert alive(api, link) == {False}


def test_a_client_calls_from_its_networks_only():
    client, secret = a_client()
    api = Api(token_for(secret))
    set_networks(api_client=client, networks=["203.0.113.0/24"], actor=ACTOR, at=clock.now())
    answer = api.get("me")
    assert (answer.status_code, answer.json()["code"]) == (403, "address-not-allowed")
    set_networks(api_client=client, networks=["127.0.0.0/8"], actor=ACTOR, at=clock.now())
    assert api.get("me").status_code == 200


def test_a_partner_manager_sees_their_own_institutions_only():
    unit = make_unit()
    mine, theirs = staff(Role.PARTNER_MANAGER, unit), staff(Role.PARTNER_MANAGER, unit)
    partner = a_partner(manager=mine)
    url = f"/admin/partners/partner/{partner.ref}/change/"
    assert desk_of(mine).get(url).status_code == 200
    assert desk_of(theirs).get(url).status_code == 404


def form_values(partner, **changed):
    values = contract_values(activities=["links"], **changed)
    given = {**values, "partner": partner.pk, "fee_yuan": str(values["fee_yuan"])}
    return given | {"outlet": OrgUnit.objects.order_by("pk")[0].pk}


def test_the_form_shows_the_reason_beside_the_field_and_loses_nothing():
    manager = staff(Role.PARTNER_MANAGER)
    partner = a_partner(contract=False, manager=manager)
    desk = desk_of(manager)
    make_unit()
    given = form_values(partner, fee_basis=FeeBasis.TURNOVER)
    page = desk.post("/admin/partners/contract/add/", given)
    assert page.status_code == 200
    errors = page.context["adminform"].form.errors
    assert list(errors) == ["fee_basis"], errors
    assert "unlawful" in errors["fee_basis"][0]
    assert given["data_clause"] in page.content.decode()
    desk.post("/admin/partners/contract/add/", form_values(partner))
    assert Contract.objects.get().partner == partner


def test_a_client_is_made_and_its_secret_shown_once():
    manager = staff(Role.PARTNER_MANAGER)
    partner = a_partner(manager=manager)
    desk = desk_of(manager)
    form = {"partner": partner.pk, "name": "core", "scopes": ["entries:write"]}
    page = desk.post("/admin/partners/apiclient/add/", form, follow=True)
    assert "Secret:" in page.content.decode()
    client = partner.clients.get()
    again = desk.get(f"/admin/partners/apiclient/{client.ref}/change/")
    assert "Secret:" not in again.content.decode()
    act = f"/admin/partners/apiclient/{client.ref}/act/"
    assert "Secret:" in desk.post(f"{act}rotate/", follow=True).content.decode()
    desk.post(f"{act}networks/", {"networks": "10.1.2.3, 203.0.113.7/24"})
    client.refresh_from_db()
    assert client.networks == ["10.1.2.3/32", "203.0.113.0/24"]
    page = desk.post(f"{act}networks/", {"networks": "nowhere"})
    assert "nowhere" in page.content.decode()


def test_a_program_gets_other_scopes_is_taken_back_and_loses_what_leaked_at_once():
    manager = staff(Role.PARTNER_MANAGER)
    partner = a_partner(manager=manager)
    client, secret = a_client(partner, [ApiScope.ENTRIES_WRITE])
    api = Api(token_for(secret))
    desk, act = desk_of(manager), f"/admin/partners/apiclient/{client.ref}/act/"
    assert api.get("entries").status_code == 200

    desk.post(f"{act}scopes/", {"scopes": ["entries:write", "leads:write"]})
    fresh = Api(token_for(secret))
    assert fresh.get("leads").status_code == 200
    desk.post(f"{act}suspend/")
    assert fresh.get("leads").status_code == 401
    desk.post(f"{act}resume/")
    assert fresh.get("leads").status_code == 200
    page = desk.post(f"{act}replace/", follow=True)
    assert "Secret:" in page.content.decode()
    assert fresh.get("leads").status_code == 401
    assert client.credentials.count() == 1
    desk.post(f"{act}scopes/", {"scopes": ["entries:write"]})
    kinds = ("partners.scopes_changed", "partners.client_resumed")
    assert [Entry.objects.filter(kind=kind).count() for kind in kinds] == [2, 1]


def test_an_institution_is_entered_suspended_and_handed_over():
    manager = staff(Role.PARTNER_MANAGER)
    desk = desk_of(manager)
    form = {"name_zh": "婺城银行", "name_en": "Wucheng Bank", "kind": "bank"}
    desk.post("/admin/partners/partner/add/", form)
    partner = Partner.objects.get()
    assert partner.manager == manager
    act = f"/admin/partners/partner/{partner.ref}/act/"
    desk.post(f"{act}suspend/", {"reason": "投诉核查"})
    partner.refresh_from_db()
    assert partner.status == PartnerStatus.SUSPENDED
    other, officer = staff(Role.PARTNER_MANAGER), staff(Role.HEAD_OFFICE)
    assert desk.post(f"{act}manager/", {"manager": other.pk}).status_code == 403
    desk_of(officer).post(f"{act}manager/", {"manager": other.pk})
    partner.refresh_from_db()
    assert partner.manager == other
    assert desk.get(f"/admin/partners/partner/{partner.ref}/change/").status_code == 404


def test_what_ends_soon_is_a_task_until_something_follows():
    from partners.home import ending

    manager = staff(Role.PARTNER_MANAGER)
    partner = a_partner(contract=False, manager=manager)
    soon = clock.today() + timedelta(days=10)
    a_licence(partner, valid_to=None)
    a_contract(partner, valid_to=soon)
    found = list(ending(manager, clock.now()))
    assert ["Contract" in str(task.title) for task in found] == [True]
    a_contract(partner, valid_from=soon)
    assert not list(ending(manager, clock.now()))
