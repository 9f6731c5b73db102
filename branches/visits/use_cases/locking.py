"""How use cases of visits keep out of each other's way."""

from __future__ import annotations

from django.db import connection
from django.utils.translation import gettext as _

from branches.visits.models import Visit
from brokerage.core.locking import lock_row


class ChangedMeanwhile(Exception):
    """Somebody else changed the visit since the page was shown; the message is translated."""


def lock_times(unit_id: int) -> None:
    """Wait for whoever gives out times or tickets of this outlet; ends with the transaction.

    Always taken before a visit's row, so that two use cases never wait for each other.
    """
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtext('branches.visits'), %s)", [unit_id])


def locked_visit(visit: Visit, sequence: int | None = None) -> Visit:
    """The row, locked, as it is now.

    Args:
        visit: as it was read.
        sequence: how often it had been moved when the page was shown; None asks for nothing.

    Raises:
        ChangedMeanwhile: when it was moved since.
    """
    found = lock_row(Visit, visit.pk, "unit", "purpose__service", "customer")
    if sequence is not None and found.sequence != sequence:
        raise ChangedMeanwhile(_("This visit was moved meanwhile. Look at its new time first."))
    return found
