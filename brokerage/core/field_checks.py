"""System check: no admin page shows an encrypted field as it is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib.admin import ModelAdmin
from django.contrib.admin.sites import all_sites
from django.contrib.admin.utils import flatten, flatten_fieldsets
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import models

from brokerage.core.fields import EncryptedTextField


def encrypted_fields(model: type[models.Model]) -> Iterator[EncryptedTextField]:
    """The encrypted fields of a model, inherited ones included."""
    for field in model._meta.concrete_fields:
        if isinstance(field, EncryptedTextField):
            yield field


@register(Tags.admin)
def admin_shows_no_secret(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """An admin lists a masked method (core.masking) instead of the field.

    A base class that puts masks in their place by itself says `masks_encrypted_fields = True`.
    """
    return [
        Error(
            f"The admin shows the encrypted field {name!r}.",
            hint="Show a method that masks it (brokerage.core.masking).",
            obj=type(admin),
            id="core.E003",
        )
        for site in all_sites
        for model, admin in site._registry.items()
        if not getattr(admin, "masks_encrypted_fields", False)
        for name in sorted(_shown(admin) & {field.name for field in encrypted_fields(model)})
    ]


def _shown(admin: ModelAdmin[Any]) -> set[str]:
    if getattr(admin, "masks_encrypted_fields", False):
        return set(admin.search_fields)
    parts: list[Any] = [admin.list_display, admin.readonly_fields, admin.search_fields]
    parts += [flatten(admin.fields or []), flatten_fieldsets(admin.fieldsets or [])]
    return {name for part in parts for name in part if isinstance(name, str)}
