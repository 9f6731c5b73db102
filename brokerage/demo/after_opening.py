"""What follows an activation in the demonstration: first days, credit, a rest, a document's end.

The worker does the same when the events arrive; here it is there before anybody looks.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from accounts.dormancy.dated import dormancy_terms
from accounts.models import (
    Application,
    Dormancy,
    FirstDays,
    IdDocument,
    OpeningCredit,
    StepForecast,
    StepMedian,
)
from accounts.plan.states import GreetingOutcome
from accounts.states import Status
from accounts.use_cases.credit_opening import credit_opening, dispute_opening
from accounts.use_cases.first_days import begin_first_days, note_greeting
from accounts.use_cases.watch_document import take_in_document, watch_document
from brokerage.core.clock import business_date
from brokerage.users.models import User

MANAGER, OFFICER = "manager@demo.example", "officer@demo.example"
ENDS_IN = 20
DAYS = 14
SWING = (0.85, 1.1, 0.95, 1.2, 1.0, 0.9, 1.05)
"""How far a day's median lay from its promise, in turn."""


def build_after_opening(*, at: datetime) -> int:
    """Make what is not there yet; returns how many records were added."""
    if OpeningCredit.objects.exists():
        return 0
    active = list(Application.objects.filter(status=Status.ACTIVE).order_by("pk"))
    for application in active:
        begin_first_days(application=application, at=application.stage_since)
        credit_opening(application=application, at=application.stage_since)
    made = 2 * len(active) + _greet(at) + _dispute(at) + _forecasts(at)
    if active:
        made += _document_ends(active[-1], at) + _rest(active[-1], at)
    return made


def _greet(at: datetime) -> int:
    """One customer was talked with; the others wait for their outlet."""
    plan = FirstDays.objects.filter(greet_by__isnull=False).order_by("pk").first()
    officer = User.objects.get(email=OFFICER)
    if plan is None:
        return 0
    note_greeting(
        plan=plan,
        outcome=GreetingOutcome.TALKED,
        note="会用手机交易，想了解国债逆回购。",
        officer=officer,
        at=at - timedelta(days=1),
    )
    return 1


def _dispute(at: datetime) -> int:
    credit = OpeningCredit.objects.filter(disputed_until__gt=at).order_by("pk").first()
    if credit is None:
        return 0
    manager = User.objects.get(email=MANAGER)
    reason = "客户由我部员工现场介绍，扫码时没有带上员工码。"
    dispute_opening(credit=credit, reason=reason, by=manager, at=at - timedelta(hours=5))
    return 1


def _forecasts(at: datetime) -> int:
    """Two weeks of comparing; the nightly job adds to them."""
    today = business_date(at)
    rows = [
        StepForecast(
            step=median.step,
            on=today - timedelta(days=back),
            promised=median.seconds,
            measured=round(median.seconds * SWING[(back + place) % len(SWING)]),
            error=round(median.seconds * 0.18) + 2,
            sample=5 + (back + place) % 7,
        )
        for place, median in enumerate(StepMedian.objects.order_by("step"))
        for back in range(1, DAYS + 1)
    ]
    return len(StepForecast.objects.bulk_create(rows))


def _document_ends(application: Application, at: datetime) -> int:
    """The document of one customer ends soon, so that the ladder can be seen."""
    document = take_in_document(application=application, at=at)
    if document is None:
        return 0
    ends = business_date(at) + timedelta(days=ENDS_IN)
    IdDocument.objects.filter(pk=document.pk).update(valid_to=ends)
    watch_document(document=document, at=at)
    return 1


def _rest(application: Application, at: datetime) -> int:
    """The same customer was told of the rest of an unused account."""
    on = business_date(at)
    terms = dormancy_terms(on)
    Dormancy.objects.create(
        application=application,
        told_on=on,
        rests_on=on + timedelta(days=terms.notice_days),
        looked_on=on,
        rule_version=terms.version,
    )
    return 1
