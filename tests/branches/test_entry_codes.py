"""Entry codes: bound to place, person, period; lent to nobody; dead with their owner's right."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse

from branches import entry_codes
from branches.models import Broker, EntryCode, OrgUnit
from branches.states import CodeEnd
from branches.use_cases.brokers import UnableToRegister, end_broker, register_broker
from branches.use_cases.end_assignment import end_assignment
from branches.use_cases.entry_codes import (
    UnableToGiveCode,
    end_code,
    give_code,
    replace_codes,
)
from brokerage.core import clock
from brokerage.core.roles import Role
from partners.states import PartnerStatus
from partners.use_cases import set_partner_status
from tests.branches.factories import ACTOR, a_broker, assign, make_staff_user, make_unit
from tests.partners.factories import a_client, a_link, a_partner

pytestmark = pytest.mark.django_db
CARD = "330702199001011237"


def close(unit, day):
    """Close it and have the checks of the commit run now."""
    with transaction.atomic(), connection.cursor() as cursor:
        OrgUnit.objects.filter(pk=unit.pk).update(closed_on=day)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def a_code(unit, at, **values):
    return give_code(unit=unit, ends_at=at + timedelta(days=300), actor=ACTOR, at=at, **values)


def lives(code, at):
    return entry_codes.find_living(code.code, at) is not None


def an_adviser(unit, **values):
    user = make_staff_user("顾言 Gu Yan")
    return user, assign(user, Role.ADVISER, unit, **values)


def test_a_code_of_a_place_lives_for_its_period(at):
    code = a_code(make_unit(), at)

    assert lives(code, at)
    assert not lives(code, at - timedelta(seconds=1))
    assert not lives(code, at + timedelta(days=300))


def test_a_code_can_be_typed_in_capitals_and_holds_no_sign_that_is_mistaken(at):
    code = a_code(make_unit(), at)

    assert entry_codes.find_living(code.code.upper(), at) == code
    assert set(code.code).isdisjoint("01loi")


def test_a_code_dies_with_the_role_of_its_owner_at_once(at):
    unit = make_unit()
    user, assignment = an_adviser(unit)
    code = a_code(unit, at, person=user)
    assert lives(code, at)

    end_assignment(assignment=assignment, on=clock.business_date(at), actor=ACTOR, at=at)

    assert not lives(code, at)


def test_a_code_dies_with_the_log_in_of_its_owner(at):
    unit = make_unit()
    user, _assignment = an_adviser(unit)
    code = a_code(unit, at, person=user)
    user.is_active = False
    user.save()

    assert not lives(code, at)


def test_a_place_with_a_code_does_not_close(at):
    unit = make_unit()
    a_code(unit, at)
    tomorrow = clock.business_date(at) + timedelta(days=1)

    with pytest.raises(IntegrityError, match="while it has a code"):
        close(unit, tomorrow)


@pytest.mark.parametrize("suspend", [True, False])
def test_a_code_of_a_broker_dies_with_the_registration(at, suspend):
    unit = make_unit()
    broker = a_broker(unit)
    code = a_code(unit, at, broker=broker)
    assert lives(code, at)

    end_broker(broker=broker, on=date(2026, 3, 2), suspend=suspend, actor=ACTOR, at=at)

    assert not lives(code, at)


def test_nobody_gets_a_code_of_a_place_where_they_do_not_work(at):
    user, _assignment = an_adviser(make_unit())

    with pytest.raises(UnableToGiveCode, match="does not work here"):
        a_code(make_unit(), at, person=user)


def test_whoever_opens_accounts_wins_no_customers(at):
    unit = make_unit()
    officer = make_staff_user()
    assign(officer, Role.OPENING_OFFICER, unit)

    with pytest.raises(UnableToGiveCode, match="wins no customers"):
        a_code(unit, at, person=officer)


def test_a_broker_of_another_outlet_gets_none(at):
    with pytest.raises(UnableToGiveCode, match="no right"):
        a_code(make_unit(), at, broker=a_broker(make_unit()))
    assert not EntryCode.objects.exists()


def test_a_code_is_lent_to_nobody(at):
    unit = make_unit()
    code = a_code(unit, at, person=an_adviser(unit)[0])
    other, _assignment = an_adviser(unit)

    with transaction.atomic(), pytest.raises(DatabaseError, match="lent_to_nobody"):
        EntryCode.objects.filter(pk=code.pk).update(person=other)


def test_an_ended_code_does_not_end_twice(at):
    code = a_code(make_unit(), at)
    end_code(code=code, reason=CodeEnd.TAKEN_BACK, actor=ACTOR, at=at)

    assert not lives(code, at)
    with pytest.raises(UnableToGiveCode):
        end_code(code=code, reason=CodeEnd.TAKEN_BACK, actor=ACTOR, at=at)


def test_a_move_replaces_every_code_with_one_of_the_same_owner(at):
    unit = make_unit()
    user, _assignment = an_adviser(unit)
    old = [a_code(unit, at), a_code(unit, at, person=user)]

    new = replace_codes(unit=unit, reason=CodeEnd.RELOCATED, actor=ACTOR, at=at)

    assert not any(lives(code, at) for code in old)
    assert all(lives(code, at) for code in new)
    assert {code.person for code in new} == {None, user}
    assert {code.replaces for code in new} == set(old)


def test_an_institution_is_living_only_while_it_is_active(at):
    partner = a_partner()
    link = a_link(a_client(partner)[0], at=at)
    assert lives(link.code, at)

    set_partner_status(partner=partner, status=PartnerStatus.SUSPENDED, actor=ACTOR, at=at)

    assert not lives(link.code, at)


@pytest.mark.parametrize("owner", ["nobody", "both", "two people"])
def test_a_code_has_one_kind_of_owner(at, owner):
    unit = make_unit()
    given = {
        "nobody": {},
        "both": {"unit": unit, "institution_ref": unit.ref},
        "two people": {"unit": unit, "person": make_staff_user(), "broker": a_broker(unit)},
    }[owner]

    with transaction.atomic(), pytest.raises(IntegrityError, match="belongs_to"):
        EntryCode.objects.create(starts_at=at, ends_at=at + timedelta(days=1), **given)


def test_the_page_says_who_gave_the_code_and_leads_to_opening():
    now = clock.now()
    unit = make_unit(name_en="Jinhua Liyu Road")
    user, _assignment = an_adviser(unit)
    code = a_code(unit, now, person=user)

    page = Client(headers={"Accept-Language": "en"}).get(f"/o/{code.code}/").content.decode()

    assert "顾言 Gu Yan" in page
    assert "Jinhua Liyu Road" in page
    assert f"/open/?entry={code.ref}" in page


def test_a_dead_and_an_invented_code_have_the_same_page():
    now = clock.now()
    dead = a_code(make_unit(), now)
    end_code(code=dead, reason=CodeEnd.TAKEN_BACK, actor=ACTOR, at=now)
    pages = [Client().get(f"/o/{code}/") for code in (dead.code, "zzzzzzzzzz")]

    assert [page.status_code for page in pages] == [404, 404]
    assert "nonce" not in pages[0].content.decode() or len(pages[0].content) == len(
        pages[1].content
    )


def test_the_picture_holds_the_address():
    code = a_code(make_unit(), clock.now())
    svg = Client().get(reverse("branches:entry_picture", args=[code.code, "svg"]))
    png = Client().get(reverse("branches:entry_picture", args=[code.code, "png"]))

    assert svg.content.startswith(b"<svg")
    assert png.content.startswith(b"\x89PNG")


def register(unit, at, **values):
    return register_broker(
        unit=unit,
        name_zh="钱一诺",
        name_en="Qian Yinuo",
        identity_number=values.pop("card", CARD),
        number=values.pop("number", "S123456789"),
        valid_from=date(2026, 1, 1),
        valid_to=values.pop("valid_to", date(2027, 1, 1)),
        actor=ACTOR,
        at=at,
    )


def test_a_natural_person_serves_one_outlet_and_the_card_is_not_kept(at):
    broker = register(make_unit(), at)

    assert CARD not in " ".join(str(value) for value in vars(broker).values())
    with pytest.raises(UnableToRegister, match="registered at that time"):
        register(make_unit(), at, number="S987654321")


def test_a_wrong_card_is_refused_beside_its_field(at):
    with pytest.raises(UnableToRegister) as refused:
        register(make_unit(), at, card="330702199001011230")

    assert "identity_number" in refused.value.errors


def test_a_registration_never_changes_hands(at):
    broker = register(make_unit(), at)

    with transaction.atomic(), pytest.raises(DatabaseError, match="of_one_person"):
        Broker.objects.filter(pk=broker.pk).update(unit=make_unit())


def test_the_certificate_is_public_and_dated():
    broker = a_broker(make_unit(name_en="Jinhua Liyu Road"))
    client = Client(headers={"Accept-Language": "en"})
    address = reverse("branches:broker", args=[broker.number])

    page = client.get(address).content.decode()
    assert "counts today" in page
    assert "open an account for you" in page

    end_broker(broker=broker, on=clock.today(), actor=ACTOR, at=clock.now())
    assert "does not count today" in client.get(address).content.decode()
    assert client.get("/brokers/S000000000/").status_code == 404
