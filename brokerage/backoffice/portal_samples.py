"""What the style guide shows: one form with every kind of field, clocks, charts. All made up."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Submit
from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from brokerage.core.clock import SHANGHAI
from brokerage.core.display import formats
from brokerage.core.display.charts import Point

NOW = datetime(2026, 3, 12, 13, 42, tzinfo=SHANGHAI)


class SampleForm(forms.Form):
    """Every kind of field that the pack draws."""

    name = forms.CharField(
        label=gettext_lazy("Name"), help_text=gettext_lazy("As on the identity card.")
    )
    card = forms.CharField(label=gettext_lazy("Bank card number"))
    expiry = forms.CharField(label=gettext_lazy("Valid until"))
    phone = forms.CharField(
        label=gettext_lazy("Mobile number"),
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
    )
    code = forms.CharField(
        label=gettext_lazy("Code from the text message"),
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )
    password = forms.CharField(
        label=gettext_lazy("Password"),
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    amount = forms.DecimalField(
        label=gettext_lazy("Amount in yuan"),
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )
    birthday = forms.DateField(
        label=gettext_lazy("Date of birth"),
        widget=forms.SelectDateWidget(years=range(1930, 2009)),
    )
    experience = forms.ChoiceField(
        label=gettext_lazy("How long have you invested?"),
        choices=[
            ("none", gettext_lazy("Not yet")),
            ("short", gettext_lazy("Less than 2 years")),
            ("long", gettext_lazy("2 years or more")),
        ],
        widget=forms.RadioSelect,
    )
    topics = forms.MultipleChoiceField(
        label=gettext_lazy("What do you want to read about?"),
        choices=[("fund", gettext_lazy("Funds")), ("bond", gettext_lazy("Bonds"))],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    outlet = forms.ChoiceField(
        label=gettext_lazy("Outlet"),
        choices=[
            ("", gettext_lazy("Please choose")),
            ("jinhua", gettext_lazy("Jinhua, Shuangxi West Road")),
        ],
    )
    photo = forms.FileField(
        label=gettext_lazy("Photograph of the identity card"),
        help_text=gettext_lazy("JPEG or PNG, up to 10 MB."),
    )
    note = forms.CharField(
        label=gettext_lazy("Note"), widget=forms.Textarea(attrs={"rows": 3}), required=False
    )
    locked = forms.CharField(
        label=gettext_lazy("Cannot be changed"),
        widget=forms.TextInput(attrs={"readonly": True}),
        required=False,
    )
    off = forms.CharField(label=gettext_lazy("Not available"), disabled=True, required=False)
    agree = forms.BooleanField(
        label=gettext_lazy("I have read the agreement on electronic signatures and accept it")
    )

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        self.sources = {"name": "read", "card": "typed", "expiry": "check"}
        self.warnings = {"expiry": _("The last digit was not read. Please add it.")}
        self.confirmations = {"phone": _("This number is yours")}
        self.fields["experience"].choice_help = {  # type: ignore[attr-defined]  # a choice field
            "none": _("Fine. We then explain a little more.")
        }
        self.helper = FormHelper()
        self.helper.disable_csrf = True  # the guide is a page for everybody and sends nothing
        self.helper.form_method = "get"
        self.helper.quiet_errors = True  # nobody has just sent it
        self.helper.add_input(Submit("go", _("Confirm and continue")))

    def clean_card(self) -> str:
        """One error, so that the guide shows how it looks."""
        raise forms.ValidationError(_("One digit short. Check it against your card."))


def context() -> dict[str, Any]:
    """Everything that the style guide's template asks for."""
    return {
        "form": _form(),
        "now": NOW,
        "due": NOW + timedelta(minutes=38),
        "soon": NOW + timedelta(minutes=8),
        "missed": NOW - timedelta(minutes=6),
        "tomorrow": NOW + timedelta(hours=20),
        "new_due": NOW + timedelta(minutes=48),
        "kept": NOW - timedelta(minutes=20),
        "started": NOW - timedelta(minutes=22),
        "steps": _steps(),
        "entries": _entries(),
        "points": _points(),
        "flows": _flows(),
        "parts": _parts(),
        "nothing": [],
        "amount": Decimal("286540.32"),
        "fee": Decimal("12.5"),
        "up": Decimal("0.0126"),
        "down": Decimal("-0.0084"),
        "same": Decimal(0),
        "commission": Decimal("0.00025"),
        "date": date(2026, 3, 12),
        "hostile": "<script>alert(1)</script>\u202egnp.exe",
    }


def _form() -> SampleForm:
    data = {
        "name": "江映雪",
        "card": "6200 0000 0000 000",
        "expiry": "2044-05-1",
        "phone": "138 0000 0000",
        "code": "480213",
        "password": "x",
        "amount": "50000",
        "birthday_year": "1996",
        "birthday_month": "1",
        "birthday_day": "1",
        "experience": "short",
        "topics": ["bond"],
        "outlet": "jinhua",
        "locked": _("Approved in an earlier step"),
        "agree": "on",
    }
    form = SampleForm(data, {"photo": _NoFile()}, initial={"off": _("Choose a bank first")})
    form.is_valid()
    return form


class _NoFile:
    """Stands for an uploaded photograph, so that the guide shows one error only."""

    name = "card.jpg"
    size = 1


def _steps() -> list[dict[str, str]]:
    return [
        {"state": "ok", "title": _("Identity card"), "extra": "13:31"},
        {
            "state": "bad",
            "title": _("Video"),
            "note": _("Too dark. Only the second part is to be recorded again."),
        },
        {"state": "now", "title": _("Bank card"), "note": _("About 30 seconds")},
        {"state": "todo", "title": _("Signature")},
    ]


def _entries() -> list[dict[str, Any]]:
    return [
        {
            "at": NOW - timedelta(minutes=11),
            "text": _("Identity card read"),
            "note": _("Four values read, one typed"),
            "state": "kept",
        },
        {
            "at": NOW - timedelta(minutes=5),
            "text": _("Sent for review"),
            "note": _("Promised by {time}").format(time="14:20"),
            "state": "kept",
        },
        {
            "at": NOW,
            "text": _("A reviewer has taken it on"),
            "note": _("Looked at the photographs; purpose: review of the application"),
            "state": "now",
        },
    ]


def _points() -> list[Point]:
    figures = [274.2, 275.0, 273.6, 276.1, 277.4, 276.2, 279.9, 281.3, 280.1, 283.5, 284.9, 286.5]
    start = date(2026, 2, 11)
    return [
        Point(
            formats.day(start + timedelta(days=step * 2), year=False),
            Decimal(str(figure)) * 1000,
            formats.money(Decimal(str(figure)) * 1000),
        )
        for step, figure in enumerate(figures)
    ]


def _flows() -> list[Point]:
    return [
        Point(
            formats.day(date(2026, month, 1), year=False),
            Decimal(value),
            formats.money(Decimal(value)),
        )
        for month, value in enumerate((12000, 8000, -5000, 15000, -2000, 9000), start=1)
    ]


def _parts() -> list[Point]:
    parts = {_("Cash"): 41_200, _("Funds"): 138_718, _("Shares"): 86_622, _("Bonds"): 20_000}
    return [
        Point(str(label), Decimal(value), formats.money(Decimal(value)))
        for label, value in parts.items()
    ]
