"""Staff move or cancel a booked visit, with a reason; the customer is told."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from branches.visits.desk.common import PLAN, SEE, need
from branches.visits.models import Visit
from branches.visits.selectors import free_times
from branches.visits.use_cases.cancel_visit import UnableToCancel, cancel_visit
from branches.visits.use_cases.locking import ChangedMeanwhile
from branches.visits.use_cases.move_visit import UnableToMove, move_visit
from branches.visits.views.asked import asked_by
from brokerage.backoffice.frame import page
from brokerage.backoffice.people import user_of
from brokerage.core import clock, scope
from brokerage.journal.actors import Actor


class ChangeForm(forms.Form):
    """A reason, and how often the visit had been moved when the page was shown."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=120,
        error_messages={"required": gettext_lazy("Say why; it stands in the journal.")},
    )
    sequence = forms.IntegerField(widget=forms.HiddenInput, min_value=0)


def move_view(request: HttpRequest, ref: UUID) -> HttpResponse:
    """Another time, or none; both need a reason."""
    need(request, SEE)
    rows = Visit.objects.select_related("unit", "purpose__service", "host")
    visit = scope.visible_or_404(rows, request.user, ref=ref)
    need(request, PLAN)
    if not visit.is_ahead:
        raise Http404
    form = ChangeForm(request.POST or None, initial={"sequence": visit.sequence})
    status = 200
    if request.method == "POST" and form.is_valid():
        if _changed(request, visit, form):
            return redirect("admin:branches_visit_queue", visit.unit.code)
        status = 409
    asked = asked_by(request)
    days = free_times([visit.unit], visit.purpose, at=clock.now(), ignoring=visit.pk)
    open_days = [day for day in days.get(visit.unit_id, []) if day.open]
    wanted = asked.day or visit.day
    chosen = next((day for day in open_days if day.day == wanted), next(iter(open_days), None))
    context = {"visit": visit, "form": form, "days": open_days, "chosen": chosen}
    answer = page(request, "admin/visits/move.html", context)
    answer.status_code = status
    return answer


def _changed(request: HttpRequest, visit: Visit, form: ChangeForm) -> bool:
    actor, at, time = Actor.of(user_of(request)), clock.now(), asked_by(request).time
    reason, sequence = form.cleaned_data["reason"], form.cleaned_data["sequence"]
    try:
        if time is not None:
            move_visit(
                visit=visit,
                starts_at=time,
                sequence=sequence,
                by_staff=True,
                reason=reason,
                actor=actor,
                at=at,
            )
            messages.success(request, _("Moved. The customer is told."))
        else:
            cancel_visit(
                visit=visit, sequence=sequence, by_staff=True, reason=reason, actor=actor, at=at
            )
            messages.success(request, _("Cancelled. The customer is told."))
    except (UnableToMove, UnableToCancel, ChangedMeanwhile) as error:
        form.add_error(None, str(error))
        return False
    return True
