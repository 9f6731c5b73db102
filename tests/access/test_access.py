"""Every address outside the back office × persona × method, as tests/access/table.py says."""

from __future__ import annotations

import os
from uuid import uuid4

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from brokerage.users.models import User
from tests.access import document
from tests.access.answers import ask, bare, changed, undone, word, written
from tests.access.routes import routes
from tests.access.table import TABLE
from tests.access.world import API, NAME, PORTAL, World, has_record
from tests.users.factories import PASSWORD, make_staff_user, sign_in

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("transactions")]
LISTED = [route for group in TABLE for route in group.routes]
PARTNERS = "api/v1/"
METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE")
# What reading may write: the session's last use, counters of limits.
MAY_WRITE = {"django_session", "usersessions_usersession", "cache", "partners_ratewindow"}
WITHOUT_CSRF = (PARTNERS, "api/<anything:rest>")  # they take no cookies


def personae(route: str) -> tuple[str, ...]:
    return API if route.startswith(PARTNERS) else PORTAL


def test_every_address_is_listed_and_every_listed_one_is_there() -> None:
    assert sorted(LISTED) == sorted(routes())


def test_the_documented_table_is_the_one_that_is_tested() -> None:
    if os.environ.get("REWRITE"):
        document.FILE.write_text(document.text(), encoding="utf-8")

    assert document.FILE.read_text(encoding="utf-8") == document.text()


@pytest.mark.slow
@pytest.mark.parametrize("persona", [*PORTAL, *API])
def test_everybody_gets_what_the_table_says_and_reading_writes_nothing(
    world: World, persona: str
) -> None:
    found = []
    for group in TABLE:
        for route in group.routes:
            if persona not in personae(route):
                continue
            place = personae(route).index(persona)
            for method in METHODS:
                row = getattr(group, "get" if method == "HEAD" else method.lower())
                with undone():
                    before = written()
                    answer = ask(world, persona, method, world.path(route))
                    wrote = changed(before) - MAY_WRITE
                if (said := word(answer)) != row.split()[place]:
                    found.append(f"{method} {route}: {said} instead of {row.split()[place]}")
                if method in ("GET", "HEAD") and wrote:
                    found.append(f"{method} {route} wrote to {sorted(wrote)}")
    assert found == []


@pytest.mark.slow
@pytest.mark.parametrize(
    ("persona", "area"), [("other customer", ""), ("staff", ""), ("other partner", PARTNERS)]
)
def test_a_strangers_record_and_none_answer_alike(world: World, persona: str, area: str) -> None:
    compared = 0
    for route in LISTED:
        if not has_record(route) or persona not in personae(route):
            continue
        for method in METHODS:
            with undone():
                theirs = ask(world, persona, method, world.path(route))
            with undone():
                nobodys = ask(world, persona, method, world.path(route, uuid4()))
            assert word(theirs) == word(nobodys), (method, route)
            assert bare(theirs) == bare(nobodys), (method, route)
            assert set(theirs.headers) == set(nobodys.headers), (method, route)
            compared += theirs.status_code == 404
    assert compared >= (2 if area else 10)


@pytest.mark.parametrize("persona", PORTAL)
def test_a_form_without_a_token_is_refused_everywhere(world: World, persona: str) -> None:
    for route in LISTED:
        if route.startswith(WITHOUT_CSRF):
            continue
        for method in ("POST", "PUT", "DELETE"):
            with undone():
                before = written()
                answer = ask(world, persona, method, world.path(route), csrf=True)
                assert answer.status_code == 403, (method, route)
                assert changed(before) <= MAY_WRITE, (method, route)


@pytest.mark.parametrize("persona", ["owner", "staff", "partner operator"])
def test_a_session_of_the_portal_opens_nothing_in_the_api(world: World, persona: str) -> None:
    for route in LISTED:
        if route.startswith(PARTNERS):
            for method in ("GET", "POST"):
                with undone():
                    theirs = ask(world, persona, method, world.path(route))
                with undone():
                    nobodys = ask(world, "no token", method, world.path(route))
                assert theirs.status_code == nobodys.status_code, (method, route)
                assert theirs.status_code in (401, 405), (method, route)


def test_following_a_link_to_sign_out_signs_nobody_out(world: World) -> None:
    for method in ("GET", "HEAD"):
        client = world.client("owner")
        client.generic(method, "/logout/")
        assert client.get("/me/").status_code == 200


def test_no_address_shows_a_customers_name_to_a_stranger(world: World) -> None:
    owner = User.objects.with_phone("+8613900009002").get()
    secrets = [owner.customer.ref, NAME, "13900009002"]
    for route in LISTED:
        for persona in ("visitor", "other customer", "partner operator"):
            if persona in personae(route):
                with undone():
                    page = ask(world, persona, "GET", world.path(route)).getvalue().decode()
                assert not [one for one in secrets if str(one) in page], (persona, route)


def test_a_colleagues_passkey_does_not_exist_for_me() -> None:
    mine, theirs = make_staff_user(), make_staff_user()
    key = Authenticator.objects.create(user=theirs, type="webauthn", data={"name": "Theirs"})
    client = sign_in(Client(), mine, stepped_up=True)
    client.post("/account/password/confirm/", {"password": PASSWORD})
    for act in ("edit", "remove"):
        for method in (client.get, client.post):
            assert method(f"/account/mfa/keys/{key.pk}/{act}/").status_code == 404
    assert Authenticator.objects.filter(pk=key.pk).exists()
