"""A customer's own reminders: what was said, on what figures, and which kinds they mute."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from brokerage.core import clock, scope
from brokerage.core.reminders import in_order, reminders
from brokerage.customers.models import Customer
from brokerage.customers.own import customer_or_404
from brokerage.messaging.texts import Words, words_of
from content.models import Reminder, ReminderMute
from content.use_cases.answer_reminder import mute, read_reminders, say_done
from content.use_cases.remind import OWN_PAGE

SHOWN = 20
PLAIN = "text/plain; charset=utf-8"


@dataclass(frozen=True)
class Line:
    """A reminder with its words, and where the customer can look into it (empty: nowhere else)."""

    row: Reminder
    words: Words
    link: str
    is_new: bool

    @classmethod
    def of(cls, row: Reminder, language: str) -> Line:
        """The line of a reminder that has a message."""
        message = row.message
        assert message is not None
        link = str(message.values.get("link", ""))
        own = "" if link == OWN_PAGE else link
        return cls(row, words_of(message, language), own, message.read_at is None)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def reminders_page(request: HttpRequest) -> HttpResponse:
    """The newest reminders with their words, and a switch for each kind."""
    customer = customer_or_404(request)
    if request.method == "POST":
        return _answered(request, customer)
    rows = list(_rows(request)[: SHOWN + 1])
    muted = set(ReminderMute.objects.filter(customer=customer).values_list("kind", flat=True))
    language = getattr(request, "LANGUAGE_CODE", "")
    lines = [Line.of(row, language) for row in rows[:SHOWN]]
    context = {
        "lines": lines,
        "has_new": any(line.is_new for line in lines),
        "older": rows[SHOWN - 1].ref if len(rows) > SHOWN else "",
        "is_first": not request.GET.get("before"),
        "kinds": [(key, kind.label, key in muted) for key, kind in in_order()],
    }
    return render(request, "content/reminders.html", context)


def _rows(request: HttpRequest) -> QuerySet[Reminder]:
    """Reminders with a message, the newest first; those before one of the customer's own."""
    mine = scope.visible(Reminder, request.user).filter(message__isnull=False)
    try:
        last = mine.filter(ref=UUID(request.GET.get("before", ""))).first()
    except ValueError:
        last = None
    rows = mine if last is None else mine.filter(pk__lt=last.pk)
    return rows.select_related("message__text").order_by("-pk")


def _answered(request: HttpRequest, customer: Customer) -> HttpResponse:
    """Take one answer; one that nobody offered changes nothing."""
    at, kind = clock.now(), request.POST.get("kind", "")
    if seen := request.POST.getlist("seen")[:SHOWN]:
        rows = scope.visible(Reminder, request.user)
        read_reminders(rows.filter(ref__in=[one for one in seen if is_ref(one)]), at)
        if request.headers.get("HX-Request"):
            return HttpResponse(_("Marked as read."), content_type=PLAIN)
    elif kind in reminders:
        wanted = request.POST.get("wish") != "mute"
        mute(customer=customer, kind=kind, is_muted=not wanted, at=at)
    elif is_ref(done := request.POST.get("done", "")):
        say_done(customer=customer, ref=UUID(done), at=at)
    return redirect("content:reminders")


def is_ref(typed: str) -> bool:
    """Whether this can be the ref of anything."""
    try:
        UUID(typed)
    except ValueError:
        return False
    return True
