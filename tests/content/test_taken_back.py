"""What was taken back is gone from visitors' pages too, in every process and every cache."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from brokerage.core import everybody
from brokerage.core.clock import business_date
from brokerage.core.roles import Role
from brokerage.messaging.use_cases.load_texts import load_texts
from content.models import Item
from content.use_cases.withdraw_item import withdraw_item
from tests.branches.factories import make_staff
from tests.content.factories import AT, a_released, a_signed, approve

pytestmark = pytest.mark.django_db
NOTE: dict[str, Any] = {"note_zh": "写错了。", "note_en": "It was wrong."}


class Monotonic:
    """The clock of kept pages, moved by the test."""

    now = 1000.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch, time_machine: Any) -> Monotonic:
    """A still instant; after-commit work is left undone, as in a process that heard nothing."""
    time_machine.move_to(AT, tick=False)
    load_texts(at=AT)
    found = Monotonic()
    monkeypatch.setattr(everybody, "time", found)
    return found


def take_away(item: Item) -> None:
    withdraw_item(item=item, officer=make_staff(Role.COMPLIANCE), at=AT, **NOTE)


def correct(item: Item) -> None:
    Item.objects.filter(pk=item.pk).update(title_zh="改正了的", title_en="Put right")
    item.refresh_from_db()
    approve(a_signed(item, is_correction=True, **NOTE))


@pytest.mark.parametrize("take_back", [take_away, correct])
def test_another_process_shows_it_no_more_a_second_later(
    take_back: Any, client: Client, clock: Monotonic
) -> None:
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    item = a_released(title_zh="错的", title_en="Wrong words")
    first = client.get("/insights/")
    assert b"Wrong words" in first.content
    take_back(item)
    clock.now += everybody.LOOK
    again = client.get("/insights/", headers={"if-none-match": first["ETag"]})
    assert again.status_code == 200
    assert b"Wrong words" not in again.content


def test_a_licence_that_is_taken_away_today_takes_its_items_out_of_memory(
    client: Client, clock: Monotonic
) -> None:
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    item = a_released(title_zh="持证", title_en="Under licence")
    first = client.get("/insights/")
    assert b"Under licence" in first.content
    assert item.live is not None
    licence = item.live.licence
    licence.valid_to = business_date(AT)
    licence.save()
    clock.now += everybody.LOOK
    again = client.get("/insights/", headers={"if-none-match": first["ETag"]})
    assert again.status_code == 200
    assert b"Under licence" not in again.content


def test_the_list_stays_in_memory_and_asks_one_query_a_second(
    client: Client, clock: Monotonic
) -> None:
    a_released()
    tag = client.get("/insights/")["ETag"]
    for seconds, queries in ((0.5, 0), (0.6, 1), (0.2, 0)):
        clock.now += seconds
        with CaptureQueriesContext(connection) as caught:
            answer = client.get("/insights/", headers={"if-none-match": tag})
        assert (answer.status_code, len(caught)) == (304, queries)


@pytest.mark.parametrize("query", ["", "?q=x"])
def test_caches_ask_before_they_show_a_list(query: str, client: Client, clock: Monotonic) -> None:
    answer = client.get(f"/insights/{query}")
    assert set(answer["Cache-Control"].split(", ")) == {"public", "no-cache"}
    assert answer["ETag"]


def test_caches_ask_before_they_show_an_item(client: Client, clock: Monotonic) -> None:
    item = a_released()
    first = client.get(item.get_absolute_url())
    tag = {"if-none-match": first["ETag"]}
    assert "no-cache" in first["Cache-Control"]
    assert "max-age" not in first["Cache-Control"]
    assert client.get(item.get_absolute_url(), headers=tag).status_code == 304
    take_away(item)
    gone = client.get(item.get_absolute_url(), headers=tag)
    assert gone.status_code == 200
    assert "no-cache" in gone["Cache-Control"]
    assert b"robots" in gone.content


def test_an_ended_licence_takes_the_list_out_of_memory_at_midnight(
    client: Client, clock: Monotonic, time_machine: Any
) -> None:
    client.get("/insights/")
    time_machine.move_to(AT.replace(hour=16), tick=False)
    clock.now += everybody.LOOK
    with CaptureQueriesContext(connection) as caught:
        client.get("/insights/")
    assert len(caught) > 1
