"""What is looked at before a private fund is sold, and again under the lock of the product."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext as _

from accounts.life.states import Ability
from brokerage.core import clock
from brokerage.core.display import formats
from brokerage.customers.models import Customer
from products.dated import private_on
from products.models import Product, Terms
from products.selectors.entry import is_qualified_for
from products.states import HIDDEN, Channel
from products.use_cases.order_checks import (
    UnableToOrder,
    check_amount,
    place_of,
    quota_left,
    require_able,
    require_unit,
    require_within_limit,
)
from products.use_cases.quotas import take_of_quota
from products.use_cases.refusals import UnableToList
from products.use_cases.staff_match import match_of_today
from suitability.models import MatchRecord, Outcome


def look_at_sale(
    customer: Customer, product: Product, amount: Decimal, at: datetime
) -> tuple[Terms, MatchRecord]:
    """Everything that may stand in the way of a private fund.

    Returns:
        The terms it is sold on, and the match of today it rests on.

    Raises:
        UnableToList: `errors` names the field.
    """
    today = clock.business_date(at)
    terms = Terms.objects.approved().on(today).filter(product=product).first()
    for_sale = Product.objects.for_sale(today).filter(pk=product.pk).exists()
    if product.family not in HIDDEN or not for_sale or terms is None:
        raise _wrong("product", _("This is no private fund that is for sale at the moment."))
    if Channel.OUTLET not in terms.channels:
        raise _wrong("product", _("This is not sold at outlets."))
    if not is_qualified_for(customer, product.family, today):
        raise _wrong("customer", _("Private funds are for identified qualified investors alone."))
    rules = private_on(today)
    if amount < rules.least:
        said = _("At least {least} goes into one private fund.")
        raise _wrong("amount", said.format(least=formats.money(rules.least)))
    try:
        require_able(customer, Ability.BUY)
        require_unit(terms, place_of(customer, today).outlet, today)
    except UnableToOrder as error:
        raise _wrong("customer", str(error)) from error
    decision = match_of_today(customer, product, at)
    if decision.outcome != Outcome.MATCH:
        raise _wrong("product", _("This does not suit the customer, so it is not sold."))
    try:
        check_amount(terms, amount, quota_left(terms))
        require_within_limit(customer, product, terms, amount)
    except UnableToOrder as error:
        raise _wrong("amount", str(error)) from error
    return terms, decision


def take_private_quota(terms: Terms, amount: Decimal) -> None:
    """See `quotas.take_of_quota`; raises UnableToList."""
    try:
        take_of_quota(terms, amount)
    except UnableToOrder as error:
        raise _wrong("amount", str(error)) from error


def _wrong(field: str, said: str) -> UnableToList:
    return UnableToList(said, {field: [said]})
