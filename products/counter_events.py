"""What happens to an order at an outlet; no amount stands in an event."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from brokerage.journal.events import Event


@dataclass(frozen=True, kw_only=True)
class SaleEvent(Event):
    """Base: `subject` is the ref of the release.

    Attributes:
        customer: ref of whose purchase it is.
        product: ref of what is bought.
    """

    subject_type: ClassVar[str] = "products.salerelease"
    customer: UUID
    product: UUID


@dataclass(frozen=True, kw_only=True)
class SaleOffered(SaleEvent):
    """The customer asked for a code for an outlet."""

    kind: ClassVar[str] = "products.sale_offered"


@dataclass(frozen=True, kw_only=True)
class SaleOpened(SaleEvent):
    """Staff of an outlet opened it with the customer's code.

    Attributes:
        outlet: ref of the outlet.
    """

    kind: ClassVar[str] = "products.sale_opened"
    outlet: UUID


@dataclass(frozen=True, kw_only=True)
class SaleClosed(SaleEvent):
    """The release ended.

    Attributes:
        ended_by: why, a word of ReleaseEnd.
    """

    kind: ClassVar[str] = "products.sale_closed"
    ended_by: str


@dataclass(frozen=True, kw_only=True)
class CounterOrderProposed(SaleEvent):
    """An outlet took an order down; the customer has still to say yes.

    Attributes:
        proposal: ref of what was taken down.
        decision: ref of the match that it rests on.
        day: ISO date of the dealing day; empty for a bid.
        book: ref of the book that is bid in, where it is one.
    """

    kind: ClassVar[str] = "products.counter_order_proposed"
    proposal: UUID
    decision: UUID
    day: str
    book: UUID | None = None


@dataclass(frozen=True, kw_only=True)
class CounterOrderEnded(SaleEvent):
    """What was taken down was confirmed, refused, taken back or lapsed.

    Attributes:
        proposal: ref of what was taken down.
        status: how it ended, a word of CounterStatus.
        order: ref of the order where there is one.
        bid: ref of the bid where there is one.
    """

    kind: ClassVar[str] = "products.counter_order_ended"
    proposal: UUID
    status: str
    order: UUID | None
    bid: UUID | None = None
