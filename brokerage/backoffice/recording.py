"""Saving a plain record by a form: the row and its journal entry in one transaction."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import models, transaction

from brokerage.backoffice.events import RecordAdded, RecordChanged
from brokerage.core import clock
from brokerage.core.fields import EncryptedTextField
from brokerage.journal.actors import Actor
from brokerage.journal.record import CHANGED, record


@transaction.atomic
def save(user: Any, row: models.Model, *, change: bool, changed: Iterable[str]) -> None:
    """Save `row` and record who did it, with the values of the changed fields before and after.

    Args:
        user: the log-in behind the form.
        row: a model with a `ref`.
        change: False for a new row.
        changed: names of the changed fields.
    """
    label = row._meta.label_lower
    names = [name for name in changed if _is_column(row, name)]
    before = None
    if change:
        old = type(row)._default_manager.select_for_update().get(pk=row.pk)
        before = {name: _plain(old, name) for name in names}
    row.save()
    event = RecordChanged if change else RecordAdded
    record(
        event(subject=row.ref, subject_type=label),  # type: ignore[attr-defined]  # every record has one
        actor=Actor.of(user),
        at=clock.now(),
        before=before,
        after={name: _plain(row, name) for name in names},
    )


def _is_column(row: models.Model, name: str) -> bool:
    return any(field.name == name for field in row._meta.concrete_fields)


def _plain(row: models.Model, name: str) -> Any:
    field: Any = row._meta.get_field(name)
    if isinstance(field, EncryptedTextField):
        return CHANGED
    value = getattr(row, name)
    if isinstance(value, models.Model):
        return str(getattr(value, "ref", value.pk))
    return value if value is None or isinstance(value, (bool, int)) else field.value_to_string(row)
