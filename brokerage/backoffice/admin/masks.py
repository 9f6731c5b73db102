"""Encrypted fields as they are shown: masked, always, in lists, pages and exports."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import Model
from django.utils.text import capfirst

from brokerage.core import masking
from brokerage.core.fields import EncryptedTextField
from brokerage.core.registry import Registry

Mask = Callable[[str | None], str]

masks: Registry[Mask] = Registry("backoffice.masks")
"""Masks for fields that BY_NAME does not know, under `app.model.field`."""

BY_NAME: dict[str, Mask] = {
    "name": masking.name,
    "phone": masking.phone,
    "email": masking.email,
    "id_number": masking.identity_number,
    "address": masking.address,
    "bank_card": masking.bank_card,
    "account": masking.account,
}


def encrypted_fields(model: type[Model]) -> dict[str, EncryptedTextField]:
    """The encrypted fields of a model by name."""
    fields = model._meta.concrete_fields
    return {field.name: field for field in fields if isinstance(field, EncryptedTextField)}


class Masked:
    """Shows an encrypted field of a row masked; stands for the field in lists and forms."""

    def __init__(self, field: EncryptedTextField) -> None:
        self.field_name = field.name
        self.short_description = capfirst(field.verbose_name)
        self.__name__ = f"masked_{field.name}"
        key = f"{field.model._meta.label_lower}.{field.name}"
        self._mask = masks.get(key) if key in masks else BY_NAME.get(field.name)

    def __call__(self, row: Any) -> str:
        value = getattr(row, self.field_name)
        if not value:
            return ""
        return self._mask(value) if self._mask else masking.HIDDEN


def masked(model: type[Model], name: str) -> Masked | str:
    """The masked stand-in of an encrypted field; any other name as it is."""
    field = encrypted_fields(model).get(name) if isinstance(name, str) else None
    return Masked(field) if field else name
