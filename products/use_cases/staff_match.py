"""The match on which a colleague sells: today's, unchanged, with everything told that is owed."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from brokerage.core import clock
from brokerage.customers.models import Customer
from products.models import Product
from products.use_cases.order_checks import LookAgain, UnableToOrder, require_same_opinion
from products.use_cases.refusals import UnableToList
from suitability.models import MatchRecord
from suitability.use_cases.duties import DutyOpen, NothingToSell, require_told


def match_of_today(customer: Customer, product: Product, at: datetime) -> MatchRecord:
    """The newest decision of today on a product for a customer.

    Raises:
        UnableToList: there is none, grade or opinion have moved since, or something is owed to
            the customer before the sale.
    """
    today = clock.business_date(at)
    found = MatchRecord.objects.filter(customer=customer, item=product.item_id, decided_on=today)
    decision = found.select_related("item", "customer").order_by("-decided_at", "-pk").first()
    if decision is None:
        raise UnableToList(_("First check today whether the product suits the customer."))
    try:
        require_same_opinion(decision, product, today)
        require_told(decision=decision, at=at)
    except (LookAgain, UnableToOrder) as error:
        raise UnableToList(str(error)) from error
    except (DutyOpen, NothingToSell) as error:
        raise UnableToList(_("Something is owed to the customer before the signature.")) from error
    return decision
