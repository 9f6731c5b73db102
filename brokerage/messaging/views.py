"""The inbox, its settings, and the outbox of the sandbox."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from brokerage.core import clock, scope
from brokerage.messaging import selectors
from brokerage.messaging.forms import PreferenceForm
from brokerage.messaging.models import Message, Preference, SandboxOutbox
from brokerage.messaging.texts import Words, words_of
from brokerage.messaging.use_cases.read_message import read_all_messages, read_message
from brokerage.messaging.use_cases.set_preference import set_preference
from brokerage.users.models import User


@dataclass(frozen=True)
class Row:
    """A message with its words in the reader's language."""

    message: Message
    words: Words


@require_safe
@never_cache
@login_required
def inbox(request: HttpRequest) -> HttpResponse:
    """Unread security messages first, then everything by date."""
    user, before = _user(request), _uuid(request.GET.get("before", ""))
    page, following = selectors.page_of(user, before=before)
    urgent = selectors.urgent(user) if before is None else []
    above = {message.pk for message in urgent}
    context = {
        "urgent": [_row(message) for message in urgent],
        "rows": [_row(message) for message in page if message.pk not in above],
        "unread": selectors.unread_now(user),
        "next": following,
    }
    return render(request, "messaging/inbox.html", context)


@require_safe
@never_cache
@login_required
def message(request: HttpRequest, ref: UUID) -> HttpResponse:
    """One message. Opening it changes nothing by itself; the page then marks it as read."""
    rows = Message.objects.select_related("text")
    found = scope.visible_or_404(rows, request.user, ref=ref)
    return render(request, "messaging/message.html", {"row": _row(found)})


@require_POST
@login_required
def read(request: HttpRequest, ref: UUID) -> HttpResponse:
    """Mark as read: sent by the page of the message, or by its button without scripts."""
    if not Message.objects.filter(user=_user(request), ref=ref).exists():
        raise Http404
    read_message(user=_user(request), ref=ref, at=clock.now())
    if request.headers.get("HX-Request"):
        return HttpResponse(_("Read"), content_type="text/plain; charset=utf-8")
    return redirect("messaging:inbox")


@require_POST
@login_required
def read_all(request: HttpRequest) -> HttpResponse:
    """Mark everything as read."""
    read_all_messages(user=_user(request), at=clock.now())
    return redirect("messaging:inbox")


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
def preferences(request: HttpRequest) -> HttpResponse:
    """Channels and quiet hours."""
    user = _user(request)
    present = Preference.objects.filter(user=user).first() or Preference(user=user)
    form = PreferenceForm(
        request.POST or None, instance=present, is_customer=bool(user.is_customer)
    )
    if request.method == "POST" and form.is_valid():
        set_preference(wanted=form.instance, user=user, at=clock.now())
        messages.success(request, _("Saved."))
        return redirect("messaging:preferences")
    return render(request, "messaging/preferences.html", {"form": form})


@require_safe
@never_cache
def outbox(request: HttpRequest) -> HttpResponse:
    """What the played gateways took, with codes; exists in the sandbox only."""
    if not settings.SANDBOX:
        raise Http404
    rows = SandboxOutbox.objects.order_by("-id")[:30]
    part = "_outbox" if request.headers.get("HX-Request") else "outbox"
    return render(request, f"messaging/{part}.html", {"rows": rows})


def _row(message: Message) -> Row:
    return Row(message, words_of(message, get_language() or message.language))


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
