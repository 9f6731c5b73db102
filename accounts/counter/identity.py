"""The identity step as staff fill it in beside the person: other papers, minors, older people."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.counter.organisation import LABELS, fields_of
from accounts.counter.organisation import check as check_organisation
from accounts.forms.base import StepForm
from accounts.forms.identity import SIDES, IdentityForm, day, photo
from accounts.models import Application
from accounts.papers.dated import age_terms, paper_terms
from accounts.papers.kinds import (
    CARD,
    FOREIGN,
    LICENCE,
    ONE_SIDED,
    PROOFS,
    STAYS,
    born_on,
    says_birth,
    second_paper,
)
from accounts.papers.states import AgeGroup, Look
from accounts.rules.identity import Hurdle, age_on
from accounts.rules.sections import lacking
from accounts.terms import jurisdictions
from brokerage.core.identifiers import BadIdentifier, Document, Sex, check_document
from brokerage.customers.models import Customer, Kind

NAMES: dict[str, Any] = {
    Document.HK_MACAU_PERMIT: gettext_lazy("Number of the travel permit printed on it"),
    Document.FOREIGN_PASSPORT: gettext_lazy("Number of the passport"),
}
TELLS_BIRTH = (CARD, Document.RESIDENCE_PERMIT)


class IdentityAtCounterForm(IdentityForm):
    """Whoever cannot open online is served here: that is what it is for.

    The page asks for what stands on the chosen paper, and for what the age asks as soon as the
    birth date is known.
    """

    uploads: ClassVar[tuple[str, ...]] = (*SIDES, *PROOFS)
    second_number = forms.CharField(required=False, max_length=40)
    birth_date = day(gettext_lazy("Birth date"))
    sex = forms.ChoiceField(
        label=gettext_lazy("Sex"), required=False, choices=[("", "–"), *Sex.choices]
    )
    nationality = forms.ChoiceField(label=gettext_lazy("Nationality"), required=False)
    stay_proof = photo(gettext_lazy("Proof of living or working here"))
    income_from = forms.CharField(
        label=gettext_lazy("Who pays the income"), required=False, max_length=100
    )
    income_proof = photo(gettext_lazy("Proof of own income"))
    risk_talk = forms.BooleanField(
        label=gettext_lazy(
            "I went through the risks with this person alone, and they told them back to me"
        ),
        required=False,
    )
    looks = forms.MultipleChoiceField(
        label=gettext_lazy("What you looked at"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def prepare(self) -> None:
        if self.chosen == LICENCE:
            self._ask_of_an_organisation()
        super().prepare()
        self.fields["paper"].help_text = _(
            "Choose it and keep it first: the page then asks for what stands on it."
        )
        self.paper_terms = None if self.chosen == CARD else paper_terms(self.chosen, self.on)
        if self.paper_terms:
            self.terms = replace(self.terms, days_left=self.paper_terms.days_left)
        named: Any = self.fields["nationality"]
        named.choices = [("", _("Choose")), *(one for one in jurisdictions() if one[0] != "CN")]
        looks: Any = self.fields["looks"]
        wanted = self.paper_terms.looks if self.paper_terms else ()
        looks.choices = [(each.value, each.label) for each in wanted]
        for name in self._not_asked():
            del self.fields[name]
        if "back" in self.fields and self.chosen != CARD:
            self.fields["back"].label = _("Back of the document")
        if "second_number" in self.fields:
            second = second_paper({"paper": self.chosen}) or CARD
            self.fields["second_number"].label = NAMES[second]
        whose = {"paper": self.chosen, "age_group": self.answers.get("age_group")}
        self.needed = frozenset({"paper", "looks", *lacking(self.step, whose)})

    def _ask_of_an_organisation(self) -> None:
        self.fields.update(fields_of(self.answers))
        for name, label in LABELS.items():
            self.fields[name].label = label
        self.order_fields([name for name in self.fields if name != "looks"])

    def _not_asked(self) -> list[str]:
        paper, group = self.chosen, self.answers.get("age_group")
        fits = {
            "back": paper not in ONE_SIDED,
            "second_number": second_paper({"paper": paper}) is not None,
            "birth_date": paper not in (*TELLS_BIRTH, LICENCE),
            "sex": paper not in (*TELLS_BIRTH, LICENCE),
            "nationality": paper in FOREIGN,
            "stay_proof": paper in STAYS,
            "income_from": group == AgeGroup.MINOR,
            "income_proof": group == AgeGroup.MINOR,
            "risk_talk": group == AgeGroup.ELDER,
            "looks": self.paper_terms is not None,
        }
        return [name for name, asked in fits.items() if not asked]

    def clean_second_number(self) -> str:
        text = self.cleaned_data["second_number"]
        given = {"paper": self.chosen, "id_number": self.cleaned_data.get("id_number", "")}
        second = second_paper(given)
        if not text or second is None:
            return ""
        try:
            found = check_document(second, text, on=self.on)
        except BadIdentifier as bad:
            raise ValidationError(bad.messages) from bad
        self.refuse_others(second, found.value)
        return found.value

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if self.chosen == LICENCE:
            check_organisation(self, given, self.on)
        whole = {**self.answers, **StepForm.values(self), "paper": self.chosen}
        if says_birth(whole):
            given["birth_date"], given["sex"] = None, ""
            whole = {**whole, "birth_date": ""}
        self._group(born_on(whole, self.on))
        return given

    def _group(self, born: date | None) -> None:
        """Who needs more here; somebody too young for any account is refused here too."""
        self.group, self.ages = AgeGroup.ADULT, age_terms(self.on)
        if born is None:
            return
        self.group = self.ages.group_of(age_on(born, self.on))
        if self.group is None and "id_number" not in self.errors:
            name = "birth_date" if "birth_date" in self.fields else "id_number"
            super()._refuse(name, Hurdle.CHILD)

    def look_at_paper(self) -> None:
        """In place of the police check, which knows no such paper, somebody looks at it."""
        if self.chosen == CARD:
            return
        if self.paper_terms is None:
            self.add_error(
                "paper", _("Compliance has not released the rule for this document yet.")
            )
            return
        if set(self.cleaned_data.get("looks", ())) != set(self.paper_terms.looks):
            self.add_error(
                "looks", _("The step stays open until you have looked at all of it yourself.")
            )

    def change(self, application: Application) -> None:
        """See StepForm; whether a person or an organisation applies decides its risk paper."""
        super().change(application)
        kind = Kind.ORGANISATION if self.chosen == LICENCE else Kind.PERSON
        rows = Customer.objects.filter(pk=application.customer_id, id_hash=None)
        if rows.update(kind=kind):
            application.customer.kind = kind

    def values(self) -> dict[str, Any]:
        found = super().values()
        found.pop("looks", None)  # of staff, not of the customer: a `Sighting`
        return found

    @property
    def looked_at(self) -> list[Look]:
        """What staff say to have looked at; empty while something is missing."""
        wanted = self.paper_terms.looks if self.paper_terms else ()
        return [] if self.errors else list(wanted)

    def _refuse(self, name: str, hurdle: Hurdle) -> None:
        if hurdle not in (Hurdle.TOO_OLD, Hurdle.TOO_YOUNG):
            super()._refuse(name, hurdle)
