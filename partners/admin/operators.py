"""People of institutions: invited here, invited again, let go."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from brokerage.backoffice.admin.acts import Act
from brokerage.backoffice.admin.adds import AddsAdmin, acting
from brokerage.backoffice.people import user_of
from brokerage.core import clock
from partners.admin.institutions import NeededReason
from partners.models import Operator
from partners.states import OperatorStatus
from partners.tasks import send_invitation
from partners.use_cases.operators import (
    UnableToEnd,
    UnableToInvite,
    end_operator,
    invite_again,
    invite_back,
    invite_operator,
)

RIGHT = "partners.manage_operators"


def _write(request: HttpRequest, row: Operator) -> None:
    """The letter is written by a job, so that the secret of its link stands in no table."""
    origin = request.build_absolute_uri("/").rstrip("/")
    send_invitation.defer(operator=str(row.ref), origin=origin)


def _again(request: HttpRequest, row: Operator, values: dict[str, Any]) -> str:
    _write(request, invite_again(operator=row, **acting(request)))
    return _("Another link is on its way; the one before opens nothing.")


def _end(request: HttpRequest, row: Operator, values: dict[str, Any]) -> str:
    end_operator(operator=row, by=user_of(request), at=clock.now(), reason=values["reason"])
    return _("Log-in, sessions and link are dead from this moment.")


def _back(request: HttpRequest, row: Operator, values: dict[str, Any]) -> str:
    by, reason = user_of(request), values["reason"]
    _write(request, invite_back(operator=row, by=by, at=clock.now(), reason=reason))
    return _("A link is on its way; they set a new password and a new second factor.")


ACTS = (
    Act(
        key="again",
        title=gettext_lazy("Invite again"),
        note=gettext_lazy("The link before opens nothing from this moment."),
        button=gettext_lazy("Send another link"),
        right=RIGHT,
        run=_again,
        shown=lambda user, row: row.status == OperatorStatus.INVITED,
        refusals=(UnableToInvite,),
    ),
    Act(
        key="end",
        title=gettext_lazy("Let them act no more"),
        note=gettext_lazy("Keys and endpoints stay: change those that they knew."),
        button=gettext_lazy("End it now"),
        right=RIGHT,
        form=NeededReason,
        run=_end,
        shown=lambda user, row: row.status != OperatorStatus.ENDED,
        refusals=(UnableToEnd,),
        kind="stop",
    ),
    Act(
        key="back",
        title=gettext_lazy("Invite them back"),
        note=gettext_lazy("The same person, with their history; keys and pages as before."),
        button=gettext_lazy("Send a link"),
        right=RIGHT,
        form=NeededReason,
        run=_back,
        shown=lambda user, row: row.status == OperatorStatus.ENDED,
        refusals=(UnableToInvite,),
    ),
)


@admin.register(Operator)
class OperatorAdmin(AddsAdmin):
    """Who looks after keys, webhooks, codes and statements on the side of an institution."""

    section = "partners"
    icon = "users"
    order = 45
    refusals: ClassVar = (UnableToInvite,)
    acts = ACTS
    add_label = gettext_lazy("Invite an operator")
    list_display = ["name", "partner", "status", "joined_at", "ended_at"]
    list_filter = ["status", "partner"]
    list_select_related = ["partner"]
    readonly_fields = ["status", "invited_until", "joined_at", "ended_at"]

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        names = ["partner", "name", "email"]
        return [*names, *self.readonly_fields] if obj else names

    def add(self, request: HttpRequest, row: Any, form: Any) -> Operator:
        made = invite_operator(**form.cleaned_data, **acting(request))
        _write(request, made)
        return made
