"""Abstract bases; this app has no tables of its own."""

from __future__ import annotations

import uuid

from django.db import models

from brokerage.core import clock
from brokerage.core.saving import KeptStatements


class Referenced(KeptStatements):
    """Has a random `ref`, made before the insert: all that ever leaves the server.

    The ref also binds encrypted fields to their row, so it never changes.
    """

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.short_ref

    @property
    def short_ref(self) -> str:
        """The first eight digits, which people read out to each other; never looked up by."""
        return str(self.ref)[:8].upper()


class Timestamped(KeptStatements):
    """Knows when it was made, by the application clock."""

    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        abstract = True
