"""What follows when something happened to an order, a bid, a contract or a referral."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from brokerage.core.display.languages import in_each_language
from brokerage.messaging import send
from brokerage.users.models import User
from holdings.events import FileTaken
from holdings.states import FileKind
from products.book_events import (
    BidEvent,
    BidSharedOut,
)
from products.events import (
    ComplaintAnswered,
    OrderConfirmed,
    OrderEvent,
    ProductSuspended,
    ReferralEnded,
    ReferralMoved,
)
from products.models import Bid, Complaint, CounterOrder, Order, PrivateContract, Referral
from products.private_events import PrivateEvent
from products.states import BidStatus, OrderStatus, ReferralStatus, Side
from products.use_cases.counting_commission import count_commission
from suitability.use_cases.following_up import plan_follow_up


def tell_of_order(event: OrderEvent, entry: Any) -> None:
    """Write to the customer how the order went; delivered twice, written once."""
    kind = event.kind
    if isinstance(event, OrderConfirmed) and event.status == OrderStatus.PARTLY:
        kind = "products.order_partly"
    rows = Order.objects.select_related("customer__user", "product__item")
    order = rows.get(ref=event.subject)
    send(
        kind=kind,
        customer=order.customer,
        context={
            "link": reverse("products:order", args=[order.ref]),
            "product": in_each_language(lambda: str(order.product)),
        },
        at=entry.at,
        dedupe_key=f"{kind}:{entry.ref}",
    )


def follow_up_order(event: OrderConfirmed, entry: Any) -> None:
    """A purchase is certain: it may be drawn for a call, never by who signed with the customer."""
    order = Order.objects.select_related("decision__customer").get(ref=event.subject)
    if order.side == Side.SUBSCRIBE and order.decision:
        plan_follow_up(
            decision=order.decision,
            sale=order.ref,
            sold_at=entry.at,
            seller=_seller_of(order),
            at=entry.at,
        )


def _seller_of(order: Order) -> User | None:
    """Who sold it at an outlet; None for what was ordered on the portal."""
    contract = PrivateContract.objects.filter(order=order).first()
    if contract is not None:
        return User.objects.get(ref=contract.seller_ref)
    return _who_took_down(order=order)


def _who_took_down(**made: Order | Bid) -> User | None:
    """Who took an order or a bid down at an outlet; None for the portal's."""
    found = CounterOrder.objects.filter(**made).select_related("release__helper").first()
    return found.release.helper if found else None


def follow_up_bid(event: BidSharedOut, entry: Any) -> None:
    """Something was allotted: the sale may be drawn for a call, never by who took the bid down."""
    bid = Bid.objects.select_related("decision__customer").get(ref=event.subject)
    if bid.status in (BidStatus.ALLOTTED, BidStatus.PARTLY):
        plan_follow_up(
            decision=bid.decision,
            sale=bid.ref,
            sold_at=entry.at,
            seller=_who_took_down(bid=bid),
            at=entry.at,
        )


def tell_who_waits_of(event: ProductSuspended, entry: Any) -> None:
    """Who has money under way hears that they can take it back; there may be many of them."""
    from products.tasks import tell_of_suspension  # tasks call use cases

    tell_of_suspension.defer(ref=str(event.subject), key=str(entry.ref))


def count_commission_of(event: FileTaken, entry: Any) -> None:
    """Trades of a day came or were corrected: what they brought in is counted anew."""
    if event.file_kind == FileKind.TRADES:
        count_commission(day=event.day, at=entry.at)


def tell_of_contract(event: PrivateEvent, entry: Any) -> None:
    """Write to the customer how their contract goes; delivered twice, written once."""
    rows = PrivateContract.objects.select_related("customer__user", "product__item")
    contract = rows.get(ref=event.subject)
    send(
        kind=event.kind,
        customer=contract.customer,
        context={
            "link": reverse("products:private", args=[contract.ref]),
            "product": in_each_language(lambda: str(contract.product)),
        },
        at=entry.at,
        dedupe_key=f"{event.kind}:{entry.ref}",
    )


def tell_referrer(event: ReferralMoved | ReferralEnded, entry: Any) -> None:
    """Write to who registered a referral that the desk reports back, or that it has ended."""
    if isinstance(event, ReferralMoved) and event.status != ReferralStatus.REPORTED:
        return
    kind = f"products.referral_{event.status}"
    referral = Referral.objects.get(ref=event.subject)
    send(
        kind=kind,
        user=User.objects.get(ref=referral.made_by_ref),
        context={"link": reverse("admin:products_referral_change", args=[referral.ref])},
        at=entry.at,
        dedupe_key=f"{kind}:{entry.ref}",
    )


def tell_complainant(event: ComplaintAnswered, entry: Any) -> None:
    """Write to the customer that there is an answer; what it says stands in their own data."""
    complaint = Complaint.objects.select_related("customer__user").get(ref=event.subject)
    send(
        kind=event.kind,
        customer=complaint.customer,
        context={"link": reverse("products:complaint", args=[complaint.ref])},
        at=entry.at,
        dedupe_key=f"{event.kind}:{entry.ref}",
    )


def tell_of_bid(event: BidEvent, entry: Any) -> None:
    """Write to the customer what their bid came to; delivered twice, written once."""
    kind = event.kind
    rows = Bid.objects.select_related("customer__user", "book__product__item")
    bid = rows.get(ref=event.subject)
    if isinstance(event, BidSharedOut):
        kind = f"products.bid_{event.status if bid.most is None else 'limited'}"
    send(
        kind=kind,
        customer=bid.customer,
        context={
            "link": reverse("products:bid", args=[bid.ref]),
            "product": in_each_language(lambda: str(bid.book.product)),
        },
        at=entry.at,
        dedupe_key=f"{kind}:{entry.ref}",
    )
