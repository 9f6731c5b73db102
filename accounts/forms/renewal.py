"""A new document: both sides, and how long it is valid. Name and number are known already."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.dated import online_terms
from accounts.files import IDENTITY_DOCUMENT
from accounts.forms.identity import HURDLES, SIDES, day, photo
from accounts.models import DocumentRenewal
from accounts.rules.identity import Hurdle, validity_hurdle
from brokerage.core.clock import business_date
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
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(self, *args: Any, renewal: DocumentRenewal, at: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.renewal, self.on = renewal, business_date(at)
        self.photos = {side: renewal.answers.get(side, "") for side in SIDES}

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
        for name in ("id_issuer", "address", "id_long_term"):
            if name in self.cleaned_data:
                found[name] = self.cleaned_data[name]
        for name in DATES:
            if name in self.cleaned_data and name not in self.errors:
                value = self.cleaned_data[name]
                found[name] = value.isoformat() if value else ""
        return found
