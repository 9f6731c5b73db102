"""The numbers of the content desk, each with its definition."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from brokerage.backoffice.frame import page
from brokerage.core import clock, roles
from content.selectors import desk_numbers as numbers

RIGHT = "content.view_rawitem"


@require_safe
def numbers_view(request: HttpRequest) -> HttpResponse:
    """Charts of the last weeks; each has its figures as a table."""
    if not roles.may(request.user, RIGHT):
        raise PermissionDenied
    today = clock.today()
    span = numbers.last_weeks(today)
    context = {
        "span": span,
        "today": today,
        "items": numbers.reach_by_item(span),
        "modes": numbers.reach_by_mode(span),
        "classes": numbers.reach_by_class(span, today),
        "hours": numbers.hours_to_release(span),
        "marked": numbers.share_marked(span),
        "told": numbers.reminders_by_kind(span),
        "corrections": list(numbers.corrections(span)),
        "corrections_url": reverse("admin:content_correction_changelist"),
    }
    return page(request, "admin/content/numbers.html", context)
