"""Tasks of the product desk."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from branches.blockers import Blocker, count
from brokerage.backoffice.tasks import Task
from brokerage.core import roles, scope
from brokerage.core.clock import business_date
from products.dated import complaint_days_on
from products.models import Complaint, CreditDispute, Mismatch, Referral
from products.selectors.desks import in_hands_of
from products.states import NEXT_STEP, ComplaintStatus, ReferralStatus

SETTLES = "products.change_mismatch"
PROMISE = timedelta(days=1)
"""So soon a confirmation that does not fit should be settled: the customer's money waits."""


def mismatches(user: Any, at: datetime) -> Iterable[Task]:
    """Confirmations that do not fit, the oldest first."""
    for row in _open(user).order_by("found_at", "pk"):
        yield Task(
            title=_("Confirmation does not fit: {number}").format(number=row.number),
            detail=row.get_why_display(),
            url=reverse("admin:products_mismatch_change", args=[row.ref]),
            action=_("Look"),
            started_at=row.found_at,
            due_at=row.found_at + PROMISE,
        )


def probe_mismatches(user: Any, at: datetime) -> list[QuerySet[Any]]:
    """Rows behind `mismatches`."""
    return [_open(user)]


def _open(user: Any) -> QuerySet[Mismatch]:
    if not roles.may(user, SETTLES):
        return Mismatch.objects.none()
    return scope.visible(Mismatch.objects.open(), user)


def referrals(user: Any, at: datetime) -> Iterable[Task]:
    """Referrals whose next step is this person's, by their clock."""
    rows = _my_turn(user).select_related("customer").order_by("next_due", "pk")
    for row in rows:
        yield Task(
            title=f"{row.get_need_display()}: {row}",
            detail=str(NEXT_STEP[ReferralStatus(row.status)]),
            url=reverse("admin:products_referral_change", args=[row.ref]),
            action=_("Go on"),
            started_at=row.made_at,
            due_at=row.next_due,
        )


def probe_referrals(user: Any, at: datetime) -> list[QuerySet[Any]]:
    """Rows behind `referrals`."""
    return [_my_turn(user)]


def disputes(user: Any, at: datetime) -> Iterable[Task]:
    """Disputes that this person may answer, by their clock."""
    for row in _to_answer(user).select_related("split__referral__customer").order_by("due_at"):
        yield Task(
            title=_("Dispute about a credit: {row}").format(row=row),
            url=reverse("admin:products_creditdispute_change", args=[row.ref]),
            action=_("Answer"),
            started_at=row.raised_at,
            due_at=row.due_at,
        )


def probe_disputes(user: Any, at: datetime) -> list[QuerySet[Any]]:
    """Rows behind `disputes`."""
    return [_to_answer(user)]


def _my_turn(user: Any) -> QuerySet[Referral]:
    """Referrals that wait for this person; what became a mandate is a task of its own."""
    return scope.visible(in_hands_of(user), user)


def left_behind(user: Any) -> Blocker:
    """Referrals that somebody else has to go on with before this person leaves."""
    url = reverse("admin:products_referral_changelist")
    return Blocker("referrals", _("Referrals under way"), count(in_hands_of(user)), url)


def complaints(user: Any, at: datetime) -> Iterable[Task]:
    """Complaints that this person may answer, the oldest first."""
    days = complaint_days_on(business_date(at))
    for row in _unanswered(user).select_related("customer").order_by("received_at", "pk"):
        yield Task(
            title=_("Complaint: {who}").format(who=row.customer.shown),
            detail=_("Nothing is suggested to this customer until it is answered."),
            url=reverse("admin:products_complaint_change", args=[row.ref]),
            action=_("Answer"),
            started_at=row.received_at,
            due_at=row.received_at + timedelta(days=days),
        )


def probe_complaints(user: Any, at: datetime) -> list[QuerySet[Any]]:
    """Rows behind `complaints`."""
    return [_unanswered(user)]


def _unanswered(user: Any) -> QuerySet[Complaint]:
    if not roles.may(user, "products.change_complaint"):
        return Complaint.objects.none()
    rows = Complaint.objects.filter(status=ComplaintStatus.RECEIVED)
    return scope.visible(rows.exclude(received_by_ref=user.ref), user)


def _to_answer(user: Any) -> QuerySet[CreditDispute]:
    if not roles.may(user, "products.change_creditdispute"):
        return CreditDispute.objects.none()
    rows = CreditDispute.objects.filter(answered_at=None).exclude(raised_by_ref=user.ref)
    return scope.visible(rows.exclude(proposed_by_ref=user.ref), user)
