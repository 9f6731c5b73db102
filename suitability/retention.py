"""Unfinished papers go soon; proofs of suitability stay as long as the rules ask."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from brokerage.core import clock
from brokerage.core.clock import business_date
from brokerage.core.retention import Policy, Rows, delete, deleting, unneeded
from brokerage.core.triggers import ignoring
from brokerage.files import api as files
from brokerage.journal.actors import Actor
from suitability.models import (
    AnsweringTrace,
    Assessment,
    CoachingFlag,
    Disclosure,
    DoubleRecording,
    Exposure,
    InsistCase,
    InvestorStatus,
    JumpReview,
    KnowledgeTest,
    MatchRecord,
    RecordingChapter,
    SaleFollowUp,
    SimulatedTrading,
    StatusProof,
    StatusRequest,
)
from suitability.models.status_requests import ENDED

ACTOR = Actor.system("suitability.retention")
KEPT_BY_TRIGGER = "suitability.Assessment:submitted_assessments_are_kept"
DECISIONS_KEPT = "suitability.MatchRecord:decisions_are_kept"
INSISTING_KEPT = "suitability.InsistCase:insist_cases_are_kept"
STATUSES_KEPT = "suitability.InvestorStatus:professional_statuses_are_kept"
REQUESTS_KEPT = "suitability.StatusRequest:sent_status_requests_are_kept"
DISCLOSURES_KEPT = "suitability.Disclosure:disclosures_are_kept"
RECORDINGS_KEPT = "suitability.DoubleRecording:recordings_are_kept"
CHAPTERS_STAY = "suitability.RecordingChapter:chapters_of_ended_recordings_stay"
FOLLOW_UPS_KEPT = "suitability.SaleFollowUp:follow_ups_are_kept"
PRACTICE_KEPT = "suitability.SimulatedTrading:practice_is_kept"
EXPOSURES_KEPT = "suitability.Exposure:exposures_are_kept"


def unfinished(before: datetime) -> Rows:
    """Papers begun before `before` and never handed in."""
    return unneeded(Assessment.objects.open().filter(started_at__lt=before))


def expired(before: datetime) -> Rows:
    """Results that stopped counting before `before` and that no application rests on."""
    rows = Assessment.objects.filter(valid_until__lte=business_date(before))
    return unneeded(rows)


def looked_at(before: datetime) -> Rows:
    """Decided jumps of results that stopped counting before `before`; they go first."""
    day = business_date(before)
    rows = JumpReview.objects.exclude(decided_at=None).filter(assessment__valid_until__lte=day)
    return unneeded(rows)


forget = deleting(KEPT_BY_TRIGGER)


def old_decisions(before: datetime) -> Rows:
    """Matching decisions taken before `before`."""
    return unneeded(MatchRecord.objects.filter(decided_at__lt=before))


def old_insisting(before: datetime) -> Rows:
    """Insist cases begun before `before`; they go before their decisions."""
    return unneeded(InsistCase.objects.filter(asked_at__lt=before))


def old_disclosures(before: datetime) -> Rows:
    """Disclosures begun before `before`; they go before their decisions."""
    return unneeded(Disclosure.objects.filter(shown_at__lt=before))


def old_recordings(before: datetime) -> Rows:
    """Double recordings begun before `before`; they go before their decisions."""
    rows = DoubleRecording.objects.filter(begun_at__lt=before)
    return unneeded(rows, but_by="suitability")


def forget_recordings(rows: Rows) -> int:
    """Delete recordings past their term, with their files and chapters."""
    refs = list(rows.values_list("ref", flat=True))
    files.dispose_of_owners(
        owner_type="suitability.doublerecording",
        owner_refs=refs,
        actor=ACTOR,
        at=clock.now(),
        reason="kept long enough",
    )
    with ignoring(CHAPTERS_STAY):
        RecordingChapter.objects.filter(recording__ref__in=refs).delete()
    with ignoring(RECORDINGS_KEPT):
        return delete(DoubleRecording.objects.filter(ref__in=refs))


def old_follow_ups(before: datetime) -> Rows:
    """Calls on sales made before `before`; they go before their decisions."""
    return unneeded(SaleFollowUp.objects.filter(sold_at__lt=before))


def old_practice(before: datetime) -> Rows:
    """Simulated trading that was taken before `before`."""
    return unneeded(SimulatedTrading.objects.filter(taken_at__lt=before))


def old_exposures(before: datetime) -> Rows:
    """What was shown before `before`."""
    return unneeded(Exposure.objects.filter(on__lt=business_date(before)))


def seen_signs(before: datetime) -> Rows:
    """Decided signs of coaching in results that stopped counting before `before`."""
    day = business_date(before)
    rows = CoachingFlag.objects.exclude(decided_at=None).filter(assessment__valid_until__lte=day)
    return unneeded(rows)


def old_traces(before: datetime) -> Rows:
    """How papers were answered whose results stopped counting before `before`."""
    day = business_date(before)
    return unneeded(AnsweringTrace.objects.filter(assessment__valid_until__lte=day))


def unsent_requests(before: datetime) -> Rows:
    """Applications begun before `before` and never sent; their proofs and tests go along.

    What was recorded at an outlet keeps its application as long as the recording is kept.
    """
    rows = StatusRequest.objects.filter(submitted_at=None, started_at__lt=before, recordings=None)
    return unneeded(rows, but_by="suitability")


def old_statuses(before: datetime) -> Rows:
    """Statuses of professional investors that ended before `before`; they go first."""
    return unneeded(InvestorStatus.objects.filter(until__lt=business_date(before)))


forget_statuses = deleting(STATUSES_KEPT)


def old_requests(before: datetime) -> Rows:
    """Sent applications that ended before `before`, without a status or recording on them."""
    rows = StatusRequest.objects.filter(status__in=ENDED, granted=None, recordings=None)
    rows = rows.filter(Q(decided_at__lt=before) | Q(withdrawn_at__lt=before))
    return unneeded(rows, but_by="suitability")


def forget_requests(rows: Rows) -> int:
    """Delete applications past their term, with proofs, their files, and tests."""
    listed = StatusProof.objects.filter(request__in=rows).values_list("files", flat=True)
    refs = [ref for kept in listed for ref in kept]
    for file in files.StoredFile.objects.filter(ref__in=refs).order_by("pk"):
        files.dispose(file=file, actor=ACTOR, at=clock.now(), reason="kept long enough")
    keys = list(rows.values_list("pk", flat=True))
    for model in (StatusProof, KnowledgeTest):
        model.objects.filter(request__in=keys).delete()
    with ignoring(REQUESTS_KEPT):
        return delete(StatusRequest.objects.filter(pk__in=keys))


HELD_BY = {"suitability.assessment": "ref", "customers.customer": "customer__ref"}
HELD_REQUEST = {"suitability.statusrequest": "ref", "customers.customer": "customer__ref"}
POLICIES = (
    Policy(
        key="suitability.unsent_requests",
        label=_("Applications as professional investors that were never sent"),
        rule="retention.drafts",
        due=unsent_requests,
        held_by=HELD_REQUEST,
        dispose=forget_requests,
    ),
    Policy(
        key="suitability.statuses",
        label=_("Statuses of professional investors"),
        rule="retention.suitability",
        due=old_statuses,
        held_by={"customers.customer": "customer__ref"},
        dispose=forget_statuses,
    ),
    Policy(
        key="suitability.requests",
        label=_("Applications as professional investors"),
        rule="retention.suitability",
        due=old_requests,
        held_by=HELD_REQUEST,
        dispose=forget_requests,
    ),
    Policy(
        key="suitability.unfinished",
        label=_("Papers that were never handed in"),
        rule="retention.drafts",
        due=unfinished,
        held_by=HELD_BY,
    ),
    Policy(
        key="suitability.jumps",
        label=_("Risen classes that a supervisor looked at"),
        rule="retention.suitability",
        due=looked_at,
        held_by={"customers.customer": "assessment__customer__ref"},
    ),
    Policy(
        key="suitability.coaching",
        label=_("Signs of coaching that compliance looked at"),
        rule="retention.suitability",
        due=seen_signs,
        held_by={"customers.customer": "assessment__customer__ref"},
    ),
    Policy(
        key="suitability.traces",
        label=_("How papers were answered"),
        rule="retention.suitability",
        due=old_traces,
        held_by={"customers.customer": "assessment__customer__ref"},
    ),
    Policy(
        key="suitability.assessments",
        label=_("Risk assessments"),
        rule="retention.suitability",
        due=expired,
        held_by=HELD_BY,
        dispose=forget,
    ),
    Policy(
        key="suitability.recordings",
        label=_("Double recordings at outlets"),
        rule="retention.suitability",
        due=old_recordings,
        held_by={"suitability.doublerecording": "ref", "customers.customer": "customer__ref"},
        dispose=forget_recordings,
    ),
    Policy(
        key="suitability.follow_ups",
        label=_("Calls after sales"),
        rule="retention.suitability",
        due=old_follow_ups,
        held_by={"suitability.salefollowup": "ref", "customers.customer": "customer__ref"},
        dispose=deleting(FOLLOW_UPS_KEPT),
    ),
    Policy(
        key="suitability.practice",
        label=_("Simulated trading"),
        rule="retention.suitability",
        due=old_practice,
        held_by={"customers.customer": "customer__ref"},
        dispose=deleting(PRACTICE_KEPT),
    ),
    Policy(
        key="suitability.insisting",
        label=_("Insist cases"),
        rule="retention.suitability",
        due=old_insisting,
        held_by={"suitability.insistcase": "ref", "customers.customer": "customer__ref"},
        dispose=deleting(INSISTING_KEPT),
    ),
    Policy(
        key="suitability.disclosures",
        label=_("Disclosures before a sale"),
        rule="retention.suitability",
        due=old_disclosures,
        held_by={"suitability.disclosure": "ref", "customers.customer": "customer__ref"},
        dispose=deleting(DISCLOSURES_KEPT),
    ),
    Policy(
        key="suitability.decisions",
        label=_("Matching decisions"),
        rule="retention.suitability",
        due=old_decisions,
        held_by={"suitability.matchrecord": "ref", "customers.customer": "customer__ref"},
        dispose=deleting(DECISIONS_KEPT),
    ),
    Policy(
        key="suitability.exposures",
        label=_("What was shown to whom"),
        rule="retention.suitability",
        due=old_exposures,
        held_by={"customers.customer": "customer__ref"},
        dispose=deleting(EXPOSURES_KEPT),
    ),
)
