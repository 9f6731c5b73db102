"""A mandate behind its wall, and the pages of cross-selling and private funds, in a browser."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from brokerage.core import clock
from brokerage.core.roles import Role
from brokerage.files.use_cases.check_file import check
from products.gateways.sandbox import PlayedPayments
from products.models import Crossing, Mandate, MandatePaper
from products.use_cases.counting_coverage import count_coverage
from products.use_cases.private_selling import pay_contract
from tests.backoffice.factories import desk_of
from tests.branches.factories import make_staff
from tests.files.factories import pdf
from tests.products.factories import (
    a_crossing,
    a_goal,
    a_mandate,
    a_private_contract,
    a_qualified_buyer,
    a_referral,
    a_reported_referral,
    approve,
)
from tests.users.factories import make_staff_user, sign_in

monday = pytest.mark.usefixtures("on_monday")
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), monday]


def of(client: Client, language: str = "en") -> dict[str, str]:
    return {"sessionid": client.cookies["sessionid"].value, "language": language}


def sound(shown: Any) -> list[str]:
    wide = ["wider than the window"] if shown.overflows() else []
    return [*shown.problems, *shown.axe(), *wide]


@pytest.mark.parametrize(("width", "language"), [(1280, "zh-hans"), (360, "en")])
def test_the_pages_are_sound(live_server: Any, visit: Any, width: int, language: str) -> None:
    buyer, lead = a_qualified_buyer(), make_staff(Role.HEAD_OFFICE)
    contract = a_private_contract(buyer)
    pay_contract(contract=contract, gateway=PlayedPayments(), at=clock.now())
    mandate = a_mandate(lead, customer=buyer, enterprise="", credit_code="")  # the buyer reads it
    count_coverage(at=clock.now())
    goal = approve(a_goal(mandate.referral.outlet))
    a_referral(mandate.referral.outlet)
    desk, own = of(desk_of(lead), language), of(sign_in(Client(), buyer.user), language)
    found = []
    for path in (f"/products/private/{contract.ref}/", "/products/orders/"):
        found += sound(visit(live_server.url + path, width=width, cookies=own))
    for path in (
        reverse("admin:products_mandate_change", args=[mandate.ref]),
        reverse("admin:products_crossing_add"),
        reverse("admin:products_mandatepaper_add"),
        reverse("admin:products_goal_add"),
        reverse("admin:products_board"),
        reverse("admin:products_board_unit", args=[goal.unit.code]),
        reverse("admin:products_privatecontract_change", args=[contract.ref]),
        reverse("admin:products_crossing_change", args=[a_crossing(mandate).ref]),
    ):
        found += sound(visit(live_server.url + path, width=width, cookies=desk))
    assert found == []


def test_a_mandate_is_opened_prepared_and_seen_only_behind_its_wall(
    live_server: Any, visit: Any
) -> None:
    named: dict[str, Any] = {"user": make_staff_user(display_name="Xu Qingyan")}
    lead, colleague = make_staff(Role.HEAD_OFFICE), make_staff(Role.HEAD_OFFICE, **named)
    keeper, base = make_staff(Role.COMPLIANCE), live_server.url
    referral = a_reported_referral(lead)
    address = reverse("admin:products_referral_change", args=[referral.ref])
    page = visit(base + address, cookies=of(desk_of(lead))).page
    card = page.locator("form", has=page.get_by_role("button", name="Open the mandate"))
    card.get_by_label("Report").fill("The client agrees")
    card.get_by_role("button", name="Open the mandate").click()
    page.get_by_text("It goes on as a mandate, which you lead.").wait_for()
    mandate = Mandate.objects.get()
    inside = base + reverse("admin:products_mandate_change", args=[mandate.ref])

    outside = visit(inside, cookies=of(desk_of(colleague)))
    assert "婺州精密仪器有限公司" not in outside.page.content()

    page.goto(inside)
    begin = page.locator("form", has=page.get_by_role("button", name="Begin it"))
    begin.get_by_label("Report").fill("Kick-off held")
    begin.get_by_role("button", name="Begin it").click()
    page.get_by_text("Now: due diligence").wait_for()
    page.goto(base + reverse("admin:products_mandatepaper_add"))
    page.get_by_label("Mandate").select_option(index=1)
    page.get_by_label("Kind").select_option("diligence")
    paper = {"name": "report.pdf", "mimeType": "application/pdf", "buffer": pdf()}
    page.get_by_label("file (PDF)").set_input_files(files=[paper])
    page.get_by_role("button", name="Save").click()
    page.get_by_text("Saved.").wait_for()
    check(ref=MandatePaper.objects.get().file.ref, at=clock.now())  # as the worker does
    page.goto(base + reverse("admin:products_crossing_add"))
    page.get_by_label("Mandate").select_option(index=1)
    page.get_by_label("Who is let in").select_option(label="Xu Qingyan")
    page.get_by_label("What for").fill("Drafts the contract")
    page.get_by_role("button", name="Save").click()
    page.get_by_text("Saved.").wait_for()

    asked = reverse("admin:products_crossing_change", args=[Crossing.objects.get().ref])
    checking = visit(base + asked, cookies=of(desk_of(keeper))).page
    checking.get_by_role("button", name="Approve").click()
    checking.get_by_text("Your decision is recorded.").wait_for()
    seen = visit(inside, cookies=of(desk_of(colleague))).page
    assert "婺州精密仪器有限公司" in seen.content()
    assert seen.get_by_role("link", name="due diligence report").count() == 1
