"""The page of background work: lanes, failures, deliveries that were given up, heartbeats."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from brokerage.backoffice.events import JobRetried
from brokerage.backoffice.frame import page
from brokerage.backoffice.people import user_of
from brokerage.core import clock, roles
from brokerage.core.jobs import Lane
from brokerage.core.tasks import KILLS
from brokerage.journal import delivery
from brokerage.journal.actors import Actor
from brokerage.journal.models import Delivery, DeliveryState, Heartbeat
from brokerage.journal.record import record

LANES = {
    Lane.INTERACTIVE: gettext_lazy("Somebody waits"),
    Lane.READING: gettext_lazy("Photos that are read"),
    Lane.BULK: gettext_lazy("In bulk"),
    Lane.PERIODIC: gettext_lazy("By the clock"),
}
SHOWN = 50
SEE, RETRY = "backoffice.see_jobs", "backoffice.retry_jobs"
MANY = 1_000
"""Waiting jobs are counted up to here: the exact length of a long queue helps nobody."""


def may_see(request: HttpRequest) -> bool:
    """Whether the user may look at background work."""
    return roles.may(request.user, SEE)


def jobs_page(request: HttpRequest) -> HttpResponse:
    """What waits, what failed, what the journal could not deliver, and who is alive."""
    if not may_see(request):
        raise PermissionDenied
    failed = ProcrastinateJob.objects.filter(status="failed").order_by("-id")
    context = {
        "now": clock.now(),
        "lanes": [_lane(lane) for lane in Lane],
        "failed": [_told(job) for job in failed[:SHOWN]],
        "dead": list(_dead()[:SHOWN]),
        "waiting": _at_most(Delivery.objects.filter(state=DeliveryState.PENDING)),
        "many": MANY,
        "heartbeats": list(Heartbeat.objects.order_by("pk")),
        "may_retry": roles.may(request.user, RETRY),
    }
    return page(request, "admin/jobs.html", context)


def retry(request: HttpRequest) -> HttpResponse:
    """Put a failed job or a given-up delivery back into its queue."""
    if not roles.may(request.user, RETRY):
        raise PermissionDenied
    what, number = request.POST.get("what", ""), request.POST.get("number", "")
    if request.method == "POST" and number.isdigit() and what in RETRIES:
        at = clock.now()
        with transaction.atomic():
            done = RETRIES[what](int(number))
            if done:
                record(
                    JobRetried(subject=user_of(request).ref, what=what, number=int(number)),
                    actor=Actor.of(user_of(request)),
                    at=at,
                )
        if done:
            messages.success(request, _("It is back in its queue."))
        else:
            messages.error(request, _("Nothing to retry: it is no longer failed."))
    return redirect("admin:jobs")


def _lane(lane: Lane) -> dict[str, Any]:
    rows = ProcrastinateJob.objects.filter(queue_name=lane.value)
    return {
        "name": LANES[lane],
        "todo": _at_most(rows.filter(status="todo")),
        "doing": _at_most(rows.filter(status="doing")),
    }


def _at_most(rows: Any) -> int:
    return len(rows.values_list("pk")[: MANY + 1])


def _told(job: ProcrastinateJob) -> dict[str, Any]:
    """A job without its arguments, which are refs and of no use here."""
    module, _dot, name = job.task_name.rpartition(".")
    return {
        "id": job.pk,
        "task": name,
        "module": module,
        "attempts": job.attempts,
        "killed": 1 - job.priority >= KILLS,
    }


def _dead() -> Any:
    rows = Delivery.objects.filter(state=DeliveryState.DEAD).select_related("entry")
    return rows.order_by("-id")


def _retry_job(number: int) -> bool:
    if not ProcrastinateJob.objects.filter(pk=number, status="failed").exists():
        return False
    # a job that killed its workers gets all its chances again
    app.job_manager.retry_job_by_id(number, retry_at=clock.now(), priority=0)
    return True


def _retry_delivery(number: int) -> bool:
    return bool(delivery.replay(number))


RETRIES = {"job": _retry_job, "delivery": _retry_delivery}
