"""What a person's own copy of their data says of their assessments."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from brokerage.core import data_export
from brokerage.core.data_export import Person
from brokerage.customers.models import Customer
from brokerage.customers.subjects import RECORDS
from suitability.content import screens
from suitability.explaining import reasons_of
from suitability.models import (
    Assessment,
    Disclosure,
    DoubleRecording,
    Exposure,
    InsistCase,
    InvestorStatus,
    MatchRecord,
    SaleFollowUp,
    SimulatedTrading,
    StatusRequest,
    in_language,
)

MATCHING = ("MatchRecord", "Exposure", "InsistCase", "Disclosure")
UNTOLD = "signs for compliance; telling them would warn whoever told a customer what to answer"


def register() -> None:
    """Called once when the app is ready."""
    data_export.register(
        "assessments",
        title=_("Risk assessments"),
        collect=_assessments,
        order=55,
        covers=("suitability.Assessment", "suitability.JumpReview"),
    )
    data_export.register(
        "matching",
        title=_("What suits you, and what we showed you"),
        collect=_matching,
        order=56,
        covers=(
            "suitability.MatchRecord",
            "suitability.Exposure",
            "suitability.InsistCase",
            "suitability.Disclosure",
        ),
    )
    data_export.register(
        "around_sales",
        title=_("Recordings at outlets, and calls after sales"),
        collect=_around_sales,
        order=58,
        covers=(
            "suitability.DoubleRecording",
            "suitability.RecordingChapter",
            "suitability.SaleFollowUp",
        ),
    )
    data_export.register(
        "professional",
        title=_("Professional investor"),
        collect=_professional,
        order=57,
        covers=(
            "suitability.StatusRequest",
            "suitability.StatusProof",
            "suitability.KnowledgeTest",
            "suitability.InvestorStatus",
            "suitability.SimulatedTrading",
        ),
    )
    for name in ("AnsweringTrace", "CoachingFlag"):
        data_export.exempt(f"suitability.{name}", UNTOLD)
    RECORDS.register("suitability", _refs)
    RECORDS.register("suitability.decisions", _decisions)
    RECORDS.register("suitability.insisting", _insisted)
    RECORDS.register("suitability.requests", _requests)
    RECORDS.register("suitability.disclosures", _disclosures)
    RECORDS.register("suitability.recordings", _recordings)
    RECORDS.register("suitability.follow_ups", _follow_ups)
    RECORDS.register("suitability.practice", _practice)


def _refs(customer: Customer) -> QuerySet[Any, UUID]:
    return Assessment.objects.of(customer).values_list("ref", flat=True)


def _decisions(customer: Customer) -> QuerySet[Any, UUID]:
    return MatchRecord.objects.filter(customer=customer).values_list("ref", flat=True)


def _insisted(customer: Customer) -> QuerySet[Any, UUID]:
    return InsistCase.objects.filter(customer=customer).values_list("ref", flat=True)


def _disclosures(customer: Customer) -> QuerySet[Any, UUID]:
    return Disclosure.objects.filter(customer=customer).values_list("ref", flat=True)


def _recordings(customer: Customer) -> QuerySet[Any, UUID]:
    return DoubleRecording.objects.filter(customer=customer).values_list("ref", flat=True)


def _follow_ups(customer: Customer) -> QuerySet[Any, UUID]:
    return SaleFollowUp.objects.filter(customer=customer).values_list("ref", flat=True)


def _practice(customer: Customer) -> QuerySet[Any, UUID]:
    return SimulatedTrading.objects.filter(customer=customer).values_list("ref", flat=True)


def _around_sales(person: Person) -> list[dict[str, Any]]:
    recordings = DoubleRecording.objects.filter(customer__ref=person.customer)
    calls = SaleFollowUp.objects.filter(customer__ref=person.customer)
    return [
        *(
            {
                "title": row.matter,
                "since": row.begun_at.isoformat(),
                "confirmed_at": row.consented_at.isoformat(),
                "status": row.get_status_display(),
                "answers": [each.shown for each in row.chapters.all()],
            }
            for row in recordings.select_related("record__item", "request")
            .prefetch_related("chapters")
            .order_by("begun_at")
        ),
        *(
            {
                "title": str(row.record.item),
                "since": row.sold_at.isoformat(),
                "sent_at": row.called_at.isoformat() if row.called_at else None,
                "answers": [f"{key}: {given}" for key, given in row.answers.items()],
                "text": row.note,
                "status": row.get_status_display(),
            }
            for row in calls.select_related("record__item").order_by("sold_at")
        ),
    ]


def _told(row: Disclosure) -> dict[str, Any]:
    return {
        "title": str(row.record.item),
        "version": row.text,
        "shown_at": row.shown_at.isoformat(),
        "read_at": row.read_at.isoformat() if row.read_at else None,
        "text": row.extra,
        "confirmed_at": row.done_at.isoformat() if row.done_at else None,
        "status": row.get_status_display(),
    }


def _requests(customer: Customer) -> QuerySet[Any, UUID]:
    return StatusRequest.objects.filter(customer=customer).values_list("ref", flat=True)


def _professional(person: Person) -> list[dict[str, Any]]:
    requests = StatusRequest.objects.filter(customer__ref=person.customer)
    statuses = InvestorStatus.objects.filter(customer__ref=person.customer)
    return [
        *(_request(row) for row in requests.prefetch_related("proofs", "tests").order_by("pk")),
        *(
            {
                "title": row.get_kind_display(),
                "since": row.since.isoformat(),
                "until": (row.ended_on or row.until).isoformat(),
                "why": row.get_ended_why_display(),
            }
            for row in statuses.order_by("pk")
        ),
        *(
            {
                "title": row.get_fact_display(),
                "since": row.first_on.isoformat(),
                "until": row.last_on.isoformat(),
                "proofs": [row.certificate],
            }
            for row in SimulatedTrading.objects.filter(customer__ref=person.customer)
        ),
    ]


def _request(row: StatusRequest) -> dict[str, Any]:
    return {
        "title": row.get_kind_display(),
        "status": row.get_status_display(),
        "text": row.purpose,
        "answers": [row.extra] if row.extra else [],
        "confirmed_at": row.accepted_at.isoformat() if row.accepted_at else None,
        "sent_at": row.submitted_at.isoformat() if row.submitted_at else None,
        "decided_at": row.decided_at.isoformat() if row.decided_at else None,
        "reason": row.reason,
        "proofs": [
            f"{proof} {proof.claimed} ({proof.as_of.isoformat()})" for proof in row.proofs.all()
        ],
        "score": [test.score for test in row.tests.all() if test.submitted_at],
    }


def _matching(person: Person) -> list[dict[str, Any]]:
    decisions = MatchRecord.objects.filter(customer__ref=person.customer)
    shown = Exposure.objects.filter(customer__ref=person.customer)
    return [
        *(
            {
                "title": str(row.item),
                "decided_at": row.decided_at.isoformat(),
                "result": row.get_outcome_display(),
                "reason": reasons_of(row),
            }
            for row in decisions.select_related("item").order_by("decided_at")
        ),
        *(
            {
                "title": str(row.item),
                "shown_at": row.on.isoformat(),
                "channel": row.get_way_display(),
            }
            for row in shown.select_related("item").order_by("on", "pk")
        ),
        *(
            {
                "title": str(row.record.item),
                "sent_at": row.asked_at.isoformat(),
                "text": row.wish,
                "confirmed_at": row.confirmed_at.isoformat() if row.confirmed_at else None,
                "result": row.get_status_display(),
            }
            for row in InsistCase.objects.filter(customer__ref=person.customer)
            .select_related("record__item")
            .order_by("asked_at")
        ),
        *(
            _told(row)
            for row in Disclosure.objects.filter(customer__ref=person.customer)
            .select_related("record__item")
            .order_by("shown_at")
        ),
    ]


def _assessments(person: Person) -> list[dict[str, Any]]:
    rows = Assessment.objects.filter(customer__ref=person.customer)
    return [
        {
            "title": row.questionnaire.title,
            "since": row.started_at.isoformat(),
            "answers": _answers(row.questionnaire.value, row.given),
            "changed": row.changed,
            "sent_at": row.submitted_at.isoformat() if row.submitted_at else None,
            "score": row.score,
            "class": row.get_investor_class_display(),
            "confirmed_at": row.confirmed_at.isoformat() if row.confirmed_at else None,
            "looked_at": row.jump.get_status_display() if hasattr(row, "jump") else None,
            "valid_until": row.valid_until.isoformat() if row.valid_until else None,
        }
        for row in rows.select_related("questionnaire", "jump").order_by("started_at")
    ]


def _answers(paper: Mapping[str, Any], given: Mapping[str, list[str]]) -> list[str]:
    """Each answered question with the words of the chosen options."""
    found = []
    for question in screens(dict(paper)):
        chosen = given.get(question["key"], [])
        words = [in_language(one) for one in question["options"] if one["key"] in chosen]
        if words:
            found.append(f"{in_language(question['text'])} {' / '.join(words)}")
    return found
