"""Hostile text in every field that is shown anywhere: harmless on portal, back office, exports."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Application
from accounts.states import Status
from brokerage.backoffice.exports import FORMULA_STARTS, lines_of, make_file, request_export
from brokerage.backoffice.four_eyes import decide
from brokerage.backoffice.models import Export
from brokerage.core import clock
from brokerage.core.four_eyes import Decision
from brokerage.core.roles import Role
from brokerage.customers.models import Customer
from brokerage.customers.use_cases import load_consent_texts
from brokerage.messaging import send
from brokerage.users.models import User
from tests.accounts.factories import an_application
from tests.backoffice.factories import desk_of, staff
from tests.branches.factories import make_unit
from tests.customers.factories import a_customer
from tests.messaging.factories import a_text
from tests.partners.factories import a_client, a_partner
from tests.users.factories import sign_in
from tests.walk.crawl import crawl
from tests.walk.reader import read

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
HOSTILE = {
    "markup": "\"'><script>alert(1)</script><img src=x onerror=a()>{{7*7}}",
    "marks": "\u202eexe.txt\u2066👩🏽‍💻👨‍👩‍👧‍👦\u200b\u200d\ufeff\u00ad",
    "long": "W" * 60,
    "formula": "=cmd|' /C calc'!A0",
    "full-width formula": "＝1+1",
}


@pytest.fixture(params=HOSTILE)
def text(request: Any) -> str:
    return HOSTILE[request.param]


@pytest.fixture
def world(text: str, at) -> tuple[Application, User]:
    """An application, its people, its outlet and its institution, all of that name."""
    load_consent_texts(at=at)
    bank = a_partner(text, name_en=text)
    a_client(bank, name=text)
    unit = make_unit(name_zh=text, name_en=text)
    customer = a_customer("+8613900007001")
    manager = staff(Role.BRANCH_MANAGER, unit)
    User.objects.filter(pk=manager.pk).update(display_name=text)
    found = an_application(Status.RETURNED, customer=customer, outlet=unit, origin=bank.ref)
    found.applicant_name = found.returned_note = text
    found.save()
    customer.name, customer.home_outlet_ref = text, unit.ref
    customer.save()
    a_text(variables={"name": "text"}, zh="你好 {name}", en="Hello {name}")
    send(kind="tests.note", customer=customer, context={"name": text}, at=at, dedupe_key="h:1")
    return found, manager


def test_pages_show_it_and_nothing_else_happens(world, text: str) -> None:
    application, manager = world
    owner = sign_in(Client(), application.customer.user, stepped_up=True)
    for client, start in ((owner, "/"), (desk_of(manager), "/admin/")):
        found = crawl(client, [start])
        assert found.problems == []
        shown = 0
        for page in found.pages:
            assert page.read.inline == [], page.url
            assert "x" not in page.read.assets, page.url
            assert page.read.headings == 1, page.url
            assert b"alert(1)</script" not in page.answer.content, page.url
            assert ">49<" not in page.answer.content.decode(), page.url
            shown += any(text.strip() in said for said, _language in page.read.texts)
        assert shown, "it was shown nowhere"


def test_an_export_holds_no_formula(world, text: str) -> None:
    _application, manager = world
    for label in ("customers.Customer", "accounts.Application", "branches.OrgUnit"):
        now = clock.now()
        export = request_export(
            model_label=label, filters={}, purpose="inspection", reason=text, maker=manager, at=now
        )
        checker = staff(Role.HEAD_OFFICE)
        decide(model=Export, ref=export.ref, checker=checker, decision=Decision.APPROVED, at=now)
        made = make_file(export_ref=export.ref, at=now)
        content = b"".join(lines_of(made)).decode("utf-8-sig")
        rows = list(csv.reader(io.StringIO(content, newline="")))
        assert len(rows) > 3, label
        for cell in (cell for row in rows for cell in row):
            assert not cell.lstrip().startswith(FORMULA_STARTS), cell


def test_addresses_and_searches_show_it_back_harmlessly(text: str) -> None:
    client = desk_of(staff(Role.HEAD_OFFICE))
    for label in ("customers_customer", "branches_orgunit"):
        answer = client.post(reverse(f"admin:{label}_search"), {"term": text}, follow=True)
        assert answer.status_code == 200
        assert read(answer.content).inline == []
    assert Customer.objects.count() == 0
