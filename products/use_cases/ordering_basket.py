"""Order what is in a basket: each fund by the use case of a single order, in its own transaction.

One fund that cannot be bought stops no other: each has its own payment, quota and registrar, so
nothing ties them together that all-or-nothing would protect.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from brokerage.core.clock import business_date
from brokerage.customers.models import Customer
from brokerage.journal.actors import Actor
from brokerage.journal.record import record
from products.basket_events import OrderedFromBasket
from products.models import BasketItem, Order
from products.selectors.orders import decision_for
from products.use_cases.basket_checks import Line, changed_since, is_match
from products.use_cases.filling_basket import end_if_empty, lock, touch
from products.use_cases.order_checks import LookAgain, UnableToOrder, terms_for_sale
from products.use_cases.placing import subscribe
from suitability.models import MatchRecord
from suitability.use_cases.duties import DutyOpen, grade_of
from suitability.use_cases.matching import UnableToMatch


@dataclass(frozen=True)
class Seen:
    """What the customer saw of one fund when they said yes; it goes along and is compared.

    Attributes:
        item: its ref.
        amount: yuan, the fee included.
        day: the dealing day that was told.
        told: ref of the match that was told.
    """

    item: UUID
    amount: Decimal
    day: date
    told: UUID

    @classmethod
    def of(cls, line: Line) -> Seen:
        """What a page shows of a line that can be ordered."""
        assert line.day is not None, "what can be ordered has its day"
        return cls(line.item.ref, line.item.amount, line.day, line.item.decision.ref)

    @classmethod
    def read(cls, text: str) -> Seen | None:
        """What `str` wrote; None for anything else."""
        try:
            item, amount, day, told = text.split("|")
            seen = cls(UUID(item), Decimal(amount), date.fromisoformat(day), UUID(told))
        except (ValueError, InvalidOperation):
            return None
        return seen if seen.amount.is_finite() else None  # a signalling NaN cannot be compared

    def __str__(self) -> str:
        return f"{self.item}|{self.amount}|{self.day.isoformat()}|{self.told}"


@dataclass(frozen=True)
class Refused:
    """A fund that was not ordered and stays in the basket; `why` in words."""

    name: str
    why: str


@dataclass(frozen=True)
class Outcome:
    """What became of one yes."""

    placed: Sequence[Order]
    refused: Sequence[Refused]


def order_basket(
    *, customer: Customer, seen: Sequence[Seen], language: str, actor: Actor, at: datetime
) -> Outcome:
    """Order each fund of the customer's basket that they saw and said yes to.

    Call it outside a transaction: what was placed stays placed whatever becomes of the next. Sent
    twice, or from two devices, each fund is the same one order.

    Args:
        seen: nothing else of the basket is ordered.
        language: in which the customer reads the match that is kept.
    """
    placed, refused = [], []
    for one in {each.item: each for each in seen}.values():
        rows = BasketItem.objects.of(customer).filter(ref=one.item)
        item = rows.select_related("product__item", "basket__customer").first()
        if item is None:  # taken out meanwhile, or never theirs: nothing is said of it
            continue
        try:
            placed.append(_order(item, one, language, actor, at))
        except (UnableToOrder, DutyOpen) as refusal:
            refused.append(Refused(str(item.product), str(refusal)))
    return Outcome(placed, refused)


def _order(item: BasketItem, seen: Seen, language: str, actor: Actor, at: datetime) -> Order:
    if item.order is not None:
        return item.order
    decision = _matched(item, language, actor, at)
    with transaction.atomic():
        lock(item.basket.customer)
        wanted = ["product__item", "decision", "order"]
        found = BasketItem.objects.filter(pk=item.pk).select_related(*wanted).first()
        if found is None:
            raise UnableToOrder(_("It is not in your basket any more."))
        if found.order is not None:
            return found.order
        _require_as_seen(found, seen, decision, at)
        found.order = subscribe(
            customer=item.basket.customer,
            product=found.product,
            amount=found.amount,
            decision=decision,
            day=seen.day,
            key=found.ref,
            actor=actor,
            at=at,
        )
        found.save(update_fields=["order"])
        _tell(found, actor, at)
        return found.order


def _matched(item: BasketItem, language: str, actor: Actor, at: datetime) -> MatchRecord:
    """The match of today, decided and kept anew where it has moved."""
    terms_for_sale(item.product, business_date(at))
    try:
        return decision_for(
            item.basket.customer, item.product, language=language, actor=actor, at=at
        )
    except UnableToMatch as error:
        raise UnableToOrder(str(error)) from error


def _require_as_seen(item: BasketItem, seen: Seen, decision: MatchRecord, at: datetime) -> None:
    """Refuse what is other than the customer saw; raises LookAgain."""
    if (item.amount, item.decision.ref) != (seen.amount, seen.told):
        raise LookAgain(_("It was changed from another page or device. Look at it again."))
    if not is_match(decision):
        raise LookAgain(_("It does not suit you any more, so it is not ordered here."))
    terms = terms_for_sale(item.product, business_date(at))
    if said := changed_since(item, grade_of(decision), terms):
        raise LookAgain(said)


def _tell(item: BasketItem, actor: Actor, at: datetime) -> None:
    basket = item.basket
    assert item.order is not None, "it was ordered just now"
    touch(basket, at)
    event = OrderedFromBasket(
        subject=basket.ref,
        customer=basket.customer.ref,
        item=item.ref,
        product=item.product.ref,
        order=item.order.ref,
    )
    record(event, actor=actor, at=at)
    end_if_empty(basket, actor, at)
