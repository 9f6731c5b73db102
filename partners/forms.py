"""What operators of institutions type."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from branches.models import OrgUnit
from brokerage.users.allauth_forms import LONGEST_PASSWORD
from brokerage.users.models import Kind, User
from partners.api.base import REFERENCE
from partners.models import Operator
from partners.models.webhooks import KINDS
from partners.states import RemarkKind

PLAIN = {"autocomplete": "off"}
NEW = {"autocomplete": "new-password"}


class WebhookForm(forms.Form):
    """An address that hears of events."""

    url = forms.CharField(
        label=gettext_lazy("Address of the endpoint"),
        max_length=300,
        help_text=gettext_lazy("https, in the open internet."),
        widget=forms.URLInput(attrs=PLAIN),
    )
    kinds = forms.MultipleChoiceField(
        label=gettext_lazy("What it hears of"),
        choices=KINDS,
        required=False,
        help_text=gettext_lazy("Nothing ticked: everything."),
        widget=forms.CheckboxSelectMultiple,
    )


class ReplayForm(forms.Form):
    """From where the past is sent again."""

    after = forms.IntegerField(
        label=gettext_lazy("Number of the last event that you have"),
        min_value=0,
        max_value=2**53,
        help_text=gettext_lazy("0 sends everything."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", **PLAIN}),
    )


class CampaignForm(forms.Form):
    """A campaign that begins now and is bound to an outlet."""

    name = forms.CharField(
        label=pgettext_lazy("campaign", "Name"), max_length=60, widget=forms.TextInput(attrs=PLAIN)
    )
    partner_reference = forms.RegexField(
        REFERENCE,
        label=gettext_lazy("Your own reference"),
        max_length=64,
        help_text=gettext_lazy("Letters, figures and . _ : - ; each is used once."),
        widget=forms.TextInput(attrs=PLAIN),
    )
    unit = forms.ModelChoiceField(OrgUnit.objects.none(), label=gettext_lazy("Outlet"))
    last_day = forms.DateField(
        label=gettext_lazy("Last day"), widget=forms.DateInput(attrs={"type": "date"})
    )

    def __init__(self, *args: Any, outlets: QuerySet[OrgUnit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = outlets.order_by("code")  # type: ignore[attr-defined]  # a model choice field


class DisputeForm(forms.Form):
    """What is wrong on a statement."""

    line = forms.TypedChoiceField(
        label=gettext_lazy("What it is about"), required=False, coerce=int, empty_value=None
    )
    text = forms.CharField(
        label=pgettext_lazy("dispute", "What is wrong"),
        max_length=2000,
        help_text=gettext_lazy("Never about a person."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(self, *args: Any, lines: Sequence[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        each = [(number, _("Line {number}").format(number=number)) for number in lines]
        field: Any = self.fields["line"]
        field.choices = [("", _("The whole statement")), *each]


class RemarkForm(forms.Form):
    """What an institution suggests or complains of."""

    kind = forms.ChoiceField(
        label=pgettext_lazy("remark", "Kind"), choices=RemarkKind, widget=forms.RadioSelect
    )
    text = forms.CharField(
        label=pgettext_lazy("remark", "What you want to tell us"),
        max_length=2000,
        help_text=gettext_lazy("Never about a person."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class JoinForm(forms.Form):
    """The first password of somebody who was invited."""

    password1 = forms.CharField(
        label=gettext_lazy("New password"),
        max_length=LONGEST_PASSWORD,
        strip=False,
        help_text=gettext_lazy("At least 12 characters; a sentence is a good password."),
        widget=forms.PasswordInput(attrs=NEW),
    )
    password2 = forms.CharField(
        label=gettext_lazy("New password, once more"),
        max_length=LONGEST_PASSWORD,
        strip=False,
        widget=forms.PasswordInput(attrs=NEW),
    )

    def __init__(self, *args: Any, operator: Operator, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = User(kind=Kind.PARTNER, email=operator.email, display_name=operator.name)

    def clean_password1(self) -> str:
        """Held against the rules for passwords, as any other."""
        given: str = self.cleaned_data["password1"]
        validate_password(given, self.person)
        return given

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        first, again = cleaned.get("password1"), cleaned.get("password2")
        if first and again and first != again:
            self.add_error("password2", _("The two passwords differ."))
        return cleaned
