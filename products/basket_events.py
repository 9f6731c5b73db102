"""What happens to a basket of funds; no amount stands in an event."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from brokerage.journal.events import Event


@dataclass(frozen=True, kw_only=True)
class BasketEvent(Event):
    """Base: `subject` is the ref of the basket.

    Attributes:
        customer: ref of whose basket it is.
    """

    subject_type: ClassVar[str] = "products.basket"
    customer: UUID


@dataclass(frozen=True, kw_only=True)
class BasketItemEvent(BasketEvent):
    """Base: of one fund in it.

    Attributes:
        item: ref of the item.
        product: ref of the fund.
    """

    item: UUID
    product: UUID


@dataclass(frozen=True, kw_only=True)
class PutInBasket(BasketItemEvent):
    """A fund was put in, or put in again with another amount.

    Attributes:
        decision: ref of the match that the customer was told.
        terms: ref of the terms that they were told.
    """

    kind: ClassVar[str] = "products.put_in_basket"
    decision: UUID
    terms: UUID


@dataclass(frozen=True, kw_only=True)
class BasketAmountChanged(BasketItemEvent):
    """The customer chose another amount."""

    kind: ClassVar[str] = "products.basket_amount_changed"


@dataclass(frozen=True, kw_only=True)
class BasketItemAgreed(BasketItemEvent):
    """Grade, match or terms had changed; the customer looked at them and keeps the fund.

    Attributes:
        decision: ref of the match that the customer was told.
        terms: ref of the terms that they were told.
    """

    kind: ClassVar[str] = "products.basket_item_agreed"
    decision: UUID
    terms: UUID


@dataclass(frozen=True, kw_only=True)
class TakenOutOfBasket(BasketItemEvent):
    """The customer took a fund out."""

    kind: ClassVar[str] = "products.taken_out_of_basket"


@dataclass(frozen=True, kw_only=True)
class OrderedFromBasket(BasketItemEvent):
    """A fund of the basket was ordered.

    Attributes:
        order: ref of its order.
    """

    kind: ClassVar[str] = "products.ordered_from_basket"
    order: UUID


@dataclass(frozen=True, kw_only=True)
class BasketEnded(BasketEvent):
    """Nothing waits in it any more.

    Attributes:
        status: ordered or emptied, a word of BasketStatus.
    """

    kind: ClassVar[str] = "products.basket_ended"
    status: str
