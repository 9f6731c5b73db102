"""Abstract bases; this app has no tables of its own."""

from __future__ import annotations

import uuid

from django.db import models

from brokerage.core import clock


class Referenced(models.Model):
    """Has a random `ref`, made before the insert: all that ever leaves the server.

    The ref also binds encrypted fields to their row, so it never changes.
    """

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)

    class Meta:
        abstract = True


class Timestamped(models.Model):
    """Knows when it was made, by the application clock."""

    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        abstract = True
