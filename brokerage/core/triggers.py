"""Letting a change pass that a trigger of the house refuses to everybody else.

pgtrigger's own `ignore` puts a second statement before each one, which statements that the server
keeps planned do not allow (ADR 0008); here the transaction says it once.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext

import pgtrigger
from django.db import connection, transaction
from django.db.models import Model

SETTING = "pgtrigger.ignore"


@contextmanager
def ignoring(*uris: str) -> Iterator[None]:
    """A transaction, or a part of one, in which the triggers under `uris` let everything pass.

    Args:
        uris: names such as `customers.Consent:only_grows`; none of them: nothing is ignored.
    """
    found = [pair for uri in uris for pair in pgtrigger.registered(uri)]
    names = [trigger.get_pgid(model) for model, trigger in found]
    with transaction.atomic():
        before = _ignored()
        _set(f"{{{','.join([*filter(None, [before]), *names])}}}")
        yield
        _set(f"{{{before}}}")  # after an error the rollback has done it


def ignoring_all_of(model: type[Model]) -> AbstractContextManager[None]:
    """`ignoring` for every trigger of a model; a plain context for a model without any."""
    uris = [trigger.get_uri(model) for trigger in getattr(model._meta, "triggers", [])]
    return ignoring(*uris) if uris else nullcontext()


def _ignored() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting(%s, true)", [SETTING])
        (value,) = cursor.fetchone()
    return (value or "").strip("{}")


def _set(value: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config(%s, %s, true)", [SETTING, value])
