"""One view of a customer: what each app knows, bounded by what the reader may see."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.states import Status
from branches.models import OrgUnit
from brokerage.backoffice import overview
from brokerage.core.roles import Role
from brokerage.customers.models.customers import Kind
from holdings.dated import SegmentRule
from holdings.models import CustomerAssets
from holdings.states import Segment, Tier
from tests.accounts.factories import an_application
from tests.backoffice.factories import desk_of
from tests.branches.factories import make_staff, make_unit
from tests.conftest import MONDAY
from tests.customers.factories import a_customer
from tests.products.factories import a_bid, a_complaint, a_mandate, an_order
from tests.visits.factories import a_visit, an_outlet

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("on_monday")]
MOST_QUERIES = 25  # one for each kind of what products show
RULE = SegmentRule(least=Decimal(6_000_000))


@pytest.fixture
def outlet() -> OrgUnit:
    return an_outlet()


@pytest.fixture
def customer(outlet: OrgUnit) -> Any:
    """Somebody active with assets, a visit, an order and a complaint."""
    made = an_application(Status.ACTIVE, outlet=outlet, at=MONDAY).customer
    CustomerAssets.objects.create(
        customer=made,
        day=MONDAY.date(),
        counted=Decimal("7000000.00"),
        average=Decimal("6500000.00"),
        tier=Tier.FULL,
        rule_version="holdings.service_tier@1",
    )
    a_visit(outlet, customer=made)
    an_order(made, outlet)
    a_complaint(made)
    return made


def page_of(customer: Any, reader: Any) -> Any:
    client: Client = desk_of(reader)
    return client.get(reverse("admin:customers_customer_change", args=[customer.ref]))


def told(customer: Any, reader: Any) -> dict[str, str]:
    """Lines by label."""
    return {
        str(line.label): str(line.value)
        for _label, lines in overview.of(customer, reader, MONDAY)
        for line in lines
    }


def test_the_manager_sees_all_that_the_outlet_may(outlet: OrgUnit, customer: Any) -> None:
    manager = make_staff(Role.BRANCH_MANAGER, outlet)
    lines = told(customer, manager)
    assert lines["application"] == "Active"
    assert lines["segment"] == "High-net-worth customer"
    assert lines["class"].startswith("C")
    assert lines["home outlet"] == outlet.name
    assert {"newest order", "open complaint", "next visit", "assets"} <= {*lines}
    html = page_of(customer, manager).content.decode()
    assert "High-net-worth customer" in html
    assert reverse("admin:products_order_change", args=[customer.orders.get().ref]) in html


def test_bids_and_mandates_are_part_of_it_within_their_walls(
    outlet: OrgUnit, customer: Any
) -> None:
    a_bid(customer, outlet)
    lead = make_staff(Role.HEAD_OFFICE)
    a_mandate(lead, outlet, customer=customer, enterprise="", credit_code="")
    manager = told(customer, make_staff(Role.BRANCH_MANAGER, outlet))
    assert manager["newest bid in a subscription book"] == "placed"
    assert "newest mandate" not in manager, "a bond is behind the wall of its desk"
    assert "newest mandate" in told(customer, lead)
    colleague = told(customer, make_staff(Role.HEAD_OFFICE))
    assert not {"newest mandate", "newest referral to a product desk"} & {*colleague}


def test_another_outlet_sees_nothing(customer: Any) -> None:
    stranger = make_staff(Role.BRANCH_MANAGER, make_unit())
    assert page_of(customer, stranger).status_code == 404


def test_an_officer_reads_no_more_than_their_own_lists_show(
    outlet: OrgUnit, customer: Any
) -> None:
    lines = told(customer, make_staff(Role.OPENING_OFFICER, outlet))
    assert "application" in lines
    assert not {"newest order", "open complaint"} & {*lines}


def test_nothing_known_is_no_zero(outlet: OrgUnit) -> None:
    customer = a_customer()
    lines = told(customer, make_staff(Role.COMPLIANCE))
    assert lines == {"class": "No assessment counts today"}


def test_the_page_asks_few_queries(
    outlet: OrgUnit, customer: Any, django_assert_max_num_queries: Any
) -> None:
    manager = make_staff(Role.BRANCH_MANAGER, outlet)
    client = desk_of(manager)
    url = reverse("admin:customers_customer_change", args=[customer.ref])
    client.get(url)
    with django_assert_max_num_queries(MOST_QUERIES):
        assert client.get(url).status_code == 200


@pytest.mark.parametrize(
    ("average", "kind", "expected"),
    [
        ("5999999.99", Kind.PERSON, Segment.RETAIL),
        ("6000000.00", Kind.PERSON, Segment.WEALTHY),
        ("0.00", Kind.ORGANISATION, Segment.INSTITUTION),
        ("99000000.00", Kind.ORGANISATION, Segment.INSTITUTION),
    ],
)
def test_segments_follow_the_rule(average: str, kind: Kind, expected: Segment) -> None:
    assert RULE.of(Decimal(average), kind) is expected


@pytest.mark.parametrize(("segment", "number"), [("wealthy", 1), ("retail", 0), ("nonsense", 1)])
def test_the_list_is_narrowed_by_segment(
    outlet: OrgUnit, customer: Any, segment: str, number: int
) -> None:
    client = desk_of(make_staff(Role.BRANCH_MANAGER, outlet))
    page = client.get(reverse("admin:holdings_customerassets_changelist"), {"segment": segment})
    assert len(page.context["cl"].result_list) == number
