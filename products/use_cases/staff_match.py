"""The match on which a colleague sells: asked for, of today, with everything told that is owed."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from django.db import transaction
from django.utils.translation import gettext as _

from brokerage.core import clock
from brokerage.customers.models import Customer
from brokerage.journal.actors import Actor
from brokerage.users.models import User
from products.models import Product
from products.selectors.entry import entries_met
from products.selectors.orders import newest_decision
from products.selectors.sold import items_sold_to
from products.use_cases.order_checks import LookAgain, UnableToOrder, require_same_opinion
from products.use_cases.refusals import UnableToList
from suitability.models import Exposure, MatchRecord
from suitability.rules.matching import MatchOutcome
from suitability.use_cases.duties import DutyOpen, NothingToSell, require_told
from suitability.use_cases.matching import UnableToMatch, decide_match, record_exposures


@transaction.atomic
def match_for(
    *, customer: Customer, product: Product, wished: bool, by: User, at: datetime
) -> MatchRecord:
    """Match a customer with a product for a colleague, and keep it as any other decision.

    Args:
        wished: whether the customer named the product. Otherwise what suits counts as offered
            by a person; what does not suit may not be offered, so nobody was shown it.

    Raises:
        UnableToList: the product is not for sale or has no grade, or it is one's own business.
    """
    today = clock.business_date(at)
    if customer.user_id == by.pk:
        raise UnableToList(_("Nobody checks their own business."))
    if not Product.objects.for_sale(today).filter(pk=product.pk).exists():
        raise UnableToList(_("The product is not for sale today."))
    try:
        decision = decide_match(
            customer=customer,
            item=product.item,
            language=customer.language,
            actor=Actor.of(by),
            at=at,
            met=entries_met(customer, today, product.item.requirements),
            offered=partial(items_sold_to, customer, today),
        )
    except UnableToMatch as error:
        raise UnableToList(str(error)) from error
    if not wished and decision.outcome == MatchOutcome.MATCH:
        way = Exposure.Way.OFFERED
        record_exposures(customer=customer, refs=[product.item.ref], way=way, at=at)
    return decision


def match_of_today(customer: Customer, product: Product, at: datetime) -> MatchRecord:
    """The newest decision of today on a product for a customer.

    Raises:
        UnableToList: there is none, grade or opinion have moved since, or something is owed to
            the customer before the sale.
    """
    today = clock.business_date(at)
    decision = newest_decision(customer, product, today)
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
