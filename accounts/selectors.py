"""Questions about applications."""

from __future__ import annotations

from datetime import date, datetime

from django.db.models import Q, QuerySet

from accounts.dated import REVIEW_MINUTES
from accounts.models import Application
from accounts.rules import Facts, promise
from branches.models import OrgUnit
from branches.states import Kind
from brokerage.core.clock import business_date
from brokerage.customers.models import ConsentText, Customer
from brokerage.reference.calendars import CalendarEnds, is_working_day
from brokerage.reference.models import Rule
from suitability.selectors import counting_assessment

SHARING_PURPOSE = "origin_status"


def open_application(customer: Customer) -> Application | None:
    """The one application of `customer` that is neither decided nor ended."""
    return Application.objects.of(customer).open().select_related("customer", "outlet").first()


def facts_of(application: Application) -> Facts:
    """What the step rules need to know; `assessment` is the one that counts now."""
    return Facts(
        has_name=bool(application.applicant_name),
        has_outlet=application.outlet_id is not None,
        has_assessment=application.assessment is not None,
        has_origin=application.origin_ref is not None,
        sharing_answered=application.sharing is not None,
    )


def with_present_assessment(application: Application, on: date) -> Application:
    """The application with the assessment that would count if it were sent on `on`."""
    if application.is_editable:
        application.assessment = counting_assessment(application.customer, on)
    return application


def sharing_text(language: str, at: datetime) -> ConsentText | None:
    """The text by which a customer lets us tell the institution that sent them."""
    rows = ConsentText.objects.filter(
        purpose=SHARING_PURPOSE, language=language, valid_from__lte=at
    )
    return rows.order_by("-version").first()


def outlets_for_opening(on: date) -> QuerySet[OrgUnit]:
    """Outlets that take applications on the business date `on`."""
    return (
        OrgUnit.objects.filter(kind=Kind.OUTLET, opened_on__lte=on)
        .filter(Q(closed_on=None) | Q(closed_on__gt=on))
        .order_by("division_code", "code")
    )


def review_promise(at: datetime) -> tuple[datetime, str]:
    """By when a review that begins to wait at `at` is promised, and the version of the rule."""
    rule = Rule.objects.in_force(REVIEW_MINUTES, business_date(at))
    return promise(at, rule.figure, _desk_works), rule.version


def _desk_works(day: date) -> bool:
    """A calendar that ends too early must not keep customers from sending: weekdays then."""
    try:
        return is_working_day(day)
    except CalendarEnds:
        return day.weekday() < 5
