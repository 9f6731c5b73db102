"""Who works for which product desk."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext, gettext_lazy, pgettext_lazy

from brokerage.backoffice.admin.acts import Act
from brokerage.backoffice.admin.adds import AddingForm, AddsAdmin
from brokerage.backoffice.people import user_of, with_name
from brokerage.core import clock
from brokerage.core.roles import Role
from brokerage.users.models import User
from products.admin.made_and_checked import MadeAndChecked
from products.admin.mandates import staff_in
from products.admin.referrals import Officers
from products.models import DeskMember
from products.use_cases.naming_desks import end_membership, propose_member
from products.use_cases.refusals import UnableToList


class MemberForm(AddingForm):
    """Who, for which desk, from when."""

    person = Officers(label=pgettext_lazy("desk", "member"), queryset=User.objects.none())

    class Meta:
        model = DeskMember
        fields = ("desk", "valid_from")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = staff_in(Role.HEAD_OFFICE)  # type: ignore[attr-defined]  # a model choice field


def _end(request: HttpRequest, row: Any, given: dict[str, Any]) -> str:
    end_membership(member=row, by=user_of(request), at=clock.now())
    return gettext("Off the desk from today on.")


def _is_on(row: DeskMember) -> bool:
    return row.is_approved and (row.valid_to is None or row.valid_to > clock.today())


@admin.register(DeskMember)
class DeskMemberAdmin(MadeAndChecked, AddsAdmin):
    """Members of the desks; referrals are handed to them alone."""

    section = "products"
    icon = "users"
    order = 74
    form = MemberForm
    refusals = (UnableToList,)
    list_display = ["desk", "who", "valid_from", "valid_to", "decision"]
    list_filter = ["desk", "decision"]
    readonly_fields = ["who", "valid_to", "proposed_by", "made_at", "decision"]
    readonly_fields += ["checked", "checked_at", "rejection_reason"]
    add_label = gettext_lazy("Put somebody on a desk")
    acts = (
        Act(
            key="end",
            title=gettext_lazy("No longer on the desk"),
            button=gettext_lazy("Take off the desk"),
            right="products.add_deskmember",
            run=_end,
            shown=lambda user, row: _is_on(row),
            refusals=(UnableToList,),
            kind="stop",
        ),
    )

    def get_queryset(self, request: HttpRequest) -> Any:
        return with_name(super().get_queryset(request), "person_ref")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return ["desk", "person", "valid_from"]
        return ["desk", "who", "valid_from", *self.readonly_fields[1:]]

    @admin.display(description=pgettext_lazy("desk", "member"))
    def who(self, row: DeskMember) -> str:
        return getattr(row, "person_name", "") or (str(row.person_ref) if row.pk else "")

    def add(self, request: HttpRequest, row: Any, form: Any) -> Any:
        return propose_member(
            desk=row.desk,
            person=form.cleaned_data["person"],
            valid_from=row.valid_from,
            maker=user_of(request),
            at=clock.now(),
        )
