"""Tax residence: the declaration that the law asks of everybody who opens an account (CRS)."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.dated import tax_form, us_signs
from accounts.forms.base import StepForm
from accounts.forms.profile import one_of
from accounts.rules.tax import CHINA_ONLY, Contradiction, contradictions
from accounts.states import Step
from accounts.terms import NoTin, Residence, YesNo, jurisdictions
from accounts.use_cases.look_again import told_elsewhere

LATIN = RegexValidator(
    r"\A[A-Za-z0-9 ,.'#/\-]+\Z", gettext_lazy("Write it in Latin letters, as in a passport.")
)
JURISDICTION = ("country", "tin", "no_tin", "why")
LAST = ("us_person", "explanation", "declares")
ABROAD = ("surname_latin", "given_name_latin", "birth_place", "address_latin")
ASKED = {
    Contradiction.FOREIGN_PHONE: gettext_lazy("You sign in with a phone number from abroad."),
    Contradiction.FOREIGN_ADDRESS: gettext_lazy("Your address looks like one abroad."),
    Contradiction.HOME_AMONG_ABROAD: gettext_lazy(
        "You named mainland China although you said that you are resident elsewhere only."
    ),
    Contradiction.FOREIGN_PAPER: gettext_lazy("Your document is that of a foreign national."),
    Contradiction.HOME_PAPER: gettext_lazy(
        "Your document is an identity card of the mainland, where its holders usually pay tax."
    ),
    Contradiction.US_UNNAMED: gettext_lazy(
        "US citizens and holders of a green card pay tax there as residents, but you did not name "
        "the United States."
    ),
    Contradiction.US_NAMED: gettext_lazy(
        "You named the United States although you are neither a citizen nor hold a green card."
    ),
    Contradiction.US_PAPER: gettext_lazy("Your document is that of a US citizen."),
    Contradiction.US_BIRTH: gettext_lazy(
        "You were born in the United States, which usually makes a citizen."
    ),
    Contradiction.US_ADDRESS: gettext_lazy("Your address is in the United States."),
    Contradiction.US_PHONE: gettext_lazy(
        "You sign in with a phone number of the United States or Canada."
    ),
}


def latin(label: Any, longest: int) -> forms.CharField:
    """A field of the form that is written in Latin letters."""
    return forms.CharField(label=label, required=False, max_length=longest, validators=[LATIN])


class TaxForm(StepForm):
    """Fields for as many jurisdictions as the form version in force has."""

    step: ClassVar[Step] = Step.TAX
    residence = one_of(gettext_lazy("Where do you pay tax as a resident?"), Residence)
    surname_latin = latin(gettext_lazy("Surname in Latin letters"), 60)
    given_name_latin = latin(gettext_lazy("Given name in Latin letters"), 60)
    us_person = one_of(gettext_lazy("Are you a US citizen, or do you hold a green card?"), YesNo)
    birth_place = forms.CharField(
        label=gettext_lazy("Place of birth"), required=False, max_length=100
    )
    address_latin = latin(gettext_lazy("Present address in Latin letters"), 200)
    explanation = forms.CharField(
        label=gettext_lazy("How that fits together"),
        required=False,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    declares = forms.BooleanField(
        label=gettext_lazy(
            "I declare that this is true, and I will tell you within 30 days when it changes."
        ),
        required=False,
    )

    first: ClassVar[tuple[str, ...]] = ()

    def prepare(self) -> None:
        self.signs = us_signs(self.on)
        if self.signs is None:
            del self.fields["us_person"]
        else:
            self.needed |= {"us_person"}
        self.form_version, self.count = tax_form(self.on)
        choices = [("", _("Choose")), *jurisdictions()]
        for number in range(1, self.count + 1):
            self.fields[f"country_{number}"] = forms.ChoiceField(
                label=_("Country or region {number}").format(number=number),
                choices=choices,
                required=False,
            )
            self.fields[f"tin_{number}"] = forms.CharField(
                label=_("Taxpayer number there"), required=False, max_length=40, validators=[LATIN]
            )
            self.fields[f"no_tin_{number}"] = forms.ChoiceField(
                label=_("Or why there is none"),
                choices=[("", "–"), *NoTin.choices],
                required=False,
            )
            self.fields[f"why_{number}"] = forms.CharField(
                label=_("Why you have none"), required=False, max_length=200
            )
        self.order_fields(["residence", *ABROAD, *self.jurisdiction_fields(), *LAST])
        kept = set(self.answers.get("asked") or [])
        self.asked = [ASKED[each] for each in Contradiction if each in kept]
        if not kept:
            del self.fields["explanation"]

    def jurisdiction_fields(self) -> list[str]:
        """The fields of all rows, in order."""
        return [f"{part}_{number}" for number in range(1, self.count + 1) for part in JURISDICTION]

    @property
    def elsewhere(self) -> list[list[forms.BoundField]]:
        """What is asked of tax residents elsewhere: who they are, and each country in turn."""
        rows = [[f"{part}_{n}" for part in JURISDICTION] for n in range(1, self.count + 1)]
        own = [name for name in ("name_latin", *ABROAD) if name in self.fields]
        return [[self[name] for name in row] for row in (own, *rows)]

    @property
    def before(self) -> list[forms.BoundField]:
        """What is asked before the tax residence."""
        return [self[name] for name in self.first if name in self.fields]

    @property
    def rest(self) -> list[forms.BoundField]:
        """What closes the form."""
        return [self[name] for name in LAST if name in self.fields and name not in self.first]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if given.get("residence") == CHINA_ONLY:  # the rest of the form is not asked
            for name in (*ABROAD, *self.jurisdiction_fields()):
                given[name] = ""
        named = [given.get(f"country_{n}") for n in range(1, self.count + 1)]
        named = [code for code in named if code and code != "XX"]
        if len(named) != len(set(named)):
            self.add_error(None, _("You named the same country or region twice."))
        return given

    def values(self) -> dict[str, Any]:
        given = dict(super().values())
        if self.signs is not None:
            given["us_asked"] = True
        found = contradictions(given, told_elsewhere(self.application), self.signs or ())
        given["asked"] = [str(each) for each in found]
        given["form_version"] = self.form_version
        if not found:
            given["explanation"] = ""
        return given
