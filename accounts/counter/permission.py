"""The counter's page of an application for a trading permission: exactly its open step."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from accounts.counter.desk import PERMISSION, need_help, say
from accounts.counter.selectors import open_permissions
from accounts.counter.states import ReleaseEnd
from accounts.models import PermissionRelease
from accounts.permissions.states import CaseStatus
from accounts.permissions.steps import lines
from accounts.permissions.use_cases import releasing
from accounts.permissions.wording import label
from accounts.signing.texts import blocks
from accounts.use_cases.release_codes import UnableToRelease
from brokerage.backoffice.frame import page
from brokerage.backoffice.people import user_of
from brokerage.core import clock
from brokerage.journal.actors import Actor

BEGIN, EXPLAINED, ASK, CLOSE = "begin", "explained", "ask", "close"


def permission(request: HttpRequest, ref: UUID) -> HttpResponse:
    """The open step with what staff can do for it; nothing of what the customer answered."""
    need_help(request)
    release = open_permissions(request.user, clock.now()).filter(ref=ref).first()
    if release is None:
        raise Http404
    if request.method == "POST":
        try:
            ended = _act(request, release)
        except UnableToRelease as refusal:
            say(request, refusal)
            ended = False
        assert release.outlet is not None, "an opened release has its outlet"
        if ended:
            return redirect("admin:accounts_application_counter", release.outlet.code)
        return redirect(PERMISSION, release.ref)
    case = release.case
    reads = case.status == CaseStatus.DISCLOSURE and case.text and case.text_opened_at
    context = {
        "release": release,
        "case": case,
        "label": label(case.key, case.applied_on),
        "lines": lines(case, tested=case.attempts.exists()),
        "blocks": blocks(case.text.body) if reads and case.text else None,
    }
    return page(request, "accounts/counter/permission.html", context)


def _act(request: HttpRequest, release: PermissionRelease) -> bool:
    """Do what the button says; whether the case is closed now."""
    helper, at, act = user_of(request), clock.now(), request.POST.get("act")
    if act == BEGIN:
        releasing.explain_begins(
            release=release, helper=helper, language=release.case.customer.language, at=at
        )
        return False
    if act == EXPLAINED:
        releasing.explain_ends(release=release, helper=helper, at=at)
    elif act == ASK:
        releasing.ask_again(release=release, helper=helper, at=at)
    elif act == CLOSE:
        releasing.end(case=release.case, ended_by=ReleaseEnd.STAFF, actor=Actor.of(helper), at=at)
    return act in (EXPLAINED, ASK, CLOSE)
