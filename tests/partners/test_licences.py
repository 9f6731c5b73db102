"""A licence of an institution counts once two people have looked at it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from brokerage.backoffice.four_eyes import Decision, FourEyesRefused, decide
from brokerage.core import clock
from brokerage.core.roles import Role
from brokerage.journal.models import Entry
from partners.models import Partner, PartnerLicence
from partners.use_cases.end_early import UnableToEndEarly, end_licence
from tests.backoffice.factories import desk_of, staff
from tests.partners.factories import ACTOR, a_contract, a_licence, a_partner
from tests.partners.test_contracts import proposed

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def works(partner: Partner) -> bool:
    return Partner.objects.working(clock.now()).filter(pk=partner.pk).exists()


def decided(row: Any, by: Any, decision: Decision = Decision.APPROVED, reason: str = "") -> Any:
    return decide(
        model=type(row), ref=row.ref, checker=by, decision=decision, at=clock.now(), reason=reason
    )


@pytest.fixture
def partner() -> Partner:
    """An institution with a contract, and a licence that one person entered."""
    row = a_partner(contract=False, manager=staff(Role.PARTNER_MANAGER))
    a_contract(row)
    a_licence(row, decided=False)
    return row


def test_what_one_person_entered_counts_after_a_second_one_looked(partner: Partner) -> None:
    licence, checker = partner.licences.get(), staff(Role.HEAD_OFFICE)
    assert not works(partner)
    page = f"/admin/partners/partnerlicence/{licence.ref}/"
    assert str(licence) in desk_of(checker).get("/admin/").content.decode()
    assert desk_of(checker).get(f"{page}change/").status_code == 200
    decided(licence, checker)
    assert works(partner)
    entry = Entry.objects.get(kind="partners.licence_approved")
    assert (entry.subject_ref, entry.actor_ref) == (partner.ref, checker.ref)


def test_whoever_entered_it_does_not_approve_it() -> None:
    maker = staff(Role.HEAD_OFFICE)
    licence = a_licence(a_partner(contract=False), decided=False, made_by_ref=maker.ref)
    with pytest.raises(FourEyesRefused):
        decided(licence, maker)


def test_a_manager_enters_it_on_its_page(partner: Partner) -> None:
    given = {"partner": partner.pk, "title": "金融许可证", "number": "B9", "issuer": "监管局"}
    given |= {"valid_from": "2026-01-01", "valid_to": "2039-01-01"}
    given |= {"checked_on": "2026-01-02", "checked_in": "查询平台"}
    manager = partner.manager
    assert manager is not None
    desk_of(manager).post("/admin/partners/partnerlicence/add/", given)
    row = partner.licences.get(number="B9")
    assert (row.is_pending, row.made_by_ref) == (True, manager.ref)


def test_what_was_sent_back_is_entered_anew(partner: Partner) -> None:
    licence, checker = partner.licences.get(), staff(Role.HEAD_OFFICE)
    decided(licence, checker, Decision.REJECTED, "编号与登记不符")
    same = {"number": licence.number, "valid_from": licence.valid_from}
    again = a_licence(partner, decided=False, **same)
    with pytest.raises(DatabaseError, match="entered_once"), transaction.atomic():
        a_licence(partner, decided=False, **same)
    decided(again, checker)
    assert works(partner)


def test_a_day_that_has_passed_is_approved_no_more() -> None:
    licence = a_licence(a_partner(contract=False), decided=False, valid_to=clock.today())
    with pytest.raises(FourEyesRefused, match="passed"):
        decided(licence, staff(Role.HEAD_OFFICE))


def test_no_contract_rests_on_a_licence_that_waits() -> None:
    partner = a_partner(contract=False, manager=staff(Role.PARTNER_MANAGER))
    a_licence(partner, decided=False)
    _maker, contract = proposed(partner)
    with pytest.raises(FourEyesRefused, match="No licence"):
        decided(contract, staff(Role.HEAD_OFFICE))


def test_only_what_was_approved_ends_early_and_nothing_else_of_it_changes() -> None:
    partner = a_partner(contract=False)
    waits, counts = a_licence(partner, decided=False), a_licence(partner)
    given: dict[str, Any] = {
        "last_day": clock.today(),
        "reason": "x",
        "actor": ACTOR,
        "at": clock.now(),
    }
    with pytest.raises(UnableToEndEarly):
        end_licence(licence=waits, **given)
    assert end_licence(licence=counts, **given).valid_to == clock.today() + DAY
    rows = PartnerLicence.objects.filter(pk=counts.pk)
    for change in ({"number": "X"}, {"valid_to": clock.today() + 9 * DAY}):
        with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
            rows.update(**change)
