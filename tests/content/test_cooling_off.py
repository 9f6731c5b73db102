"""A time without offers: longer at once, ended only later, honoured by whoever offers."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection
from django.test import Client

from brokerage.core.reminders import Found, Reminding, reminders, silence_of
from brokerage.messaging.use_cases.load_texts import load_texts
from content.models import CoolingOff, Reminder
from content.use_cases.cool_off import UnableToCoolOff, cool_off, end_cooling_off, running
from content.use_cases.remind import remind
from products.selectors.offers import Closed
from products.use_cases.offering import UnableToOffer, suggest
from tests.content.factories import AT
from tests.content.test_reminders import DAY
from tests.customers.factories import a_customer
from tests.products.factories import a_product, agreed
from tests.suitability.factories import ACTOR, a_confirmed_assessment
from tests.threads import together
from tests.users.factories import sign_in

pytestmark = pytest.mark.django_db
URL = "/insights/cooling-off/"


def off(customer: Any, days: int = 7, at: Any = AT) -> CoolingOff:
    return cool_off(customer=customer, days=days, actor=ACTOR, at=at)


def is_silent(customer: Any, at: Any) -> bool:
    return customer.pk in silence_of([customer.pk], at)


def test_it_holds_from_now_on_and_ends_by_itself() -> None:
    customer, other = a_customer("+8613900001001"), a_customer("+8613900001002")
    assert not is_silent(customer, AT)
    off(customer)
    assert is_silent(customer, AT)
    assert not is_silent(other, AT)
    assert is_silent(customer, AT + timedelta(days=7, microseconds=-1))
    assert not is_silent(customer, AT + timedelta(days=7))


def test_many_are_asked_about_at_once_with_the_same_answer(monkeypatch) -> None:
    customer, other = a_customer("+8613900001001"), a_customer("+8613900001002")
    off(customer)
    keys = [customer.pk, other.pk]
    few = silence_of(keys, AT)
    monkeypatch.setattr("content.use_cases.cool_off.MANY", 1)
    assert silence_of(keys, AT) == few
    assert set(few) == {customer.pk}
    assert silence_of([other.pk, other.pk], AT) == {}


def test_it_only_becomes_longer_and_an_early_end_counts_later() -> None:
    customer = a_customer("+8613900001001")
    off(customer, 30)
    assert off(customer, 7).until == AT + timedelta(days=30)
    assert off(customer, 90).until == AT + timedelta(days=90)
    assert CoolingOff.objects.count() == 1
    end_cooling_off(customer=customer, actor=ACTOR, at=AT)
    assert is_silent(customer, AT + timedelta(hours=23))
    assert not is_silent(customer, AT + timedelta(hours=24))
    end_cooling_off(customer=customer, actor=ACTOR, at=AT + timedelta(hours=12))
    assert CoolingOff.objects.get().until == AT + timedelta(hours=24)
    off(customer, 7, AT + timedelta(days=2))
    assert CoolingOff.objects.count() == 2


def test_days_that_nobody_offers_and_two_times_at_once_are_refused() -> None:
    customer = a_customer("+8613900001001")
    with pytest.raises(UnableToCoolOff):
        off(customer, 8)
    row = off(customer)
    with pytest.raises(IntegrityError):
        CoolingOff.objects.create(
            customer=customer, since=AT, until=row.until, rule_version="twice"
        )


def test_nothing_is_suggested_meanwhile() -> None:
    customer = agreed(a_customer())
    a_confirmed_assessment(customer)
    a_product("R2")
    off(customer)
    with pytest.raises(UnableToOffer) as refused:
        suggest(customer=customer, actor=ACTOR, at=AT)
    assert refused.value.why is Closed.SILENCE
    assert suggest(customer=customer, actor=ACTOR, at=AT + timedelta(days=7))


def test_reminders_that_offer_are_held_back_and_those_that_protect_are_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    load_texts(at=AT)
    customer = a_customer("+8613900001001")
    facts = {"name": {"zh-hans": "示范", "en": "Specimen"}, "percent": 80}

    def prepare(day: Any) -> Any:
        return lambda keys: [
            Found(customer=key, subject="x", version="v@1", facts=facts) for key in keys
        ]

    text = "content.remind_concentration"
    monkeypatch.setattr(reminders, "_items", {
        key: Reminding(label=key, text=text, prepare=prepare, order=1, is_offer=key == "offer")
        for key in ("offer", "concentration")
    })  # fmt: skip
    off(customer)
    remind(day=DAY, at=AT)
    assert list(Reminder.objects.values_list("kind", flat=True)) == ["concentration"]


def test_the_page_sets_makes_longer_and_ends_it(client: Client, time_machine: Any) -> None:
    time_machine.move_to(AT, tick=False)
    customer = a_customer("+8613900001001", language="en")
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    sign_in(client, customer.user, at=AT)
    assert b"End it early" not in client.get(URL).content
    wrong = client.post(URL, {"days": "8"})
    assert wrong.status_code == 200
    assert b"8" in wrong.content
    assert not CoolingOff.objects.exists()
    page = client.post(URL, {"days": "30"}, follow=True).content
    assert b"End it early" in page
    client.post(URL, {"end": "1"})
    assert CoolingOff.objects.get().until == AT + timedelta(hours=24)
    assert b"End it early" not in client.get(URL).content


@pytest.mark.django_db(transaction=True)
def test_two_taps_at_once_set_it_once() -> None:
    customer = a_customer("+8613900001001")

    def tap() -> None:
        try:
            off(customer, 30)
        finally:
            connection.close()

    together(tap, times=3)
    assert CoolingOff.objects.get().until == AT + timedelta(days=30)
    assert running(customer, AT)
