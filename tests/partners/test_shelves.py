"""The shelf that an institution may display: by its kind, or as two people agreed with it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from brokerage.backoffice.four_eyes import Decision, FourEyesRefused, decide
from brokerage.core import clock, scope
from brokerage.core.clock import business_date
from brokerage.core.roles import Role
from brokerage.journal.models import Entry
from partners.models import Shelf
from partners.states import ApiScope, PartnerKind
from partners.use_cases.shelves import UnableToShelve
from products.models import Product
from tests.backoffice.factories import desk_of, staff
from tests.partners.factories import a_contract, a_licence, a_partner, a_shelf, an_api
from tests.products.factories import a_product, a_vetted_issuer

pytestmark = pytest.mark.django_db


def approve(row, checker):
    decide(model=Shelf, ref=row.ref, checker=checker, decision=Decision.APPROVED, at=clock.now())


def codes_for(api) -> set[str]:
    return {row["code"] for row in api.get("products").json()["data"]}


def test_the_shelf_is_what_everybody_may_see_with_the_way_to_our_page():
    public = a_product(on_open_shelf=True)
    hidden = a_product()
    Product.objects.filter(pk=hidden.pk).update(on_open_shelf=False)
    shown = an_api().get("products").json()["data"]
    assert [row["code"] for row in shown] == [public.item.code]
    assert shown[0]["url"].endswith(f"/products/{public.item.code}/")
    assert shown[0]["grade"] == "R1"
    assert an_api().get(f"products/{public.ref}").json() == shown[0]
    assert an_api().get(f"products/{hidden.ref}").status_code == 404


def test_who_may_not_display_has_no_shelf():
    partner = a_partner(contract=False)
    a_licence(partner)
    a_contract(partner, activities=["leads"])
    api = an_api(partner, list(ApiScope))
    assert api.get("products").status_code == 403


@pytest.mark.parametrize(
    ("kind", "families"),
    [
        (PartnerKind.BANK, {"fund", "bond"}),
        (PartnerKind.PLATFORM, {"fund"}),
        (PartnerKind.FUTURES, {"fund", "bond"}),
        (PartnerKind.ISSUER, set()),
    ],
)
def test_without_an_agreement_the_rule_says_what_a_kind_displays(kind, families):
    for family in ("fund", "bond"):
        a_product(family=family)
    Product.objects.filter(pk=a_product().pk).update(family="custody")
    partner = a_partner(kind=kind)
    found = an_api(partner).get("products").json()["data"]
    assert {row["family"] for row in found} == families


def test_an_issuer_displays_its_own_products_and_never_those_of_others():
    issuer = a_vetted_issuer()
    own, other = a_product(issuer=issuer), a_product()
    private = a_product(issuer=issuer, family="private")
    partner = a_partner(kind=PartnerKind.ISSUER)
    a_shelf(partner, issuer=issuer)
    api = an_api(partner)
    assert codes_for(api) == {own.item.code}
    assert api.get(f"products/{own.ref}").status_code == 200
    for hidden in (other, private):
        assert api.get(f"products/{hidden.ref}").status_code == 404


def test_an_agreement_counts_as_a_whole_from_its_first_day_and_once_it_is_approved():
    one, other, bond = a_product(), a_product(), a_product(family="bond")
    everything = {each.item.code for each in (one, other, bond)}
    partner = a_partner()
    api = an_api(partner)
    row = a_shelf(partner, decided=False, codes=[one.item.code])
    assert codes_for(api) == everything
    approve(row, staff(Role.HEAD_OFFICE))
    assert codes_for(api) == {one.item.code}
    today = business_date(clock.now())
    a_shelf(partner, families=["bond"], valid_from=today + timedelta(days=1))
    assert codes_for(api) == {one.item.code}
    assert codes_for(an_api(a_partner("别家"))) == everything


def test_once_it_ended_the_kind_decides_again():
    product, partner = a_product(), a_partner()
    today = business_date(clock.now())
    a_shelf(partner, families=["bond"], valid_from=today - timedelta(days=9), valid_to=today)
    assert codes_for(an_api(partner)) == {product.item.code}


def test_a_manager_proposes_and_another_person_approves():
    product = a_product()
    manager, office = staff(Role.PARTNER_MANAGER), staff(Role.HEAD_OFFICE)
    partner = a_partner(manager=manager)
    given = {
        "partner": partner.pk,
        "families": ["bond"],
        "issuer": "",
        "codes": f"{product.item.code}，NOSUCH",
        "reason": "协议附件",
        "valid_from": business_date(clock.now()).isoformat(),
        "valid_to": "",
    }
    add = "/admin/partners/shelf/add/"
    refused = desk_of(manager).post(add, given).content.decode()
    assert "No product on the open shelf has this code: NOSUCH." in refused
    assert not Shelf.objects.exists()
    desk_of(manager).post(add, given | {"codes": product.item.code})
    row = Shelf.objects.get()
    assert (row.families, row.codes) == (["bond"], [product.item.code])
    with pytest.raises(FourEyesRefused):
        approve(row, manager)
    approve(row, office)
    page = desk_of(manager).get(f"/admin/partners/shelf/{row.ref}/change/").content.decode()
    assert product.item.code in page
    assert Entry.objects.filter(kind="partners.shelf_approved", subject_ref=partner.ref).exists()
    assert not scope.visible(Shelf, staff(Role.PARTNER_MANAGER)).exists(), "another manager's"


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"families": [], "codes": []}, "__all__"),
        ({"families": ["private"]}, "families"),
        ({"codes": ["NOSUCH"]}, "codes"),
        ({"families": ["fund"], "reason": ""}, "reason"),
    ],
)
def test_what_cannot_be_displayed_is_refused_beside_its_field(values, field):
    with pytest.raises(UnableToShelve) as refused:
        a_shelf(**values)
    assert field in refused.value.errors


def test_the_table_refuses_a_hidden_family_an_empty_shelf_and_a_change_of_what_was_decided():
    row = a_shelf()
    waiting = a_shelf(decided=False)
    wrong: tuple[tuple[Shelf, dict[str, Any]], ...] = (
        (waiting, {"families": ["private"]}),
        (waiting, {"families": []}),
        (row, {"families": ["bond"]}),
    )
    for found, values in wrong:
        with pytest.raises(DatabaseError), transaction.atomic():
            Shelf.objects.filter(pk=found.pk).update(**values)


def test_an_agreement_whose_last_day_has_passed_is_not_approved():
    today = business_date(clock.now())
    row = a_shelf(decided=False, valid_from=today - timedelta(days=9), valid_to=today)
    with pytest.raises(FourEyesRefused):
        approve(row, staff(Role.HEAD_OFFICE))


def test_the_shelf_is_not_sent_again_while_it_stays_the_same():
    product = a_product(on_open_shelf=True)
    api = an_api()
    for path in ("products", f"products/{product.ref}"):
        tag = api.get(path).headers["ETag"]
        again = api.get(path, **{"If-None-Match": tag})
        assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", tag)
    listed = api.get("products").headers["ETag"]
    a_product(on_open_shelf=True)
    assert api.get("products", **{"If-None-Match": listed}).status_code == 200
