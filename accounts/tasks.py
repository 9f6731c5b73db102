"""Background work of this app."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from django.db.models.functions import Coalesce

from accounts.aml import tasks as aml_tasks
from accounts.banking import tasks as banking_tasks
from accounts.counter.states import LIVE
from accounts.dated import CLAIM_MINUTES, DRAFT_LIFE
from accounts.dormancy import tasks as dormancy_tasks
from accounts.evidence import tasks as evidence_tasks
from accounts.funds import tasks as funds_tasks
from accounts.later_markets import tasks as later_market_tasks
from accounts.life import tasks as life_tasks
from accounts.models import Application, CaseRelease, PermissionRelease
from accounts.on_paper import tasks as on_paper_tasks
from accounts.permissions import tasks as permission_tasks
from accounts.permissions.use_cases import releasing
from accounts.states import EDITABLE, Status
from accounts.tax_changes import tasks as tax_change_tasks
from accounts.use_cases import expire_application, release_claim
from accounts.use_cases.compute_medians import compare_with_promise, compute_medians
from accounts.use_cases.escalate_follow_up import escalate_follow_up, overdue
from accounts.use_cases.release_case import end_run_out
from brokerage.core import clock
from brokerage.core.jobs import Lane, job, schedule
from brokerage.reference.models import Rule

PIECE = 500

# the queue looks for jobs in this module
__all__ = [
    "aml_tasks",
    "banking_tasks",
    "dormancy_tasks",
    "end_releases",
    "escalate_follow_ups",
    "evidence_tasks",
    "expire_drafts",
    "expire_piece",
    "measure_steps",
    "on_paper_tasks",
    "permission_tasks",
    "funds_tasks",
    "later_market_tasks",
    "tax_change_tasks",
    "life_tasks",
    "release_claims",
]


@schedule("50 18 * * *")
def measure_steps(timestamp: int) -> None:
    """Say how far off yesterday's promises were, then make the medians of the next ones."""
    at = clock.now()
    compare_with_promise(at=at)
    compute_medians(at=at)


@schedule("40 18 * * *")
def expire_drafts(timestamp: int) -> None:
    """Begin to end what nobody touched as long as the rule says; however many there are."""
    expire_piece.defer()


@job(Lane.BULK)
def expire_piece() -> None:
    """End the next PIECE drafts and returned applications, and queue the next ones."""
    at = clock.now()
    today = clock.business_date(at)
    first_kept = Rule.objects.in_force(DRAFT_LIFE, today).figure.before(today)
    before = datetime.combine(first_kept, time.min, clock.SHANGHAI)
    rows = Application.objects.filter(status__in=EDITABLE, updated_at__lt=before)
    ended = [
        expire_application(application=application, untouched_since=before, at=at)
        for application in rows.order_by("pk")[:PIECE]
    ]
    if len(ended) == PIECE:  # what was touched meanwhile is not found a second time
        expire_piece.defer()


@schedule("*/5 * * * *")
def release_claims(timestamp: int) -> None:
    """Give applications back that an officer took and did not come to."""
    at = clock.now()
    rule = Rule.objects.in_force(CLAIM_MINUTES, clock.business_date(at))
    before = at - timedelta(minutes=rule.figure)
    rows = Application.objects.alias(since=Coalesce("hands_since", "stage_since")).filter(
        status=Status.REVIEWING, recommended_by=None, paused="", since__lt=before
    )
    for application in rows.order_by("pk")[:500]:
        release_claim(
            application=application, taken_before=before, rule_version=rule.version, at=at
        )


@schedule("10 * * * *")
def escalate_follow_ups(timestamp: int) -> None:
    """Hand follow-ups whose date has passed to whoever answers for central visits; by key."""
    at, last = clock.now(), 0
    while found := list(overdue(at).filter(pk__gt=last).order_by("pk")[:PIECE]):
        for application in found:
            escalate_follow_up(application=application, at=at)
        last = found[-1].pk


@schedule("* * * * *")
def end_releases(timestamp: int) -> None:
    """Close what outlets had open as long as the rule says; until then it holds no more anyway."""
    at = clock.now()
    rows = CaseRelease.objects.filter(status__in=LIVE, until__lte=at)
    for release in rows.select_related("application").order_by("pk")[:500]:
        end_run_out(release=release, at=at)
    others = PermissionRelease.objects.filter(status__in=LIVE, until__lte=at)
    for other in others.select_related("case").order_by("pk")[:500]:
        releasing.end_run_out(release=other, at=at)
