"""What staff do to a log-in from its owner's page: each act has a reason and is journalled."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _

from brokerage.backoffice.events import RecordAdded
from brokerage.backoffice.people import user_of
from brokerage.core import clock, roles
from brokerage.core.four_eyes import FourEyesRefused
from brokerage.core.locking import lock_row
from brokerage.journal.actors import Actor
from brokerage.journal.record import record
from brokerage.users.models import FactorReset, User
from brokerage.users.stepup import require_step_up
from brokerage.users.use_cases.end_sessions import sign_out_everywhere
from brokerage.users.use_cases.lift_code_limit import lift_code_limit
from brokerage.users.use_cases.reset_factors import reset_factors
from brokerage.users.use_cases.switch_log_in import switch_log_in


class UnableToAct(Exception):
    """The act is refused; the message is translated and may be shown."""


def acts_on(user: User) -> list[tuple[str, str]]:
    """Keys and words of the acts that make sense for a log-in as it stands."""
    found = [
        ("switch_off", _("Switch off")) if user.is_active else ("switch_on", _("Switch on")),
        ("sign_out", _("Sign out everywhere")),
    ]
    if user.is_customer:
        return [*found, ("lift_limit", _("Let SMS codes through again"))]
    return [*found, ("ask_reset", _("Ask for a reset of second factors"))]


def act(*, name: str, user: User, by: User, reason: str, at: datetime) -> None:
    """Do one of the acts.

    Raises:
        UnableToAct: without a reason, on one's own log-in, or where the act makes no sense.
    """
    if not reason.strip():
        raise UnableToAct(_("Say why."))
    if user.pk == by.pk:
        raise UnableToAct(_("Somebody else has to do this to your log-in."))
    if name not in dict(acts_on(user)):
        raise UnableToAct(_("This does not fit the log-in as it stands now."))
    match name:
        case "switch_off" | "switch_on":
            switch_log_in(user=user, on=name == "switch_on", by=by, at=at, reason=reason)
        case "sign_out":
            sign_out_everywhere(user=user, at=at, actor=Actor.of(by), reason=reason)
        case "lift_limit":
            lift_code_limit(user=user, by=by, at=at, reason=reason)
        case _reset:
            ask_reset(user=user, by=by, at=at, reason=reason)


@transaction.atomic
def ask_reset(*, user: User, by: User, at: datetime, reason: str) -> FactorReset:
    """Ask for a reset of somebody's second factors; a second administrator decides."""
    lock_row(User, user.pk)
    if FactorReset.objects.pending().filter(user=user).exists():
        raise UnableToAct(_("A reset waits for a second person already."))
    asked = FactorReset.objects.create(user=user, reason=reason, made_by_ref=by.ref, made_at=at)
    event = RecordAdded(subject=asked.ref, subject_type="users.factorreset")
    record(event, actor=Actor.of(by), at=at, reason=reason)
    return asked


def reset_approved(asked: FactorReset, checker: User, at: datetime) -> None:
    """What an approval does; nobody agrees to a reset of their own factors."""
    if asked.user_id == checker.pk:
        raise FourEyesRefused(_("Somebody else has to do this to your log-in."))
    reset_factors(user=asked.user, by=checker, at=at, reason=asked.reason)


class LogInActs:
    """Adds the acts to an admin class whose rows have a log-in.

    Attributes:
        acts_right: the permission that allows them.
    """

    acts_right = ""
    change_form_template: ClassVar[Any] = "admin/log_in.html"
    admin_site: Any
    opts: Any

    def log_in_of(self, row: Any) -> User | None:
        """The log-in of a row."""
        raise NotImplementedError

    def own_urls(self: Any) -> list[URLPattern]:
        name = f"{self.opts.app_label}_{self.opts.model_name}_log_in"
        view = self.admin_site.admin_view(self.log_in_view)
        found: list[URLPattern] = super().own_urls()  # type: ignore[misc]  # of the class beside it
        return [path("<uuid:ref>/log-in/", view, name=name), *found]

    def render_change_form(
        self: Any, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> Any:
        row = kwargs.get("obj")
        log_in = self.log_in_of(row) if row else None
        if (
            row
            and log_in
            and roles.may(request.user, self.acts_right)
            and log_in.pk != request.user.pk
        ):
            context["acts"] = acts_on(log_in)
            context["acts_url"] = reverse(self.url_name("log_in"), args=[row.ref])
        return super().render_change_form(  # type: ignore[misc]  # of the class beside it
            request, context, *args, **kwargs
        )

    def log_in_view(self: Any, request: HttpRequest, ref: UUID) -> HttpResponse:
        """Do one act, after the member of staff has proved themselves again."""
        row = self._row(request, ref)
        if not roles.may(request.user, self.acts_right):
            raise PermissionDenied
        if request.method != "POST":
            return redirect(self.object_url(row))
        return require_step_up(self._act)(request, row=row)

    def _act(self: Any, request: HttpRequest, *, row: Any) -> HttpResponse:
        log_in = self.log_in_of(row)
        if log_in is None:
            raise Http404
        try:
            act(
                name=request.POST.get("act", ""),
                user=log_in,
                by=user_of(request),
                reason=request.POST.get("reason", "")[:200],
                at=clock.now(),
            )
        except UnableToAct as error:
            self.message_user(request, str(error), "error")
        else:
            self.message_user(request, _("Done and recorded."))
        return redirect(self.object_url(row))
