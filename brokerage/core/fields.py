"""Encrypted model fields: sealed when set, bound to the row, opened when read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.conf import settings
from django.core import checks
from django.core.exceptions import FieldDoesNotExist
from django.db import models

from brokerage.core.crypto import CannotOpen, key_of, seal, unseal

if TYPE_CHECKING:
    TextField = models.TextField[str | None, str | None]
else:
    TextField = models.TextField


class Sealed(str):
    """A token as it stands in the column; the field opens it when the attribute is read."""

    __slots__ = ()


class Opened(str):
    """A value that was read, with its token: setting it again on its row changes nothing."""

    __slots__ = ("context", "token")
    context: str
    token: Sealed

    @classmethod
    def of(cls, token: Sealed, context: str) -> Opened:
        """Open `token`; raises CannotOpen."""
        opened = cls(unseal(token, context=context))
        opened.token, opened.context = token, context
        return opened


class _SealOnSet:
    """Descriptor that holds tokens only, so no copy of a row in memory carries its secrets."""

    keeps_what_is_read = True
    """A token, or nothing, is held as it is; see `core.shapes.Maker`."""

    def __init__(self, field: EncryptedTextField) -> None:
        self.field = field

    def __get__(self, instance: models.Model | None, owner: type[models.Model]) -> Any:
        if instance is None:
            return self
        name = self.field.attname
        if name not in instance.__dict__:  # a deferred field
            instance.__dict__[name] = self._fetch(instance)
        value = instance.__dict__[name]
        if not isinstance(value, Sealed):
            return value
        return Opened.of(value, self.field.context(instance))

    def __set__(self, instance: models.Model, value: Any) -> None:
        instance.__dict__[self.field.attname] = self._sealed(instance, value)

    def _sealed(self, instance: models.Model, value: Any) -> str | None:
        if value is None or isinstance(value, Sealed):
            return value
        if not isinstance(value, str):
            raise TypeError(f"{self.field.name} takes text, not {type(value).__name__}.")
        if not value:
            return ""
        context = self.field.context(instance)
        if isinstance(value, Opened) and value.context == context:
            return value.token
        return Sealed(seal(str(value), context=context))

    def _fetch(self, instance: models.Model) -> Any:
        # not by refresh_from_db(), which would open the value and seal it anew
        rows = self.field.model._base_manager.db_manager(instance._state.db)
        return rows.filter(pk=instance.pk).values_list(self.field.name, flat=True).get()


class EncryptedTextField(TextField):
    """Text that only this process can read. The model needs a `ref` declared before it.

    It has no look-ups but `isnull`: search by a keyed hash in a column beside it. It never
    appears in model forms, fixtures or the admin; query set `update()`, `bulk_update()` and
    expressions are refused, because they could not bind the value to its row. `values()` gives
    the token. Renaming the model or field makes old values unreadable: seal them anew.
    """

    description = "Text sealed with the key ring and bound to its row"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{**kwargs, "editable": False})

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        kwargs.pop("editable", None)
        return name, path, args, kwargs

    def context(self, instance: models.Model) -> str:
        """What a value of this field on `instance` is bound to; the same for proxies."""
        return self.context_of(instance.ref)  # type: ignore[attr-defined]  # every record has one

    def context_of(self, ref: UUID | str) -> str:
        """What a value of this field is bound to in the row with this `ref`."""
        known = ref if isinstance(ref, UUID) else UUID(ref)
        return f"{self.model._meta.label_lower}.{self.name}:{known}"

    def contribute_to_class(
        self, cls: type[models.Model], name: str, private_only: bool = False
    ) -> None:
        super().contribute_to_class(cls, name, private_only)
        setattr(cls, self.attname, _SealOnSet(self))

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> str | None:
        return Sealed(value) if value else value

    def pre_save(self, model_instance: models.Model, add: bool) -> str | None:
        value: str | None = model_instance.__dict__.get(self.attname)
        if isinstance(value, Sealed):
            value = self._renewed(value, self.context(model_instance), add=add)
            model_instance.__dict__[self.attname] = value
        return value

    def _renewed(self, token: Sealed, context: str, *, add: bool) -> Sealed:
        old_key = key_of(token) != settings.KEYS.current
        if not (add or old_key):
            return token
        try:
            plain = unseal(token, context=context)
        except CannotOpen:
            if add:  # a copied instance with a new ref would be stored unreadable
                raise
            return token
        # an old copy in memory must not bring an old key back behind a rotation
        return Sealed(seal(plain, context=context)) if old_key else token

    def get_prep_value(self, value: Any) -> Any:
        if value and not isinstance(value, Sealed):
            raise TypeError(f"{self.name} is encrypted: set it on an instance and save that.")
        return str(value) if value else value

    def get_placeholder(self, value: Any, compiler: Any, connection: Any) -> str:
        """Refuses expressions: they would copy a token to a row where it does not open."""
        if hasattr(value, "as_sql"):
            raise TypeError(f"{self.name} is encrypted: it takes no expressions.")
        return "%s"

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
        if not self._is_bound():
            found.append(
                checks.Error(
                    "An encrypted field needs a `ref` declared before it.",
                    hint="Inherit from brokerage.core.models.Referenced.",
                    obj=self,
                    id="core.E002",
                )
            )
        return found

    def _is_bound(self) -> bool:
        try:
            ref = self.model._meta.get_field("ref")
        except FieldDoesNotExist:
            return False
        order = list(self.model._meta.fields)
        return isinstance(ref, models.UUIDField) and order.index(ref) < order.index(self)
