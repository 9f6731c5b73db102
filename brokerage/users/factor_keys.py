"""Key rotation of second factors: allauth keeps their sealed secrets inside JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db import transaction

from brokerage.core import rotation
from brokerage.core.crypto import CannotOpen, key_of, seal, unseal
from brokerage.users.factors import CONTEXT

SECRETS = ("secret", "seed")  # of a TOTP, of recovery codes; a passkey has none


class FactorSecrets:
    """The secrets of all TOTP and recovery-code factors, as a place of rotation."""

    label = "mfa.Authenticator.data"

    def keys(self) -> Counter[str]:
        every = Authenticator.objects.values_list("data", flat=True)
        return Counter(key_of(token) for data in every for _name, token in _tokens(data))

    def reseal(self, *, after: Any, size: int) -> rotation.Batch:
        rows = Authenticator.objects.filter(pk__gt=after or 0).order_by("pk")
        with transaction.atomic():
            # somebody who signs in at this moment marks a recovery code as used: the lock keeps it
            found = list(rows.select_for_update(skip_locked=True)[:size])
            batch = rotation.Batch(last=found[-1].pk if len(found) == size else None)
            for row in found:
                self._reseal(row, batch)
        return batch

    def _reseal(self, row: Authenticator, batch: rotation.Batch) -> None:
        for name, token in _tokens(row.data):
            if key_of(token) == settings.KEYS.current:
                continue
            try:
                row.data[name] = seal(unseal(token, context=CONTEXT), context=CONTEXT)
            except CannotOpen:
                batch.broken.append(str(row.user.ref))
                continue
            row.save(update_fields=["data"])
            batch.sealed += 1


def _tokens(data: dict[str, Any]) -> Iterator[tuple[str, str]]:
    return ((name, data[name]) for name in SECRETS if name in data)


def register() -> None:
    """Called when the app is ready."""
    rotation.places.register(FactorSecrets.label, FactorSecrets())
