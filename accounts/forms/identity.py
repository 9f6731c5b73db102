"""The identity document: both sides, and what stands on them."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.dated import online_terms
from accounts.documents.remarks import remarks
from accounts.files import IDENTITY_DOCUMENT
from accounts.forms.base import StepForm
from accounts.models import Application, Reading
from accounts.papers.dated import AgeTerms, age_terms
from accounts.papers.kinds import CARD, ID_TYPES, OTHERS, identifier_of
from accounts.papers.states import AgeGroup
from accounts.rules.identity import Hurdle, age_hurdle, age_on, ends_soon, validity_hurdle
from accounts.states import Step
from accounts.use_cases.photos import SIDES as READ_SIDES
from accounts.use_cases.readings import readings_of, remark_sentence, request_reading
from brokerage.core.identifiers import (
    BadIdentifier,
    Document,
    Identifier,
    check_document,
)
from brokerage.customers.selectors import find_by_identity
from brokerage.files import api as files
from brokerage.journal.actors import Actor

# Letters of any script with the marks that stand in names (·, ', -, .), no digits or signs. The
# planes of rare Chinese characters count whole: Python's tables learn the newest years later.
LETTER = r"(?:[^\W\d_]|(?!\w)[\U00020000-\U0003FFFD])"
NAME = re.compile(rf"{LETTER}+(?:[ ·•.'’\-]+{LETTER}+)*\.?")
SIDES = ("front", "back")
A_DAY, NUMBERS_A_DAY = 24 * 60 * 60, 10
PAPERS = [(each.value, each.label) for each in (CARD, *OTHERS)]
HURDLES = {
    Hurdle.TOO_YOUNG: gettext_lazy(
        "Online, an account is opened from the age of {youngest}. At an outlet it may be possible "
        "earlier, with proof of own income."
    ),
    Hurdle.TOO_OLD: gettext_lazy(
        "From the age of {above} we open accounts at an outlet, where somebody goes through "
        "everything with you."
    ),
    Hurdle.CHILD: gettext_lazy(
        "An account can be opened from the age of {least}, at an outlet and with proof of own "
        "income. Nobody younger can open one."
    ),
    Hurdle.OTHER_PAPER: gettext_lazy(
        "With this document an outlet opens your account, because somebody has to hold the "
        "original in their hands."
    ),
    Hurdle.EXPIRED: gettext_lazy("This document has expired. Use the one that is valid today."),
    Hurdle.EXPIRES_SOON: gettext_lazy(
        "This document must be valid for at least {days} more days. Renew it first."
    ),
    Hurdle.NOT_YET_VALID: gettext_lazy("This document is not valid yet. Check the date."),
    Hurdle.ORDER: gettext_lazy("The document would end before it begins. Check both dates."),
}
AT_OUTLET = (Hurdle.TOO_YOUNG, Hurdle.TOO_OLD, Hurdle.OTHER_PAPER)


def photo(label: Any) -> forms.FileField:
    """A photo of one side; the camera opens where the device has one."""
    return forms.FileField(
        label=label,
        required=False,
        widget=forms.FileInput(
            attrs={"accept": "image/jpeg,image/png,image/webp", "data-photo": ""}
        ),
    )


def day(label: Any, **kwargs: Any) -> forms.DateField:
    """A date as it stands on a document."""
    return forms.DateField(
        label=label,
        required=False,
        input_formats=["%Y-%m-%d", "%Y.%m.%d", "%Y/%m/%d", "%Y%m%d"],
        error_messages={"invalid": gettext_lazy("Write the date like 2026-01-31.")},
        widget=forms.DateInput(
            format="%Y-%m-%d", attrs={"inputmode": "numeric", "placeholder": "2026-01-31"}
        ),
        **kwargs,
    )


WRITTEN_NAME = RegexValidator(
    re.compile(rf"\A{NAME.pattern}\Z"),
    gettext_lazy("A name has letters only. Check it against your document."),
)


class IdentityForm(StepForm):
    """Everything is kept as far as it is valid; what is missing is named beside its field."""

    step: ClassVar[Step] = Step.IDENTITY
    uploads: ClassVar[tuple[str, ...]] = SIDES
    paper = forms.ChoiceField(
        label=gettext_lazy("Your document"), choices=PAPERS, required=False, initial=CARD
    )
    front = photo(gettext_lazy("Side with the portrait"))
    back = photo(gettext_lazy("Side with the emblem"))
    name = forms.CharField(
        label=gettext_lazy("Name"),
        required=False,
        min_length=2,
        max_length=60,
        error_messages={"min_length": gettext_lazy("Write your whole name.")},
        validators=[WRITTEN_NAME],
        widget=forms.TextInput(attrs={"autocomplete": "name", "autocapitalize": "words"}),
    )
    id_number = forms.CharField(
        label=gettext_lazy("Identity number"),
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )
    address = forms.CharField(
        label=gettext_lazy("Address"),
        required=False,
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 2, "autocomplete": "street-address"}),
    )
    id_issuer = forms.CharField(
        label=gettext_lazy("Issued by"),
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    id_valid_from = day(gettext_lazy("Valid from"))
    id_valid_to = day(
        gettext_lazy("Valid until"),
        help_text=gettext_lazy("Leave it empty where the document says “long-term”."),
    )
    id_long_term = forms.BooleanField(
        label=gettext_lazy("The document says “long-term”"), required=False
    )
    hurdle: Hurdle | None = None
    ages: AgeTerms | None = None

    def present(self) -> dict[str, Any]:
        # a kept photo is no upload: it stays in `photos`
        return {**dict.fromkeys(self.uploads), "paper": self.answers.get("paper") or CARD}

    def prepare(self) -> None:
        self.terms = online_terms(self.on)
        self.group: AgeGroup | None = AgeGroup.ADULT
        self.photos: dict[str, str] = {
            name: self.answers[name] for name in self.uploads if self.answers.get(name)
        }
        self.sent: dict[str, str] = {}
        for side in self.uploads:
            self.sources.pop(side, None)  # a photo is neither typed nor read
        self.readings = readings_of([self.photos[side] for side in SIDES if side in self.photos])
        if kept := identifier_of({**self.answers, "paper": self.chosen}, self.on):
            self._confirm(kept)
        until = self.answers.get("id_valid_to")
        if until and ends_soon(date.fromisoformat(until), self.on, self.terms):
            self.warnings["id_valid_to"] = _("It ends soon. Renew it in time.")
        for reading in self.readings.values():
            self._compare(reading)

    @property
    def chosen(self) -> Document:
        """The paper that the page is about now."""
        given = self.data.get("paper") if self.is_bound else self.answers.get("paper")
        return Document(given) if given in ID_TYPES else CARD

    def _compare(self, reading: Reading) -> None:
        """Say beside each field what was read otherwise, or not surely."""
        for remark in remarks(reading.found, self.answers):
            self.warnings[remark.field] = remark_sentence(remark)
            if self.sources.get(remark.field) == "read":
                self.sources[remark.field] = "check"

    def clean_name(self) -> str:
        return " ".join(self.cleaned_data["name"].split())

    def clean_id_number(self) -> str:
        text = self.cleaned_data["id_number"]
        if not text:
            return ""
        try:
            found = check_document(self.chosen, text, on=self.on)
        except BadIdentifier as bad:
            raise ValidationError(bad.messages) from bad
        if found.birth_date:
            self._look_at_age("id_number", found.birth_date)
        self.refuse_others(self.chosen, found.value)
        self._confirm(found)
        return found.value

    def refuse_others(self, paper: Document, number: str) -> None:
        """One paper is one customer's; raises ValidationError without saying whose."""
        kept = self.answers.get("id_number")
        if kept and kept != number:
            self._count_try()
        holder = find_by_identity(ID_TYPES[paper], number)
        if holder is not None and holder != self.application.customer:
            self._count_try()
            raise ValidationError(
                _(
                    "We know this document already. Sign in with the phone number you used then, "
                    "or ask at an outlet."
                )
            )

    def _count_try(self) -> None:
        """Nobody finds out here by trying whose customer somebody is; raises ValidationError."""
        key = f"accounts.numbers_tried:{self.application.customer_id}"
        cache.add(key, 0, timeout=A_DAY)
        if cache.incr(key) > NUMBERS_A_DAY:
            raise ValidationError(
                _("Too many numbers were tried. Go on tomorrow, or visit an outlet.")
            )

    def _look_at_age(self, name: str, born: date) -> None:
        """Say beside the field that told the birth date what this age cannot do here."""
        hurdle = age_hurdle(born, self.on, self.terms)
        if hurdle is None:
            return
        self.ages = age_terms(self.on)
        self.group = self.ages.group_of(age_on(born, self.on))
        self._refuse(name, hurdle if self.group else Hurdle.CHILD)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if given.get("id_long_term"):
            given["id_valid_to"] = None
        self.look_at_paper()
        start, end = given.get("id_valid_from"), given.get("id_valid_to")
        if hurdle := validity_hurdle(start, end, self.on, self.terms):
            self._refuse(
                "id_valid_from" if hurdle == Hurdle.NOT_YET_VALID else "id_valid_to", hurdle
            )
        return given

    def look_at_paper(self) -> None:
        """Online only the resident identity card goes on; another paper is kept."""
        if self.chosen != CARD:
            self._refuse("paper", Hurdle.OTHER_PAPER)

    def store(self, *, actor: Actor, at: datetime) -> None:
        """Store new photos; a refused one is told beside its field. Outside a transaction."""
        for side in self.uploads:
            upload = self.cleaned_data.get(side)
            if not upload:
                continue
            try:
                stored = files.store(
                    upload=upload,
                    purpose=IDENTITY_DOCUMENT,
                    owner_ref=self.application.ref,
                    actor=actor,
                    at=at,
                )
            except files.UnableToStore as refused:
                self.add_error(side, refused)
            else:
                self.photos[side] = self.sent[side] = str(stored.ref)

    def keep(self, *, actor: Actor, at: datetime, unfinished: bool = False) -> Application:
        """See StepForm; what was just sent of a resident card is read by the worker."""
        read = READ_SIDES if self.chosen == CARD else {}
        if not self.sent.keys() & read.keys():
            return super().keep(actor=actor, at=at, unfinished=unfinished)
        with transaction.atomic():
            saved = super().keep(actor=actor, at=at, unfinished=unfinished)
            for side in self.sent.keys() & read.keys():
                ref = UUID(self.sent[side])
                request_reading(application=saved, file_ref=ref, side=read[side], at=at)
        return saved

    def values(self) -> dict[str, Any]:
        """Ordinary cases carry neither `paper` nor `age_group`: nothing is counted as typed."""
        ordinary = self.group in (None, AgeGroup.ADULT)
        return {
            **super().values(),
            **self.photos,
            "paper": "" if self.chosen == CARD else self.chosen.value,
            "age_group": "" if ordinary else str(self.group),
        }

    def change(self, application: Application) -> None:
        if name := self.cleaned_data.get("name"):
            application.set_applicant_name(name)
        application.paper = self.chosen
        application.age_group = self.group or AgeGroup.ADULT

    def _refuse(self, name: str, hurdle: Hurdle) -> None:
        self.hurdle = hurdle
        self.add_error(
            name,
            str(HURDLES[hurdle]).format(
                youngest=self.terms.youngest,
                least=self.ages.youngest if self.ages else "",
                above=self.terms.oldest + 1,
                days=self.terms.days_left,
            ),
        )

    def _confirm(self, found: Identifier) -> None:
        if found.birth_date is None or found.sex is None:
            return
        self.confirmations["id_number"] = _(
            "The check digit fits: {sex}, {age} years old."
        ).format(sex=found.sex.label, age=age_on(found.birth_date, self.on))
