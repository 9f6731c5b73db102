"""The pages of an order at the counter, on the customer's phone and at the outlet."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from brokerage.core.roles import Role
from brokerage.users import codes
from products.models import Bid, CounterOrder, Order, SaleRelease
from products.use_cases.suspending import suspend
from tests.backoffice.factories import desk_of
from tests.branches.factories import make_staff, make_staff_user
from tests.products.counter import (
    a_counter_book,
    a_counter_product,
    a_proposal,
    a_release,
    a_seller,
    an_open_sale,
    code_for,
    outlet_of,
)
from tests.products.factories import a_buyer, a_product, a_told_decision, matched
from tests.suitability.factories import AT
from tests.users.factories import sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _on_monday():
    with time_machine.travel(AT, tick=False):
        yield


def phone_of(customer: Any, language: str = "en") -> Client:
    return sign_in(Client(headers={"Accept-Language": language}), customer.user)


def text_of(answer: Any) -> str:
    return str(answer.content.decode())


def test_from_the_product_to_the_order_through_the_counter():
    buyer, product, seller = a_buyer(), a_counter_product(), a_seller()
    buyer.name = "欧阳映雪"
    buyer.save()
    a_told_decision(buyer, product)
    phone, desk = phone_of(buyer), desk_of(seller)
    begin = f"/products/{product.item.code}/at-outlet/"
    assert begin in text_of(phone.get(f"/products/{product.item.code}/"))
    mine = phone.post(begin).headers["Location"]
    release = SaleRelease.objects.get()
    assert release.code_text in text_of(phone.get(mine))
    assert phone.post(begin).headers["Location"] == mine, "the same code"

    counter = reverse("admin:products_counter", args=[outlet_of(seller).code])
    assert desk.get(reverse("admin:products_counters")).headers["Location"] == counter
    wrong = desk.post(counter, {"code": "00000000"})
    assert "leads nowhere" in text_of(wrong)
    page = desk.post(counter, {"code": release.code_text}).headers["Location"]
    shown = text_of(desk.get(page))
    assert buyer.name not in shown
    assert str(buyer.user.phone) not in shown
    assert str(product) in text_of(desk.get(counter))
    refused = text_of(desk.post(page, {"amount": "9"}))
    assert "least amount" in refused
    assert 'value="9"' in refused, "nothing typed is lost"
    assert desk.post(page, {"amount": "1000"}).headers["Location"] == page
    assert "on the phone" in text_of(desk.get(page))
    assert not Order.objects.exists()

    asked = text_of(phone.get(mine))
    assert "11.86" in asked
    assert product.risk_en in asked
    assert seller.display_name in asked
    proposal = CounterOrder.objects.get()
    sender = codes.RecordingSender()
    before = codes.set_code_sender(sender)
    try:
        phone.post(mine, {"act": "code", "proposal": proposal.ref})
    finally:
        codes.set_code_sender(before)
    assert sender.sent[0].text_key == "products.code.order"
    code = sender.sent[0].code
    wrong_code = "000000" if code != "000000" else "111111"
    answer = phone.post(mine, {"code": wrong_code, "proposal": proposal.ref})
    assert (answer.status_code, "wrong or too old" in text_of(answer)) == (422, True)
    ordered = phone.post(mine, {"code": code, "proposal": proposal.ref}).headers["Location"]
    assert ordered == f"/products/orders/{Order.objects.get().ref}/"
    assert seller.display_name in text_of(phone.get(ordered))
    assert ordered in text_of(phone.get(mine))
    assert "has ordered it" in text_of(desk.get(page))


def test_a_bid_goes_the_same_way_and_ends_on_its_own_page():
    buyer, seller = a_buyer(), a_seller()
    product = a_counter_book().product
    a_told_decision(buyer, product)
    phone, desk = phone_of(buyer), desk_of(seller)
    begin = f"/products/{product.item.code}/at-outlet/"
    for page in ("", "book/"):
        assert begin in text_of(phone.get(f"/products/{product.item.code}/{page}"))
    mine = phone.post(begin).headers["Location"]
    counter = reverse("admin:products_counter", args=[outlet_of(seller).code])
    page = desk.post(counter, {"code": SaleRelease.objects.get().code_text}).headers["Location"]
    assert "1,000.00, in steps of" in text_of(desk.get(page)), "of the book, not of the terms"
    refused = text_of(desk.post(page, {"amount": "1500"}))
    assert "in steps of" in refused
    assert 'value="1500"' in refused, "nothing typed is lost"
    desk.post(page, {"amount": "2000"})
    assert "Bids until" in text_of(desk.get(page))
    asked = text_of(phone.get(mine))
    assert "Bid for" in asked
    assert "2,000.00?" in asked
    assert "same share of their bid" in asked, "how it is shared out, before the yes"
    assert "trading day" not in asked
    proposal = CounterOrder.objects.get()
    answer = phone.post(mine, {"code": code_for(proposal), "proposal": proposal.ref})
    made = Bid.objects.get()
    assert answer.headers["Location"] == f"/products/bids/{made.ref}/"
    shown = text_of(phone.get(f"/products/bids/{made.ref}/"))
    assert f"{seller.display_name} · {outlet_of(seller).name}" in shown
    assert f"/products/bids/{made.ref}/" in text_of(phone.get(mine))
    assert "has bid for it" in text_of(desk.get(page))


def test_what_closes_before_the_yes_is_told():
    product = a_counter_book(closes_at=AT + timedelta(minutes=3)).product
    proposal = a_proposal(an_open_sale(product=product))
    code, phone = code_for(proposal), phone_of(proposal.release.customer)
    mine = reverse("products:sale", args=[proposal.release.ref])
    with time_machine.travel(AT + timedelta(minutes=3), tick=False):
        answer = phone.post(mine, {"code": code, "proposal": proposal.ref})
        assert (answer.status_code, "no bids" in text_of(answer)) == (422, True)
        assert "/at-outlet/" not in text_of(phone.get(f"/products/{product.item.code}/"))
    assert not Bid.objects.exists()


def test_a_page_that_waits_is_loaded_anew_only_when_something_moved():
    release = a_release()
    phone = phone_of(release.customer)
    mine = reverse("products:sale", args=[release.ref])
    state = phone.get(mine).context["state"]
    asked: dict[str, Any] = {"headers": {"HX-Request": "true"}}
    assert phone.get(mine, {"seen": state}, **asked).status_code == 204
    moved = phone.get(mine, {"seen": "older"}, **asked)
    assert moved.headers["HX-Refresh"] == "true"


def test_no_is_an_answer_and_an_old_page_answers_nothing():
    proposal = a_proposal()
    phone = phone_of(proposal.release.customer)
    mine = reverse("products:sale", args=[proposal.release.ref])
    phone.post(mine, {"act": "refuse", "proposal": "00000000-0000-0000-0000-000000000007"})
    proposal.refresh_from_db()
    assert proposal.status == "proposed"
    phone.post(mine, {"act": "refuse", "proposal": proposal.ref})
    proposal.refresh_from_db()
    assert proposal.status == "refused"
    assert proposal.release.helper is not None
    desk = desk_of(proposal.release.helper)
    page = reverse("admin:products_sale", args=[proposal.release.ref])
    assert "said no" in text_of(desk.get(page))
    desk.post(page, {"amount": "1000"})
    phone.post(mine, {"act": "end"})
    assert desk.get(page).status_code == 404
    assert "has ended" in text_of(phone.get(mine))
    assert not Order.objects.exists()


def test_the_outlet_takes_back_and_closes():
    proposal = a_proposal()
    assert proposal.release.helper is not None
    desk = desk_of(proposal.release.helper)
    page = reverse("admin:products_sale", args=[proposal.release.ref])
    desk.post(page, {"act": "withdraw"})
    proposal.refresh_from_db()
    assert proposal.status == "withdrawn"
    assert "counter" in desk.post(page, {"act": "close"}).headers["Location"]
    assert desk.get(page).status_code == 404


def test_a_suspension_in_between_is_told_and_orders_nothing():
    proposal = a_proposal()
    code = code_for(proposal)
    suspend(product=proposal.release.product, reason="公告", by=make_staff_user(), at=AT)
    phone = phone_of(proposal.release.customer)
    mine = reverse("products:sale", args=[proposal.release.ref])
    answer = phone.post(mine, {"code": code, "proposal": proposal.ref})
    assert "not for sale" in text_of(answer)
    assert not Order.objects.exists()


def test_after_the_cut_off_the_new_day_is_shown_and_asked_again():
    before = AT.replace(hour=6, minute=58)  # two minutes before 15:00 in Shanghai
    with time_machine.travel(before, tick=False):
        proposal = a_proposal(at=before)
        phone = phone_of(proposal.release.customer)
        code = code_for(proposal, at=before)
    mine = reverse("products:sale", args=[proposal.release.ref])
    with time_machine.travel(before + timedelta(minutes=3), tick=False):
        answer = phone.post(mine, {"code": code, "proposal": proposal.ref})
    assert (answer.status_code, "the next one" in text_of(answer)) == (409, True)
    proposal.refresh_from_db()
    assert proposal.dealing_day == AT.date() + timedelta(days=1)
    assert not Order.objects.exists()


def test_who_does_not_suit_is_led_to_the_decision_and_others_get_no_button():
    buyer = a_buyer()
    risky = a_product("R5", item={"type": "equity"}, terms={"channels": ["outlet"]})
    online = a_product("R2")
    matched(buyer, risky)
    phone = phone_of(buyer)
    for product in (risky, online):
        assert "/at-outlet/" not in text_of(phone.get(f"/products/{product.item.code}/"))
    answer = phone.post(f"/products/{online.item.code}/at-outlet/")
    assert answer.status_code == 302, "sold at both"


def test_strangers_and_who_does_not_sell_see_nothing():
    proposal = a_proposal()
    mine = reverse("products:sale", args=[proposal.release.ref])
    page = reverse("admin:products_sale", args=[proposal.release.ref])
    stranger = phone_of(a_buyer("+8613900139105"))
    assert stranger.get(mine).status_code == 404
    assert desk_of(a_seller()).get(page).status_code == 404
    officer = desk_of(make_staff(Role.OPENING_OFFICER, proposal.release.outlet))
    assert officer.get(page).status_code == 403
    assert officer.get(reverse("admin:products_counters")).status_code == 403


def test_a_page_of_either_side_asks_the_database_little(django_assert_max_num_queries):
    release = a_proposal().release
    bids = a_proposal(an_open_sale(a_buyer("+8613900139101"), a_counter_book().product)).release
    for row, name, most in (
        (release, "products:sale", 25),
        (release, "admin:products_sale", 30),
        (bids, "products:sale", 25),
        (bids, "admin:products_sale", 30),
    ):
        client = phone_of(row.customer) if name == "products:sale" else desk_of(row.helper)
        page = reverse(name, args=[row.ref])
        client.get(page)  # what a process reads once
        with django_assert_max_num_queries(most):
            client.get(page)
