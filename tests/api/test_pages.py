"""Keyset pages: complete, stable, bound to their caller, read from an index."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import signing
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st

from brokerage.core import clock
from partners.models import (
    Appointment,
    Campaign,
    Dispute,
    Enquiry,
    EntryLink,
    Lead,
    Material,
    Remark,
    WebhookDelivery,
)
from tests.partners.factories import Api, a_client, a_link, an_api, token_for

pytestmark = pytest.mark.django_db


def some_links(count, *, client=None, step=timedelta(seconds=1)):
    client = client or a_client()[0]
    start = clock.now() - timedelta(days=1)
    return [
        a_link(client, f"r{number}", at=start + number * step, days=90) for number in range(count)
    ]


def references(page):
    return [row["partner_reference"] for row in page["data"]]


def walk(api, **query):
    """All pages forwards: (references, last page)."""
    page = api.get("entries", query).json()
    found = references(page)
    while page["next"]:
        page = api.get("entries", query | {"cursor": page["next"]}).json()
        found += references(page)
    return found, page


def a_caller_with(count, **options):
    client, secret = a_client()
    some_links(count, client=client, **options)
    return Api(token_for(secret))


@pytest.mark.parametrize("limit", [1, 3, 7, 50])
def test_every_row_comes_once_newest_first(limit):
    api = a_caller_with(7)
    found, _last = walk(api, limit=limit)
    assert found == [f"r{number}" for number in reversed(range(7))]


def test_equal_order_values_lose_no_row():
    api = a_caller_with(7, step=timedelta(0))
    found, _last = walk(api, limit=2)
    assert sorted(found) == [f"r{number}" for number in range(7)]
    assert len(found) == 7


def test_the_way_back_shows_the_same_pages():
    api = a_caller_with(7)
    forwards = [api.get("entries", {"limit": 3}).json()]
    while forwards[-1]["next"]:
        cursor = forwards[-1]["next"]
        forwards.append(api.get("entries", {"limit": 3, "cursor": cursor}).json())
    assert forwards[0]["prev"] is None
    page = forwards[-1]
    for expected in reversed(forwards[:-1]):
        page = api.get("entries", {"limit": 3, "cursor": page["prev"]}).json()
        assert references(page) == references(expected)
    assert page["prev"] is None


def test_rows_that_are_added_meanwhile_move_nothing():
    client, secret = a_client()
    some_links(6, client=client)
    api = Api(token_for(secret))
    first = api.get("entries", {"limit": 3}).json()
    a_link(client, "new")
    second = api.get("entries", {"limit": 3, "cursor": first["next"]}).json()
    assert references(second) == ["r2", "r1", "r0"]


def test_an_empty_list_is_a_page_without_neighbours():
    assert an_api().get("entries").json() == {"data": [], "next": None, "prev": None}


@pytest.mark.parametrize("limit", ["0", "201", "-1", "x", "", "1e2", "１", "99999999999"])
def test_a_limit_outside_1_to_200_is_refused(limit):
    answer = an_api().get("entries", {"limit": limit})
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid-parameter")


def a_cursor(api):
    return api.get("entries", {"limit": 1}).json()["next"]


def test_a_cursor_opens_nothing_to_another_client():
    mine, other = a_caller_with(3), an_api()
    answer = other.get("entries", {"cursor": a_cursor(mine)})
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid-cursor")


def test_a_cursor_opens_no_other_list():
    api = a_caller_with(3)
    answer = api.get("applications", {"cursor": a_cursor(api)})
    assert answer.json()["code"] == "invalid-cursor"


@settings(derandomize=True, max_examples=60, deadline=None)
@given(st.text(max_size=60))
def test_an_invented_cursor_is_refused(text):
    from brokerage.core.api.pagination import Cursor
    from brokerage.core.api.problems import Problem

    with pytest.raises(Problem):
        Cursor.read(text, "binding")


def test_a_cursor_of_another_signer_is_refused():
    token = signing.TimestampSigner(salt="other").sign_object([["1"], False, "x"])
    answer = an_api().get("entries", {"cursor": token})
    assert answer.json()["code"] == "invalid-cursor"


def test_a_page_of_a_partner_is_read_from_the_index():
    from django.db.models import QuerySet

    from accounts.models import Application
    from brokerage.core.api.pagination import RowIs

    rows: QuerySet[Application] = Application.objects.filter(
        origin_ref="00000000-0000-0000-0000-000000000001"
    )
    rows = rows.filter(RowIs(["updated_at", "id"], "<", [clock.now(), 5]))
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    plan = rows.order_by("-updated_at", "-id")[:51].explain()
    assert "applications_of_an_origin" in plan
    assert "Sort" not in plan


OF_A_PARTNER = {
    "partner": (EntryLink, Campaign, Lead, Appointment, Remark, Enquiry, Dispute, Material),
    "endpoint": (WebhookDelivery,),
}


@pytest.mark.parametrize(
    ("owner", "model"), [(owner, model) for owner, some in OF_A_PARTNER.items() for model in some]
)
def test_any_page_of_any_list_of_an_institution_is_read_from_an_index_in_its_order(owner, model):
    from brokerage.core.api.pagination import RowIs

    last = "number" if model is WebhookDelivery else "id"
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_bitmapscan = off")
    rows = model._default_manager.filter(**{f"{owner}_id": 1}).filter(RowIs([last], "<", [5]))
    plan = rows.order_by(f"-{last}")[:51].explain()
    assert "Sort" not in plan, plan
    assert f"{owner}_id = " in plan.partition("Index Cond")[2], plan
