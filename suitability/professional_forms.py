"""Forms of an application as a professional investor, for the customer."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from brokerage.core.display import formats
from suitability.labels import FACTS
from suitability.models import KindChoice, StatusProof, in_language
from suitability.rules.conditions import LAST_YEAR_END, Condition
from suitability.rules.grades import ProfessionalKind
from suitability.rules.knowledge import KnowledgeRules

MOST_DIGITS = 15
"""Digits before the point: amounts of a whole country still fit."""


class KindForm(forms.Form):
    """Which kind the customer asks for."""

    kind = forms.TypedChoiceField(
        label=_("Which kind are you?"),
        coerce=lambda value: ProfessionalKind(int(value)),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one of the kinds that are shown.")},
    )

    def __init__(self, *args: Any, kinds: tuple[ProfessionalKind, ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["kind"]
        field.choices = [(kind.value, KIND_WORDS[kind]) for kind in kinds]


KIND_WORDS: dict[ProfessionalKind, Any] = {
    ProfessionalKind.LICENSED: KindChoice.LICENSED.label,
    ProfessionalKind.PRODUCT: KindChoice.PRODUCT.label,
    ProfessionalKind.STATUS: KindChoice.STATUS.label,
    ProfessionalKind.ORGANISATION: gettext_lazy(
        "Organisation that meets the higher figures, by right"
    ),
    ProfessionalKind.PERSON: gettext_lazy("Person who meets the higher figures, by right"),
    ProfessionalKind.CONVERTED: gettext_lazy("Ordinary investor who asks to be converted"),
}


class ProofForm(forms.Form):
    """What is claimed of one fact, as of which day, and a file that shows it."""

    as_of = forms.DateField(
        label=_("Day that the proof is of"),
        input_formats=["%Y-%m-%d", "%Y.%m.%d", "%Y/%m/%d", "%Y%m%d"],
        widget=forms.DateInput(
            format="%Y-%m-%d", attrs={"inputmode": "numeric", "placeholder": "2026-01-31"}
        ),
        error_messages={
            "invalid": _("Write the date like 2026-01-31."),
            "required": _("Write the day that the proof is of."),
        },
    )
    file = forms.FileField(
        label=_("File"),
        help_text=_("A photo or PDF, up to 20 MB. Nobody but the officers who decide sees it."),
        error_messages={"required": _("Choose a file that shows it.")},
        widget=forms.FileInput(
            attrs={"accept": "image/jpeg,image/png,image/webp,application/pdf"}
        ),
    )
    field_order = ["amount", "as_of", "file"]

    def __init__(
        self, *args: Any, asked: Condition, kept: StatusProof | None, on: date, **kwargs: Any
    ) -> None:
        initial: dict[str, Any] = {}
        if kept:
            initial = {"as_of": kept.as_of, "amount": kept.claimed}
        elif asked.as_of == LAST_YEAR_END:
            initial = {"as_of": date(on.year - 1, 12, 31)}
        kwargs["initial"] = initial
        super().__init__(*args, **kwargs)
        self.on = on
        self.fields["file"].required = not (kept and kept.files)
        if asked.at_least is not None:
            self.fields["amount"] = _amount(asked)
            self.order_fields(self.field_order)
        if asked.as_of == LAST_YEAR_END:
            self.fields["as_of"].help_text = gettext("The end of last year.")

    def clean_as_of(self) -> date:
        day: date = self.cleaned_data["as_of"]
        if day > self.on:
            raise forms.ValidationError(gettext("The day of the proof cannot lie ahead."))
        return day


def _amount(asked: Condition) -> forms.DecimalField:
    in_months = asked.fact.endswith("_months")
    return forms.DecimalField(
        label=_("Months") if in_months else pgettext_lazy("proof", "Amount in yuan"),
        help_text=least_words(asked),
        min_value=0,
        max_digits=4 if in_months else MOST_DIGITS + 2,
        decimal_places=0 if in_months else 2,
        widget=forms.TextInput(attrs={"inputmode": "numeric" if in_months else "decimal"}),
        error_messages={
            "required": _("Write the amount as a number."),
            "invalid": _("Write the amount as a number."),
            "min_value": _("Write the amount as a number."),
        },
    )


def least_words(asked: Condition) -> str:
    """What a fact needs at least, in words; empty where it only has to hold."""
    from suitability.wording import months

    if asked.at_least is None:
        return ""
    in_months = asked.fact.endswith("_months")
    least = months(str(asked.at_least)) if in_months else formats.money(asked.at_least)
    return gettext("At least {least}").format(least=least)


def fact_label(fact: str) -> str:
    """The name of a fact, to stand alone."""
    text = str(FACTS.get(fact, fact))
    return text[:1].upper() + text[1:]


class TestForm(forms.Form):
    """The drawn questions, one field each, in the order of the draw."""

    def __init__(self, *args: Any, rules: KnowledgeRules, drawn: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for number, key in enumerate(drawn, start=1):
            question = rules.question(key)
            self.fields[key] = forms.ChoiceField(
                label=f"{number}. {in_language(dict(question.text))}",
                choices=[(each.key, in_language(dict(each.text))) for each in question.options],
                widget=forms.RadioSelect,
                error_messages={
                    "required": _("Choose an answer."),
                    "invalid_choice": _("Choose an answer."),
                },
            )


class SendForm(forms.Form):
    """Why the customer asks, and for a conversion what else the firm should know."""

    purpose = forms.CharField(
        label=_("Why do you ask for it?"),
        help_text=_("In your own words. This is your written application."),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Tell us in your words why you ask for it.")},
    )
    extra = forms.CharField(
        label=_("What else should we know of your money and experience?"),
        help_text=_("For example debts, upkeep, planned expenses, or what you have traded."),
        max_length=800,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("Tell us more, so that we can judge it.")},
    )

    def __init__(self, *args: Any, conversion: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not conversion:
            del self.fields["extra"]


class NoticeForm(forms.Form):
    """The written notice of going back."""

    sure = forms.BooleanField(
        label=_("I want to be an ordinary investor again, from now on"),
        error_messages={"required": _("Tick this to go back.")},
    )
