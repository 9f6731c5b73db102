"""Tax residence of an organisation: its type, and the declaration (CRS, with the US question)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from accounts.forms.profile import one_of
from accounts.forms.tax import ABROAD, TaxForm, latin
from accounts.terms import EntityType, Residence, YesNo

PERSONAL = tuple(name for name in ABROAD if name != "address_latin")


class EntityTaxForm(TaxForm):
    """As the form of persons, with the type of the organisation in place of birth and names."""

    entity_type = forms.ChoiceField(
        label=gettext_lazy("What the organisation is for tax purposes"),
        required=False,
        choices=[("", "–"), *EntityType.choices],
    )
    first = ("entity_type", "us_person", "controlling")
    us_person = one_of(gettext_lazy("Is it a US entity or owned by US persons?"), YesNo)
    controlling = one_of(
        gettext_lazy("Where do those who control it pay tax as residents?"), Residence
    )
    name_latin = latin(gettext_lazy("Name of the organisation in Latin letters"), 120)

    def prepare(self) -> None:
        asks = self.fields["us_person"]
        super().prepare()
        self.fields["us_person"], self.signs = asks, None  # of organisations it is always asked
        for name in PERSONAL:
            del self.fields[name]
        order = ["entity_type", "us_person", "controlling", "residence", "name_latin"]
        self.order_fields([*order, "address_latin", *self.jurisdiction_fields()])

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        if given.get("entity_type") != EntityType.PASSIVE:
            given["controlling"] = ""
        for name in PERSONAL:
            given.pop(name, None)
        return given

    def values(self) -> dict[str, Any]:
        return {**super().values(), "entity": True}
