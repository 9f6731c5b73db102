"""What a person's own copy of their data says of funds they hold and ordered."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from brokerage.core import data_export
from brokerage.core.data_export import Person
from brokerage.customers.models import Customer
from brokerage.customers.subjects import RECORDS
from products.models import (
    Basket,
    BasketItem,
    Bid,
    Complaint,
    CounterOrder,
    Holding,
    Mandate,
    Mute,
    Offer,
    OfferTarget,
    Order,
    PrivateContract,
    QualifiedInvestor,
    Referral,
    SaleRelease,
)

FIGURES = ("amount", "units", "invested", "fee", "refund", "confirmed_units", "confirmed_value")


def register() -> None:
    """Called once when the app is ready."""
    data_export.register(
        "funds",
        title=_("Funds: what you hold, and your orders"),
        collect=_funds,
        order=65,
        covers=("products.Holding", "products.Order"),
    )
    data_export.register(
        "offers",
        title=_("Suggestions of products, and complaints"),
        collect=_offers,
        order=66,
        covers=("products.Offer", "products.Mute", "products.Complaint", "products.OfferTarget"),
    )
    data_export.register(
        "bids",
        title=_("Your bids in subscription books"),
        collect=_bids,
        order=66,
        covers=("products.Bid",),
    )
    data_export.register(
        "basket",
        title=_("What waits or was ordered in your basket of funds"),
        collect=_basket,
        order=66,
        covers=("products.Basket", "products.BasketItem"),
    )
    data_export.register(
        "sales",
        title=_("What you let outlets take down for you"),
        collect=_sales,
        order=66,
        covers=("products.SaleRelease", "products.CounterOrder"),
    )
    data_export.register(
        "private_funds",
        title=_("Your contracts of private funds"),
        collect=_contracts,
        order=66,
        covers=("products.PrivateContract",),
    )
    data_export.register(
        "qualified",
        title=_("What you proved as a qualified investor"),
        collect=_qualified,
        order=66,
        covers=("products.QualifiedInvestor",),
    )
    data_export.register(
        "referrals",
        title=_("For what an outlet brought you to a product desk"),
        collect=_referrals,
        order=67,
        covers=("products.Referral", "products.Mandate"),
    )
    for label in ("CreditSplit", "CreditDispute", "MandatePaper", "Crossing", "Winning"):
        data_export.exempt(f"products.{label}", "between units of ours; nothing of the customer")
    data_export.exempt("products.DeskMember", "of colleagues; nothing of the customer")
    data_export.exempt("products.StatedWish", "copied from the assessment, which is told itself")
    data_export.exempt("products.Confirmation", "its figures stand in the order that is told")
    data_export.exempt(
        "products.Mismatch", "between the registrar and us; nothing of it counts for the customer"
    )
    RECORDS.register("products.referrals", _own_referrals)
    RECORDS.register("products.mandates", _own_mandates)
    RECORDS.register("products.private", _own_contracts)
    RECORDS.register("products.qualified", _own_proofs)
    RECORDS.register("products.bids", _own_bids)
    RECORDS.register("products.sales", _own_sales)
    RECORDS.register("products.baskets", _own_baskets)
    RECORDS.register("products", _orders)
    RECORDS.register("products.offers", _suggested)


def _orders(customer: Customer) -> QuerySet[Any, UUID]:
    return Order.objects.filter(customer=customer).values_list("ref", flat=True)


def _funds(person: Person) -> list[dict[str, Any]]:
    held = Holding.objects.filter(customer__ref=person.customer).select_related("product__item")
    orders = Order.objects.filter(customer__ref=person.customer).select_related("product__item")
    return [
        *(
            {"title": str(row.product), "units": str(row.units)}
            for row in held.order_by("product__item__code")
        ),
        *(
            {
                "title": str(row.product),
                "side": row.get_side_display(),
                "status": row.get_status_display(),
                "day": row.dealing_day.isoformat(),
                **{
                    name: str(getattr(row, name))
                    for name in FIGURES
                    if getattr(row, name) is not None
                },
            }
            for row in orders.order_by("placed_at", "pk").iterator()
        ),
    ]


def _own_bids(customer: Customer) -> QuerySet[Any, UUID]:
    return Bid.objects.filter(customer=customer).values_list("ref", flat=True)


def _bids(person: Person) -> list[dict[str, Any]]:
    rows = Bid.objects.filter(customer__ref=person.customer)
    found = rows.select_related("book__product__item").order_by("placed_at", "pk")
    return [
        {
            "title": str(row.book.product),
            "day": row.placed_at.isoformat(),
            "status": row.get_status_display(),
            **{
                name: str(getattr(row, name))
                for name in ("amount", "most", "allotted", "refund")
                if getattr(row, name) is not None
            },
        }
        for row in found.iterator()
    ]


def _own_baskets(customer: Customer) -> QuerySet[Any, UUID]:
    return Basket.objects.filter(customer=customer).values_list("ref", flat=True)


def _basket(person: Person) -> list[dict[str, Any]]:
    rows = BasketItem.objects.filter(basket__customer__ref=person.customer)
    return [
        {
            "title": str(row.product),
            "day": row.put_in_at.isoformat(),
            "status": row.basket.get_status_display(),
            "amount": str(row.amount),
        }
        for row in rows.select_related("basket", "product__item").order_by("pk")
    ]


def _own_sales(customer: Customer) -> QuerySet[Any, UUID]:
    return SaleRelease.objects.filter(customer=customer).values_list("ref", flat=True)


def _sales(person: Person) -> list[dict[str, Any]]:
    releases = SaleRelease.objects.filter(customer__ref=person.customer)
    taken_down = CounterOrder.objects.filter(release__customer__ref=person.customer)
    return [
        *(
            {
                "title": str(row.product),
                "day": row.offered_at.isoformat(),
                "status": row.get_status_display(),
                "outlet": str(row.outlet) if row.outlet else "–",
            }
            for row in releases.select_related("product__item", "outlet").order_by("pk")
        ),
        *(
            {
                "title": str(row.release.product),
                "day": row.proposed_at.isoformat(),
                "status": row.get_status_display(),
                "amount": str(row.amount),
            }
            for row in taken_down.select_related("release__product__item").order_by("pk")
        ),
    ]


def _own_contracts(customer: Customer) -> QuerySet[Any, UUID]:
    return PrivateContract.objects.filter(customer=customer).values_list("ref", flat=True)


def _contracts(person: Person) -> list[dict[str, Any]]:
    rows = PrivateContract.objects.filter(customer__ref=person.customer)
    return [
        {
            "title": str(row.product),
            "day": row.placed_at.isoformat(),
            "status": row.get_status_display(),
            "amount": str(row.amount),
            "refund": str(row.refund) if row.refund is not None else "–",
            "note": row.call_note,
        }
        for row in rows.select_related("product__item").order_by("placed_at", "pk")
    ]


def _own_proofs(customer: Customer) -> QuerySet[Any, UUID]:
    rows = QualifiedInvestor.objects.filter(customer=customer)
    found: QuerySet[Any, UUID] = rows.values_list("ref", flat=True)
    return found


def _qualified(person: Person) -> list[dict[str, Any]]:
    rows = QualifiedInvestor.objects.filter(customer__ref=person.customer)
    return [
        {
            "title": row.get_products_display(),
            "proofs": row.get_fact_display(),
            "amount": row.amount,
            "day": row.as_of.isoformat(),
            "first_trade": row.first_trade.isoformat() if row.first_trade else "–",
            "text": row.document,
            "status": row.get_decision_display(),
            "valid_until": row.valid_to.isoformat(),
        }
        for row in rows.order_by("made_at", "pk")
    ]


def _own_referrals(customer: Customer) -> QuerySet[Any, UUID]:
    return Referral.objects.filter(customer=customer).values_list("ref", flat=True)


def _own_mandates(customer: Customer) -> QuerySet[Any, UUID]:
    return Mandate.objects.filter(customer=customer).values_list("ref", flat=True)


def _referrals(person: Person) -> list[dict[str, Any]]:
    mandates = Mandate.objects.filter(customer__ref=person.customer)
    stage_of = {row.referral_id: row.get_status_display() for row in mandates}
    rows = Referral.objects.filter(customer__ref=person.customer).order_by("made_at", "pk")
    return [
        {
            "day": row.made_at.isoformat(),
            "title": row.get_need_display(),
            "text": row.facts,
            "contact": row.contact,
            "status": row.get_status_display(),
            "note": row.note,
            "mandate": stage_of.get(row.pk, "–"),
        }
        for row in rows
    ]


def _suggested(customer: Customer) -> QuerySet[Any, UUID]:
    return Offer.objects.filter(customer=customer).values_list("ref", flat=True)


def _offers(person: Person) -> list[dict[str, Any]]:
    offers = Offer.objects.filter(customer__ref=person.customer).select_related("product__item")
    muted = Mute.objects.filter(customer__ref=person.customer)
    complaints = Complaint.objects.filter(customer__ref=person.customer)
    targets = OfferTarget.objects.filter(customer__ref=person.customer)
    campaigns = targets.select_related("run__campaign__product__item")
    return [
        *(
            {
                "title": str(row.run.campaign.product),
                "status": row.get_status_display(),
                "day": row.done_at.isoformat() if row.done_at else None,
                "note": row.get_why_display(),
            }
            for row in campaigns.order_by("pk")
        ),
        *(
            {
                "day": row.on.isoformat(),
                "title": str(row.product) if row.product else "–",
                "points": row.points,
                "rules": row.rule_version,
                "declined_at": row.declined_at.isoformat() if row.declined_at else None,
            }
            for row in offers.order_by("on", "pk")
        ),
        *(
            {"muted": row.get_family_display(), "since": row.since.isoformat()}
            for row in muted.order_by("family")
        ),
        *(
            {
                "day": row.received_at.isoformat(),
                "complaint": row.text,
                "answer": row.answer,
                "status": row.get_status_display(),
            }
            for row in complaints.order_by("received_at", "pk")
        ),
    ]
