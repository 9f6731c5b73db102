"""First days and credits of active accounts, made through the use cases."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import count
from typing import Any

from accounts.dormancy.dated import dormancy_terms
from accounts.models import (
    Application,
    Assist,
    CaseRelease,
    Dormancy,
    FirstDays,
    OpeningCredit,
)
from accounts.states import Status, Step
from accounts.use_cases.credit_opening import credit_opening
from accounts.use_cases.first_days import begin_first_days
from branches.models import EntryCode, OrgUnit
from brokerage.core.clock import business_date
from brokerage.core.roles import Role
from brokerage.users.models import User
from tests.accounts.factories import AT, an_application
from tests.branches.factories import make_staff, make_unit
from tests.customers.factories import a_customer

_numbers = count(1)


def an_active(**given: Any) -> Application:
    """An active account of a customer of its own."""
    return an_application(
        Status.ACTIVE, customer=a_customer(f"+8613711{next(_numbers):06d}"), **given
    )


def first_days(*, at: datetime = AT, **given: Any) -> FirstDays:
    """The running plan of an active account."""
    plan = begin_first_days(application=an_active(**given), at=at)
    assert plan is not None
    return plan


def came_by(application: Application, unit: OrgUnit, person: User | None = None) -> EntryCode:
    """Have an application begun by a code of ours."""
    code = EntryCode.objects.create(
        unit=unit, person=person, starts_at=AT, ends_at=AT + timedelta(days=300)
    )
    Application.objects.filter(pk=application.pk).update(entry_ref=code.ref, origin_ref=code.ref)
    return code


def helped(application: Application, step: Step, outlet: OrgUnit | None = None) -> Assist:
    """An outlet finished a step with the customer."""
    outlet = outlet or make_unit()
    helper = make_staff(Role.OPENING_OFFICER, outlet)
    release = CaseRelease.objects.filter(application=application, outlet=outlet).first()
    if release is None:
        release = CaseRelease.objects.create(
            application=application,
            status="ended",
            helper=helper,
            outlet=outlet,
            offered_at=AT,
            taken_at=AT,
            until=AT + timedelta(hours=2),
            ended_at=AT + timedelta(hours=1),
            ended_by="staff",
        )
    assert release.helper is not None
    return Assist.objects.create(
        application=application,
        release=release,
        step=step,
        outlet=outlet,
        helper=release.helper,
        done_at=AT,
    )


def a_credit(*, at: datetime = AT, **given: Any) -> OpeningCredit:
    """The credit of an active account."""
    credit = credit_opening(application=an_active(**given), at=at)
    assert credit is not None
    return credit


def a_rest(application: Application | None = None, *, at: datetime = AT) -> Dormancy:
    """An active account whose customer was told of its rest."""
    on = business_date(at)
    terms = dormancy_terms(on)
    return Dormancy.objects.create(
        application=application or an_active(at=at),
        told_on=on,
        rests_on=on + timedelta(days=terms.notice_days),
        looked_on=on,
        rule_version=terms.version,
    )
