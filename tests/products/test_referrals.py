"""Referrals: each state has a person and a clock, and what was earned is credited to the cent."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from branches.selectors import head_of
from branches.use_cases.departures import left_behind
from brokerage.backoffice.tasks import tasks_by_source
from brokerage.core import scope
from brokerage.core.roles import Role
from brokerage.core.states import IllegalTransition
from brokerage.journal.delivery import deliver_pending
from brokerage.messaging.models import Message
from products.dated import origination_on
from products.models import CreditDispute, CreditSplit, DeskMember, Referral
from products.rules.credit import OriginationRules, build_origination_rules, split
from products.states import PURSUED, REFERRAL_TRANSITIONS, ReferralStatus
from products.use_cases.disputing import (
    answer_dispute,
    confirm_split,
    dispute_credit,
    send_split_back,
)
from products.use_cases.naming_desks import end_membership
from products.use_cases.referring import (
    give_up,
    hand_referral_on,
    qualify,
    report_back,
    tailor,
)
from products.use_cases.refusals import UnableToList
from products.use_cases.winning import win
from tests.branches.factories import make_staff, make_staff_user, make_unit
from tests.products.factories import a_desk_member, a_referral, approve
from tests.suitability.factories import AT

SHARES = st.decimals(0, 1, places=4).flatmap(
    lambda one: st.tuples(st.just(one), st.decimals(0, 1 - one, places=4))
)
SUMS = st.decimals(0, "1000000000", places=2)


@given(SUMS, SHARES, SUMS, SUMS)
def test_the_parts_are_the_revenue_and_none_is_above_its_cap(
    revenue: Decimal, shares: tuple[Decimal, Decimal], first: Decimal, second: Decimal
):
    rules = OriginationRules(
        days={},
        shares={"outlet": shares[0], "company": shares[1]},
        caps={"outlet": first, "company": second},
        dispute_days=1,
        answer_days=1,
        version="",
    )
    found = split(revenue, rules)
    assert found.outlet + found.company + found.desk == revenue
    assert 0 <= found.outlet <= first
    assert 0 <= found.company <= second
    assert found.desk >= 0


GOOD: dict[str, Any] = {
    "days": {"registered": 1, "qualified": 1, "tailored": 1, "reported": 1},
    "shares": {"outlet": "0.3", "company": "0.3"},
    "caps": {"outlet": "1", "company": "1"},
    "dispute_days": 1,
    "answer_days": 1,
}


@pytest.mark.parametrize(
    "changed",
    [
        {"shares": {"outlet": "0.7", "company": "0.4"}},
        {"shares": {"outlet": "-0.1", "company": "0.4"}},
        {"caps": {"outlet": "1"}},
        {"caps": {"outlet": "NaN", "company": "1"}},
        {"days": {"registered": 1}},
        {"answer_days": 0},
    ],
)
def test_a_rule_that_cannot_be_is_refused(changed: dict[str, Any]):
    assert build_origination_rules(GOOD, "").shares
    with pytest.raises(ValueError):  # noqa: PT011 - each names its part
        build_origination_rules(GOOD | changed, "")


@pytest.fixture
def referral():
    return a_referral()


@pytest.fixture
def manager(referral):
    head = head_of(referral.company, AT.date())
    assert head is not None
    return head.user


@pytest.fixture
def officer():
    return make_staff(Role.HEAD_OFFICE)


def reported(referral: Referral, manager: Any, officer: Any) -> Referral:
    qualify(referral=referral, desk_officer=officer, note="财务健康", by=manager, at=AT)
    tailor(referral=referral, note="建议发三年期", by=officer, at=AT)
    return report_back(referral=referral, note="请约企业", by=officer, at=AT)


def won(referral: Referral, manager: Any, officer: Any, revenue: str = "100000.01") -> CreditSplit:
    row = reported(referral, manager, officer)
    approve(win(referral=row, revenue=Decimal(revenue), note="已签约", by=officer, at=AT))
    return CreditSplit.objects.get(referral=referral)


@pytest.mark.django_db
def test_each_state_names_whose_turn_it_is_and_until_when(referral, manager, officer):
    days = origination_on(AT.date()).days
    assert referral.company.kind == "branch_company"
    assert referral.next_due == AT + timedelta(days=days["registered"])
    row = qualify(referral=referral, desk_officer=officer, note="财务健康", by=manager, at=AT)
    assert (row.next_by_ref, row.next_due) == (
        officer.ref,
        AT + timedelta(days=days["qualified"]),
    )
    row = tailor(referral=row, note="建议发三年期", by=officer, at=AT)
    assert row.next_by_ref == officer.ref
    row = report_back(referral=row, note="请约企业", by=officer, at=AT)
    assert row.next_by_ref == officer.ref
    row = give_up(referral=row, note="企业暂缓", by=officer, at=AT)
    deliver_pending()
    told = Message.objects.filter(user__ref=row.made_by_ref, text__kind__startswith="products.")
    assert sorted(told.values_list("text__kind", flat=True)) == [
        "products.referral_declined",
        "products.referral_reported",
    ]
    assert (row.next_by_ref, row.next_due, row.note) == (None, None, "企业暂缓")
    with pytest.raises(IntegrityError, match="whose_turn"), transaction.atomic():
        Referral.objects.filter(pk=a_referral().pk).update(next_due=None)


@pytest.mark.django_db
def test_steps_are_refused_out_of_turn_without_words_and_by_who_referred(referral, officer):
    with pytest.raises(UnableToList, match="already"):
        tailor(referral=referral, note="太早", by=officer, at=AT)
    with pytest.raises(UnableToList):
        give_up(referral=referral, note=" ", by=officer, at=AT)
    with pytest.raises(IntegrityError, match="does_not_qualify"), transaction.atomic():
        Referral.objects.update(qualified_by_ref=referral.made_by_ref)
    assert Referral.objects.get().status == ReferralStatus.REGISTERED


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"enterprise": "", "credit_code": ""}, "enterprise"),
        ({"credit_code": ""}, "credit code"),
        ({"credit_code": "123"}, "18"),
        ({"facts": ""}, "blank"),
    ],
)
def test_a_referral_is_of_a_customer_or_an_enterprise(values: dict[str, Any], said: str):
    with pytest.raises(UnableToList, match=said):
        a_referral(**values)
    with pytest.raises(UnableToList):
        a_referral(make_unit("branch_company"))
    assert not Referral.objects.exists()


@pytest.mark.django_db
def test_it_is_a_task_of_the_next_person_alone_and_both_sides_see_it(referral, manager, officer):
    def keys(user: Any) -> list[str]:
        return [one.key for one in tasks_by_source(user, AT)]

    qualify(referral=referral, desk_officer=officer, note="财务健康", by=manager, at=AT)
    assert "products.referrals" in keys(officer)
    assert "products.referrals" not in keys(manager)
    here = make_staff(Role.BRANCH_MANAGER, referral.outlet)
    elsewhere = make_staff(Role.BRANCH_MANAGER, make_unit())
    seen = [scope.visible(Referral, who).exists() for who in (manager, here, officer, elsewhere)]
    assert seen == [True, True, True, False]


@pytest.mark.django_db
def test_what_was_earned_is_credited_by_the_rule_and_kept(referral, manager, officer):
    found = won(referral, manager, officer)
    assert (found.to_outlet, found.to_company, found.to_desk) == (
        Decimal("30000.00"),
        Decimal("30000.00"),
        Decimal("40000.01"),
    )
    assert found.rule_version
    with pytest.raises(IntegrityError, match="whole_revenue"), transaction.atomic():
        CreditSplit.objects.update(to_desk=Decimal(0))


@pytest.mark.django_db
def test_a_credit_is_disputed_in_time_and_answered_by_somebody_else(referral, manager, officer):
    found = won(referral, manager, officer)
    with pytest.raises(UnableToList, match="any more"):
        dispute_credit(split=found, reason="太少", by=manager, at=found.disputed_until)
    raised = dispute_credit(split=found, reason="太少", by=manager, at=AT)
    assert raised.due_at > AT
    with pytest.raises(UnableToList, match="already"):
        dispute_credit(split=found, reason="再来", by=officer, at=AT)
    with pytest.raises(UnableToList, match="Another person"):
        answer_dispute(dispute=raised, answer="维持", parts=None, by=manager, at=AT)
    too_much = (Decimal(90_000), Decimal(20_000))
    with pytest.raises(UnableToList, match="more than"):
        answer_dispute(
            dispute=raised, answer="调整", parts=too_much, by=make_staff(Role.HEAD_OFFICE), at=AT
        )
    parts = (Decimal(40_000), Decimal(30_000))
    later = AT + timedelta(days=20)
    first, second = make_staff(Role.HEAD_OFFICE), make_staff(Role.HEAD_OFFICE)
    waiting = answer_dispute(dispute=raised, answer="调整", parts=parts, by=first, at=later)
    assert waiting.upheld is None
    assert CreditSplit.objects.count() == 1
    with pytest.raises(UnableToList, match="proposed"):
        confirm_split(dispute=raised, by=first, at=later)
    done = confirm_split(dispute=raised, by=second, at=later)
    assert (done.upheld, done.answer) == (True, "调整")
    now = CreditSplit.objects.get(replaced_at=None)
    assert (now.to_outlet, now.to_desk) == (Decimal(40_000), Decimal("30000.01"))
    assert now.disputed_until == later + timedelta(days=origination_on(AT.date()).dispute_days)
    assert CreditDispute.objects.filter(answered_at=None).count() == 0


@pytest.mark.django_db
def test_who_moved_the_referral_judges_no_dispute_and_a_cap_holds(referral, manager, officer):
    found = won(referral, manager, officer, "5000000")
    raised = dispute_credit(split=found, reason="太少", by=make_staff_user(), at=AT)
    apart, second = make_staff(Role.HEAD_OFFICE), make_staff(Role.HEAD_OFFICE)
    for who in (officer, manager):
        with pytest.raises(UnableToList, match="no part"):
            answer_dispute(dispute=raised, answer="维持", parts=None, by=who, at=AT)
    over = (Decimal("500000.01"), Decimal(0))
    with pytest.raises(UnableToList, match="at most"):
        answer_dispute(dispute=raised, answer="调整", parts=over, by=apart, at=AT)
    parts = (Decimal(500_000), Decimal(0))
    answer_dispute(dispute=raised, answer="调整", parts=parts, by=apart, at=AT)
    with pytest.raises(UnableToList, match="no part"):
        confirm_split(dispute=raised, by=officer, at=AT)
    with pytest.raises(IntegrityError, match="does_not_confirm"), transaction.atomic():
        CreditDispute.objects.update(
            answered_by_ref=apart.ref, answered_at=AT, upheld=True, answer="调整"
        )
    send_split_back(dispute=raised, reason="理由不足", by=second, at=AT)
    kept = answer_dispute(dispute=raised, answer="维持", parts=None, by=apart, at=AT)
    assert (kept.upheld, kept.proposed_by_ref) == (False, None)
    assert CreditSplit.objects.get() == found


@pytest.mark.django_db
def test_only_the_person_whose_turn_it_is_goes_on_and_it_can_be_handed_on(
    referral, manager, officer
):
    qualify(referral=referral, desk_officer=officer, note="财务健康", by=manager, at=AT)
    other = make_staff(Role.HEAD_OFFICE)
    with pytest.raises(UnableToList, match="somebody else"):
        tailor(referral=referral, note="我来做", by=other, at=AT)
    with pytest.raises(UnableToList, match="somebody else"):
        give_up(referral=referral, note="不做了", by=other, at=AT)
    given: dict[str, Any] = {"referral": referral, "note": "出差", "at": AT}
    with pytest.raises(UnableToList, match="somebody else"):
        hand_referral_on(officer=other, by=other, **given)
    with pytest.raises(UnableToList, match="why"):
        hand_referral_on(officer=other, by=officer, **given | {"note": " "})
    row = hand_referral_on(officer=other, by=officer, **given)
    assert (row.next_by_ref, row.status) == (other.ref, ReferralStatus.QUALIFIED)
    assert tailor(referral=referral, note="已备", by=other, at=AT).next_by_ref == other.ref


@pytest.mark.django_db
def test_a_desk_that_named_members_gets_its_referrals_through_them_alone(
    referral, manager, officer
):
    approve(a_desk_member(officer))
    other = make_staff(Role.HEAD_OFFICE)
    with pytest.raises(UnableToList, match="nobody of the desk"):
        qualify(referral=referral, desk_officer=other, note="财务健康", by=manager, at=AT)
    qualify(referral=referral, desk_officer=officer, note="财务健康", by=manager, at=AT)
    with pytest.raises(UnableToList, match="nobody of the desk"):
        hand_referral_on(referral=referral, officer=other, note="出差", by=officer, at=AT)
    waiting = a_desk_member(other)
    with pytest.raises(IntegrityError, match="themselves"), transaction.atomic():
        DeskMember.objects.filter(pk=waiting.pk).update(made_by_ref=other.ref)
    member = DeskMember.objects.approved().get()
    end_membership(member=member, by=make_staff_user(), at=AT)
    with pytest.raises(UnableToList, match="not on the desk"):
        end_membership(member=member, by=make_staff_user(), at=AT)


@pytest.mark.django_db
def test_who_leaves_hands_referrals_on_first_and_a_colleague_takes_what_was_left(
    referral, manager, officer
):
    qualify(referral=referral, desk_officer=officer, note="财务健康", by=manager, at=AT)
    find = left_behind.get("products.referrals")
    assert (find(officer).count, find(manager).count) == (1, 0)
    colleague = make_staff(Role.HEAD_OFFICE)
    officer.is_active = False
    officer.save()
    row = hand_referral_on(
        referral=referral, officer=colleague, note="同事离职", by=colleague, at=AT
    )
    assert row.next_by_ref == colleague.ref
    assert (find(officer).count, find(colleague).count) == (0, 1)


@pytest.mark.parametrize("old", ReferralStatus.values)
@pytest.mark.parametrize("new", ReferralStatus.values)
def test_a_referral_steps_only_along_its_table(old: str, new: str):
    made = Referral(status=old)
    if REFERRAL_TRANSITIONS.allows(old, new):
        made.move_to(new)
        assert made.status == new
    else:
        with pytest.raises(IllegalTransition):
            made.move_to(new)
    assert REFERRAL_TRANSITIONS.terminal == set(ReferralStatus.values) - set(PURSUED)
