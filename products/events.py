"""What happens to issuers, products and their terms; public refs and plain values only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar
from uuid import UUID

from brokerage.journal.events import Event


@dataclass(frozen=True, kw_only=True)
class IssuerNamed(Event):
    """An issuer was registered."""

    kind: ClassVar[str] = "products.issuer_named"
    subject_type: ClassVar[str] = "products.issuer"


@dataclass(frozen=True, kw_only=True)
class VettingProposed(Event):
    """A vetting waits for a second person; `subject` is its ref."""

    kind: ClassVar[str] = "products.vetting_proposed"
    subject_type: ClassVar[str] = "products.vetting"
    issuer: UUID


@dataclass(frozen=True, kw_only=True)
class ProductEvent(Event):
    """Base: `subject` is the ref of the product."""

    subject_type: ClassVar[str] = "products.product"


@dataclass(frozen=True, kw_only=True)
class ProductListed(ProductEvent):
    """A product was registered; nothing of it is for sale yet."""

    kind: ClassVar[str] = "products.product_listed"
    family: str


@dataclass(frozen=True, kw_only=True)
class TermsProposed(ProductEvent):
    """Terms of sale wait for a second person."""

    kind: ClassVar[str] = "products.terms_proposed"
    valid_from: date


@dataclass(frozen=True, kw_only=True)
class ProductPublished(ProductEvent):
    """Terms of sale were approved: from `valid_from` on it is for sale on them."""

    kind: ClassVar[str] = "products.product_published"
    valid_from: date


@dataclass(frozen=True, kw_only=True)
class ProductSuspended(ProductEvent):
    """It is not sold any more, from this instant on."""

    kind: ClassVar[str] = "products.product_suspended"


@dataclass(frozen=True, kw_only=True)
class ProductResumed(ProductEvent):
    """It is sold again."""

    kind: ClassVar[str] = "products.product_resumed"


@dataclass(frozen=True, kw_only=True)
class ValuesTaken(ProductEvent):
    """Daily values were added or corrected.

    Attributes:
        days: how many.
        last: the newest of them.
    """

    kind: ClassVar[str] = "products.values_taken"
    days: int
    last: date


@dataclass(frozen=True, kw_only=True)
class OrderEvent(Event):
    """Base: `subject` is the ref of the order; no amount stands in an event.

    Attributes:
        customer: ref of whose order it is.
        product: ref of the product.
    """

    subject_type: ClassVar[str] = "products.order"
    customer: UUID
    product: UUID


@dataclass(frozen=True, kw_only=True)
class OrderPlaced(OrderEvent):
    """An order was placed; it counts for `day`."""

    kind: ClassVar[str] = "products.order_placed"
    side: str
    day: date


@dataclass(frozen=True, kw_only=True)
class OrderPaid(OrderEvent):
    """The money of a purchase was taken from the customer's cash account."""

    kind: ClassVar[str] = "products.order_paid"


@dataclass(frozen=True, kw_only=True)
class OrderUnpaid(OrderEvent):
    """The money was not there; the order ended."""

    kind: ClassVar[str] = "products.order_unpaid"


@dataclass(frozen=True, kw_only=True)
class OrderLapsed(OrderEvent):
    """Nobody answered in time whether the money was taken; the order ended."""

    kind: ClassVar[str] = "products.order_lapsed"


@dataclass(frozen=True, kw_only=True)
class OrderPaidLate(OrderEvent):
    """The money was taken after all; it goes back."""

    kind: ClassVar[str] = "products.order_paid_late"


@dataclass(frozen=True, kw_only=True)
class OrderSent(OrderEvent):
    """The registrar has the order."""

    kind: ClassVar[str] = "products.order_sent"


@dataclass(frozen=True, kw_only=True)
class OrderConfirmed(OrderEvent):
    """The registrar confirmed it.

    Attributes:
        status: whole or in part.
    """

    kind: ClassVar[str] = "products.order_confirmed"
    status: str


@dataclass(frozen=True, kw_only=True)
class OrderRejected(OrderEvent):
    """The registrar rejected it; what was paid goes back."""

    kind: ClassVar[str] = "products.order_rejected"


@dataclass(frozen=True, kw_only=True)
class OrderCancelled(OrderEvent):
    """The customer took it back before its day closed."""

    kind: ClassVar[str] = "products.order_cancelled"


@dataclass(frozen=True, kw_only=True)
class OrderRefunded(OrderEvent):
    """What was not invested is back on the cash account."""

    kind: ClassVar[str] = "products.order_refunded"


@dataclass(frozen=True, kw_only=True)
class ReferralEvent(Event):
    """Base: `subject` is the ref of the referral."""

    subject_type: ClassVar[str] = "products.referral"


@dataclass(frozen=True, kw_only=True)
class ReferralRegistered(ReferralEvent):
    """An outlet brings a customer or an enterprise."""

    kind: ClassVar[str] = "products.referral_registered"
    need: str


@dataclass(frozen=True, kw_only=True)
class ReferralMoved(ReferralEvent):
    """It went on to the next person."""

    kind: ClassVar[str] = "products.referral_moved"
    status: str


@dataclass(frozen=True, kw_only=True)
class ReferralEnded(ReferralEvent):
    """It was won, or is not pursued."""

    kind: ClassVar[str] = "products.referral_ended"
    status: str


@dataclass(frozen=True, kw_only=True)
class ReferralHandedOn(ReferralEvent):
    """Somebody else goes on with it, in the same state.

    Attributes:
        to: ref of that person.
    """

    kind: ClassVar[str] = "products.referral_handed_on"
    to: UUID


@dataclass(frozen=True, kw_only=True)
class WinningProposed(ReferralEvent):
    """It is said to be won; a second person looks before it is credited."""

    kind: ClassVar[str] = "products.winning_proposed"


@dataclass(frozen=True, kw_only=True)
class WinningSentBack(ReferralEvent):
    """The second person does not agree that it was won; it goes on as before."""

    kind: ClassVar[str] = "products.winning_sent_back"


@dataclass(frozen=True, kw_only=True)
class CreditDisputed(ReferralEvent):
    """A side says that the credit is wrong."""

    kind: ClassVar[str] = "products.credit_disputed"


@dataclass(frozen=True, kw_only=True)
class SplitProposed(ReferralEvent):
    """Another split of the credit waits for a second person."""

    kind: ClassVar[str] = "products.split_proposed"


@dataclass(frozen=True, kw_only=True)
class SplitSentBack(ReferralEvent):
    """The second person did not confirm another split; the dispute is open."""

    kind: ClassVar[str] = "products.split_sent_back"


@dataclass(frozen=True, kw_only=True)
class DisputeAnswered(ReferralEvent):
    """The dispute was answered.

    Attributes:
        upheld: whether there is another split now.
    """

    kind: ClassVar[str] = "products.dispute_answered"
    upheld: bool


@dataclass(frozen=True, kw_only=True)
class DeskMemberEvent(Event):
    """Base: `subject` is the ref of the membership.

    Attributes:
        person: ref of the member.
        desk: of `states.Desk`.
    """

    subject_type: ClassVar[str] = "products.deskmember"
    person: UUID
    desk: str


@dataclass(frozen=True, kw_only=True)
class DeskMemberProposed(DeskMemberEvent):
    """Somebody is to work for a desk; a second person looks."""

    kind: ClassVar[str] = "products.desk_member_proposed"


@dataclass(frozen=True, kw_only=True)
class DeskMemberNamed(DeskMemberEvent):
    """Somebody works for a desk."""

    kind: ClassVar[str] = "products.desk_member_named"


@dataclass(frozen=True, kw_only=True)
class DeskMemberLeft(DeskMemberEvent):
    """Somebody is off a desk."""

    kind: ClassVar[str] = "products.desk_member_left"


@dataclass(frozen=True, kw_only=True)
class MismatchFound(Event):
    """A confirmation of the registrar does not fit; nothing of it was counted.

    Attributes:
        why: of `states.Misfit`.
    """

    kind: ClassVar[str] = "products.mismatch_found"
    subject_type: ClassVar[str] = "products.mismatch"
    why: str


@dataclass(frozen=True, kw_only=True)
class MismatchSettled(Event):
    """It was settled with the registrar, or the registrar told the right figures."""

    kind: ClassVar[str] = "products.mismatch_settled"
    subject_type: ClassVar[str] = "products.mismatch"


@dataclass(frozen=True, kw_only=True)
class OfferMade(Event):
    """A product, or nothing, was suggested to a customer who asked for it.

    Attributes:
        customer: ref of to whom.
        product: ref of the product; None for nothing.
    """

    kind: ClassVar[str] = "products.offer_made"
    subject_type: ClassVar[str] = "products.offer"
    customer: UUID
    product: UUID | None


@dataclass(frozen=True, kw_only=True)
class OfferDeclined(Event):
    """The customer said that it is not for them."""

    kind: ClassVar[str] = "products.offer_declined"
    subject_type: ClassVar[str] = "products.offer"
    customer: UUID


@dataclass(frozen=True, kw_only=True)
class FamilyMuted(Event):
    """The customer wants no suggestions of a family, or wants them again; `subject` is theirs."""

    kind: ClassVar[str] = "products.family_muted"
    subject_type: ClassVar[str] = "customers.customer"
    family: str
    muted: bool


@dataclass(frozen=True, kw_only=True)
class ComplaintReceived(Event):
    """A complaint was taken down."""

    kind: ClassVar[str] = "products.complaint_received"
    subject_type: ClassVar[str] = "products.complaint"
    customer: UUID


@dataclass(frozen=True, kw_only=True)
class ComplaintAnswered(Event):
    """A complaint was answered."""

    kind: ClassVar[str] = "products.complaint_answered"
    subject_type: ClassVar[str] = "products.complaint"
    customer: UUID


@dataclass(frozen=True, kw_only=True)
class DocumentAdded(ProductEvent):
    """A version of a paper was added."""

    kind: ClassVar[str] = "products.document_added"
    document: str
    version: int
