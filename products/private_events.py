"""What happens to contracts of private funds; no amount stands in an event."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from brokerage.journal.events import Event


@dataclass(frozen=True, kw_only=True)
class PrivateEvent(Event):
    """Base: `subject` is the ref of the contract.

    Attributes:
        customer: ref of whose contract it is.
        product: ref of the fund.
    """

    subject_type: ClassVar[str] = "products.privatecontract"
    customer: UUID
    product: UUID


@dataclass(frozen=True, kw_only=True)
class PrivateTried(PrivateEvent):
    """A call brought no yes and no no: nobody was reached, or the customer has not decided."""

    kind: ClassVar[str] = "products.private_tried"


@dataclass(frozen=True, kw_only=True)
class PrivateUnreached(PrivateEvent):
    """Nobody confirmed it in time; it ended, and all of the money goes back."""

    kind: ClassVar[str] = "products.private_unreached"


@dataclass(frozen=True, kw_only=True)
class PrivateSigned(PrivateEvent):
    """The customer signed at an outlet."""

    kind: ClassVar[str] = "products.private_signed"


@dataclass(frozen=True, kw_only=True)
class PrivatePaid(PrivateEvent):
    """The money was taken; the time to cool off runs."""

    kind: ClassVar[str] = "products.private_paid"


@dataclass(frozen=True, kw_only=True)
class PrivateUnpaid(PrivateEvent):
    """The money was not there; the contract ended."""

    kind: ClassVar[str] = "products.private_unpaid"


@dataclass(frozen=True, kw_only=True)
class PrivateLapsed(PrivateEvent):
    """Nobody answered in time whether the money was taken; the contract ended."""

    kind: ClassVar[str] = "products.private_lapsed"


@dataclass(frozen=True, kw_only=True)
class PrivatePaidLate(PrivateEvent):
    """The money was taken after all; it goes back."""

    kind: ClassVar[str] = "products.private_paid_late"


@dataclass(frozen=True, kw_only=True)
class PrivateConfirmed(PrivateEvent):
    """The customer confirmed it in the call; it binds."""

    kind: ClassVar[str] = "products.private_confirmed"


@dataclass(frozen=True, kw_only=True)
class PrivateCancelled(PrivateEvent):
    """The customer took it back; all of the money goes back."""

    kind: ClassVar[str] = "products.private_cancelled"


@dataclass(frozen=True, kw_only=True)
class PrivateRefunded(PrivateEvent):
    """The money is back on the cash account."""

    kind: ClassVar[str] = "products.private_refunded"


@dataclass(frozen=True, kw_only=True)
class QualifiedEvent(Event):
    """Base: `subject` is the ref of the proof; no amount stands in an event.

    Attributes:
        customer: ref of whose proof it is.
        products: private funds or plans.
    """

    subject_type: ClassVar[str] = "products.qualifiedinvestor"
    customer: UUID
    products: str


@dataclass(frozen=True, kw_only=True)
class QualifiedProposed(QualifiedEvent):
    """A document was shown that proves a qualified investor; a second person looks."""

    kind: ClassVar[str] = "products.qualified_proposed"


@dataclass(frozen=True, kw_only=True)
class QualifiedAgreed(QualifiedEvent):
    """A second person agreed: from now on they may see and buy what needs it."""

    kind: ClassVar[str] = "products.qualified_agreed"
