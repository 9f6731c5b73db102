"""The page of a customer's markets: each state, refusals beside the field, no write by GET."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from accounts.evidence.states import CheckKind
from accounts.models import Application, CashAccount, MarketWish
from accounts.states import Status
from accounts.use_cases.go_on_with_market import take_later_market
from brokerage.core import clock
from tests.accounts.factories import an_application
from tests.accounts.later_markets.factories import one_market, signed, worked
from tests.accounts.life.test_closing import Sent
from tests.customers.factories import a_user
from tests.users.factories import sign_in

pytestmark = pytest.mark.django_db


def reader(application: Application) -> tuple[Client, str]:
    user = application.customer.user
    assert user is not None
    client = sign_in(Client(headers={"Accept-Language": "en"}), user)
    return client, reverse("accounts:markets", args=[application.ref])


def test_the_whole_way_on_the_page(
    sent: Sent, django_assert_max_num_queries, monkeypatch: pytest.MonkeyPatch
) -> None:
    application = one_market()
    client, page = reader(application)
    assert page in client.get(application.get_absolute_url()).content.decode()
    with django_assert_max_num_queries(14):
        shown = client.get(page).content.decode()
    assert "Open this market" in shown
    assert "You have no account on this market" in shown
    assert not MarketWish.objects.exists(), "a GET writes nothing"
    assert client.post(page, {"act": "ask", "market": "SZ"}).status_code == 302
    shown = client.get(page).content.decode()
    assert "with safekeeping" in shown
    assert "Open this market" not in shown, "one at a time"
    quick = client.post(page, {"act": "code"})
    assert (quick.status_code, "at least 8 seconds" in quick.content.decode()) == (422, True)
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(seconds=9))
    client.post(page, {"act": "code"})
    assert 'name="code"' in client.get(page).content.decode()
    wrong = "000000" if sent.code != "000000" else "111111"
    bad = client.post(page, {"act": "sign", "code": wrong})
    assert (bad.status_code, "wrong or too old" in bad.content.decode()) == (422, True)
    client.post(page, {"act": "sign", "code": sent.code})
    with django_assert_max_num_queries(16):
        shown = client.get(page).content.decode()
    assert "on trading days from 9:00 to 16:00" in shown
    wish = MarketWish.objects.get()
    at = wish.application.outside_checks.get(kind=CheckKind.LATER_HELD).next_attempt_at
    worked(CheckKind.LATER_HELD, at)
    worked(CheckKind.LATER_OPEN, at)
    shown = client.get(page).content.decode()
    assert wish.application.market_accounts.get(market="SZ").masked_number in shown
    assert "Open this market" not in shown


def test_a_refusal_says_what_to_do_and_leads_to_an_appointment(sent: Sent) -> None:
    application = one_market()
    client, page = reader(application)
    wish = signed(sent, application)
    wish.refresh_from_db()
    assert wish.signed_at is not None
    worked(CheckKind.LATER_HELD, wish.signed_at)
    take_later_market(application=application, facts={}, refusal="too_many", at=wish.signed_at)
    shown = client.get(page).content.decode()
    assert "three accounts of this kind already" in shown
    assert "Close one that you do not use" in shown
    assert reverse("visits:new") in shown
    assert "Ask for this market again" in shown


def test_the_second_phone_goes_on_where_the_first_stopped(sent: Sent) -> None:
    application = one_market()
    client, page = reader(application)
    client.post(page, {"act": "ask", "market": "SZ"})
    other, _page = reader(application)
    assert "with safekeeping" in other.get(page).content.decode()
    other.post(page, {"act": "ask", "market": "SZ"})
    assert MarketWish.objects.count() == 1
    other.post(page, {"act": "take_back"})
    assert client.post(page, {"act": "code"}).status_code == 302, "nothing is left to do"
    assert "Open this market" in client.get(page).content.decode()


def test_elsewhere_it_leads_back_and_strangers_find_nothing() -> None:
    waiting = an_application(Status.VISIT)
    client, page = reader(waiting)
    assert client.get(page)["Location"] == waiting.get_absolute_url()
    stranger = sign_in(Client(), a_user("+8613900139111"))
    assert stranger.get(page).status_code == 404


def test_a_closed_account_opens_nothing() -> None:
    application = one_market()
    CashAccount.objects.update(status="closed")
    client, page = reader(application)
    shown = client.get(page).content.decode()
    assert "Open this market" not in shown
    assert "First your account has to be active" in shown
    refused = client.post(page, {"act": "ask", "market": "SZ"})
    assert (refused.status_code, MarketWish.objects.count()) == (422, 0)
