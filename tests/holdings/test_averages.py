"""Averages by sets equal a naive count; evidence is frozen; the tier follows the dated rule."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date, timedelta
from decimal import ROUND_DOWN, Decimal
from typing import Any

import pytest
from django.db import ProgrammingError, transaction

from brokerage.core.money import CENT
from brokerage.journal.models import Entry
from brokerage.reference.calendars import add_trading_days
from brokerage.reference.models import Rule
from brokerage.reference.schemas import BadRuleValue, schemas
from holdings.models import AssetSnapshot, CustomerAssets
from holdings.selectors.averages import average_of, days_before, measured_tier, service_tier
from holdings.standing import standing
from holdings.states import Tier
from holdings.use_cases.freeze_average import freeze_average
from holdings.use_cases.measure_assets import measure_assets
from suitability.rules.permission_rules import Kind
from suitability.selectors import permissions
from suitability.selectors.permissions import ways_of
from tests.customers.factories import a_customer
from tests.holdings.factories import (
    ACTOR,
    AT,
    MON,
    a_day,
    a_snapshot,
    an_account,
    securities,
)
from tests.reference.factories import make_rule

pytestmark = pytest.mark.django_db
TODAY = AT.date()


def naive(customer: Any, days: list[date]) -> Decimal:
    total = Decimal()
    for day in days:
        row = AssetSnapshot.objects.filter(customer=customer, day=day).first()
        total += row.counted if row else Decimal()
    return (total / 20).quantize(CENT, ROUND_DOWN)


def test_averages_of_everybody_equal_a_naive_count():
    chance = random.Random(20)
    days = days_before(TODAY, 24)
    customers = [a_customer(f"+86137000880{n:02d}") for n in range(12)]
    for customer in customers:
        for day in days:
            if chance.random() < 0.8:
                cents = chance.randint(-5_000_00, 400_000_00)
                a_snapshot(customer, day, Decimal(cents) / 100)
    newest = max(AssetSnapshot.objects.values_list("day", flat=True))
    window = days_before(newest + timedelta(days=1), 20)

    measure_assets(at=AT)

    for customer in customers:
        found = CustomerAssets.objects.get(customer=customer)
        assert found.average == naive(customer, window)
        assert found.average == average_of(customer, newest + timedelta(days=1), 20)
        assert found.tier == (Tier.FULL if found.average >= 100_000 else Tier.BASIC)


def test_measuring_again_changes_nothing_and_who_has_nothing_left_is_basic():
    customer = a_customer()
    snapshot = a_snapshot(customer, MON, 5_000_000)
    other = a_snapshot(a_customer("+8613700088099"), MON, 1)
    assert measure_assets(at=AT) == 2
    assert measure_assets(at=AT) == 0
    assert measured_tier(customer) == Tier.FULL
    snapshot.delete()
    assert measure_assets(at=AT) == 1
    assert measured_tier(customer) == Tier.BASIC
    assert measured_tier(other.customer) == Tier.BASIC
    Rule.objects.filter(key="holdings.service_tier").update(valid_to=TODAY)
    value = {"days": 20, "least": "200000"}
    rule = make_rule(AT, key="holdings.service_tier", value=value, valid_from=TODAY)
    assert measure_assets(at=AT) == 2, "a new rule is told by those who have nothing, too"
    versions = CustomerAssets.objects.values_list("rule_version", flat=True)
    assert set(versions) == {rule.version}


@pytest.mark.parametrize("least", ["Infinity", "NaN", "0", "-1", 100_000, None])
def test_a_tier_rule_names_a_finite_amount(least: Any):
    with pytest.raises(BadRuleValue):
        schemas.get("holdings.service_tier").read({"days": 20, "least": least})


def test_the_day_of_the_application_does_not_count():
    customer = a_customer()
    a_snapshot(customer, MON, 20_000)
    assert average_of(customer, MON, 20) == 0
    assert average_of(customer, MON + timedelta(days=1), 20) == 1_000


def test_the_tier_changes_with_the_rule_on_its_day():
    customer = a_customer()
    a_snapshot(customer, MON, 2_000_000)  # 100,000 on average
    assert service_tier(customer, TODAY) == Tier.FULL
    Rule.objects.filter(key="holdings.service_tier").update(valid_to=TODAY)
    value = {"days": 20, "least": "100000.01"}
    make_rule(AT, key="holdings.service_tier", value=value, valid_from=TODAY)
    assert service_tier(customer, TODAY) == Tier.BASIC
    assert service_tier(customer, TODAY - timedelta(days=1)) == Tier.FULL


def test_evidence_keeps_each_day_and_no_correction_changes_it():
    account = an_account()
    securities()
    a_day(account, MON, value="39000", cash="1000")

    kept = freeze_average(
        customer=account.customer,
        purpose="permission.star",
        on=TODAY,
        days=20,
        actor=ACTOR,
        at=AT,
    )

    assert (kept.average, len(kept.amounts)) == (Decimal(2000), 20)
    assert [MON.isoformat(), "40000.00"] in kept.amounts
    assert Entry.objects.filter(kind="holdings.average_frozen", subject_ref=kept.ref).exists()
    a_later = freeze_average(
        customer=account.customer, purpose="x", on=MON, days=20, actor=ACTOR, at=AT
    )
    assert a_later.average == 0
    kept.average = Decimal(1)
    with pytest.raises(ProgrammingError, match="pgtrigger"), transaction.atomic():
        kept.save()


def test_the_distance_to_a_permission_shows_real_assets():
    stranger, account = a_customer("+8613700088098"), an_account()
    start = add_trading_days(TODAY, -20)
    for n in range(20):
        a_snapshot(account.customer, add_trading_days(start, n) if n else start, 120_000)

    def average(customer: Any) -> Any:
        conditions = ways_of(customer, TODAY, key="chinext")[0].distance.conditions
        return next(each for each in conditions if each.kind == "average")

    assert not average(stranger).met
    assert average(account.customer).met
    AssetSnapshot.objects.filter(day=start).delete()
    assert average(account.customer).met, "2,280,000 over 20 days are enough"
    AssetSnapshot.objects.filter(day__lt=add_trading_days(start, 5)).delete()
    found = average(account.customer)
    assert not found.met
    assert found.missing == Decimal(10_000)


def test_a_permission_may_average_over_more_days_than_any_shipped_one(
    monkeypatch: pytest.MonkeyPatch,
):
    account = an_account()
    days = days_before(TODAY, 70)
    for day in days:
        a_snapshot(account.customer, day, 100_000)
    (shipped,) = permissions.permissions_on(TODAY, "chinext")
    longer = replace(
        shipped.rule,
        persons=tuple(
            replace(each, days=70) if each.kind is Kind.AVERAGE else each
            for each in shipped.rule.persons
        ),
    )
    monkeypatch.setattr(
        permissions, "permissions_on", lambda on, key="": [replace(shipped, rule=longer)]
    )
    (way,) = ways_of(account.customer, TODAY)
    average = next(each for each in way.distance.conditions if each.kind is Kind.AVERAGE)
    assert average.met
    assert len(standing(account.customer, TODAY).assets or ()) == 70
