"""A customer opens an item: note which version they saw."""

from __future__ import annotations

from datetime import datetime

from django.db import connection, transaction

from brokerage.customers.models import Customer
from content.models import Item, Read
from content.states import ItemStatus

SHARED = "SELECT live_id, status FROM content_item WHERE id = %s FOR SHARE"


@transaction.atomic
def read_item(*, item: Item, customer: Customer, at: datetime) -> bool:
    """Note that the customer sees `item.live`, as the caller loaded it.

    Readers share the lock; a release or a withdrawal waits for them. So every reading of a wrong
    version is on record before the correction looks for its readers.

    Returns:
        Whether it is shown now; if not, nothing is noted and the page has to be asked anew.
    """
    with connection.cursor() as cursor:
        cursor.execute(SHARED, [item.pk])
        live, status = cursor.fetchone()
    if status != ItemStatus.LIVE or live != item.live_id:
        return False
    Read.objects.bulk_create(
        [Read(customer=customer, item=item, revision_id=live, first_at=at, last_at=at)],
        update_conflicts=True,
        unique_fields=["customer", "item"],
        update_fields=["revision", "last_at"],
    )
    return True
