"""What institutions need for themselves; need and contact are shown on purpose only."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from brokerage.backoffice.admin.acts import Act, ActForm, ActsAdmin
from brokerage.backoffice.people import name_of, user_of
from brokerage.core import clock
from partners.admin.remarks import RemarkAnswerForm
from partners.models import Enquiry
from partners.states import EnquiryStatus
from partners.use_cases.enquiries import UnableToMoveEnquiry, move_enquiry

FOLLOWS = "partners.follow_enquiry"


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
    fields += ["ended_at", "rule_version", "created_at"]
    readonly_fields = ["handled_by"]

    @admin.display(description=pgettext_lazy("enquiry", "handled by"))
    def handled_by(self, row: Enquiry) -> str:
        return name_of(row.handled_by_ref) if row.handled_by_ref else "–"
