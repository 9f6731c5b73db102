"""The outlet step: nearest first, prices before saving, and the outlet whose page led here."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from accounts.entries import find_entry
from accounts.models import Application
from accounts.nearby import nearby
from accounts.states import Step
from accounts.use_cases import start_application
from branches.models import OrgUnit, UnitProfile
from branches.use_cases.entry_codes import give_code
from brokerage.core import clock
from tests.accounts.answers import identity, save
from tests.accounts.factories import ACTOR, a_draft
from tests.branches.factories import make_division, make_unit
from tests.customers.factories import a_customer
from tests.users.factories import sign_in
from tests.visits.factories import an_outlet

pytestmark = pytest.mark.django_db
HERE = (119.65, 29.08)


def placed(name: str, km: float) -> OrgUnit:
    """An outlet so far north of here."""
    unit = an_outlet(name_zh=name, name_en=name)
    lon, lat = HERE
    UnitProfile.objects.filter(unit=unit).update(lon=lon, lat=lat + km / 111.2)
    return unit


def on_phone(application: Application) -> Client:
    user = application.customer.user
    assert user is not None
    return sign_in(Client(headers={"Accept-Language": "en"}), user)


def test_the_nearest_stand_first_with_distance_and_nothing_is_chosen() -> None:
    units = [placed(f"Outlet {km}", km) for km in (40, 3, 25, 9)]
    draft = a_draft(at=clock.now())
    found = nearby(draft, at=clock.now(), near=HERE)
    assert [one.ref for one in found] == [units[1].ref, units[3].ref, units[2].ref]
    assert "3.0 km away" in found[0].facts
    page = on_phone(draft).get(f"/open/{draft.ref}/outlet/?near=29.08,119.65").content.decode()
    assert page.index("Outlet 3") < page.index("Outlet 9") < page.index("Outlet 25")
    assert "Outlet 40" not in page
    assert "checked" not in page.replace(":checked", "")


def test_the_chosen_one_stands_first_wherever_it_is() -> None:
    units = [placed(f"Outlet {km}", km) for km in (1, 2, 3, 90)]
    draft = a_draft(at=clock.now())
    found = nearby(draft, at=clock.now(), near=HERE, chosen=units[3])
    assert [one.ref for one in found] == [units[n].ref for n in (3, 0, 1, 2)]


def test_without_a_place_the_address_of_the_document_leads() -> None:
    far = placed("Elsewhere", 900)
    UnitProfile.objects.filter(unit=far).update(division=make_division("510100"))
    near = placed("Near", 1)
    draft = save(a_draft(at=clock.now()), Step.IDENTITY, identity(), at=clock.now())
    found = nearby(draft, at=clock.now())
    assert [one.ref for one in found] == [near.ref, far.ref]


def test_the_page_of_an_outlet_leads_here_with_the_outlet_chosen() -> None:
    unit = placed("Jinhua West", 5)
    for km in (1, 2, 3):
        placed(f"Outlet {km}", km)
    shown = Client(headers={"Accept-Language": "en"}).get(
        reverse("branches:outlet", args=[unit.code])
    )
    assert f"/open/?outlet={unit.code}" in shown.content.decode()
    customer = a_customer()
    assert customer.user is not None
    phone = sign_in(Client(headers={"Accept-Language": "en"}), customer.user)
    assert (
        "Jinhua West is chosen already" in phone.get(f"/open/?outlet={unit.code}").content.decode()
    )
    phone.post(f"/open/?outlet={unit.code}")
    application = Application.objects.get()
    assert application.outlet == unit
    other = placed("Another", 7)
    led = phone.get(f"/open/?outlet={other.code}")
    assert led.headers["Location"] == f"/open/{application.ref}/outlet/?outlet={other.code}"
    page = phone.get(led.headers["Location"]).content.decode()
    at = page.index(f'value="{other.ref}"')
    assert "checked" in page[at : at + 200]
    assert phone.get("/open/?outlet=nowhere").headers["Location"] == f"/open/{application.ref}/"


def test_the_outlet_of_a_code_of_our_own_is_offered_first() -> None:
    unit, at = make_unit(), clock.now()
    code = give_code(unit=unit, ends_at=at + timedelta(days=90), actor=ACTOR, at=at)
    begun = start_application(
        customer=a_customer(), entry=find_entry(code.ref, at), actor=ACTOR, at=at
    )
    assert begun.outlet == unit


def test_the_bill_of_an_outlet_is_told_before_it_is_saved(monkeypatch: pytest.MonkeyPatch) -> None:
    unit = placed("Jinhua West", 5)
    draft = a_draft(at=clock.now())
    asked: list[OrgUnit] = []
    monkeypatch.setattr(
        "accounts.views.places.opening_quote",
        lambda application, on, outlet=None: asked.append(outlet),
    )
    phone = on_phone(draft)
    assert phone.get(f"/open/{draft.ref}/outlet/?part=quote&outlet={unit.ref}").status_code == 200
    assert asked == [unit]
    for wrong in ("", "x", "11111111-1111-4111-8111-111111111111"):
        url = f"/open/{draft.ref}/outlet/?part=quote&outlet={wrong}"
        assert phone.get(url).status_code == 200
    assert len(asked) == 1
    draft.refresh_from_db()
    assert draft.outlet is None, "looking saves nothing"


def test_an_outlet_whose_address_is_not_known_yet_is_offered_too() -> None:
    bare, draft = make_unit(), a_draft(at=clock.now())
    assert [one.ref for one in nearby(draft, at=clock.now())] == [bare.ref]
    for km in (1, 2, 3):
        placed(f"Outlet {km}", km)
    first, *rest = nearby(draft, at=clock.now(), near=HERE, chosen=bare)
    assert (first.ref, first.facts, len(rest)) == (bare.ref, "", 3)
