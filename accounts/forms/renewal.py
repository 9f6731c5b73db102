"""A new document: both sides, how long it is valid, and a name or number that changed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.dated import online_terms
from accounts.files import IDENTITY_DOCUMENT
from accounts.forms.identity import HURDLES, SIDES, WRITTEN_NAME, day, photo
from accounts.models import DocumentRenewal
from accounts.rules.identity import Hurdle, validity_hurdle
from brokerage.core.clock import business_date
from brokerage.core.identifiers import BadIdentifier, resident_id
from brokerage.customers.models import IdType
from brokerage.customers.selectors import find_by_identity
from brokerage.files import api as files
from brokerage.journal.actors import Actor

DATES = ("id_valid_from", "id_valid_to")


class RenewalForm(forms.Form):
    """What is valid is kept; what was read on the photos stands in empty fields."""

    front = photo(gettext_lazy("Side with the portrait"))
    back = photo(gettext_lazy("Side with the emblem"))
    id_valid_from = day(gettext_lazy("Valid from"))
    id_valid_to = day(
        gettext_lazy("Valid until"),
        help_text=gettext_lazy("Leave it empty where the document says “long-term”."),
    )
    id_long_term = forms.BooleanField(
        label=gettext_lazy("The document says “long-term”"), required=False
    )
    id_issuer = forms.CharField(label=gettext_lazy("Issued by"), required=False, max_length=60)
    address = forms.CharField(
        label=gettext_lazy("Address"),
        required=False,
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 2, "autocomplete": "street-address"}),
    )
    new_name = forms.CharField(
        label=gettext_lazy("New name"),
        required=False,
        min_length=2,
        max_length=60,
        help_text=gettext_lazy("Leave it empty where your name stays as it is."),
        validators=[WRITTEN_NAME],
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "words"}),
    )
    new_number = forms.CharField(
        label=gettext_lazy("New identity number"),
        required=False,
        max_length=40,
        help_text=gettext_lazy("Leave it empty where your number stays as it is."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(self, *args: Any, renewal: DocumentRenewal, at: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.renewal, self.on = renewal, business_date(at)
        self.photos = {side: renewal.answers.get(side, "") for side in SIDES}

    def clean_new_name(self) -> str:
        return " ".join(self.cleaned_data["new_name"].split())

    def clean_new_number(self) -> str:
        text = self.cleaned_data["new_number"]
        if not text:
            return ""
        try:
            number = resident_id(text, on=self.on).value
        except BadIdentifier as bad:
            raise ValidationError(bad.messages) from bad
        holder = find_by_identity(IdType.RESIDENT_ID, number)
        if holder is not None and holder != self.renewal.application.customer:
            raise ValidationError(_("This document is already in use by another customer."))
        return number

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if given.get("id_long_term"):
            given["id_valid_to"] = None
        elif not given.get("id_valid_to") and self.sends and "id_valid_to" not in self.errors:
            self.add_error("id_valid_to", _("Fill this in, or say that it is “long-term”."))
        if not given.get("id_valid_from") and self.sends and "id_valid_from" not in self.errors:
            self.add_error("id_valid_from", _("Fill this in."))
        terms = online_terms(self.on)
        hurdle = validity_hurdle(
            given.get("id_valid_from"), given.get("id_valid_to"), self.on, terms
        )
        if hurdle:
            name = "id_valid_from" if hurdle == Hurdle.NOT_YET_VALID else "id_valid_to"
            self.add_error(name, str(HURDLES[hurdle]).format(days=terms.days_left))
        return given

    @property
    def sends(self) -> bool:
        """Whether the customer wants to send, not only to keep."""
        return self.data.get("act") == "send"

    def store(self, *, actor: Actor, at: datetime) -> None:
        """Store new photos; a refused or missing one is told beside its field."""
        for side in SIDES:
            upload = self.cleaned_data.get(side)
            if not upload:
                if self.sends and not self.photos[side]:
                    self.add_error(side, _("Take this photo, or choose one."))
                continue
            try:
                stored = files.store(
                    upload=upload,
                    purpose=IDENTITY_DOCUMENT,
                    owner_ref=self.renewal.application.ref,
                    actor=actor,
                    at=at,
                )
            except files.UnableToStore as refused:
                self.add_error(side, refused)
            else:
                self.photos[side] = str(stored.ref)

    def values(self) -> dict[str, Any]:
        """What is valid, as a renewal keeps it."""
        found: dict[str, Any] = {side: ref for side, ref in self.photos.items() if ref}
        for name in ("id_issuer", "address", "id_long_term", "new_name", "new_number"):
            if name in self.cleaned_data and name not in self.errors:
                found[name] = self.cleaned_data[name]
        for name in DATES:
            if name in self.cleaned_data and name not in self.errors:
                value = self.cleaned_data[name]
                found[name] = value.isoformat() if value else ""
        return found
