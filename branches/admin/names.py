"""Renaming a unit, from its own page."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from branches.models import OrgUnit
from branches.use_cases.rename_unit import UnableToRename, rename_unit
from brokerage.backoffice.admin.acts import Act, ActForm
from brokerage.backoffice.admin.adds import acting
from brokerage.core import clock

RIGHT = "branches.manage_orgunit"


class RenameForm(ActForm):
    """The new names and from when they hold."""

    name_zh = forms.CharField(label=gettext_lazy("Chinese name"), max_length=80)
    name_en = forms.CharField(label=gettext_lazy("English name"), max_length=120)
    valid_from = forms.DateField(
        label=gettext_lazy("Valid from"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=200,
        help_text=gettext_lazy("Such as the number of the decision."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, row: OrgUnit, **kwargs: Any) -> None:
        held = {"name_zh": row.name_zh, "name_en": row.name_en, "valid_from": clock.today()}
        super().__init__(*args, row=row, initial=held, **kwargs)

    def clean(self) -> dict[str, Any]:
        """What the use case would refuse, beside its field, so that nothing typed is lost."""
        given = super().clean() or {}
        day = given.get("valid_from")
        if day is not None and day < clock.today():
            self.add_error("valid_from", _("A name begins today or later."))
        if (given.get("name_zh"), given.get("name_en")) == (self.row.name_zh, self.row.name_en):
            self.add_error("name_zh", _("The unit has this name already."))
        return given


def _rename(request: HttpRequest, row: OrgUnit, values: dict[str, Any]) -> str:
    rename_unit(unit=row, **values, **acting(request))
    return _("The new name is entered.")


RENAME = Act(
    key="rename",
    title=gettext_lazy("Give it another name"),
    note=gettext_lazy("What happened under the old name keeps it."),
    button=gettext_lazy("Enter the name"),
    kind="2",
    right=RIGHT,
    form=RenameForm,
    run=_rename,
    shown=lambda user, row: row.closed_on is None,
    refusals=(UnableToRename,),
)
