"""The customer's home: one arbiter, five cards at most, duties before offers, three modes."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from brokerage.core import home_cards
from brokerage.core.home_cards import Card, Weight
from brokerage.core.registry import Registry
from brokerage.messaging import send
from tests.customers.factories import a_customer
from tests.messaging.factories import a_text
from tests.portal.pages import seen
from tests.users.factories import make_customer_user, make_staff_user, sign_in

MOST_QUERIES = 8


@pytest.fixture
def offered(monkeypatch):
    """Replace all sources by one that offers the cards of this list."""
    cards: list[Card] = []
    registry: Registry[home_cards.Source] = Registry("trial")
    registry.register("trial", lambda user, at: cards)
    monkeypatch.setattr(home_cards, "sources", registry)
    return cards


def card(key: str, weight: Weight, **values) -> Card:
    return Card(key=key, weight=weight, title=values.pop("title", key), **values)


def keys(cards) -> list[str]:
    return [each.key for each in cards]


def test_duties_stand_before_everything_but_the_next_step(offered, at) -> None:
    offered += [
        card("assets", Weight.FACT),
        card("expiry", Weight.DUTY),
        card("messages", Weight.WAITING),
        card("paper", Weight.NEXT_STEP),
    ]

    assert keys(home_cards.chosen(None, at, mode="plain")) == [
        "paper",
        "expiry",
        "messages",
        "assets",
    ]


def test_no_more_than_five_cards(offered, at) -> None:
    offered += [card(f"duty{n}", Weight.DUTY) for n in range(9)]

    assert len(home_cards.chosen(None, at, mode="plain")) == 5


def test_an_offer_waits_until_no_duty_does(offered, at) -> None:
    offered += [card("fund", Weight.OFFER), card("assets", Weight.FACT)]
    assert keys(home_cards.chosen(None, at, mode="plain")) == ["assets", "fund"]

    offered.append(card("expiry", Weight.DUTY))
    assert keys(home_cards.chosen(None, at, mode="plain")) == ["expiry", "assets"]


def test_one_offer_at_most(offered, at) -> None:
    offered += [card(f"offer{n}", Weight.OFFER) for n in range(3)]

    assert keys(home_cards.chosen(None, at, mode="research")) == ["offer0"]


def test_who_only_trades_sees_no_offer(offered, at) -> None:
    offered += [card("fund", Weight.OFFER), card("cash", Weight.FACT)]

    assert keys(home_cards.chosen(None, at, mode="trade")) == ["cash"]


def test_a_card_shows_only_in_its_modes(offered, at) -> None:
    offered += [
        card("report", Weight.FACT, modes=frozenset({"research"})),
        card("cash", Weight.FACT),
    ]

    assert keys(home_cards.chosen(None, at, mode="plain")) == ["cash"]
    assert keys(home_cards.chosen(None, at, mode="research")) == ["cash", "report"]


def test_of_two_duties_the_promise_that_ends_first_leads(offered, at) -> None:
    offered += [
        card("later", Weight.DUTY, due_at=at + timedelta(hours=2)),
        card("open", Weight.DUTY),
        card("sooner", Weight.DUTY, due_at=at + timedelta(hours=1)),
    ]

    assert keys(home_cards.chosen(None, at, mode="plain")) == ["sooner", "later", "open"]


@pytest.mark.django_db
def test_the_home_of_a_customer_is_private_and_quick(
    client, django_assert_max_num_queries
) -> None:
    sign_in(client, make_customer_user())
    client.get("/")

    with django_assert_max_num_queries(MOST_QUERIES):
        answer = client.get("/")

    assert answer.status_code == 200
    assert "no-store" in answer.headers["Cache-Control"]
    assert seen(answer.content).headings == 1
    assert seen(answer.content).inline == []


@pytest.mark.django_db
def test_hostile_text_on_a_card_is_inert(client, offered) -> None:
    hostile = "\"'><script>alert(1)</script>\u202e"
    offered.append(card("x", Weight.DUTY, title=hostile, text=hostile, url="/", action=hostile))
    sign_in(client, make_customer_user())

    html = client.get("/").content

    assert b"<script" not in html
    assert seen(html).inline == []


@pytest.mark.django_db
def test_the_mode_is_one_tap_away_and_kept(client, offered) -> None:
    offered.append(card("fund", Weight.OFFER, title="A fund for you"))
    sign_in(client, make_customer_user())
    assert b"A fund for you" in client.get("/").content

    client.get("/mode/trade/?next=/")

    assert b"A fund for you" not in client.get("/").content


@pytest.mark.django_db
def test_staff_are_led_to_the_back_office(client) -> None:
    sign_in(client, make_staff_user(roles=["branch_manager"]))

    answer = client.get("/")

    assert answer.headers["Location"] == "/admin/"
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.django_db
def test_the_mode_follows_the_person_to_another_device(client, offered) -> None:
    offered.append(card("fund", Weight.OFFER, title="A fund for you"))
    user = make_customer_user()
    sign_in(client, user)
    client.get("/mode/trade/?next=/")
    other = sign_in(Client(), user)

    assert b"A fund for you" not in other.get("/").content
    other.get("/mode/nonsense/?next=/")
    user.refresh_from_db()
    assert user.reading_mode == "trade"


@pytest.mark.django_db
def test_the_tab_bar_says_how_much_is_unread(client, at) -> None:
    a_text()
    customer = a_customer()
    for number in range(2):
        send(kind="tests.note", customer=customer, context={}, at=at, dedupe_key=f"n:{number}")
    client.cookies["language"] = "en"
    sign_in(client, customer.user)

    assert ", 2 unread" in client.get("/me/").content.decode()
    assert "unread" not in Client().get("/").content.decode()
