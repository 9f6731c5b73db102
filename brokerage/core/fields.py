"""Encrypted model fields: sealed in the column, bound to the row, opened on first use."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core import checks
from django.db import models

from brokerage.core.crypto import seal, unseal

if TYPE_CHECKING:
    TextField = models.TextField[str | None, str | None]
else:
    TextField = models.TextField


class Sealed(str):
    """A token as it stands in the column; the field opens it when the attribute is read."""

    __slots__ = ()


class _OpenOnRead:
    """Descriptor that keeps a token until somebody reads the attribute."""

    def __init__(self, field: EncryptedTextField) -> None:
        self.field = field

    def __get__(self, instance: models.Model | None, owner: type[models.Model]) -> Any:
        if instance is None:
            return self
        name = self.field.attname
        if name not in instance.__dict__:  # a deferred field
            instance.refresh_from_db(fields=[name])
        value = instance.__dict__[name]
        return (
            unseal(value, context=self.field.context(instance))
            if isinstance(value, Sealed)
            else value
        )

    def __set__(self, instance: models.Model, value: Any) -> None:
        instance.__dict__[self.field.attname] = value


class EncryptedTextField(TextField):
    """Text that only this process can read. The model needs a `ref`.

    It has no look-ups but `isnull`: search by a keyed hash in a column beside it. Query set
    `update()` with a plain value is refused, because it could not bind the value to its row.
    """

    description = "Text sealed with the key ring and bound to its row"

    def context(self, instance: models.Model) -> str:
        """What a value of this field on `instance` is bound to."""
        return f"{instance._meta.label_lower}.{self.name}:{instance.ref}"  # type: ignore[attr-defined]

    def contribute_to_class(
        self, cls: type[models.Model], name: str, private_only: bool = False
    ) -> None:
        super().contribute_to_class(cls, name, private_only)
        setattr(cls, self.attname, _OpenOnRead(self))

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> str | None:
        return Sealed(value) if value else value

    def pre_save(self, model_instance: models.Model, add: bool) -> str | None:
        value = model_instance.__dict__.get(self.attname)
        if not value or isinstance(value, Sealed):
            return value
        return Sealed(seal(str(value), context=self.context(model_instance)))

    def get_prep_value(self, value: Any) -> Any:
        if value and not isinstance(value, Sealed):
            raise TypeError(f"{self.name} is encrypted: save the instance instead of update().")
        return str(value) if value else value

    def get_lookup(self, lookup_name: str) -> Any:
        return super().get_lookup(lookup_name) if lookup_name == "isnull" else None

    def value_to_string(self, obj: models.Model) -> str:
        raise TypeError(f"{self.name} is encrypted and never serialised.")

    def check(self, **kwargs: Any) -> list[checks.CheckMessage]:
        found = super().check(**kwargs)
        if self.unique or getattr(self, "db_index", False):
            found.append(
                checks.Error(
                    "An encrypted field cannot be unique or indexed.",
                    hint="Put a keyed hash beside it and index that.",
                    obj=self,
                    id="core.E001",
                )
            )
        return found
