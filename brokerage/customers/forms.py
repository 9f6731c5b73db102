"""Forms of "My data"."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms

from brokerage.customers.rules.profile import CONTACT_FIELDS, FIELDS

AUTOCOMPLETE = {"address": "street-address", "employer": "organization", "email": "email"}


class ContactForm(forms.Form):
    """The fields that a customer sets without a document."""

    def __init__(self, *args: Any, values: Mapping[str, str], **kwargs: Any) -> None:
        initial = {name: values.get(name, "") for name in CONTACT_FIELDS}
        super().__init__(*args, **{**kwargs, "initial": initial})
        for name in CONTACT_FIELDS:
            kind = forms.EmailField if name == "email" else forms.CharField
            self.fields[name] = kind(
                label=str(FIELDS[name].label), required=False, max_length=FIELDS[name].longest
            )
            if name in AUTOCOMPLETE:
                self.fields[name].widget.attrs["autocomplete"] = AUTOCOMPLETE[name]
