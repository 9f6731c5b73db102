"""A manager proposes a contract, is told why it cannot be, puts it right; all of it sound."""

from __future__ import annotations

import pytest
from django.urls import reverse

from brokerage.backoffice.four_eyes import Decision
from brokerage.core.roles import Role
from partners.models import Contract
from partners.states import FeeBasis, StatementStatus
from tests.backoffice.factories import desk_of, staff
from tests.partners.factories import (
    a_dispute,
    a_lead,
    a_licence,
    a_partner,
    a_remark,
    a_statement,
    a_webhook,
)
from tests.visits.factories import an_outlet

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def cookies_of(user, language):
    session = desk_of(user).cookies["sessionid"].value
    return {"sessionid": session, "language": language}


def sound(shown) -> None:
    assert shown.problems == []
    assert shown.axe() == []
    assert not shown.overflows()
    assert shown.page.locator("h1").count() == 1


def test_an_unlawful_fee_is_refused_beside_its_field_and_then_put_right(live_server, visit):
    manager = staff(Role.PARTNER_MANAGER)
    partner = a_partner(contract=False, manager=manager)
    a_licence(partner)
    outlet = an_outlet()
    url = live_server.url + reverse("admin:partners_contract_add")
    shown = visit(url, width=360, cookies=cookies_of(manager, "zh-hans"))
    page = shown.page
    page.locator("[name=partner]").select_option(str(partner.pk))
    page.locator("[name=outlet]").select_option(str(outlet.pk))
    page.locator("[name=activities]").first.check()
    page.locator("[name=fee_basis]").select_option(FeeBasis.PER_ACCOUNT)
    for name, text in {
        "number": "渠合-1",
        "fee_yuan": "1000",
        "data_clause": "不交换数据",
        "opinion": "同意",
        "opinion_number": "合规-1",
        "valid_from": "2026-01-01",
        "valid_to": "2027-01-01",
    }.items():
        page.locator(f"[name={name}]").fill(text)
    shown.follow(page.locator("[name=_save]"))
    assert "不合法" in page.locator("main").inner_text()
    assert page.locator("[name=data_clause]").input_value() == "不交换数据"
    sound(shown)
    page.locator("[name=fee_basis]").select_option(FeeBasis.FIXED)
    shown.follow(page.locator("[name=_save]"))
    contract = Contract.objects.get()
    assert contract.decision == Decision.PENDING
    sound(shown)


def test_pages_of_the_api_and_of_partners_are_sound(live_server, visit):
    manager = staff(Role.PARTNER_MANAGER)
    partner = a_partner(manager=manager)
    lead, hook = a_lead(partner), a_webhook(partner)
    pages = [
        (360, "zh-hans", reverse("partners:api")),
        (1280, "en", reverse("admin:partners_partner_change", args=[partner.ref])),
        (360, "en", reverse("admin:partners_lead_change", args=[lead.ref])),
        (1280, "zh-hans", reverse("admin:partners_webhookendpoint_change", args=[hook.ref])),
    ]
    for width, language, path in pages:
        sound(visit(live_server.url + path, width=width, cookies=cookies_of(manager, language)))


def test_a_statement_is_checked_on_a_phone_and_a_dispute_answered(live_server, visit):
    manager = staff(Role.PARTNER_MANAGER)
    partner = a_partner(manager=manager)
    dispute, remark = a_dispute(a_partner("乙", manager=manager)), a_remark(partner)
    statement = a_statement(partner)
    url = live_server.url + reverse("admin:partners_statement_change", args=[statement.ref])
    shown = visit(url, width=360, cookies=cookies_of(manager, "zh-hans"))
    sound(shown)
    shown.follow(shown.page.get_by_role("button", name="金额无误"))
    sound(shown)
    statement.refresh_from_db()
    assert statement.status == StatementStatus.CHECKED
    for model, row in (("dispute", dispute), ("remark", remark)):
        path = reverse(f"admin:partners_{model}_change", args=[row.ref])
        sound(visit(live_server.url + path, width=1280, cookies=cookies_of(manager, "en")))
