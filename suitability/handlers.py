"""What follows when a class moves and when a paper is handed in."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from branches.models import OrgUnit
from branches.selectors import head_of
from brokerage.core.clock import business_date
from brokerage.customers.models import Customer
from brokerage.messaging import send
from suitability.events import AssessmentSubmitted, ClassChanged
from suitability.models import Assessment, DoubleRecording, StatusRequest
from suitability.professional_events import (
    StatusGivenUp,
    StatusGranted,
    StatusRefused,
    StatusReturned,
)
from suitability.sale_events import RecordingChecked
from suitability.use_cases.coaching import look_for_coaching

TO_CUSTOMER = "suitability.class_changed"
TO_BRANCH = "suitability.class_changed_branch"
RECORDING = {True: "suitability.recording_passed", False: "suitability.recording_failed"}


def tell_customer(event: ClassChanged, entry: Any) -> None:
    """Write to the customer; a first class is no change, its letter was just confirmed."""
    if not event.before:
        return
    assessment = Assessment.objects.select_related("customer__user").get(ref=event.subject)
    send(
        kind=TO_CUSTOMER,
        customer=assessment.customer,
        context={"link": assessment.get_absolute_url()},
        at=entry.at,
        dedupe_key=f"{TO_CUSTOMER}:{entry.ref}",
    )


def tell_branch(event: ClassChanged, entry: Any) -> None:
    """Write to the head of the customer's outlet, without a name and without the class."""
    if not event.before:
        return
    rows = Assessment.objects.select_related("customer")
    _tell_head(rows.get(ref=event.subject).customer, entry)


def tell_of_decision(event: StatusGranted | StatusRefused | StatusReturned, entry: Any) -> None:
    """Write to the customer how their application as a professional investor went, and why."""
    rows = StatusRequest.objects.select_related("customer__user")
    request = rows.get(ref=event.subject)
    context = {"link": request.get_absolute_url(), "reason": request.reason}
    send(
        kind=event.kind,
        customer=request.customer,
        context=context,
        at=entry.at,
        dedupe_key=f"{event.kind}:{entry.ref}",
    )


def tell_branch_of_status(event: StatusGranted | StatusGivenUp, entry: Any) -> None:
    """Write to the head of the customer's outlet that matching treats somebody otherwise now."""
    _tell_head(Customer.objects.get(ref=event.customer), entry)


def _tell_head(customer: Customer, entry: Any) -> None:
    if customer.home_outlet_ref is None:
        return
    unit = OrgUnit.objects.filter(ref=customer.home_outlet_ref).first()
    head = head_of(unit, business_date(entry.at)) if unit else None
    if head is None:
        return
    send(
        kind=TO_BRANCH,
        user=head.user,
        context={},
        at=entry.at,
        dedupe_key=f"{TO_BRANCH}:{entry.ref}",
    )


def look_for_signs(event: AssessmentSubmitted, entry: Any) -> None:
    """Look for signs of coaching in a paper that was handed in."""
    rows = Assessment.objects.select_related("customer", "questionnaire")
    look_for_coaching(assessment=rows.get(ref=event.subject), at=entry.at)


def tell_recorder(event: RecordingChecked, entry: Any) -> None:
    """Write to who made a recording whether it passed: the customer waits for it."""
    rows = DoubleRecording.objects.select_related("recorded_by")
    recording = rows.get(ref=event.subject)
    kind = RECORDING[event.passed]
    send(
        kind=kind,
        user=recording.recorded_by,
        context={
            "link": reverse("admin:suitability_doublerecording_change", args=[recording.ref])
        },
        at=entry.at,
        dedupe_key=f"{kind}:{entry.ref}",
    )
