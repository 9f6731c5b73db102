"""What happens to subscription books and to the bids in them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from brokerage.journal.events import Event


@dataclass(frozen=True, kw_only=True)
class BookEvent(Event):
    """Base: `subject` is the ref of the subscription book."""

    subject_type: ClassVar[str] = "products.book"
    product: UUID


@dataclass(frozen=True, kw_only=True)
class BookProposed(BookEvent):
    """A subscription book waits for a second person."""

    kind: ClassVar[str] = "products.book_proposed"


@dataclass(frozen=True, kw_only=True)
class BookPublished(BookEvent):
    """It was published with the rule by which it is shared out."""

    kind: ClassVar[str] = "products.book_published"
    allocation: str
    rule_version: str


@dataclass(frozen=True, kw_only=True)
class ClosingAsked(BookEvent):
    """Somebody asks to share it out; a second person decides."""

    kind: ClassVar[str] = "products.closing_asked"


@dataclass(frozen=True, kw_only=True)
class ClosingApproved(BookEvent):
    """It is shared out from now on."""

    kind: ClassVar[str] = "products.closing_approved"


@dataclass(frozen=True, kw_only=True)
class CallingOffAsked(BookEvent):
    """Somebody asks to call it off; a second person decides."""

    kind: ClassVar[str] = "products.calling_off_asked"


@dataclass(frozen=True, kw_only=True)
class CalledOff(BookEvent):
    """It was called off: it takes no bids, and all that was paid goes back."""

    kind: ClassVar[str] = "products.book_called_off"


@dataclass(frozen=True, kw_only=True)
class BidEvent(Event):
    """Base: `subject` is the ref of the bid; no amount stands in an event.

    Attributes:
        customer: ref of whose bid it is.
        book: ref of the subscription book.
    """

    subject_type: ClassVar[str] = "products.bid"
    customer: UUID
    book: UUID


@dataclass(frozen=True, kw_only=True)
class BidPlaced(BidEvent):
    """A bid was placed."""

    kind: ClassVar[str] = "products.bid_placed"


@dataclass(frozen=True, kw_only=True)
class BidPaid(BidEvent):
    """Its money was taken from the customer's cash account."""

    kind: ClassVar[str] = "products.bid_paid"


@dataclass(frozen=True, kw_only=True)
class BidUnpaid(BidEvent):
    """The money was not there; the bid ended."""

    kind: ClassVar[str] = "products.bid_unpaid"


@dataclass(frozen=True, kw_only=True)
class BidLapsed(BidEvent):
    """Nobody answered in time whether the money was taken; the bid ended."""

    kind: ClassVar[str] = "products.bid_lapsed"


@dataclass(frozen=True, kw_only=True)
class BidPaidLate(BidEvent):
    """The money was taken after all; it goes back."""

    kind: ClassVar[str] = "products.bid_paid_late"


@dataclass(frozen=True, kw_only=True)
class BidWithdrawn(BidEvent):
    """The customer took it back before the book closed."""

    kind: ClassVar[str] = "products.bid_withdrawn"


@dataclass(frozen=True, kw_only=True)
class BidSharedOut(BidEvent):
    """The book was shared out.

    Attributes:
        status: in full, in part or nothing.
    """

    kind: ClassVar[str] = "products.bid_shared_out"
    status: str


@dataclass(frozen=True, kw_only=True)
class BidRefunded(BidEvent):
    """What was not allotted is back on the cash account."""

    kind: ClassVar[str] = "products.bid_refunded"
