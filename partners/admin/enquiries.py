"""What institutions need for themselves; need and contact are shown on purpose only."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from brokerage.backoffice.admin.acts import Act, ActForm, ActsAdmin
from brokerage.backoffice.people import name_of, user_of
from brokerage.core import clock, roles
from partners.admin.remarks import RemarkAnswerForm
from partners.models import Enquiry
from partners.states import EnquiryStatus
from partners.use_cases.enquiries import UnableToMoveEnquiry, move_enquiry, take_at_desk
from products.selectors.desks import is_of_desk

FOLLOWS = "partners.follow_enquiry"
TAKES = "partners.take_enquiry"


def _step(
    key: str, status: EnquiryStatus, *, form: type[ActForm] | None = None, **words: Any
) -> Act:
    def run(request: HttpRequest, row: Enquiry, values: dict[str, Any]) -> str:
        move_enquiry(enquiry=row, status=status, by=user_of(request), at=clock.now(), **values)
        return _("Done; the institution is told.")

    return Act(
        key=key,
        right=FOLLOWS,
        form=form,
        run=run,
        shown=lambda user, row: Enquiry.TRANSITIONS.allows(row.status, status),
        refusals=(UnableToMoveEnquiry,),
        **words,
    )


def _take_at_desk(request: HttpRequest, row: Enquiry, values: dict[str, Any]) -> str:
    take_at_desk(enquiry=row, by=user_of(request), at=clock.now())
    return _("It is yours. Need and contact are on this page; call them.")


ACTS = (
    _step(
        "take",
        EnquiryStatus.TAKEN,
        title=gettext_lazy("Take it up"),
        button=gettext_lazy("Take it up"),
    ),
    _step(
        "go-on",
        EnquiryStatus.AT_DESK,
        form=RemarkAnswerForm,
        title=gettext_lazy("A desk goes on with it"),
        note=gettext_lazy("The institution reads the answer, and nothing of a mandate."),
        button=gettext_lazy("Answer and hand it to the desk"),
    ),
    _step(
        "decline",
        EnquiryStatus.DECLINED,
        form=RemarkAnswerForm,
        title=pgettext_lazy("enquiry", "Decline"),
        button=gettext_lazy("Decline with this answer"),
        kind="stop",
    ),
    Act(
        key="desk",
        title=gettext_lazy("Your desk goes on with it"),
        note=gettext_lazy("Whoever takes it talks to the contact of the institution."),
        button=gettext_lazy("Take it at the desk"),
        right=TAKES,
        run=_take_at_desk,
        shown=lambda user, row: row.waits_at_desk and is_of_desk(user, row.desk, clock.today()),
        refusals=(UnableToMoveEnquiry,),
    ),
)


@admin.register(Enquiry)
class EnquiryAdmin(ActsAdmin):
    """Institutions that introduce themselves, each with its day."""

    section = "partners"
    icon = "route"
    order = 52
    acts = ACTS
    list_display = ["partner_reference", "partner", "desk", "status", "due_on", "created_at"]
    list_filter = ["desk", "status", "partner"]
    list_select_related = ["partner"]
    revealed = ("need", "contact_name", "contact_phone", "contact_email", "answer")
    fields = ["partner", "partner_reference", "desk", "need", "contact_name", "contact_phone"]
    fields += ["contact_email", "status", "stage_since", "due_on", "answer", "handled_by"]
    fields += ["ended_at", "at_desk", "desk_at", "rule_version", "created_at"]
    readonly_fields = ["handled_by", "at_desk"]

    def has_reveal_permission(self, request: HttpRequest, row: Enquiry | None = None) -> bool:
        """Also who took it at the desk: they cannot call somebody without name and number."""
        if super().has_reveal_permission(request, row):
            return True
        mine = row is not None and row.desk_by_ref == user_of(request).ref
        return mine and roles.may(request.user, TAKES)

    @admin.display(description=pgettext_lazy("enquiry", "handled by"))
    def handled_by(self, row: Enquiry) -> str:
        return name_of(row.handled_by_ref) if row.handled_by_ref else "–"

    @admin.display(description=pgettext_lazy("enquiry", "taken at the desk by"))
    def at_desk(self, row: Enquiry) -> str:
        return name_of(row.desk_by_ref) if row.desk_by_ref else "–"
