"""Which products are sold on the portal today, and to whom: asked once for many products."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from branches.models import OrgUnit
from brokerage.customers.models import Customer
from products.models import Product, Quota, Terms
from products.states import Channel


@dataclass(frozen=True)
class Sold:
    """What can be bought on the portal on a day.

    Attributes:
        outlets: by key of the product the outlets that sell it; None for all. Not there: it is not
            sold online, or of its quota less is left than the least amount.
    """

    outlets: Mapping[int, frozenset[UUID] | None]

    def to(self, product: int, outlet: UUID | None) -> bool:
        """Whether it is sold to who is at home in an outlet; without one: what all sell."""
        if product not in self.outlets:
            return False
        only = self.outlets[product]
        return only is None or outlet in only


def sold_online(on: date) -> Sold:
    """Of all terms in force; two queries, and one for each unit that sells alone."""
    terms = Terms.objects.approved().on(on).filter(channels__contains=[Channel.ONLINE])
    rows = list(terms.select_related("unit"))
    left = {
        key: total - taken
        for key, total, taken in Quota.objects.filter(terms__in=rows).values_list(
            "terms", "total", "taken"
        )
    }
    under: dict[int, frozenset[UUID]] = {}
    found: dict[int, frozenset[UUID] | None] = {}
    for row in rows:
        if row.pk in left and left[row.pk] < row.minimum:
            continue
        if row.unit is not None and row.unit_id not in under:
            refs = OrgUnit.objects.under(row.unit, on).values_list("ref", flat=True)
            under[row.unit_id] = frozenset(refs)
        found[row.product_id] = under[row.unit_id] if row.unit_id else None
    return Sold(found)


def items_sold_to(customer: Customer, on: date) -> list[UUID]:
    """Refs of the items of the open shelf that are sold to a customer on the portal."""
    sold, home = sold_online(on), customer.home_outlet_ref
    rows = Product.objects.for_sale(on).openly().values_list("pk", "item__ref")
    return [ref for key, ref in rows if sold.to(key, home)]
