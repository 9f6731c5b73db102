"""A campaign of offers in a browser: counted, proposed, agreed by another, and how it went."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from brokerage.core.roles import Role
from brokerage.messaging.use_cases.load_texts import load_texts
from products import tasks
from products.gateways.sandbox import PlayedPayments
from products.models import OfferCampaign
from products.use_cases.private_selling import confirm_in_call, pay_contract
from products.use_cases.reading_wishes import read_wishes
from products.use_cases.sending_campaigns import send_portion
from tests.backoffice.factories import desk_of
from tests.branches.factories import make_staff, make_unit
from tests.products.factories import (
    a_book,
    a_campaign,
    a_complaint,
    a_private_contract,
    a_product,
    a_qualified_buyer,
)
from tests.products.test_campaigns import at_home, started
from tests.products.test_cross_selling_in_a_browser import of, sound
from tests.suitability.factories import AT
from tests.users.factories import make_staff_user, sign_in

monday = pytest.mark.usefixtures("on_monday")
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), monday]
PREVIEW = "/admin/products/offercampaign/preview/"


@pytest.mark.parametrize(("width", "language"), [(1440, "en"), (360, "zh-hans")])
def test_the_pages_are_sound(live_server: Any, visit: Any, width: int, language: str) -> None:
    load_texts(at=AT)
    unit = make_unit()
    for number in range(3):
        at_home(unit, number)
    a_complaint(at_home(unit, 4))
    run = started(a_campaign(unit))
    send_portion(run=run, at=AT, size=2)
    waiting = a_campaign(unit, product=a_product("R1"))
    buyer = a_qualified_buyer()
    contract = pay_contract(contract=a_private_contract(buyer), gateway=PlayedPayments(), at=AT)
    late, caller = AT + timedelta(days=1), make_staff_user()
    confirm_in_call(contract=contract, note="自愿", by=caller, at=late)
    a_book(company=None)
    desk = of(desk_of(make_staff(Role.HEAD_OFFICE)), language)
    own = of(sign_in(Client(), buyer.user), language)
    found = []
    for path in (
        f"{PREVIEW}?unit={unit.pk}&product={waiting.product.pk}&kind=",
        reverse("admin:products_offercampaign_change", args=[run.campaign.ref]),
        reverse("admin:products_offercampaign_change", args=[waiting.ref]),
        reverse("admin:products_board"),
        reverse("admin:products_privatecontract_change", args=[contract.ref]),
    ):
        found += sound(visit(live_server.url + path, width=width, cookies=desk))
    for path in (f"/products/private/{contract.ref}/", f"/products/orders/{contract.ref}/"):
        found += sound(visit(live_server.url + path, width=width, cookies=own))
    assert found == []


def test_it_is_counted_proposed_agreed_by_another_and_sent(live_server: Any, visit: Any) -> None:
    load_texts(at=AT)
    unit, product = make_unit(), a_product("R2")
    at_home(unit)
    read_wishes(at=AT)
    manager, second = make_staff(Role.BRANCH_MANAGER, unit), make_staff(Role.HEAD_OFFICE)
    page = visit(live_server.url + PREVIEW, width=360, cookies=of(desk_of(manager))).page
    page.get_by_label("customers at home here and below").select_option(str(unit.pk))
    page.get_by_label("product").select_option(str(product.pk))
    page.get_by_role("button", name="Count").click()
    page.get_by_text("Reached: 1 of 1 customers.").wait_for()
    page.get_by_role("link", name="Propose a campaign of offers").click()
    page.get_by_label("name").fill("March fund")
    page.get_by_label("sent until, included").fill("2026-03-20")
    page.get_by_role("button", name="Save").click()
    page.get_by_text("Saved.").wait_for()
    row = OfferCampaign.objects.get()
    address = live_server.url + reverse("admin:products_offercampaign_change", args=[row.ref])
    checking = visit(address, cookies=of(desk_of(second))).page
    checking.get_by_role("button", name="Approve").click()
    checking.get_by_text("Your decision is recorded.").wait_for()
    tasks.carry_campaigns_on(0)
    checking.goto(address)
    checking.get_by_role("heading", name="How it went").wait_for()
    assert "everybody was reached or held back" in checking.content()
