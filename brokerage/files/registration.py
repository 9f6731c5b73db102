"""Making a purpose known: who may see its files, and when they go."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q, QuerySet

from brokerage.core import clock, retention
from brokerage.files.models import StoredFile
from brokerage.files.purposes import Purpose, purposes
from brokerage.files.states import Status
from brokerage.files.use_cases.dispose_file import dispose_with_copies
from brokerage.journal.actors import Actor

DISPOSER = Actor.system("files.retention")


def register(purpose: Purpose) -> Purpose:
    """Add a purpose and its retention policy; call it from an app's `ready()`."""
    retention.register(policy_of(purpose))
    return purposes.register(purpose.key, purpose)


def policy_of(purpose: Purpose) -> retention.Policy:
    """How files of this purpose end: by its rule, unless their owner is under a legal hold."""

    def due(before: datetime) -> QuerySet[StoredFile]:
        # an original takes its clean copy along; where it went at once, the copy stands alone
        gone = StoredFile.objects.filter(status=Status.DISPOSED).values("pk")
        rows = StoredFile.objects.filter(
            Q(original__isnull=True) | Q(original__in=gone), purpose=purpose.key
        ).exclude(status__in=[Status.RECEIVING, Status.DISPOSED])
        if purpose.kept_since is None:
            return rows.filter(stored_at__lt=before)
        return rows.filter(owner_ref__in=purpose.kept_since(before))

    return retention.Policy(
        key=f"files.{purpose.key}",
        label=purpose.label,
        rule=purpose.retention_key,
        due=due,
        held_by={purpose.owner_type: "owner_ref"},
        dispose=_dispose,
    )


def _dispose(rows: QuerySet[StoredFile]) -> int:
    found = list(rows)
    for row in found:
        dispose_with_copies(row, actor=DISPOSER, at=clock.now(), reason="kept long enough")
    return len(found)
