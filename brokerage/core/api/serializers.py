"""Input that names only known fields."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError


class StrictSerializer(serializers.Serializer[Any]):
    """A serializer that refuses fields it does not declare, so nothing can be mass-assigned.

    What is unknown and what is wrong is named in one answer, nested objects included.
    """

    def to_internal_value(self, data: Any) -> Any:
        unknown = self._unknown(data) if isinstance(data, Mapping) else {}
        try:
            value = super().to_internal_value(data)
        except ValidationError as error:
            if not isinstance(error.detail, dict):
                raise
            raise ValidationError({**error.detail, **unknown}) from None
        if unknown:
            raise ValidationError(unknown)
        return value

    def _unknown(self, data: Mapping[str, Any]) -> dict[str, list[ErrorDetail]]:
        """An error for each name that is none of our fields."""
        known = {name for name, field in self.fields.items() if not field.read_only}
        said = ErrorDetail(_("There is no such field."), "unknown_field")
        return {name: [said] for name in data if name not in known}


class TrueOrFalse(serializers.BooleanField):
    """The true and false of JSON; no word or number means either."""

    def to_internal_value(self, data: Any) -> bool:
        if not isinstance(data, bool):
            self.fail("invalid", input=data)
        return data


class Nothing(StrictSerializer):
    """The body of a POST that needs none: left out, or an object without fields."""
