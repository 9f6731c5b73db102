"""A day whose files will never come is given up by two people; then no average counts it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.urls import reverse

from brokerage.backoffice.four_eyes import Decision, FourEyesRefused, decide
from brokerage.core.roles import Role
from brokerage.journal.models import Entry
from brokerage.reference.calendars import add_trading_days
from holdings import tasks
from holdings.models import WaivedDay
from holdings.selectors.averages import (
    average_of,
    counted_days,
    days_before,
    late_days,
    measured_tier,
)
from holdings.states import FileKind, Tier
from holdings.use_cases.freeze_average import freeze_average
from holdings.use_cases.measure_assets import measure_assets
from holdings.use_cases.waive_day import UnableToWaive, propose_waiver
from suitability.rules.reasons import Code
from suitability.selectors.permissions import ways_of
from tests.backoffice.factories import desk_of
from tests.branches.factories import make_staff, make_unit
from tests.holdings.factories import (
    ACTOR,
    AT,
    MON,
    TUE,
    WED,
    a_day,
    a_file,
    an_account,
    securities,
    take,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Monday and Wednesday came, Tuesday did not; what is queued runs at once."""
    monkeypatch.setattr(tasks.measure, "defer", lambda: measure_assets(at=AT))
    made = an_account()
    securities()
    a_day(made, MON, value="3000000", cash="0")
    measure_assets(at=AT)
    a_day(made, WED, value="1", cash="0")
    return made


def waived() -> WaivedDay:
    row = propose_waiver(
        day=TUE,
        reason="lost at the counter",
        maker=make_staff(Role.OPERATIONS, make_unit()),
        at=AT,
    )
    checker = make_staff(Role.COMPLIANCE, make_unit())
    return decide(model=WaivedDay, ref=row.ref, checker=checker, decision=Decision.APPROVED, at=AT)


def test_averages_leave_the_day_out_and_everybody_is_measured_at_once(account: Any):
    assert measure_assets(at=AT) == 0, "Tuesday is waited for"
    on = add_trading_days(WED, 1)
    before = days_before(on, 20)
    row = waived()

    assert late_days(MON, WED) == []
    days = counted_days(on, 20)
    assert (len(days), TUE in days, set(before) - set(days)) == (20, False, {TUE})
    assert average_of(account.customer, on, 2) == (3000000 + 1) / 2
    assert measured_tier(account.customer) == Tier.FULL
    assert account.customer.assets.day == WED
    assert Entry.objects.get(kind="holdings.day_waived").subject_ref == row.ref


def test_evidence_names_the_day_that_was_left_out(account: Any):
    waived()
    on = add_trading_days(WED, 1)
    kept = freeze_average(
        customer=account.customer, purpose="x", on=on, days=20, actor=ACTOR, at=AT
    )
    assert kept.left_out == [TUE.isoformat()]
    assert len(kept.amounts) == 20
    assert TUE.isoformat() not in dict(kept.amounts)


def test_the_distance_counts_without_the_day_and_says_so(account: Any):
    on = add_trading_days(WED, 1)

    def average() -> Any:
        ways = ways_of(account.customer, on, key="star")
        return next(each for each in ways[0].distance.conditions if each.kind == "average")

    assert Code.AVERAGE_WAITS in {each.code for each in average().reasons}
    waived()
    said = {each.code: each.parameters for each in average().reasons}
    assert Code.AVERAGE_WAITS not in said
    assert said[Code.AVERAGE_LEAVES_OUT]["date"] == TUE.isoformat()


def test_files_that_come_after_all_count_again(account: Any):
    waived()
    for kind in (FileKind.POSITIONS, FileKind.CASH, FileKind.MARGIN):
        take(a_file(kind, [], day=TUE))
    assert TUE in counted_days(add_trading_days(WED, 1), 20)


def test_only_a_day_that_is_waited_for_is_given_up(account: Any):
    maker = make_staff(Role.OPERATIONS, make_unit())
    for day in (MON, TUE - timedelta(days=30), AT.date()):
        with pytest.raises(UnableToWaive, match="do not wait"):
            propose_waiver(day=day, reason="lost", maker=maker, at=AT)
    with pytest.raises(UnableToWaive, match="Say why"):
        propose_waiver(day=TUE, reason=" ", maker=maker, at=AT)
    row = propose_waiver(day=TUE, reason="lost", maker=maker, at=AT)
    with pytest.raises(UnableToWaive, match="already"):
        propose_waiver(day=TUE, reason="lost", maker=maker, at=AT)
    assert late_days(MON, WED) == [TUE], "one person decides nothing"
    values = {"day": TUE, "reason": "x", "made_by_ref": maker.ref, "made_at": AT}
    with pytest.raises(IntegrityError, match="given_up_once"), transaction.atomic():
        WaivedDay.objects.create(**values)
    for kind in (FileKind.POSITIONS, FileKind.CASH, FileKind.MARGIN):
        take(a_file(kind, [], day=TUE))
    checker = make_staff(Role.COMPLIANCE, make_unit())
    with pytest.raises(FourEyesRefused, match="have come"):
        decide(model=WaivedDay, ref=row.ref, checker=checker, decision=Decision.APPROVED, at=AT)


@time_machine.travel(AT, tick=False)
def test_operations_propose_and_compliance_decide_on_pages(account: Any):
    unit = make_unit()
    operations, compliance = (
        desk_of(make_staff(role, unit)) for role in (Role.OPERATIONS, Role.COMPLIANCE)
    )
    add = reverse("admin:holdings_waivedday_add")
    assert add in operations.get(reverse("admin:holdings_desk")).content.decode()
    assert compliance.get(add).status_code == 403
    operations.post(add, {"day": TUE.isoformat(), "reason": "lost at the counter"})
    row = WaivedDay.objects.get()
    url = reverse("admin:holdings_waivedday_decide", args=[row.ref])
    assert operations.post(url, {"decision": "approved"}).status_code in (403, 404)
    compliance.post(url, {"decision": "approved"})
    row.refresh_from_db()
    assert row.is_approved
    assert measured_tier(account.customer) == Tier.FULL
