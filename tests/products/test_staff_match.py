"""A colleague asks whether a product suits a customer: within scope, kept, and no way around."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from branches.models import OrgUnit
from brokerage.core import clock
from brokerage.core.roles import Role
from brokerage.journal.models import Entry
from products.use_cases.refusals import UnableToList
from products.use_cases.staff_match import match_for
from products.use_cases.suspending import suspend
from suitability.models import Exposure, MatchRecord
from tests.branches.factories import make_staff, make_staff_user, make_unit
from tests.products.factories import a_buyer, a_listed_product, a_product
from tests.suitability.factories import AT
from tests.users.factories import sign_in

pytestmark = pytest.mark.django_db


def test_what_a_colleague_offers_counts_as_offered_and_what_was_wished_does_not():
    buyer, by = a_buyer(), make_staff_user()
    offered, wished, risky = a_product("R2"), a_product("R2"), a_product("R5")
    kept = match_for(customer=buyer, product=offered, wished=False, by=by, at=AT)
    match_for(customer=buyer, product=wished, wished=True, by=by, at=AT)
    refused = match_for(customer=buyer, product=risky, wished=False, by=by, at=AT)
    assert (kept.outcome, refused.outcome) == ("match", "mismatch_insist_possible")
    assert [each.item for each in Exposure.objects.filter(way="offered")] == [offered.item]
    entry = Entry.objects.filter(kind="suitability.match_decided").order_by("id")[0]
    assert (entry.subject_ref, entry.actor_ref) == (kept.ref, by.ref)


def test_nobody_checks_what_is_not_for_sale_or_the_own_business():
    buyer, by, product = a_buyer(), make_staff_user(), a_product("R2")
    for each, who in ((a_listed_product(), by), (product, buyer.user)):
        with pytest.raises(UnableToList):
            match_for(customer=buyer, product=each, wished=True, by=who, at=AT)
    suspend(product=product, reason="净值异常", by=by, at=AT)
    with pytest.raises(UnableToList):
        match_for(customer=buyer, product=product, wished=True, by=by, at=AT + timedelta(hours=1))
    assert not MatchRecord.objects.exists()


def test_on_the_page_of_a_product_an_adviser_checks_the_own_customers_alone(
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr(clock, "now", lambda: AT)
    buyer, product = a_buyer(), a_product("R2")
    home = OrgUnit.objects.get(ref=buyer.home_outlet_ref)
    address = f"/admin/products/product/{product.ref}/act/match/"

    def ask(unit: OrgUnit, role: Role, ref: Any) -> Any:
        client = sign_in(Client(headers={"accept-language": "en"}), make_staff(role, unit))
        return client.post(address, {"customer": str(ref)}, follow=True)

    assert "It suits" in ask(home, Role.ADVISER, buyer.ref).content.decode()
    assert MatchRecord.objects.get().customer == buyer
    for unit, ref in ((make_unit(), buyer.ref), (home, uuid4())):
        assert "No customer of yours" in ask(unit, Role.ADVISER, ref).content.decode()
    assert ask(home, Role.HEAD_OFFICE, buyer.ref).status_code == 403
    assert MatchRecord.objects.count() == 1
