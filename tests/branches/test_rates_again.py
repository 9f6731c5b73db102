"""Released rates are compared with fees that come, and become tasks of whoever proposes there."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from branches.commission.home import rates
from branches.commission.quoting import Fees, Item, Terms, all_in_rate, breaches
from branches.models import AgreedRate, RateReview
from branches.tasks import look_at_rates_again
from branches.use_cases.agree_rate import UnableToAgree, agree_rate
from branches.use_cases.review_rates import review_rates
from brokerage.core.roles import Role
from brokerage.journal.models import Entry
from brokerage.reference.dated import close
from brokerage.reference.models import Rule
from tests.backoffice.factories import desk_of, staff
from tests.branches.factories import ACTOR, make_head_office, make_staff, make_unit
from tests.branches.test_commission_rates import released
from tests.customers.factories import a_customer

pytestmark = pytest.mark.django_db
AT = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
TODAY = date(2026, 3, 2)
COMES = TODAY + timedelta(days=20)
LOW = "0.00006"  # above the floor of today, 0.0000541


@pytest.fixture(autouse=True)
def now(time_machine: Any) -> None:
    time_machine.move_to(AT, tick=False)


def fees_rise(on: date = COMES, handling: str = "0.00006") -> Rule:
    """An approved fee of Shanghai shares from a day on."""
    old = Rule.objects.in_force("commission.fees", TODAY, "SH:stock")
    Rule.objects.filter(pk=old.pk).update(valid_to=on)
    return Rule.objects.create(
        key="commission.fees",
        scope="SH:stock",
        valid_from=on,
        value=old.value | {"handling": handling},
        source="test",
        confidence="S",
        decision="approved",
        made_by_ref=old.made_by_ref,
        checked_by_ref=old.checked_by_ref,
        made_at=old.made_at,
        checked_at=old.checked_at,
    )


def look(at: datetime = AT) -> int:
    return review_rates(actor=ACTOR, at=at)


def test_nothing_is_found_while_every_rate_fits() -> None:
    released(make_unit(), LOW)
    assert look() == 0


def test_a_rate_below_coming_fees_is_found_once_and_recorded() -> None:
    rate = released(make_unit(), LOW)
    released(make_unit(), "0.00025")
    fees = fees_rise()

    assert (look(), look()) == (1, 0)

    review = RateReview.objects.get()
    assert (review.rate, review.breach) == (rate, "below_floor")
    assert (review.limit, review.fees_version) == (Decimal("0.00008"), fees.version)
    assert (review.fees_from, review.due_on) == (COMES, COMES)
    assert Entry.objects.get(kind="branches.rate_found").subject_ref == rate.ref


def test_fees_farther_away_than_the_rule_says_wait(time_machine: Any) -> None:
    released(make_unit(), LOW)
    fees_rise(TODAY + timedelta(days=31))
    assert look() == 0
    time_machine.move_to(AT + timedelta(days=1), tick=False)
    look_at_rates_again(0)
    assert RateReview.objects.count() == 1


def test_a_rate_that_ends_before_the_fees_begin_is_left_alone() -> None:
    unit, customer = make_unit(), a_customer("+8613700009001")
    released(unit, LOW, customer=customer, valid_to=COMES, reason="大客户")
    fees_rise()
    assert look() == 0


def test_who_proposes_rates_there_has_the_task_until_another_is_released() -> None:
    unit, customer = make_unit(), a_customer("+8613700009002")
    own = {"customer": customer, "reason": "大客户", "valid_to": TODAY + timedelta(days=90)}
    rate = released(unit, LOW, **own)
    fees_rise()
    look()
    manager, stranger = make_staff(Role.BRANCH_MANAGER, unit), make_staff(Role.BRANCH_MANAGER)
    elsewhere = make_staff(Role.BRANCH_MANAGER, make_unit())

    (task,) = rates(manager, AT)
    assert task.url == reverse("admin:branches_commissionrate_change", args=[rate.ref])
    assert "below the fees" in str(task.title)
    assert task.due_at is not None
    assert task.due_at.date() == COMES
    assert len(list(rates(stranger, AT))) == 1  # at head office: the whole firm
    assert list(rates(elsewhere, AT)) == []
    assert list(rates(make_staff(Role.REVIEWER, unit), AT)) == []

    released(unit, "0.0001", **own | {"valid_from": TODAY + timedelta(days=5)})
    assert list(rates(manager, AT)) == []


def test_fees_withdrawn_before_they_came_end_the_task() -> None:
    unit = make_unit()
    released(unit, LOW)
    fees = fees_rise()
    look()
    manager = make_staff(Role.BRANCH_MANAGER, unit)
    assert len(list(rates(manager, AT))) == 1

    close(fees, valid_to=COMES, at=AT)

    assert list(rates(manager, AT)) == []
    released(make_unit(), LOW)
    assert look() == 0


def test_the_page_of_the_rate_leads_to_one_in_its_place() -> None:
    unit = make_unit()
    rate, fine = released(unit, LOW), released(make_unit())
    fees_rise()
    look()
    desk = desk_of(staff(Role.BRANCH_MANAGER, unit))

    page = desk.get(reverse("admin:branches_commissionrate_change", args=[rate.ref]))
    assert page.context["replace_url"]
    form = desk.get(page.context["replace_url"]).context["adminform"].form
    assert str(form["market"].value()) == "SH"
    page = desk_of(staff(Role.HEAD_OFFICE)).get(
        reverse("admin:branches_commissionrate_change", args=[fine.ref])
    )
    assert not page.context["replace_url"]


def test_nobody_agrees_to_a_rate_that_the_fees_do_not_allow(time_machine: Any) -> None:
    rate = released(make_head_office(), LOW)
    fees_rise()
    time_machine.move_to(AT + timedelta(days=20), tick=False)
    with pytest.raises(UnableToAgree):
        agree_rate(
            customer=a_customer("+8613700009003"),
            rate=rate,
            actor=ACTOR,
            channel="portal",
            at=AT + timedelta(days=20),
        )
    assert not AgreedRate.objects.exists()


shares = st.decimals(min_value=0, max_value="0.0003", places=8)


@given(rate=shares, handling=shares, regulatory=shares, inside=st.sets(st.sampled_from(Item)))
def test_a_rate_that_fits_the_fees_never_loses_money(
    rate: Decimal, handling: Decimal, regulatory: Decimal, inside: set[Item]
) -> None:
    fees = Fees(
        version="t",
        handling=handling,
        regulatory=regulatory,
        transfer=Decimal("0.00001"),
        stamp_duty=Decimal(0),
    )
    terms = Terms(rate=rate, includes=frozenset(inside))
    fits = "below_floor" not in set(breaches(terms, fees, cap=Decimal("0.003")))
    assert fits == (all_in_rate(terms, fees) >= handling + regulatory)
