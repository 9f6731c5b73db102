"""Take of the quota of some terms of sale, and give back."""

from __future__ import annotations

from decimal import Decimal

from django.db.models import F

from products.models import Quota, Terms
from products.use_cases.order_checks import check_amount


def take_of_quota(terms: Terms, amount: Decimal) -> None:
    """Count an amount in yuan; whoever comes later waits for this transaction.

    Raises:
        UnableToOrder: beside the field `amount`, where it does not fit or too little is left.
    """
    row = Quota.objects.select_for_update().filter(terms=terms).first()
    check_amount(terms, amount, row.total - row.taken if row else None)
    if row is not None:
        row.taken += amount
        row.save(update_fields=["taken"])


def give_back_quota(terms_id: int, amount: Decimal | None) -> None:
    """Free what was not bought after all."""
    if amount:
        Quota.objects.filter(terms=terms_id).update(taken=F("taken") - amount)
