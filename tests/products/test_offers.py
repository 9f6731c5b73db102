"""Suggestions: only what suits, only to whom agreed, never beside an open complaint."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from brokerage.backoffice.tasks import tasks_by_source
from brokerage.core import clock, roles
from brokerage.core.roles import Role
from brokerage.core.states import IllegalTransition
from brokerage.journal.delivery import deliver_pending
from brokerage.journal.models import Entry
from brokerage.messaging.models import Message
from brokerage.reference.use_cases.holds import place_hold
from products.dated import complaint_days_on
from products.models import Complaint, Mute, Offer
from products.selectors.offers import Closed
from products.selectors.orders import decision_for
from products.states import COMPLAINT_TRANSITIONS, ComplaintStatus, Family
from products.use_cases.complaining import answer_complaint
from products.use_cases.offering import UnableToOffer, decline, mute, suggest
from products.use_cases.refusals import UnableToList
from suitability.models import Exposure
from tests.branches.factories import make_staff, make_staff_user, make_unit
from tests.customers.factories import a_customer
from tests.products.factories import a_buyer, a_complaint, a_listed_product, a_product, agreed
from tests.suitability.factories import ACTOR, AT, a_confirmed_assessment
from tests.users.factories import sign_in

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
FREE: dict[str, Any] = {"fees": {"subscription": [], "redemption": [], "yearly": {}}}


@pytest.fixture
def customer():
    """Of class C4, who agreed to be offered something."""
    found = agreed(a_customer())
    a_confirmed_assessment(found)
    return found


def look(customer: Any, at: Any = AT) -> Offer:
    return suggest(customer=customer, actor=ACTOR, at=at)


def closed(customer: Any, at: Any = AT) -> Closed:
    with pytest.raises(UnableToOffer) as refused:
        look(customer, at)
    assert not Offer.objects.filter(on=clock.business_date(at)).exists()
    return refused.value.why


def test_the_best_that_suits_is_suggested_with_its_points_and_recorded_as_shown(customer):
    good = a_product("R2", terms=FREE)
    a_product("R5", item={"type": "equity"}, terms=FREE)
    a_product("R1", family="private", terms=FREE)
    offer = look(customer)
    assert offer.product == good
    assert [each["code"] for each in offer.points] == [good.item.code]
    assert offer.rule_version == "products.ranking@2026-01-01"
    shown = Exposure.objects.get()
    assert (shown.item, shown.customer, shown.on) == (good.item, customer, AT.date())
    assert Entry.objects.filter(kind="products.offer_made").count() == 1


def test_all_that_the_ranking_names_was_shown_also_where_nothing_wins(customer, monkeypatch):
    products = [a_product("R2", terms=FREE) for _ in range(7)]
    monkeypatch.setattr("products.use_cases.offering.best", lambda ranked, rules: None)
    offer = look(customer)
    assert (offer.product, len(offer.points)) == (None, 5)
    named = {each["code"] for each in offer.points}
    assert named < {each.item.code for each in products}
    assert set(Exposure.objects.values_list("item__code", flat=True)) == named


def test_looking_twice_a_day_finds_the_same(customer):
    a_product("R2", terms=FREE)
    assert look(customer) == look(customer, AT + timedelta(hours=1))
    assert Offer.objects.count() == 1


def test_nothing_can_win_and_shows_nobody_anything(customer):
    a_product("R4", item={"type": "complex"}, terms={"valid_to": AT.date()})
    assert look(customer).product is None
    assert not Exposure.objects.exists()


@pytest.mark.parametrize("purposes", [("marketing",), ("personalisation",)])
def test_without_both_consents_nothing_is_suggested(purposes):
    someone = agreed(a_customer(), *purposes)
    a_confirmed_assessment(someone)
    a_product("R2", terms=FREE)
    assert closed(someone) is Closed.CONSENT


def test_a_withdrawn_consent_counts_no_more(customer):
    a_product("R2", terms=FREE)
    customer.consents.filter(purpose="marketing").update(withdrawn_at=AT)
    assert closed(customer) is Closed.CONSENT


def test_without_an_assessment_nothing_is_suggested():
    a_product("R2", terms=FREE)
    assert closed(agreed(a_customer())) is Closed.ASSESSMENT


def test_an_open_complaint_and_a_hold_close_it_and_an_answer_opens_it(customer):
    a_product("R2", terms=FREE)
    complaint = a_complaint(customer)
    assert closed(customer) is Closed.COMPLAINT
    answer_complaint(complaint=complaint, answer="已致电说明", by=make_staff_user(), at=AT)
    place_hold(
        subject_type="customers.customer",
        subject_ref=customer.ref,
        reason="案号 1",
        by=make_staff_user().ref,
        at=AT,
    )
    assert closed(customer) is Closed.HOLD


def test_suggestions_keep_their_distance(customer):
    a_product("R2", terms=FREE)
    look(customer)
    assert closed(customer, AT + 6 * DAY) is Closed.OFTEN
    assert look(customer, AT + 7 * DAY).product is not None


def test_not_for_me_is_remembered(customer):
    first = a_product("R2", terms=FREE)
    decline(offer=look(customer), actor=ACTOR, at=AT)
    other = a_product("R2")
    assert look(customer, AT + 8 * DAY).product == other
    assert first != other
    assert Offer.objects.get(product=first).declined_at == AT


def test_a_muted_family_is_never_suggested_until_it_is_wanted_again(customer):
    product = a_product("R2", terms=FREE)
    mute(customer=customer, family=Family.FUND, on=True, actor=ACTOR, at=AT)
    mute(customer=customer, family=Family.FUND, on=True, actor=ACTOR, at=AT)
    assert Mute.objects.count() == 1
    assert look(customer).product is None
    mute(customer=customer, family=Family.FUND, on=False, actor=ACTOR, at=AT)
    assert look(customer, AT + DAY).product == product


@pytest.mark.parametrize("old", ComplaintStatus.values)
@pytest.mark.parametrize("new", ComplaintStatus.values)
def test_a_complaint_steps_only_along_its_table(old: str, new: str):
    made = Complaint(status=old)
    if COMPLAINT_TRANSITIONS.allows(old, new):
        made.move_to(new)
        assert made.status == new
    else:
        with pytest.raises(IllegalTransition):
            made.move_to(new)


def test_a_complaint_is_taken_down_in_words_and_answered_once():
    customer = a_customer()
    with pytest.raises(UnableToList):
        a_complaint(customer, text=" ")
    row = a_complaint(customer)
    staff = make_staff_user()
    assert answer_complaint(complaint=row, answer="好", by=staff, at=AT).status == "answered"
    with pytest.raises(UnableToList):
        answer_complaint(complaint=row, answer="又", by=staff, at=AT)
    assert Complaint.objects.get().answer == "好"


def test_the_page_asks_first_then_says_why_and_prints_the_weights(customer, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: AT)
    product = a_product("R2", terms=FREE)
    client = sign_in(Client(headers={"accept-language": "en"}), customer.user)
    before = client.get("/products/for-me/").content.decode()
    assert product.item.name_en not in before
    assert "What we earn" in before
    after = client.post("/products/for-me/", follow=True).content.decode()
    assert product.item.name_en in after
    assert "Why this one" in after
    offer = Offer.objects.get()
    client.post(f"/products/for-me/{offer.ref}/not/")
    client.post("/products/for-me/mute/", {"family": "fund"})
    client.post("/products/for-me/mute/", {"family": "nonsense"})
    text = client.get("/products/for-me/").content.decode()
    assert "Not for you" in text
    assert "Suggest it again" in text


def test_a_refusal_is_said_on_the_page(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: AT)
    someone = a_customer()
    client = sign_in(Client(headers={"accept-language": "en"}), someone.user)
    answer = client.post("/products/for-me/")
    assert answer.status_code == 409
    assert "You have not agreed" in answer.content.decode()


def test_who_took_a_complaint_down_does_not_answer_it_and_it_is_a_task_of_who_may():
    customer = a_customer()
    outlet = make_unit()
    customer.home_outlet_ref = outlet.ref
    customer.save()
    manager, taker = make_staff(Role.BRANCH_MANAGER, outlet), make_staff(Role.HEAD_OFFICE)
    row = a_complaint(customer, by=taker)

    def due(user: Any) -> list[Any]:
        found = {one.key: one.tasks for one in tasks_by_source(user, AT)}
        return [task.due_at for task in found.get("products.complaints", [])]

    days = timedelta(days=complaint_days_on(AT.date()))
    assert (due(manager), due(taker)) == ([AT + days], [])
    with pytest.raises(UnableToList, match="Another person"):
        answer_complaint(complaint=row, answer="好", by=taker, at=AT)
    with pytest.raises(IntegrityError, match="does_not_answer"), transaction.atomic():
        Complaint.objects.update(answered_by_ref=taker.ref)
    assert roles.may(make_staff(Role.CALL_CENTRE), "products.add_complaint")


def test_the_customer_is_told_of_the_answer_and_reads_it_and_nobody_else_does():
    customer, stranger = a_customer(), a_customer("+8613900139301")
    row = a_complaint(customer)
    answer_complaint(complaint=row, answer="已致电说明", by=make_staff_user(), at=AT)
    deliver_pending()
    kinds = Message.objects.filter(user=customer.user).values_list("text__kind", flat=True)
    assert "products.complaint_answered" in kinds
    client = sign_in(Client(headers={"accept-language": "en"}), customer.user)
    address = f"/products/complaints/{row.ref}/"
    assert "已致电说明" in client.get(address).content.decode()
    assert sign_in(Client(), stranger.user).get(address).status_code == 404


def test_what_is_named_beside_a_mismatch_counts_as_shown():
    buyer, fitting, risky = a_buyer(), a_product("R2"), a_product("R5")
    kept = decision_for(buyer, risky, language="en", actor=ACTOR, at=AT)
    assert kept.nearest == [str(fitting.item.ref)]
    (shown,) = Exposure.objects.filter(customer=buyer)
    assert (shown.item, shown.way) == (fitting.item, Exposure.Way.SHOWN)


def test_what_is_not_sold_to_the_customer_is_not_named_beside_a_mismatch():
    buyer, fitting, risky = a_buyer(), a_product("R2"), a_product("R5")
    a_listed_product("R2")  # graded and never published
    a_product("R2", terms={"channels": ["outlet"]})
    kept = decision_for(buyer, risky, language="en", actor=ACTOR, at=AT)
    assert kept.nearest == [str(fitting.item.ref)]
