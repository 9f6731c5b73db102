"""The finder, the page of an outlet, booking, and a customer's visits, over HTTP."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from branches.models import UnitProfile
from branches.visits.models import Visit, WaitEntry
from branches.visits.states import Status
from branches.visits.use_cases.cancel_visit import cancel_visit
from branches.visits.use_cases.receive_visitor import check_in
from branches.visits.views.lobby import lobby_url
from brokerage.core.roles import Role
from tests.branches.factories import ACTOR
from tests.users.factories import sign_in
from tests.visits.factories import MONDAY, TUESDAY, a_visit, an_outlet, at, somebody

pytestmark = pytest.mark.django_db
NOW = at(10)


@pytest.fixture(autouse=True)
def monday_at_ten():
    with time_machine.travel(NOW, tick=False):
        yield


def visitor() -> Client:
    return Client(headers={"Accept-Language": "en"})


def customers(customer) -> Client:
    return sign_in(visitor(), customer.user, at=NOW)


def text(answer) -> str:
    return re.sub(r"\s+", " ", answer.content.decode())


# --- the finder ---------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?q=双溪", True),
        ("?q=ｊｉｎｈｕａ", True),
        ("?q=jin+hua", True),
        ("?q=婺城", True),
        ("?q=Shuangxi+Jinhua", True),
        ("?q=杭州某路", False),
        ("?q=杭州&language=cmn", True),  # the nearest, told as such
        ("?language=cmn", True),
        ("?language=ko", False),
        ("?language=klingon", True),
        ("?q=%00", True),
        ("?place=330000", True),
        ("?place=330700", True),
        ("?place=310000", False),
        ("?service=open_account", True),
        ("?service=options", False),
        ("?service=no-such", False),
        ("?open=1", True),
        ("?access=1", True),
        ("?near=29.1,119.6", True),
        ("?near=1e9,x&place=x&service=%27", True),
    ],
)
def test_an_outlet_is_found_by_what_it_is_and_where(query: str, found: bool) -> None:
    unit = an_outlet(name_en="Jinhua West Shuangxi Road")
    answer = visitor().get(reverse("branches:outlets") + query)
    assert answer.status_code == 200
    assert (reverse("branches:outlet", args=[unit.code]) in text(answer)) is found


@pytest.mark.parametrize("typed", ["东阳", "东阳市", "Dongyang"])
def test_a_place_without_an_outlet_shows_the_nearest_without_scripts(typed: str) -> None:
    near, far = an_outlet(), an_outlet()
    UnitProfile.objects.filter(unit=near).update(lon="120.20", lat="29.30")
    shown = text(visitor().get(reverse("branches:outlets"), {"q": typed}))
    assert "Nearest to" in shown
    assert shown.index(f"/{near.code}/") < shown.index(f"/{far.code}/")


def test_near_me_sorts_by_distance() -> None:
    far = an_outlet()
    UnitProfile.objects.filter(unit=far).update(lon="120.08", lat="29.32")
    near = an_outlet()
    page = text(visitor().get(reverse("branches:outlets") + "?near=29.10,119.66")).split(
        'id="found"'
    )[1]
    assert page.index(near.name_en) < page.index(far.name_en)
    assert "1.0 km away" in page


def test_visitors_pages_can_be_kept_by_caches_and_set_no_cookie() -> None:
    unit = an_outlet()
    for url in (reverse("branches:outlets"), reverse("branches:outlet", args=[unit.code])):
        answer = visitor().get(url)
        assert "public" in answer["Cache-Control"]
        assert not answer.cookies
        assert "nonce" not in text(answer)
        assert answer["Permissions-Policy"].count("geolocation=(self)") == 1


# --- an outlet ----------------------------------------------------------------------------------
def test_the_page_of_an_outlet_says_what_one_needs_to_come() -> None:
    unit = an_outlet(Role.OPENING_OFFICER, Role.BRANCH_MANAGER)
    answer = visitor().get(reverse("branches:outlet", args=[unit.code]))
    page = text(answer)
    for said in (
        "Open until 12:00",
        "Monday to Friday",
        "9:00–12:00",
        "988 West Shuangxi Road",
        "Five minutes south of Renmin Square",
        "Step-free entrance",
        "10:30",
        "head of the outlet",
    ):
        assert said in page, said
    block = re.search(r'<script type="application/ld\+json">(.*?)</script>', page)
    assert block
    data = json.loads(block[1])
    assert data["address"]["addressLocality"] == "Wucheng District"
    assert data["geo"] == {"@type": "GeoCoordinates", "latitude": 29.1, "longitude": 119.65}
    assert len(data["openingHoursSpecification"]) == 5


def test_no_name_ends_the_block_of_data() -> None:
    unit = an_outlet(name_en="</script><b>x")
    page = text(visitor().get(reverse("branches:outlet", args=[unit.code])))
    assert "</script><b>" not in page


def test_an_unknown_or_closed_outlet_is_not_there() -> None:
    assert visitor().get(reverse("branches:outlet", args=["nothing"])).status_code == 404


# --- booking ------------------------------------------------------------------------------------
def booking(unit, **more) -> str:
    values = {"purpose": "finish_step", "outlet": unit.code} | more
    return reverse("visits:new") + "?" + "&".join(f"{k}={v}" for k, v in values.items())


def test_a_customer_books_in_four_steps_from_the_outlets_page() -> None:
    unit, customer = an_outlet(), somebody()
    client = customers(customer)
    assert "What do you come for?" in text(client.get(f"/visits/new/?outlet={unit.code}"))
    assert "Choose a time" in text(client.get(booking(unit)))
    held = client.post(
        reverse("visits:new"),
        {"purpose": "finish_step", "outlet": unit.code, "time": at(9, day=TUESDAY).isoformat()},
    )
    visit = Visit.objects.get()
    assert held["Location"] == visit.get_absolute_url()
    page = text(client.get(held["Location"]))
    assert "Book this visit" in page
    assert "Identity card (original)" in page
    client.post(reverse("visits:book", args=[visit.ref]))
    visit.refresh_from_db()
    assert visit.status == Status.BOOKED
    assert "Add to calendar" in text(client.get(visit.get_absolute_url()))


def test_what_the_visit_is_about_travels_along() -> None:
    unit, about = an_outlet(), "6b0c5ea8-0000-4000-8000-000000000001"
    client = customers(somebody())
    page = text(client.get(booking(unit, subject=about, step="video")))
    assert f'name="subject" value="{about}"' in page
    client.post(
        reverse("visits:new"),
        {
            "purpose": "finish_step",
            "outlet": unit.code,
            "subject": about,
            "step": "video",
            "time": at(9, day=TUESDAY).isoformat(),
        },
    )
    visit = Visit.objects.get()
    assert (str(visit.subject_ref), visit.step) == (about, "video")


def test_a_visitor_signs_in_and_comes_back_to_the_chosen_time() -> None:
    unit, time = an_outlet(), at(9, day=TUESDAY).isoformat().replace("+", "%2B")
    answer = visitor().get(booking(unit, time=time))
    assert answer.status_code == 302
    assert answer["Location"].startswith("/login/?next=%2Fvisits%2Fnew%2F")
    page = text(customers(somebody()).get(booking(unit, time=time)))
    assert "Hold this time" in page


def test_a_time_that_went_meanwhile_is_told_with_what_is_still_free() -> None:
    unit = an_outlet()
    a_visit(unit)
    answer = customers(somebody()).post(
        reverse("visits:new"),
        {"purpose": "finish_step", "outlet": unit.code, "time": at(9, day=TUESDAY).isoformat()},
    )
    assert answer.status_code == 409
    assert "This time has just been taken." in text(answer)
    assert "09:30" in text(answer)


@pytest.mark.parametrize(
    "query", ["?purpose=x&outlet=%00", "?time=never", "?day=2026-99-99", "?subject=1&step=<b>"]
)
def test_an_address_that_nobody_understands_begins_at_the_beginning(query: str) -> None:
    assert visitor().get(reverse("visits:new") + query).status_code == 200


def test_a_customer_moves_and_cancels_from_the_phone() -> None:
    visit = a_visit()
    client = customers(visit.customer)
    url = reverse("visits:change", args=[visit.ref])
    assert "You keep it until you choose" in text(client.get(url))
    client.post(url, {"time": at(10, day=TUESDAY).isoformat(), "sequence": "0"})
    visit.refresh_from_db()
    assert visit.starts_at == at(10, day=TUESDAY)
    again = client.post(url, {"time": at(11, day=TUESDAY).isoformat(), "sequence": "0"})
    assert again.status_code == 409
    assert "moved meanwhile" in text(again)
    client.post(reverse("visits:cancel", args=[visit.ref]))
    visit.refresh_from_db()
    assert visit.status == Status.CANCELLED


def test_nobody_else_sees_or_touches_a_visit() -> None:
    visit = a_visit()
    stranger = customers(somebody())
    for name in ("visit", "book", "confirm", "change", "cancel", "calendar"):
        url = reverse(f"visits:{name}", args=[visit.ref])
        assert stranger.post(url).status_code in (404, 405), name
        assert stranger.get(url).status_code in (404, 405), name


def test_the_calendar_file_holds_the_outlet_and_nothing_of_the_customer() -> None:
    visit: Any = a_visit()
    answer = customers(visit.customer).get(reverse("visits:calendar", args=[visit.ref]))
    whole = answer.content.replace(b"\r\n ", b"").decode()
    assert answer["Content-Type"].startswith("text/calendar")
    assert "DTSTART:20260303T010000Z" in whole
    assert "988 West Shuangxi Road" in whole
    assert visit.customer.user.phone[-8:] not in whole
    cancel_visit(visit=visit, actor=ACTOR, at=NOW)
    again = customers(visit.customer).get(reverse("visits:calendar", args=[visit.ref]))
    assert b"METHOD:CANCEL" in again.content


def test_the_wait_list_is_joined_and_left() -> None:
    unit, customer = an_outlet(), somebody()
    client = customers(customer)
    client.post(reverse("visits:wait"), {"purpose": "finish_step", "outlet": unit.code})
    entry = WaitEntry.objects.get()
    assert entry.last_day == MONDAY + timedelta(days=14)
    assert "Leave the list" in text(client.get(reverse("visits:mine")))
    other = customers(somebody())
    leave = reverse("visits:leave", args=[entry.ref])
    assert other.post(leave).status_code == 404
    client.post(leave)
    entry.refresh_from_db()
    assert entry.status == "left"


# --- the lobby ----------------------------------------------------------------------------------
def test_the_lobby_shows_numbers_and_nobody() -> None:
    unit = an_outlet()
    visit: Any = a_visit(unit, starts_at=at(10), now=at(8))
    check_in(visit=visit, actor=ACTOR, at=at(9, 55))
    answer = visitor().get(lobby_url(unit))
    page = text(answer)
    assert "A001" in page
    assert 'http-equiv="refresh"' in page
    assert visit.host.display_name not in page
    part = visitor().get(lobby_url(unit), headers={"HX-Request": "true"})
    assert b"<html" not in part.content
    wrong = lobby_url(unit).replace(unit.code, "other")
    assert visitor().get(wrong).status_code == 404
