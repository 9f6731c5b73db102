"""What a customer ordered and holds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from typing import Any

from django.db.models import OuterRef, Subquery, Sum

from brokerage.core.clock import business_date
from brokerage.customers.models import Customer
from brokerage.journal.actors import Actor
from products.models import DailyValue, Holding, Order, Product, Terms
from products.rules.costs import cents
from products.rules.lots import Lot, fee_of_lots, oldest_first
from products.selectors.entry import entries_met
from products.selectors.sold import items_sold_to
from products.states import DONE, Side
from suitability.models import Exposure, MatchRecord
from suitability.rules.matching import match
from suitability.selectors.rules import matching_rules_on
from suitability.use_cases.duties import grade_of
from suitability.use_cases.matching import decide_match, match_again, record_exposures

PAGE = 20


@dataclass(frozen=True)
class Held:
    """Units of a fund and what they are worth by the newest value; None before there is one."""

    product: Any
    units: Decimal
    free: Decimal
    worth: Decimal | None


def holdings_of(customer: Customer) -> list[Held]:
    """What a customer holds, by name of the code; one query."""
    newest = DailyValue.objects.filter(product=OuterRef("product")).order_by("-day")
    rows = (
        Holding.objects.filter(customer=customer, units__gt=0)
        .select_related("product__item")
        .annotate(value=Subquery(newest.values("value")[:1]))
        .order_by("product__item__code")
    )
    return [
        Held(
            product=row.product,
            units=row.units,
            free=row.units - row.reserved,
            worth=cents(row.units * row.value) if row.value else None,
        )
        for row in rows
    ]


@dataclass(frozen=True)
class SaleBill:
    """What a sale would come to by the newest value, in yuan; only an estimate.

    Attributes:
        value: of a unit, and the day it is of.
        gross: units times value.
        fee: of the customer's own lots, each by its own days of holding.
        net: what arrives; gross less fee.
    """

    value: Decimal
    of_day: date
    gross: Decimal
    fee: Decimal
    net: Decimal


def estimate_of_sale(
    customer: Customer, product: Product, terms: Terms, units: Decimal, day: date
) -> SaleBill | None:
    """What units would bring if they were sold for `day` at the newest value.

    Returns:
        The estimate; None where the product has no value yet.
    """
    newest = DailyValue.objects.filter(product=product).order_by("-day").first()
    if newest is None:
        return None
    lots = lots_of_sale(customer, product, units, day)
    gross = cents(units * newest.value)
    fee = fee_of_lots(terms.table, lots, newest.value, day)
    return SaleBill(newest.value, newest.day, gross, fee, gross - fee)


def lots_of_sale(customer: Customer, product: Product, units: Decimal, day: date) -> list[Lot]:
    """The customer's own lots that a sale for `day` takes, the oldest first; two queries."""
    done = Order.objects.of(customer).filter(
        product=product, status__in=DONE, dealing_day__lte=day
    )
    rows = done.filter(side=Side.SUBSCRIBE).values_list("dealing_day", "confirmed_units")
    sold = done.filter(side=Side.REDEEM).aggregate(units=Sum("confirmed_units"))["units"]
    bought = [Lot(of, each) for of, each in rows if each]
    return oldest_first(bought, sold or Decimal(0), units, day)


def orders_of(customer: Customer, *, before: int | None) -> tuple[list[Order], int | None]:
    """A page of orders, the newest first, and the key before which the next ones stand."""
    rows = Order.objects.filter(customer=customer).select_related("product__item")
    if before is not None:
        rows = rows.filter(pk__lt=before)
    found = list(rows.order_by("-pk")[: PAGE + 1])
    return found[:PAGE], found[PAGE - 1].pk if len(found) > PAGE else None


def newest_decision(customer: Customer, product: Product, on: date) -> MatchRecord | None:
    """The newest decision of a business date on a product for a customer, or None."""
    rows = MatchRecord.objects.filter(customer=customer, item=product.item_id, decided_on=on)
    return rows.select_related("item", "customer").order_by("-decided_at", "-pk").first()


def decision_for(
    customer: Customer, product: Product, *, language: str, actor: Actor, at: datetime
) -> MatchRecord:
    """Today's kept decision on a product, decided anew where opinion, grade or proofs have moved.

    What the house itself names beside a mismatch (the nearest that suit) is recorded as shown.

    Raises:
        UnableToMatch: the product has no grade today.
    """
    today = business_date(at)
    met = entries_met(customer, today, product.item.requirements)
    kept = newest_decision(customer, product, today)
    if kept is not None:
        rules = matching_rules_on(today)
        inputs = match_again(kept, today, rules)
        same = inputs.item.grade.value == grade_of(kept) and inputs.investor.met == met
        if same and match(inputs, rules).outcome.value == kept.outcome:
            return kept
    made = decide_match(
        customer=customer,
        item=product.item,
        language=language,
        actor=actor,
        at=at,
        met=met,
        offered=partial(items_sold_to, customer, today),
    )
    if made.nearest:
        way = Exposure.Way.SHOWN
        record_exposures(customer=customer, refs=made.nearest, way=way, at=at)
    return made
