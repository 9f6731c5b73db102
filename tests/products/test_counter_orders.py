"""What is sold at outlets only: taken down with the customer's code, ordered with their yes."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from accounts.counter.states import ReleaseEnd, ReleaseStatus
from accounts.signing.codes import CodeWrong
from accounts.use_cases.release_codes import UnableToRelease
from branches.models import Licence
from brokerage.core import scope
from brokerage.core.clock import business_date
from brokerage.core.roles import Role
from brokerage.core.states import IllegalTransition
from brokerage.journal.actors import Actor
from brokerage.journal.models import Entry
from products.counter_states import COUNTER_TRANSITIONS, CounterStatus
from products.models import CounterOrder, Order, SaleRelease
from products.retention import forget_orders, forget_sales, old_sales
from products.tasks import end_sales
from products.use_cases.counter_ordering import (
    ask_again,
    confirm_order,
    propose_order,
    refuse_order,
    withdraw_order,
)
from products.use_cases.counter_releasing import end_sale, offer_sale, take_sale
from products.use_cases.order_checks import LookAgain, UnableToOrder
from products.use_cases.placing import subscribe
from products.use_cases.suspending import suspend
from suitability.use_cases.duties import DutyOpen
from tests.branches.factories import (
    give_licence,
    make_staff,
    make_staff_user,
    make_unit,
    offer,
)
from tests.products.counter import (
    AMOUNT,
    a_counter_product,
    a_proposal,
    a_release,
    a_seller,
    an_open_sale,
    code_for,
    outlet_of,
)
from tests.products.factories import a_buyer, a_product, a_told_decision, matched
from tests.suitability.factories import ACTOR, AT
from tests.suitability.matching import a_proposed_grade
from tests.suitability.matching import approve as approve_grade

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


def confirmed(proposal: CounterOrder, *, at: Any = AT) -> Order:
    code = code_for(proposal, at=at)
    made = confirm_order(proposal=proposal, code=code, actor=ACTOR, at=at)
    assert isinstance(made, Order)
    return made


def actor_of(release: SaleRelease) -> Actor:
    assert release.customer.user is not None
    return Actor.of(release.customer.user)


@pytest.mark.parametrize("old", CounterStatus.values)
@pytest.mark.parametrize("new", CounterStatus.values)
def test_what_was_taken_down_steps_only_along_its_table(old: str, new: str):
    made = CounterOrder(status=old)
    if COUNTER_TRANSITIONS.allows(old, new):
        made.move_to(new)
        assert made.status == new
    else:
        with pytest.raises(IllegalTransition):
            made.move_to(new)


def test_only_the_yes_of_the_customer_makes_an_order_and_it_says_who_helped_where():
    proposal = a_proposal()
    assert not Order.objects.exists()
    made = confirmed(proposal)
    proposal.refresh_from_db()
    release = proposal.release
    assert (proposal.status, proposal.order, made.amount) == ("ordered", made, AMOUNT)
    assert (release.status, release.ended_by) == (ReleaseStatus.ENDED, ReleaseEnd.STAFF)
    assert made.company.kind == "branch_company"
    assert made.outlet is not None
    assert made.outlet.ref == made.customer.home_outlet_ref, "it belongs to the customer's branch"
    assert made.counter.release.helper == release.helper
    assert made.counter.release.outlet != made.outlet
    kinds = set(Entry.objects.values_list("kind", flat=True))
    assert {"products.sale_opened", "products.counter_order_ended"} <= kinds
    ended = Entry.objects.get(kind="products.counter_order_ended")
    assert (ended.payload["status"], ended.payload["order"]) == ("ordered", str(made.ref))


def test_a_second_yes_is_the_same_order():
    proposal = a_proposal()
    code = code_for(proposal)
    first, second = (
        confirm_order(proposal=proposal, code=code, actor=ACTOR, at=AT) for _ in range(2)
    )
    assert first == second == Order.objects.get()


def test_a_wrong_or_old_code_orders_nothing_and_tries_end():
    proposal = a_proposal()
    code = code_for(proposal)
    with pytest.raises(CodeWrong):
        confirm_order(proposal=proposal, code=code, actor=ACTOR, at=AT + 6 * MINUTE)
    code = code_for(proposal, at=AT + 6 * MINUTE)
    wrong = "000000" if code != "000000" else "111111"
    for _ in range(5):
        with pytest.raises(CodeWrong):
            confirm_order(proposal=proposal, code=wrong, actor=ACTOR, at=AT + 6 * MINUTE)
    with pytest.raises(CodeWrong):
        confirm_order(proposal=proposal, code=code, actor=ACTOR, at=AT + 6 * MINUTE)
    assert not Order.objects.exists()


def test_the_code_counts_for_exactly_what_was_shown():
    proposal = a_proposal()
    code = code_for(proposal)
    CounterOrder.objects.update(amount=AMOUNT * 2)
    with pytest.raises(CodeWrong):
        confirm_order(proposal=proposal, code=code, actor=ACTOR, at=AT)


def test_what_is_sold_at_outlets_only_is_refused_online_and_the_other_way_round():
    buyer, product = a_buyer(), a_counter_product()
    decision = a_told_decision(buyer, product)
    given: dict[str, Any] = {"customer": buyer, "amount": AMOUNT, "actor": ACTOR, "at": AT}
    with pytest.raises(UnableToOrder, match="online"):
        subscribe(product=product, decision=decision, day=AT.date(), key=decision.ref, **given)
    online = a_product("R2", terms={"channels": ["online"]})
    matched(buyer, online)
    with pytest.raises(UnableToOrder, match="not sold at outlets"):
        offer_sale(customer=buyer, product=online, actor=ACTOR, at=AT)


def test_one_code_at_a_time_which_works_once_and_runs_out():
    release = a_release()
    again = offer_sale(
        customer=release.customer, product=release.product, actor=ACTOR, at=AT + MINUTE
    )
    assert again == release
    seller = a_seller()
    given: dict[str, Any] = {"outlet": outlet_of(seller), "helper": seller}
    late = AT + timedelta(days=1)
    with pytest.raises(UnableToRelease, match="leads nowhere"):
        take_sale(code=release.code_text, at=late, **given)
    fresh = offer_sale(customer=release.customer, product=release.product, actor=ACTOR, at=late)
    assert fresh != release
    release.refresh_from_db()
    assert release.ended_by == ReleaseEnd.TIME
    take_sale(code=fresh.code_text, at=late, **given)
    with pytest.raises(UnableToRelease, match="leads nowhere"):
        take_sale(code=fresh.code_text, at=late, **given)


def test_wrong_codes_make_a_seller_wait():
    seller = a_seller()
    code = a_release().code_text
    given: dict[str, Any] = {"outlet": outlet_of(seller), "helper": seller, "at": AT}
    for _ in range(5):
        with pytest.raises(UnableToRelease, match="leads nowhere"):
            take_sale(code="00000000", **given)
    with pytest.raises(UnableToRelease, match="Too many"):
        take_sale(code=code, **given)


def test_only_licensed_sellers_of_an_outlet_that_offers_funds_open_it():
    release, seller = a_release(), a_seller()
    outlet = outlet_of(seller)
    given: dict[str, Any] = {"code": release.code_text, "at": AT}
    for role in (Role.OPENING_OFFICER, Role.BRANCH_MANAGER):
        with pytest.raises(UnableToRelease, match="do not serve"):
            take_sale(outlet=outlet, helper=make_staff(role, outlet), **given)
    with pytest.raises(UnableToRelease, match="do not serve"):
        take_sale(outlet=make_unit(), helper=seller, **given)
    give_licence(make_staff(Role.ADVISER, outlet), "fund_sales")
    Licence.objects.filter(user=seller).delete()
    with pytest.raises(UnableToRelease, match="no licence"):
        take_sale(outlet=outlet, helper=seller, **given)
    offer(outlet, "open_account")
    with pytest.raises(UnableToRelease, match="does not offer"):
        take_sale(outlet=outlet, helper=seller, **given)
    release.refresh_from_db()
    assert release.status == ReleaseStatus.OFFERED, "the code was not used"


def test_nobody_sells_to_themselves():
    release = an_open_sale()
    with pytest.raises(IntegrityError, match="themselves"), transaction.atomic():
        SaleRelease.objects.update(helper=release.applicant_id)


def test_staff_see_it_only_while_it_is_open_to_them(monkeypatch):
    monkeypatch.setattr("accounts.counter.access.clock.now", lambda: AT)
    proposal = a_proposal()
    helper = proposal.release.helper
    assert scope.visible(CounterOrder, helper).get() == proposal
    assert not scope.visible(SaleRelease, a_seller()).exists()
    confirmed(proposal)
    assert not scope.visible(SaleRelease, helper).exists()


@pytest.mark.parametrize(
    ("amount", "said"),
    [("9", "least amount"), ("10.005", "decimals"), ("5000000", "may have"), ("3000", "quota")],
)
def test_an_amount_is_refused_beside_its_field_by_the_checks_of_the_portal(amount, said):
    terms: dict[str, Any] = {"most_held": Decimal(4_000_000), "quota": Decimal(2000)}
    if said == "may have":
        terms.pop("quota")
    release = an_open_sale(product=a_counter_product(**terms))
    with pytest.raises(UnableToOrder, match=said) as refused:
        a_proposal(release, Decimal(amount))
    assert refused.value.field == "amount"
    assert not CounterOrder.objects.exists()


def test_what_is_owed_is_told_first_and_a_mismatch_is_never_invited_to():
    buyer, seller = a_buyer(), a_seller()
    risky = a_product("R5", item={"type": "equity"}, terms={"channels": ["outlet"]})
    for product, said in ((a_counter_product(), "owed"), (risky, "suit")):
        matched(buyer, product)
        made = offer_sale(customer=buyer, product=product, actor=ACTOR, at=AT)
        row = take_sale(code=made.code_text, outlet=outlet_of(seller), helper=seller, at=AT)
        with pytest.raises(UnableToOrder, match=said):
            a_proposal(row)
    assert not CounterOrder.objects.exists()


def test_what_is_typed_anew_takes_the_place_of_what_waits():
    first = a_proposal()
    second = a_proposal(first.release, AMOUNT * 2)
    first.refresh_from_db()
    assert (first.status, second.status) == ("withdrawn", "proposed")
    with pytest.raises(UnableToOrder, match="nothing to confirm"):
        confirm_order(proposal=first, code="123456", actor=ACTOR, at=AT)
    assert first.release.helper is not None
    withdraw_order(proposal=second, helper=first.release.helper, at=AT)
    with pytest.raises(IntegrityError), transaction.atomic():
        CounterOrder.objects.update(status="ordered")


def test_the_customer_says_no_and_the_outlet_may_type_anew():
    proposal = a_proposal()
    refuse_order(proposal=proposal, actor=ACTOR, at=AT)
    proposal.refresh_from_db()
    assert (proposal.status, proposal.release.status) == ("refused", ReleaseStatus.IN_USE)
    with pytest.raises(UnableToOrder, match="nothing to confirm"):
        refuse_order(proposal=proposal, actor=ACTOR, at=AT)
    assert confirmed(a_proposal(proposal.release, AMOUNT * 2)).amount == AMOUNT * 2


@pytest.mark.parametrize(
    ("ended_by", "status"),
    [(ReleaseEnd.CUSTOMER, "refused"), (ReleaseEnd.STAFF, "withdrawn")],
)
def test_what_waits_ends_with_its_release(ended_by, status):
    proposal = a_proposal()
    code = code_for(proposal)
    release = end_sale(release=proposal.release, ended_by=ended_by, actor=ACTOR, at=AT)
    assert release == end_sale(release=release, ended_by=ended_by, actor=ACTOR, at=AT)
    proposal.refresh_from_db()
    assert (proposal.status, proposal.code_hash) == (status, "")
    with pytest.raises(UnableToOrder, match="nothing to confirm"):
        confirm_order(proposal=proposal, code=code, actor=ACTOR, at=AT)
    with pytest.raises(UnableToOrder, match="has ended"):
        a_proposal(release)
    assert not Order.objects.exists()


def test_its_time_runs_out_for_both_sides(monkeypatch):
    proposal = a_proposal()
    late = AT + timedelta(hours=1)
    with pytest.raises(UnableToOrder, match="nothing to confirm"):
        confirm_order(proposal=proposal, code="123456", actor=ACTOR, at=late)
    with pytest.raises(UnableToOrder, match="has ended"):
        a_proposal(proposal.release, at=late)
    monkeypatch.setattr("products.tasks.clock.now", lambda: late)
    end_sales(0)
    proposal.refresh_from_db()
    assert (proposal.status, proposal.release.ended_by) == ("lapsed", ReleaseEnd.TIME)


def test_a_product_suspended_in_between_is_not_ordered():
    proposal = a_proposal()
    code = code_for(proposal)
    suspend(product=proposal.release.product, reason="公告", by=make_staff_user(), at=AT)
    with pytest.raises(UnableToOrder, match="not for sale"):
        confirm_order(proposal=proposal, code=code, actor=ACTOR, at=AT)
    assert not Order.objects.exists()


def test_after_the_cut_off_the_customer_is_shown_the_next_day_and_asked_again():
    evening = AT.replace(hour=6, minute=59)  # a minute before 15:00 in Shanghai
    proposal = a_proposal(at=evening)
    late = evening + MINUTE
    code = code_for(proposal, at=evening)
    with pytest.raises(LookAgain):
        confirm_order(proposal=proposal, code=code, actor=ACTOR, at=late)
    moved = ask_again(proposal=proposal, actor=actor_of(proposal.release), at=late)
    assert moved.dealing_day > proposal.dealing_day
    with pytest.raises(CodeWrong):
        confirm_order(proposal=proposal, code=code, actor=ACTOR, at=late)
    assert confirmed(moved, at=late + MINUTE).dealing_day == moved.dealing_day


def test_a_grade_raised_in_between_is_matched_and_asked_again():
    product, night = a_counter_product(), AT.replace(hour=15, minute=50)  # 23:50 in Shanghai
    tomorrow = night + 20 * MINUTE
    approve_grade(a_proposed_grade(product.item, "R3", valid_from=business_date(tomorrow)))
    proposal = a_proposal(an_open_sale(product=product, at=night), at=night)
    code = code_for(proposal, at=tomorrow - 3 * MINUTE)
    with pytest.raises(LookAgain):
        confirm_order(proposal=proposal, code=code, actor=ACTOR, at=tomorrow)
    moved = ask_again(proposal=proposal, actor=ACTOR, at=tomorrow)
    assert moved.decision != proposal.decision
    with pytest.raises(DutyOpen):  # another grade than was told
        confirmed(moved, at=tomorrow)
    assert not Order.objects.exists()


def test_a_seller_who_is_not_theirs_takes_nothing_down():
    release = an_open_sale()
    with pytest.raises(UnableToOrder, match="has ended"):
        propose_order(release=release, amount=AMOUNT, helper=a_seller(), at=AT)


def test_a_unit_that_sells_alone_is_asked_where_the_customer_stands():
    seller = a_seller()
    product = a_counter_product(unit=outlet_of(seller))
    assert confirmed(a_proposal(an_open_sale(product=product, seller=seller)))
    other = an_open_sale(a_buyer("+8613900139101"), product)
    with pytest.raises(UnableToOrder, match="sold only by"):
        a_proposal(other)


def test_old_releases_are_forgotten_and_those_of_orders_with_their_order():
    made = confirmed(a_proposal())
    other = a_release(a_buyer("+8613900139101"))
    end_sale(release=other, ended_by=ReleaseEnd.STAFF, actor=ACTOR, at=AT)
    later = AT + timedelta(days=1)
    assert forget_sales(old_sales(later)) == 1
    assert SaleRelease.objects.count() == 1
    Order.objects.filter(pk=made.pk).update(status="cancelled", ended_at=AT, refund=0)
    forget_orders(Order.objects.filter(pk=made.pk))
    assert forget_sales(old_sales(later)) == 1
    assert not CounterOrder.objects.exists()
