"""Read what assessments say of class, time and types, for counting over many customers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from brokerage.core.clock import business_date
from brokerage.customers.purposes import MARKETING, PERSONALISATION
from products.models import StatedWish
from suitability.models import Assessment
from suitability.selectors.investor import investors_of

AT_ONCE = 2000
# the newest assessment that counts is another one than that which was read, or none was read
LACKING = """
SELECT newest.customer_id FROM (
    SELECT DISTINCT ON (customer_id) customer_id, id FROM suitability_assessment
    WHERE confirmed_at IS NOT NULL AND valid_until > %(on)s
    ORDER BY customer_id, submitted_at DESC, id DESC) newest
JOIN (SELECT customer_id FROM customers_consent
    WHERE withdrawn_at IS NULL AND purpose = ANY(%(purposes)s::varchar[])
    GROUP BY customer_id HAVING count(*) = cardinality(%(purposes)s::varchar[])) agreed
    USING (customer_id)
JOIN customers_customer k ON k.id = newest.customer_id AND k.closed_at IS NULL
LEFT JOIN products_statedwish wish USING (customer_id)
WHERE wish.assessment_id IS DISTINCT FROM newest.id
ORDER BY newest.customer_id
"""
FORGET = """
DELETE FROM products_statedwish wish WHERE NOT EXISTS (
    SELECT FROM customers_consent c WHERE c.customer_id = wish.customer_id
    AND c.withdrawn_at IS NULL AND c.purpose = ANY(%(purposes)s::varchar[])
    HAVING count(*) = cardinality(%(purposes)s::varchar[]))
    OR EXISTS (SELECT FROM customers_customer k
        WHERE k.id = wish.customer_id AND k.closed_at IS NOT NULL)
"""
LONG_WORK = "SET LOCAL statement_timeout = '10min'"


def read_wishes(*, at: datetime) -> int:
    """Read the assessments of who agreed and was not read yet; forget who agrees no longer.

    Each portion is a transaction of its own: cut off anywhere, it goes on where it stood.

    Returns:
        How many were read.
    """
    values: dict[str, Any] = {"on": business_date(at), "purposes": [MARKETING, PERSONALISATION]}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(LONG_WORK)
        cursor.execute(FORGET, values)
        cursor.execute(LACKING, values)
        keys = [key for (key,) in cursor.fetchall()]
    for start in range(0, len(keys), AT_ONCE):
        _read(keys[start : start + AT_ONCE], at)
    return len(keys)


@transaction.atomic
def _read(keys: Sequence[int], at: datetime) -> None:
    on = business_date(at)
    rows = Assessment.objects.filter(customer__in=keys).counting_on(on)
    newest = rows.order_by("customer_id", "-submitted_at", "-pk").distinct("customer_id")
    papers = dict(newest.values_list("customer_id", "pk"))
    wishes = [
        StatedWish(
            customer_id=key,
            assessment_id=papers[key],
            investor_class=facts.investor_class,
            lowest=facts.lowest,
            valid_until=facts.valid_until,
            horizon=facts.horizon or "",
            types=sorted(facts.types),
        )
        for key, facts in investors_of(keys, on)
        if key in papers and facts.investor_class is not None and facts.valid_until is not None
    ]
    fields = ["assessment", "investor_class", "lowest", "valid_until", "horizon", "types"]
    StatedWish.objects.bulk_create(
        wishes, update_conflicts=True, unique_fields=["customer"], update_fields=fields
    )
