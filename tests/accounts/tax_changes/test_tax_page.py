"""The page of a customer's tax residence, and the desk where something had to be explained."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Application, TaxDeclaration
from accounts.states import Status
from brokerage.core.roles import Role, sync_roles
from brokerage.journal.models import Entry
from tests.accounts.factories import an_application
from tests.accounts.life.test_closing import Sent
from tests.accounts.tax_changes.factories import ABROAD, EXPLAINED, filled_in, settled, signed
from tests.branches.factories import make_staff
from tests.customers.factories import a_customer, a_user
from tests.users.factories import sign_in

pytestmark = pytest.mark.django_db


def reader(application: Application) -> tuple[Client, str]:
    user = application.customer.user
    assert user is not None
    client = sign_in(Client(headers={"Accept-Language": "en"}), user)
    return client, reverse("accounts:tax_change", args=[application.ref])


def posted(said: dict[str, Any], version: int, **more: Any) -> dict[str, Any]:
    fields = {name: value for name, value in said.items() if name != "asked"}
    fields |= {"declares": "on", "version": version, "changed_on": "2026-01-01", "act": "save"}
    return fields | more


def test_the_whole_way_on_the_page(sent: Sent, django_assert_max_num_queries: Any) -> None:
    application = settled()
    client, page = reader(application)
    assert page in client.get(application.get_absolute_url()).content.decode()
    with django_assert_max_num_queries(14):
        shown = client.get(page).content.decode()
    assert "It has changed" in shown
    assert not TaxDeclaration.objects.exists(), "a GET writes nothing"
    client.post(page, {"act": "begin"})
    assert 'name="changed_on"' in client.get(page).content.decode()
    bad = client.post(page, posted(ABROAD, 0, changed_on="2126-01-01"))
    assert (bad.status_code, "has not come yet" in bad.content.decode()) == (422, True)
    row = TaxDeclaration.objects.get()
    assert row.answers["country_1"] == "SG", "what is valid is kept"
    assert client.post(page, posted(ABROAD, row.version)).status_code == 302
    shown = client.get(page).content.decode()
    assert ("S1234567D" in shown, 'value="code"' in shown) == (True, True)
    assert 'name="changed_on"' in client.get(page + "?edit=1").content.decode()
    client.post(page, {"act": "code"})
    wrong = "000000" if sent.code != "000000" else "111111"
    bad = client.post(page, {"act": "sign", "code": wrong})
    assert (bad.status_code, "wrong or too old" in bad.content.decode()) == (422, True)
    assert client.post(page, {"act": "sign", "code": sent.code}).status_code == 302
    with django_assert_max_num_queries(16):
        shown = client.get(page).content.decode()
    assert ("Declared before" in shown, "It has changed" in shown) == (True, True)


def test_what_does_not_fit_is_asked_before_the_signature(sent: Sent) -> None:
    application = settled()
    client, page = reader(application)
    client.post(page, {"act": "begin"})
    abroad = ABROAD | {"residence": "abroad"}
    client.post(page, posted(abroad, 0))
    shown = client.get(page).content.decode()
    assert ("identity card of the mainland" in shown, 'name="explanation"' in shown) == (
        True,
        True,
    )
    client.post(page, posted(EXPLAINED, 1))
    client.post(page, {"act": "code"})
    client.post(page, {"act": "sign", "code": sent.code})
    assert TaxDeclaration.objects.get().status == "signed"
    assert "two of our people" in client.get(page).content.decode()


def test_it_can_be_given_up_and_strangers_find_nothing() -> None:
    application = settled()
    client, page = reader(application)
    client.post(page, {"act": "begin"})
    client.post(page, {"act": "drop"})
    assert not TaxDeclaration.objects.exists()
    refused = client.post(page, {"act": "code"})
    assert refused.status_code == 302, "nothing is left to do"
    waiting = an_application(Status.VISIT, customer=a_customer("+8613900139112"))
    other, its_page = reader(waiting)
    assert other.get(its_page)["Location"] == waiting.get_absolute_url()
    assert sign_in(Client(), a_user("+8613900139111")).get(page).status_code == 404


def test_the_desk_sees_the_difference_and_agrees_twice(sent: Sent) -> None:
    sync_roles()
    row = signed(sent, filled_in(said=EXPLAINED))
    outlet = row.application.outlet
    headers = {"Accept-Language": "en"}
    desks = [
        sign_in(Client(headers=headers), make_staff(Role.REVIEWER, outlet), stepped_up=True)
        for _ in range(2)
    ]
    shown = desks[0].get(reverse("admin:accounts_taxdeclaration_change", args=[row.ref]))
    page = shown.content.decode()
    assert ("Tax resident of mainland China only" in page, "长住新加坡" in page) == (True, False)
    assert not Entry.objects.filter(kind="accounts.declarations_read").exists()
    url = reverse("admin:accounts_taxdeclaration_declared", args=[row.ref])
    assert "长住新加坡" in desks[0].get(url).content.decode()
    read = Entry.objects.get(kind="accounts.declarations_read")
    assert read.payload["fields"] == ["explanation"]
    manager = make_staff(Role.OPERATIONS, outlet)
    assert sign_in(Client(), manager, stepped_up=True).get(url).status_code == 403
    act = "admin:accounts_taxdeclaration_act"
    for desk, key in ((desks[0], "propose"), (desks[0], "confirm")):
        desk.post(reverse(act, args=[row.ref, key]))
        row.refresh_from_db()
        assert row.status == "proposed"
    desks[1].post(reverse(act, args=[row.ref, "confirm"]))
    row.refresh_from_db()
    assert row.status == "counts"
