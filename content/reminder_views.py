"""A customer's own reminders: what was said, on what figures, and which kinds they mute."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from brokerage.core import clock, scope
from brokerage.core.reminders import in_order, reminders
from brokerage.customers.models import Customer
from brokerage.customers.own import customer_or_404
from brokerage.messaging.texts import words_of
from content.models import Reminder, ReminderMute
from content.use_cases.answer_reminder import mute, say_done

SHOWN = 20


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def reminders_page(request: HttpRequest) -> HttpResponse:
    """The newest reminders with their words, and a switch for each kind."""
    customer = customer_or_404(request)
    if request.method == "POST":
        _answer(request, customer)
        return redirect("content:reminders")
    rows = (
        scope.visible(Reminder, request.user).select_related("message__text").order_by("-made_at")
    )
    muted = set(ReminderMute.objects.filter(customer=customer).values_list("kind", flat=True))
    language = getattr(request, "LANGUAGE_CODE", "")
    context = {
        "rows": [(row, words_of(row.message, language)) for row in rows[:SHOWN] if row.message],
        "kinds": [(key, kind.label, key in muted) for key, kind in in_order()],
    }
    return render(request, "content/reminders.html", context)


def _answer(request: HttpRequest, customer: Customer) -> None:
    """Take one answer; one that nobody offered changes nothing."""
    at, kind = clock.now(), request.POST.get("kind", "")
    if kind in reminders:
        wanted = request.POST.get("wish") != "mute"
        mute(customer=customer, kind=kind, is_muted=not wanted, at=at)
        return
    try:
        say_done(customer=customer, ref=UUID(request.POST.get("done", "")), at=at)
    except ValueError:
        return
