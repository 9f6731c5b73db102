"""Filters that offer only what the reader may see."""

from __future__ import annotations

from typing import Any

from django.contrib.admin import FieldListFilter, RelatedFieldListFilter

from brokerage.core import scope


class ScopedRelatedFilter(RelatedFieldListFilter):
    """The choices of a relation are the visible rows of its model."""

    def field_choices(self, field: Any, request: Any, model_admin: Any) -> Any:
        seen = scope.visible(field.remote_field.model, request.user)
        return [(str(row.pk), str(row)) for row in seen]


def install() -> None:
    """Make this the filter of every relation, so that no admin class can forget it."""
    FieldListFilter.register(
        lambda field: bool(field.remote_field), ScopedRelatedFilter, take_priority=True
    )
