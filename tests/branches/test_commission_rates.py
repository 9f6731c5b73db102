"""Who may go how low, which rate applies, and what the database refuses."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from branches.commission.selectors import NoRate, Trade, quote_for, rate_for
from branches.models import AgreedRate, CommissionRate
from branches.states import Kind
from branches.use_cases.agree_rate import UnableToAgree, agree_rate
from branches.use_cases.propose_rate import UnableToPropose, propose_rate
from brokerage.backoffice.four_eyes import FourEyesRefused, decide
from brokerage.core.four_eyes import Decision
from brokerage.core.roles import Role
from brokerage.journal.models import Entry
from tests.branches.factories import ACTOR, make_head_office, make_staff, make_unit
from tests.customers.factories import a_customer

pytestmark = pytest.mark.django_db
AT = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
TODAY = date(2026, 3, 2)
TRADE = Trade(market="SH", product="stock", amount=Decimal("66110.00"))


def values(unit: Any, rate: str = "0.00025", **more: Any) -> dict[str, Any]:
    return {
        "unit": unit,
        "market": "SH",
        "product": "stock",
        "rate": Decimal(rate),
        "valid_from": TODAY,
    } | more


def proposed(unit: Any, rate: str = "0.00025", **more: Any) -> CommissionRate:
    return propose_rate(maker=make_staff(Role.HEAD_OFFICE), at=AT, **values(unit, rate, **more))


def released(unit: Any, rate: str = "0.00025", **more: Any) -> CommissionRate:
    row = proposed(unit, rate, **more)
    return decided(row, make_staff(Role.HEAD_OFFICE))


def decided(row: CommissionRate, checker: Any) -> CommissionRate:
    return decide(
        model=CommissionRate, ref=row.ref, checker=checker, decision=Decision.APPROVED, at=AT
    )


@pytest.fixture(autouse=True)
def now(time_machine: Any) -> None:
    time_machine.move_to(AT, tick=False)


def test_the_nearest_unit_with_a_rate_counts_and_a_customers_own_goes_first() -> None:
    company = make_unit(Kind.BRANCH_COMPANY)
    outlet, other = make_unit(under=company), make_unit(under=company)
    standard = released(make_head_office(), "0.0003")
    assert rate_for(outlet=outlet, trade=TRADE, on=TODAY) == standard
    regional = released(company, "0.00025")
    assert rate_for(outlet=outlet, trade=TRADE, on=TODAY) == regional
    local = released(outlet, "0.0002")
    assert rate_for(outlet=outlet, trade=TRADE, on=TODAY) == local
    assert rate_for(outlet=other, trade=TRADE, on=TODAY) == regional
    customer = a_customer()
    own = released(
        outlet,
        "0.00008",
        customer=customer,
        reason="大额客户",
        valid_to=TODAY + timedelta(days=90),
    )
    found, bill = quote_for(outlet=outlet, trade=TRADE, on=TODAY, customer=customer)
    assert (found, bill.total) == (own, Decimal("5.95"))
    assert (
        rate_for(outlet=outlet, trade=TRADE, on=TODAY, customer=a_customer("+8613800138222"))
        == local
    )
    assert (
        rate_for(outlet=outlet, trade=TRADE, on=TODAY + timedelta(days=90), customer=customer)
        == local
    )


def test_without_any_rate_there_is_no_quote() -> None:
    outlet = make_unit()
    proposed(outlet)  # a proposal is no rate
    with pytest.raises(NoRate):
        quote_for(outlet=outlet, trade=TRADE, on=TODAY)


@pytest.mark.parametrize(
    ("place", "lowest", "too_low"),
    [
        (Kind.OUTLET, "0.0002", "0.00019999"),
        (Kind.BRANCH_COMPANY, "0.00012", "0.00011999"),
        (Kind.HEAD_OFFICE, "0.0000541", None),
    ],
)
def test_how_low_a_rate_may_be_depends_on_who_releases_it(
    place: Kind, lowest: str, too_low: str | None
) -> None:
    company = make_unit(Kind.BRANCH_COMPANY)
    outlet = make_unit(under=company)
    at = {Kind.OUTLET: outlet, Kind.BRANCH_COMPANY: company, Kind.HEAD_OFFICE: None}[place]
    role = Role.HEAD_OFFICE if place == Kind.HEAD_OFFICE else Role.BRANCH_MANAGER
    checker = make_staff(role, at)
    maker = make_staff(Role.HEAD_OFFICE)
    if too_low:
        row = propose_rate(maker=maker, at=AT, **values(outlet, too_low))
        with pytest.raises(FourEyesRefused, match="higher level"):
            decided(row, checker)
        row.refresh_from_db()
        assert row.is_pending
    row = propose_rate(maker=maker, at=AT, **values(outlet, lowest))
    assert decided(row, checker).is_approved


def test_the_maker_never_releases_and_a_stranger_sees_nothing() -> None:
    outlet = make_unit()
    maker = make_staff(Role.BRANCH_MANAGER, outlet)
    row = propose_rate(maker=maker, at=AT, **values(outlet))
    with pytest.raises(FourEyesRefused):
        decided(row, maker)
    from django.http import Http404

    with pytest.raises(Http404):
        decided(row, make_staff(Role.BRANCH_MANAGER, make_unit()))


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"rate": Decimal("0.003"), "includes_handling": False}, "rate"),
        ({"rate": Decimal("0.00005")}, "rate"),
        ({"rate": Decimal("-0.0001")}, "__all__"),
        ({"rate": Decimal("0.0031")}, "__all__"),
        ({"minimum": Decimal("5.01")}, "__all__"),
        ({"rate": None}, "__all__"),
        ({"product": "option"}, "__all__"),
        ({"market": "HK"}, "market"),
        ({"market": "BJ", "product": "fund"}, "market"),  # nobody entered fees
        ({"valid_to": TODAY - timedelta(days=1)}, "__all__"),
    ],
)
def test_a_wrong_rate_is_refused_beside_its_field(change: dict[str, Any], field: str) -> None:
    unit = make_unit()
    with pytest.raises(UnableToPropose) as refused:
        propose_rate(maker=make_staff(Role.HEAD_OFFICE), at=AT, **(values(unit) | change))
    assert field in refused.value.errors
    assert CommissionRate.objects.count() == 0


def test_a_customers_own_rate_needs_an_end_and_a_reason() -> None:
    unit, customer = make_unit(), a_customer()
    with pytest.raises(UnableToPropose, match="needs an end"):
        proposed(unit, customer=customer)
    with pytest.raises(IntegrityError), transaction.atomic():
        CommissionRate.objects.create(
            made_by_ref=customer.ref, made_at=AT, customer=customer, **values(unit)
        )


def test_a_new_rate_closes_the_one_before_it() -> None:
    outlet = make_unit()
    old = released(outlet)
    start = TODAY + timedelta(days=10)
    new = released(outlet, "0.00022", valid_from=start)
    old.refresh_from_db()
    assert (old.valid_to, new.valid_to) == (start, None)
    assert rate_for(outlet=outlet, trade=TRADE, on=start - timedelta(days=1)) == old
    assert rate_for(outlet=outlet, trade=TRADE, on=start) == new


def test_a_rate_cannot_begin_before_the_one_it_replaces() -> None:
    outlet = make_unit()
    released(outlet)
    row = proposed(outlet, "0.00022", valid_from=TODAY - timedelta(days=1))
    with pytest.raises(FourEyesRefused, match="covers"):
        decided(row, make_staff(Role.HEAD_OFFICE))


def test_agreeing_twice_in_one_matter_is_kept_once_and_told() -> None:
    outlet, customer = make_unit(), a_customer()
    row = released(outlet)
    for _ in range(2):
        agreed = agree_rate(
            customer=customer,
            rate=row,
            actor=ACTOR,
            channel="portal",
            at=AT,
            subject_type="accounts.application",
            subject_ref=customer.ref,
        )
    assert AgreedRate.objects.get() == agreed
    assert agreed.fees_version == "commission.fees/SH:stock@2023-08-28"
    assert Entry.objects.filter(kind="branches.rate_agreed").count() == 1


def test_nobody_agrees_to_anothers_rate_or_to_one_that_ended() -> None:
    outlet, customer = make_unit(), a_customer()
    own = released(
        outlet, customer=customer, reason="大额客户", valid_to=TODAY + timedelta(days=1)
    )
    other = a_customer("+8613800138222")
    with pytest.raises(UnableToAgree):
        agree_rate(customer=other, rate=own, actor=ACTOR, channel="portal", at=AT)
    with pytest.raises(UnableToAgree):
        agree_rate(
            customer=customer, rate=own, actor=ACTOR, channel="portal", at=AT + timedelta(days=1)
        )


def test_an_agreement_is_never_changed() -> None:
    row = released(make_unit())
    agreed = agree_rate(customer=a_customer(), rate=row, actor=ACTOR, channel="portal", at=AT)
    with pytest.raises(Exception, match="update"), transaction.atomic():
        AgreedRate.objects.filter(pk=agreed.pk).update(channel="outlet")


@pytest.mark.django_db(transaction=True)
def test_two_rates_of_one_cell_released_at_once_leave_one_at_a_time() -> None:
    outlet = make_unit()
    first, second = proposed(outlet), proposed(outlet, "0.00022")
    checkers = [make_staff(Role.HEAD_OFFICE), make_staff(Role.HEAD_OFFICE)]
    start, outcomes = Barrier(2), []

    def release(row: CommissionRate, checker: Any) -> None:
        start.wait()
        try:
            decided(row, checker)
            outcomes.append("released")
        except (FourEyesRefused, IntegrityError):
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [
        Thread(target=release, args=pair) for pair in zip((first, second), checkers, strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["refused", "released"]
    assert CommissionRate.objects.approved().count() == 1
