"""A grade moves: higher apps name the customers who hold or follow the item; they are told.

Selling stays open: nothing here closes anything.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from branches.models import OrgUnit
from branches.selectors import head_of
from brokerage.core.clock import business_date
from brokerage.customers.models import Customer
from brokerage.messaging import send
from suitability.models import GradedItem
from suitability.rules.matching import MatchInputs, MatchOutcome, match
from suitability.selectors.investor import investors_of
from suitability.selectors.items import shelf_on
from suitability.selectors.rules import matching_rules_on

TO_CUSTOMER = "suitability.item_moved"
TO_BRANCH = "suitability.item_moved_branch"
EVE = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Moved:
    """A customer, by key, whose opinion on an item differs after a change of its grade."""

    customer: int
    before: MatchOutcome
    after: MatchOutcome


def moved_opinions(*, item: GradedItem, customers: Iterable[int], on: date) -> Iterator[Moved]:
    """Those whom the grade that begins on `on` concerns: one query for each two thousand.

    The same investor and the same rules are asked twice, with the grade of the eve and the new
    one, so that only the grade makes the difference. Entry requirements count as unproved.

    Args:
        customers: keys, enumerated by the app that knows who holds or follows the item.
        on: first business date of the new grade.
    """
    old, new = shelf_on(on - EVE, [item.ref]), shelf_on(on, [item.ref])
    if not old or not new:
        return
    rules = matching_rules_on(on)
    for key, investor in investors_of(customers, on):
        before, after = (
            match(
                MatchInputs(rules=rules.version, investor=investor, item=facts, on=on), rules
            ).outcome
            for facts in (old[0], new[0])
        )
        if before is not after:
            yield Moved(customer=key, before=before, after=after)


def tell_of_grade(
    *, item: GradedItem, customers: Sequence[int], on: date, cause: UUID, at: datetime
) -> int:
    """Tell the customers whom a new grade concerns, and the head of each of their outlets once.

    Telling again for the same `cause` adds nothing.

    Args:
        customers: keys, as in `moved_opinions`; a few thousand a call.
        on: first business date of the new grade.
        cause: ref of the journal entry of the change.

    Returns:
        How many customers the change concerns.
    """
    keys = [each.customer for each in moved_opinions(item=item, customers=customers, on=on)]
    outlets: dict[UUID, int] = {}
    for customer in Customer.objects.filter(pk__in=keys).select_related("user").order_by("pk"):
        _tell_customer(customer, item, on, cause, at)
        if customer.home_outlet_ref:
            number = outlets.get(customer.home_outlet_ref, 0) + 1
            outlets[customer.home_outlet_ref] = number
    for unit in OrgUnit.objects.filter(ref__in=outlets).order_by("pk"):
        _tell_branch(unit, outlets[unit.ref], item, cause, at)
    return len(keys)


def _tell_customer(
    customer: Customer, item: GradedItem, on: date, cause: UUID, at: datetime
) -> None:
    language = customer.user.language if customer.user else customer.language
    send(
        kind=TO_CUSTOMER,
        customer=customer,
        context={"what": item.name_in(language), "day": on.isoformat()},
        at=at,
        dedupe_key=f"{TO_CUSTOMER}:{cause}:{customer.ref}",
    )


def _tell_branch(unit: OrgUnit, number: int, item: GradedItem, cause: UUID, at: datetime) -> None:
    head = head_of(unit, business_date(at))
    if head is None:
        return
    send(
        kind=TO_BRANCH,
        user=head.user,
        context={"what": item.name_in(head.user.language), "number": number},
        at=at,
        dedupe_key=f"{TO_BRANCH}:{cause}:{unit.ref}",
    )
