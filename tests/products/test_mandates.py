"""Mandates: a lead, a next step and a clock in each stage; walls keep out who was not let in."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.http import Http404
from django.test import Client
from django.urls import reverse

from branches.selectors import head_of
from brokerage.backoffice.four_eyes import FourEyesRefused
from brokerage.backoffice.tasks import tasks_by_source
from brokerage.core import clock, scope
from brokerage.core.roles import Role
from brokerage.core.states import IllegalTransition
from brokerage.files.use_cases.check_file import check
from brokerage.journal.delivery import deliver_pending
from brokerage.messaging.models import Message
from products.dated import mandates_on
from products.mandate_states import STAGE_TRANSITIONS, UNDER_WAY, Stage
from products.models import CreditSplit, Crossing, Mandate, MandatePaper, Referral
from products.rules.mandates import build_mandate_rules, weighted
from products.use_cases.crossing_walls import end_crossing
from products.use_cases.mandating import (
    hand_mandate_on,
    lose_mandate,
    move_mandate,
    plan_mandate,
)
from products.use_cases.referring import give_up
from products.use_cases.refusals import UnableToList
from products.use_cases.winning import complete_mandate, win
from suitability.use_cases.disclosing import acknowledge_five, begin_disclosure
from tests.branches.factories import make_staff, make_staff_user
from tests.products.factories import (
    READING,
    a_buyer,
    a_crossing,
    a_listed_product,
    a_mandate,
    a_paper,
    approve,
)
from tests.suitability.factories import ACTOR, AT
from tests.suitability.matching import a_decision
from tests.users.factories import sign_in

DAY = timedelta(days=1)
TO_REVIEW = (("diligence", ""), ("drafting", "diligence"), ("review", "draft"))
WORDS = {"zh": "年金", "en": "pensions"}
CUSTODY = {"scope": WORDS, "reporting": WORDS}


@pytest.fixture
def lead():
    return make_staff(Role.HEAD_OFFICE)


@pytest.fixture
def reviewer():
    return make_staff(Role.HEAD_OFFICE)


def move(row: Mandate, to: str, by: Any, **values: Any) -> Mandate:
    given: dict[str, Any] = {"note": "见底稿", "at": AT} | values
    return move_mandate(mandate=row, to=Stage(to), by=by, **given)


def in_review(lead: Any, **values: Any) -> Mandate:
    row = a_mandate(lead, **values)
    for stage, paper in TO_REVIEW:
        if paper:
            a_paper(row, paper)
        row = move(row, stage, lead)
    return row


def signed(lead: Any, reviewer: Any, **values: Any) -> Mandate:
    row = move(in_review(lead, **values), "cleared", reviewer)
    a_paper(row, "contract")
    return move(row, "signed", lead)


def tasks_of(user: Any) -> dict[str, list[Any]]:
    return {one.key: one.tasks for one in tasks_by_source(user, AT)}


def seen_by(user: Any) -> list[Mandate]:
    return list(scope.visible(Mandate, user))


@pytest.mark.parametrize("old", Stage.values)
@pytest.mark.parametrize("new", Stage.values)
def test_a_mandate_steps_only_along_its_table(old: str, new: str):
    made = Mandate(status=old)
    if STAGE_TRANSITIONS.allows(old, new):
        made.move_to(new)
        assert made.status == new
    else:
        with pytest.raises(IllegalTransition):
            made.move_to(new)


def test_every_stage_but_the_ends_is_under_way_and_every_way_to_a_contract_is_reviewed():
    assert STAGE_TRANSITIONS.terminal == set(Stage.values) - {each.value for each in UNDER_WAY}
    before = {stage for stage in Stage.values if STAGE_TRANSITIONS.allows(stage, Stage.SIGNED)}
    assert before == {Stage.CLEARED}
    assert not STAGE_TRANSITIONS.allows(Stage.DRAFTING, Stage.CLEARED)


STAGES = [each.value for each in UNDER_WAY]
GOOD: dict[str, Any] = {
    "days": dict.fromkeys(STAGES, 1),
    "percent": dict.fromkeys(STAGES, 50),
}


@pytest.mark.parametrize(
    "changed",
    [
        {"days": dict.fromkeys(STAGES, 0)},
        {"days": {}},
        {"percent": dict.fromkeys(STAGES, 101)},
        {"percent": dict.fromkeys(STAGES, -1)},
        {"percent": None},
    ],
)
def test_a_rule_that_cannot_be_is_refused(changed: dict[str, Any]):
    assert build_mandate_rules(GOOD, "").days
    with pytest.raises(ValueError, match=r"form|figures"):
        build_mandate_rules(GOOD | changed, "")


def test_a_pipeline_counts_what_is_expected_by_its_likelihood():
    assert weighted(Decimal("1000.01"), 50) == Decimal("500.01")
    assert weighted(Decimal(1000), 0) == 0


@pytest.mark.django_db
def test_each_stage_has_a_lead_a_next_step_and_a_clock_and_the_outlet_sees_the_clock(lead):
    rules = mandates_on(AT.date())
    row = a_mandate(lead)
    assert row.company.kind == "branch_company"
    assert (row.lead_ref, row.percent) == (lead.ref, rules.percent["opened"])
    assert row.due_at == AT + rules.days["opened"] * DAY
    later = AT + DAY
    moved = move(row, "diligence", lead, at=later)
    referral = Referral.objects.get()
    assert moved.due_at == referral.next_due == later + rules.days["diligence"] * DAY
    assert (referral.status, referral.note) == ("mandated", "企业已同意")  # not what stands inside
    planned = plan_mandate(
        mandate=moved,
        next_step="走访",
        percent=80,
        expected=Decimal(1000),
        note="已过会",
        by=lead,
        at=AT,
    )
    assert (planned.next_step, planned.percent) == ("走访", 80)
    (task,) = tasks_of(lead)["products.mandates"]
    assert (task.detail, task.due_at) == ("走访", moved.due_at)
    assert "products.referrals" not in tasks_of(lead)
    for wrong in ({"due_at": None}, {"ended_at": AT}, {"company": referral.outlet}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Mandate.objects.update(**wrong)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"percent": 101}, "percent"),
        ({"expected": Decimal(-1)}, None),
        ({"note": ""}, "note"),
    ],
)
def test_a_plan_that_cannot_be_is_refused_beside_its_field(lead, values: Any, field: str | None):
    given = {"next_step": "走访", "percent": 10, "expected": Decimal(1), "note": "因为"}
    with pytest.raises(UnableToList) as refused:
        plan_mandate(mandate=a_mandate(lead), by=lead, at=AT, **(given | values))
    assert field is None or field in refused.value.errors


@pytest.mark.django_db
def test_a_stage_needs_its_paper_and_words_and_its_turn(lead):
    row = move(a_mandate(lead), "diligence", lead)
    with pytest.raises(UnableToList, match="due diligence report"):
        move(row, "drafting", lead)
    a_paper(row)
    with pytest.raises(UnableToList):
        move(row, "drafting", lead, note=" ")
    with pytest.raises(UnableToList, match="already"):
        move(row, "cleared", make_staff_user())
    assert move(row, "drafting", lead).status == Stage.DRAFTING


@pytest.mark.django_db
def test_who_leads_does_not_review_and_a_review_can_send_back(lead, reviewer):
    row = in_review(lead, need="custody")
    with pytest.raises(UnableToList, match="else than the lead"):
        move(row, "cleared", lead)
    assert "products.mandate_reviews" in tasks_of(reviewer)
    assert "products.mandate_reviews" not in tasks_of(lead)
    again = move(move(row, "drafting", reviewer), "review", lead)
    cleared = move(again, "cleared", reviewer)
    for wrong in ({"lead_ref": reviewer.ref}, {"reviewed_by_ref": None}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Mandate.objects.update(**wrong)
    with pytest.raises(UnableToList, match="reviewed"):
        hand_mandate_on(mandate=cleared, lead=reviewer, note="换人", by=lead, at=AT)


@pytest.mark.django_db
def test_what_it_earned_is_credited_to_the_outlet_and_told(lead, reviewer):
    row = signed(lead, reviewer)
    for early in (win, give_up):
        values: dict[str, Any] = {"revenue": Decimal(1)} if early is win else {}
        with pytest.raises(UnableToList, match="mandate is under way"):
            early(referral=row.referral, note="绕过", by=lead, at=AT, **values)
    waiting = complete_mandate(
        mandate=row, revenue=Decimal("100000.01"), note="已缴款", by=lead, at=AT
    )
    with pytest.raises(UnableToList, match="waits as won"):
        lose_mandate(mandate=row, note="改口", by=lead, at=AT)
    with pytest.raises(Http404):  # behind the wall somebody has to be let in first
        approve(waiting, by=reviewer)
    assert not CreditSplit.objects.exists()
    approve(a_crossing(row, reviewer, by=lead), by=make_staff(Role.COMPLIANCE))
    approve(waiting, by=reviewer)
    assert Mandate.objects.get().status == Stage.COMPLETED
    credit = CreditSplit.objects.get()
    assert credit.to_outlet + credit.to_company + credit.to_desk == Decimal("100000.01")
    assert credit.to_outlet > 0
    referral = Referral.objects.get()
    assert (referral.status, referral.next_due) == ("won", None)
    deliver_pending()
    told = Message.objects.filter(user__ref=referral.made_by_ref)
    assert told.filter(text__kind="products.referral_won").exists()
    with pytest.raises(UnableToList):
        complete_mandate(mandate=row, revenue=Decimal(1), note="又一次", by=lead, at=AT)
    assert CreditSplit.objects.count() == 1


@pytest.mark.django_db
def test_a_revenue_that_cannot_be_leaves_the_mandate_as_it_was(lead, reviewer):
    row = signed(lead, reviewer)
    for wrong in ("-1", "0.001"):
        with pytest.raises(UnableToList):
            complete_mandate(mandate=row, revenue=Decimal(wrong), note="x", by=lead, at=AT)
    assert Mandate.objects.get().status == Stage.SIGNED


@pytest.mark.django_db
def test_what_is_not_concluded_ends_its_referral_with_the_reason(lead):
    lose_mandate(mandate=a_mandate(lead), note="企业暂缓", by=lead, at=AT)
    referral = Referral.objects.get()
    assert (referral.status, referral.note, referral.ended_at) == ("declined", "企业暂缓", AT)


@pytest.mark.django_db
def test_a_paper_is_linked_once_it_was_checked(lead, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: AT)
    desk = sign_in(Client(), lead, stepped_up=True, at=AT)
    paper = a_paper(a_mandate(lead))
    link = reverse("files:file", args=[paper.file.ref])
    pages = [
        reverse(f"admin:products_{name}_change", args=[row.ref])
        for name, row in (("mandate", paper.mandate), ("mandatepaper", paper))
    ]
    assert not any(link in desk.get(page).content.decode() for page in pages)
    check(ref=paper.file.ref, at=AT)
    assert all(link in desk.get(page).content.decode() for page in pages)
    assert desk.get(link).status_code == 200


@pytest.mark.django_db
def test_a_wall_keeps_out_whom_compliance_did_not_let_in(lead, reviewer):
    row = a_mandate(lead)
    head = head_of(row.company, AT.date())
    assert head is not None
    keeper = make_staff(Role.COMPLIANCE)
    assert seen_by(lead) == seen_by(keeper) == [row]
    assert seen_by(reviewer) == seen_by(head.user) == []
    assert not scope.visible(Referral, reviewer).exists()
    a_paper(row)
    with pytest.raises(UnableToList, match="wall"):
        hand_mandate_on(mandate=row, lead=reviewer, note="换人", by=lead, at=AT)
    asked = a_crossing(row, reviewer, by=lead)
    assert seen_by(reviewer) == []
    approve(asked, by=keeper)
    assert seen_by(reviewer) == [row]
    assert scope.visible(MandatePaper, reviewer).count() == 1
    assert scope.visible(Referral, reviewer).exists()
    end_crossing(crossing=asked, by=lead, at=AT)
    assert seen_by(reviewer) == []
    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
        Crossing.objects.update(left_at=None)


@pytest.mark.django_db
def test_without_a_wall_the_branch_company_and_head_office_see_it(lead, reviewer):
    row = a_mandate(lead, need="custody")
    head = head_of(row.company, AT.date())
    assert head is not None
    assert seen_by(reviewer) == seen_by(head.user) == [row]
    assert hand_mandate_on(mandate=row, lead=reviewer, note="换人", by=lead, at=AT)
    assert Referral.objects.get().next_by_ref == reviewer.ref


@pytest.mark.django_db
def test_nobody_lets_themselves_in_and_nobody_is_asked_for_twice(lead):
    row, keeper = a_mandate(lead), make_staff(Role.COMPLIANCE)
    with pytest.raises(UnableToList):
        a_crossing(row, lead)
    own = a_crossing(row, keeper, by=lead)
    with pytest.raises(UnableToList):
        a_crossing(row, keeper, by=lead)
    with pytest.raises((FourEyesRefused, IntegrityError)), transaction.atomic():
        approve(own, by=keeper)


@pytest.mark.django_db
def test_a_product_is_signed_only_on_a_match_of_today_with_all_that_was_owed(lead, reviewer):
    buyer = a_buyer()
    product = a_listed_product("R2", family="custody", attributes=CUSTODY)
    row = in_review(
        lead,
        need="custody",
        customer=buyer,
        enterprise="",
        credit_code="",
        product=product,
    )
    row = move(row, "cleared", reviewer)
    a_paper(row, "contract")
    with pytest.raises(UnableToList, match="suits"):
        move(row, "signed", lead)
    decision = a_decision(buyer, product.item)
    with pytest.raises(UnableToList, match="owed"):
        move(row, "signed", lead)
    begun = begin_disclosure(decision=decision, language="en", actor=ACTOR, at=AT - READING)
    acknowledge_five(row=begun, text=begun.text, actor=ACTOR, at=AT)
    assert move(row, "signed", lead).decision == decision
    with pytest.raises(IntegrityError, match="on_a_match"), transaction.atomic():
        Mandate.objects.update(decision=None)
    with pytest.raises(UnableToList, match="not sold by a mandate"):
        a_mandate(lead, product=a_listed_product())


@pytest.mark.django_db
def test_the_acts_on_the_pages_carry_a_referral_to_its_mandate(lead, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: AT)
    row = a_mandate(lead, need="custody")
    client = sign_in(Client(headers={"accept-language": "zh-hans"}), lead)
    page = f"/admin/products/mandate/{row.ref}/change/"
    shown = client.get(page).content.decode()
    assert "启动尽职调查" in shown, shown
    typed = {"plan-note": "", "next_step": "走访企业", "percent": "120", "expected": "1"}
    wrong = client.post(f"/admin/products/mandate/{row.ref}/act/plan/", typed).content.decode()
    assert "走访企业" in wrong  # what was typed stays
    client.post(f"/admin/products/mandate/{row.ref}/act/diligence/", {"note": "开始"})
    assert Mandate.objects.get().status == Stage.DILIGENCE


@pytest.mark.django_db
def test_a_customer_reads_how_far_their_own_is_and_nothing_of_what_stands_inside(
    lead, monkeypatch
):
    monkeypatch.setattr(clock, "now", lambda: AT)
    mine, other = a_buyer(), a_buyer("+8613900139201")
    nobody = {"enterprise": "", "credit_code": ""}
    row = a_mandate(lead, customer=mine, **nobody)  # behind a wall, but not for whose it is
    row = move(row, "diligence", lead)
    plan_mandate(
        mandate=row,
        next_step="等合规意见",
        percent=25,
        expected=Decimal("1000.02"),
        note="对手报价更低",
        by=lead,
        at=AT,
    )
    headers = {"accept-language": "en"}
    shown = sign_in(Client(headers=headers), mine.user).get("/products/orders/").content.decode()
    assert "My projects" in shown
    assert "due diligence" in shown
    for inside in ("等合规意见", "对手报价更低", "1,000.02"):
        assert inside not in shown
    shown = sign_in(Client(headers=headers), other.user).get("/products/orders/").content.decode()
    assert "My projects" not in shown
