"""The demonstration brokerage: built through use cases, plausible, the same each time."""

from __future__ import annotations

import json

import pytest
from django.test import Client

from accounts.evidence.verification import missing_evidence
from accounts.models import Application
from accounts.states import Status
from branches.models import OrgUnit, StaffAssignment, UnitProfile
from branches.selectors import hours_of, services_of
from branches.states import Kind
from brokerage.core.roles import Role
from brokerage.customers.models import Customer
from brokerage.demo.build import PARTS, build_demo
from brokerage.demo.logins import CUSTOMER_PHONE, OPERATOR, printed_staff
from brokerage.demo.partners import credentials_file
from brokerage.demo.people import name
from brokerage.demo.staff import second_factors
from brokerage.journal.models import Entry
from brokerage.reference.models import Division
from brokerage.users.models import User
from products.models import Holding, Order
from products.states import OrderStatus, Side
from suitability.models import DoubleRecording, SaleFollowUp
from suitability.states import FollowUpStatus, RecordingStatus
from tests.partners.factories import basic

pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.xdist_group("transactions")]


def test_a_second_build_adds_nothing(brokerage, at):
    again: list[str] = []
    build_demo(say=again.append, at=at)
    assert [line.split(" ", 1)[1] for line in brokerage] == [name for name, _build in PARTS]
    assert again == []


def test_some_forty_outlets_stand_in_a_real_tree_with_jinhua_among_them(brokerage, at):
    outlets = OrgUnit.objects.filter(kind=Kind.OUTLET)
    assert 38 <= outlets.count() <= 45
    jinhua = OrgUnit.objects.get(code="B-JH")
    under = OrgUnit.objects.under(jinhua, at.date()).filter(kind=Kind.OUTLET)
    assert under.count() == 8
    codes = set(outlets.values_list("division_code", flat=True))
    known = set(Division.objects.filter(code__in=codes).values_list("code", flat=True))
    assert codes - known == set()


def test_every_outlet_has_address_hours_and_services(brokerage, at):
    outlets = list(OrgUnit.objects.filter(kind=Kind.OUTLET))
    profiles = UnitProfile.objects.on(at.date()).filter(
        unit__in=outlets
    )  # service points have some
    placed = profiles.exclude(lon=None).exclude(address_en="")
    hours, services = hours_of(outlets, at.date()), services_of(outlets, at.date())

    assert placed.count() == len(outlets)
    assert not [unit.code for unit in outlets if hours[unit.pk].is_closed]
    assert not [unit.code for unit in outlets if len(services[unit.pk]) < 8]


def test_every_outlet_has_a_head_and_names_in_both_languages(brokerage):
    led = StaffAssignment.objects.filter(role=Role.BRANCH_MANAGER).values("unit")
    outlets = OrgUnit.objects.filter(kind=Kind.OUTLET)
    assert not outlets.exclude(pk__in=led).exists()
    assert not outlets.filter(name_en="").exists()


def test_customers_stand_in_many_states_and_everything_is_in_the_journal(brokerage):
    found = set(Application.objects.values_list("status", flat=True))
    assert found == set(Status) - {Status.EXPIRED}
    assert Application.objects.count() == 32  # 24 by phone, 8 at a counter
    applied = Customer.objects.filter(applications__isnull=False).distinct()
    assert applied.count() == 32
    for application in Application.objects.filter(status=Status.ACTIVE):
        assert missing_evidence(application) == []
    journalled = Entry.objects.filter(subject_type="accounts.application")
    refs = set(journalled.values_list("subject_ref", flat=True))
    assert refs == set(Application.objects.values_list("ref", flat=True))
    assert User.objects.with_phone(f"+86{CUSTOMER_PHONE.replace(' ', '')}").exists()


def test_every_printed_log_in_has_a_second_factor(brokerage, at):
    codes = dict(second_factors(at=at))
    assert set(codes) == {row["email"] for row in printed_staff()} | {OPERATOR}
    assert all(len(code) == 6 and code.isdigit() for code in codes.values())


def test_the_institution_reads_what_it_sent(brokerage):
    given = json.loads(credentials_file().read_text())
    assert credentials_file().stat().st_mode & 0o077 == 0
    client = Client()
    token = client.post(
        "/api/v1/oauth/token",
        {"grant_type": "client_credentials"},
        headers={"Authorization": basic(given["client_id"], given["client_secret"])},
    ).json()["access_token"]
    answer = client.get("/api/v1/applications", headers={"Authorization": f"Bearer {token}"})
    assert len(answer.json()["data"]) == 3


def test_no_two_people_share_a_name():
    names = [name(number) for number in range(4862)]
    assert len({person.zh for person in names}) > 4700  # Ming and Ming differ in writing only
    assert len(set(names)) == 4862


def test_a_recording_waits_for_its_check_and_a_call_raised_a_concern(brokerage):
    assert DoubleRecording.objects.get().status == RecordingStatus.COMPLETE
    waiting = {FollowUpStatus.WAITING, FollowUpStatus.ESCALATED}
    assert set(SaleFollowUp.objects.values_list("status", flat=True)) == waiting


def test_of_the_orders_some_were_confirmed_one_sold_in_part_and_one_is_on_its_way(brokerage):
    bought = Order.objects.filter(side=Side.SUBSCRIBE)
    by_code = {
        code: set(bought.filter(product__item__code=code).values_list("status", flat=True))
        for code in ("DEMO-CASH", "DEMO-SHORT")
    }
    assert by_code["DEMO-CASH"] >= {OrderStatus.CONFIRMED, OrderStatus.PAID}
    assert OrderStatus.PARTLY in by_code["DEMO-SHORT"]
    assert Order.objects.filter(side=Side.REDEEM).count() == 1
    assert Holding.objects.filter(product__item__code="DEMO-CASH", units__gt=0).exists()
