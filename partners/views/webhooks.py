"""The institution's webhook endpoints: added, looked into, replayed, enabled again, removed."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from brokerage.core import clock, scope
from brokerage.users.stepup import is_fresh as proved_lately
from brokerage.users.stepup import redirect_to_step_up
from partners.forms import ReplayForm, WebhookForm
from partners.models import WebhookAttempt, WebhookDelivery, WebhookEndpoint
from partners.states import ApiScope, DeliveryState, WebhookStatus
from partners.use_cases.ping_webhook import ping_webhook
from partners.use_cases.webhooks import (
    UnableToKeepWebhook,
    add_webhook,
    change_secret,
    change_webhook,
    replay,
    set_webhook_status,
    show_secret,
)
from partners.views.frame import Desk, for_operators
from partners.views.refusals import tell

SHOWN = 50
"""Deliveries on one page of the log."""


@require_http_methods(["GET", "HEAD", "POST"])
@for_operators()
def webhooks(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The endpoints; POST adds one."""
    form = WebhookForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            made = add_webhook(
                partner=desk.partner, actor=desk.actor, at=clock.now(), **form.cleaned_data
            )
        except UnableToKeepWebhook as refusal:
            tell(form, refusal)
        else:
            messages.success(request, _("The endpoint hears of everything from now on."))
            return redirect("partners:webhook", ref=made.ref)
    context = {"desk": desk, "webhooks": _kept(desk).order_by("pk"), "form": form}
    status = 422 if form.errors else 200
    return render(request, "partners/desk/webhooks.html", context, status=status)


@require_safe
@for_operators()
def webhook(request: HttpRequest, desk: Desk, ref: UUID) -> HttpResponse:
    """One endpoint and its log, the newest event first."""
    return _page(request, desk, desk.own_or_404(_kept(desk), ref), ReplayForm())


@require_POST
@for_operators()
def act_on_webhook(request: HttpRequest, desk: Desk, ref: UUID) -> HttpResponse:
    """Change, pause, test or enable it, change its secret, replay events, or remove it."""
    row = desk.own_or_404(_kept(desk), ref)
    act = request.POST.get("act", "")
    acting: dict[str, Any] = {"endpoint": row, "actor": desk.actor, "at": clock.now()}
    if act == "replay":
        return _replay(request, desk, row, acting)
    if act == "change":
        return _change(request, desk, row, acting)
    if act == "remove" and not proved_lately(request, clock.now()):
        return redirect_to_step_up(request)
    try:
        said = _done(act, acting)
    except UnableToKeepWebhook as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, said)
        if act == "remove":
            return redirect("partners:webhooks")
    return redirect("partners:webhook", ref=row.ref)


@require_POST
@for_operators()
@sensitive_variables("secret")
def webhook_secret(request: HttpRequest, desk: Desk, ref: UUID) -> HttpResponse:
    """Show the secret that signs, to somebody who has just proved themselves."""
    row = desk.own_or_404(_kept(desk), ref)
    if not proved_lately(request, clock.now()):
        return redirect_to_step_up(request)
    secret = show_secret(endpoint=row, actor=desk.actor, at=clock.now())
    context = {"desk": desk, "webhook": row, "signing": secret}
    return render(request, "partners/desk/secret.html", context)


def _done(act: str, acting: dict[str, Any]) -> str:
    if act == "enable":
        set_webhook_status(status=WebhookStatus.ACTIVE, **acting)
        return _("Enabled. What waited goes on where it stopped.")
    if act == "pause":
        set_webhook_status(status=WebhookStatus.PAUSED, **acting)
        return _("Paused. What happens meanwhile waits.")
    if act == "ping":
        ping_webhook(**acting)
        return _("A test is on its way. The log below tells how it went.")
    if act == "rotate":
        change_secret(**acting)
        return _("A new secret signs now; for a day both do.")
    if act == "remove":
        set_webhook_status(status=WebhookStatus.REMOVED, **acting)
        return _("Removed. The feed keeps every event.")
    raise Http404


def _replay(
    request: HttpRequest, desk: Desk, row: WebhookEndpoint, acting: dict[str, Any]
) -> HttpResponse:
    form = ReplayForm(request.POST)
    if not form.is_valid():
        return _page(request, desk, row, form, status=422)
    try:
        number = replay(after=form.cleaned_data["after"], **acting)
    except UnableToKeepWebhook as refusal:  # removed meanwhile
        messages.error(request, str(refusal))
        return redirect("partners:webhooks")
    said = ngettext("{n} event is sent again.", "{n} events are sent again.", number)
    messages.success(request, said.format(n=number))
    return redirect("partners:webhook", ref=row.ref)


def _change(
    request: HttpRequest, desk: Desk, row: WebhookEndpoint, acting: dict[str, Any]
) -> HttpResponse:
    form = WebhookForm(request.POST)
    if form.is_valid():
        try:
            change_webhook(**acting, **form.cleaned_data)
        except UnableToKeepWebhook as refusal:
            tell(form, refusal)
        else:
            messages.success(request, _("The endpoint was changed."))
            return redirect("partners:webhook", ref=row.ref)
    return _page(request, desk, row, ReplayForm(), change=form, status=422)


def _kept(desk: Desk) -> Any:
    desk.need(ApiScope.WEBHOOKS_WRITE)
    rows = scope.visible(WebhookEndpoint, desk.user).exclude(status=WebhookStatus.REMOVED)
    return rows.annotate(
        waits=Count("deliveries", filter=Q(deliveries__state=DeliveryState.PENDING)),
        given_up=Count("deliveries", filter=Q(deliveries__state=DeliveryState.GIVEN_UP)),
    )


def _page(
    request: HttpRequest,
    desk: Desk,
    row: Any,
    form: ReplayForm,
    *,
    change: WebhookForm | None = None,
    status: int = 200,
) -> HttpResponse:
    before = request.GET.get("before", "")
    log = WebhookDelivery.objects.filter(endpoint=row).order_by("-number")
    if before.isascii() and before.isdigit() and len(before) < 19:
        log = log.filter(number__lt=int(before))
    found = list(log.select_related("event").prefetch_related("tries")[: SHOWN + 1])
    more = f"?before={found[SHOWN - 1].number}" if len(found) > SHOWN else ""
    context = {
        "desk": desk,
        "webhook": row,
        "log": [(each, _last(list(each.tries.all()))) for each in found[:SHOWN]],
        "next_url": more,
        "form": form,
        "change": change or WebhookForm(initial={"url": row.url, "kinds": row.kinds}),
        "two_sign": len(row.signing_secrets(clock.now())) > 1,
    }
    return render(request, "partners/desk/webhook.html", context, status=status)


def _last(tries: list[WebhookAttempt]) -> WebhookAttempt | None:
    return tries[-1] if tries else None
