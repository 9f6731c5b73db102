"""Who is let behind the wall of a mandate; compliance decides."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext, gettext_lazy, pgettext_lazy

from brokerage.backoffice.admin.acts import Act
from brokerage.backoffice.admin.adds import AddingForm, AddsAdmin
from brokerage.backoffice.people import name_of, user_of, with_name
from brokerage.core import clock
from brokerage.core.roles import Role
from brokerage.users.models import User
from products.admin.made_and_checked import MadeAndChecked
from products.admin.mandate_papers import only_under_way
from products.admin.mandates import staff_in
from products.admin.referrals import Officers
from products.models import Crossing
from products.use_cases.crossing_walls import ask_to_cross, end_crossing
from products.use_cases.refusals import UnableToList


class CrossingForm(AddingForm):
    """Whom to let in, and what for."""

    person = Officers(label=gettext_lazy("Who is let in"), queryset=User.objects.none())

    class Meta:
        model = Crossing
        fields = ("mandate", "reason")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        inside = staff_in(Role.HEAD_OFFICE, Role.BRANCH_MANAGER)
        self.fields["person"].queryset = inside  # type: ignore[attr-defined]  # a model choice field
        only_under_way(self)


def _leave(request: HttpRequest, row: Any, given: dict[str, Any]) -> str:
    end_crossing(crossing=row, by=user_of(request), at=clock.now())
    return gettext("Outside the wall from now on.")


@admin.register(Crossing)
class CrossingAdmin(MadeAndChecked, AddsAdmin):
    """Who was let behind which wall; compliance decides."""

    section = "products"
    icon = "key"
    order = 76
    form = CrossingForm
    refusals = (UnableToList,)
    list_display = ["made_at", "mandate", "who", "decision", "left_at"]
    list_filter = ["decision"]
    list_select_related = ["mandate__referral__customer"]
    readonly_fields = ["who", "asked_by", "made_at", "decision", "checked", "checked_at"]
    readonly_fields += ["rejection_reason", "left_at"]
    add_label = gettext_lazy("Let somebody in")
    acts = (
        Act(
            key="leave",
            title=gettext_lazy("Not needed any more"),
            button=gettext_lazy("Take out again"),
            right="products.add_crossing",
            run=_leave,
            shown=lambda user, row: row.is_approved and row.left_at is None,
            refusals=(UnableToList,),
            kind="stop",
        ),
    )

    def get_queryset(self, request: HttpRequest) -> Any:
        return with_name(super().get_queryset(request), "person_ref")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return ["mandate", "person", "reason"]
        return ["mandate", "reason", *self.readonly_fields]

    @admin.display(description=pgettext_lazy("crossing", "who is let in"))
    def who(self, row: Crossing) -> str:
        return getattr(row, "person_name", "") or (str(row.person_ref) if row.pk else "")

    @admin.display(description=gettext_lazy("made by"))
    def asked_by(self, row: Crossing) -> str:
        return name_of(row.made_by_ref) if row.pk else ""

    def add(self, request: HttpRequest, row: Any, form: Any) -> Any:
        return ask_to_cross(
            mandate=row.mandate,
            person=form.cleaned_data["person"],
            reason=row.reason,
            by=user_of(request),
            at=clock.now(),
        )
