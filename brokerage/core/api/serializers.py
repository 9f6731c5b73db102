"""Input that names only known fields."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rest_framework import serializers

from brokerage.core.api.problems import Problem, unknown_field


class StrictSerializer(serializers.Serializer[Any]):
    """A serializer that refuses fields it does not declare, so nothing can be mass-assigned."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping):
            known = {name for name, field in self.fields.items() if not field.read_only}
            if unknown := [name for name in data if name not in known]:
                raise Problem("invalid-fields", errors=[unknown_field(name) for name in unknown])
        return super().to_internal_value(data)
