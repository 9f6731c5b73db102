"""Stop selling a product at once; sell it again with four eyes."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from brokerage.core.display.languages import in_each_language
from brokerage.core.locking import lock_row
from brokerage.journal.actors import Actor
from brokerage.journal.record import record
from brokerage.messaging import send
from brokerage.users.models import User
from products.events import ProductResumed, ProductSuspended
from products.models import Product, Resumption, Suspension
from products.selectors.under_way import (
    bids_under_way,
    contracts_under_way,
    orders_under_way,
)
from products.use_cases.refusals import UnableToList


@transaction.atomic
def suspend(*, product: Product, reason: str, by: User, at: datetime) -> Suspension:
    """Stop every sale of a product from this instant on; one person is enough.

    Orders wait for the same lock, so none that is placed afterwards can slip through.

    Raises:
        UnableToList: without a reason, or when it is suspended already.
    """
    lock_row(Product, product.pk)
    if not reason.strip():
        said = _("Say why, so that colleagues can answer customers.")
        raise UnableToList(said, {"reason": [said]})
    if Suspension.objects.filter(product=product, ended_at=None).exists():
        raise UnableToList(_("The product is suspended already."))
    row = Suspension.objects.create(
        product=product, reason=reason.strip(), begun_by_ref=by.ref, begun_at=at
    )
    record(ProductSuspended(subject=product.ref), actor=Actor.of(by), at=at, reason=row.reason)
    return row


def tell_who_waits(*, product: Product, key: str, at: datetime) -> None:
    """Write to everybody with money under way in a suspended product that they can take it back.

    Told twice, written once; one that was resumed meanwhile is told to nobody else.

    Args:
        key: of the suspension's entry in the journal.
    """
    if not Suspension.objects.filter(product=product, ended_at=None).exists():
        return
    name = in_each_language(lambda: str(product))
    for page, rows in (
        ("products:order", orders_under_way(product)),
        ("products:bid", bids_under_way(product)),
        ("products:private", contracts_under_way(product)),
    ):
        found: QuerySet[Any] = rows.select_related("customer__user").order_by("pk")
        for row in found.iterator():
            send(
                kind="products.suspended_meanwhile",
                customer=row.customer,
                context={"link": reverse(page, args=[row.ref]), "product": name},
                at=at,
                dedupe_key=f"products.suspended_meanwhile:{key}:{row.ref}",
            )


@transaction.atomic
def ask_to_resume(*, product: Product, reason: str, maker: User, at: datetime) -> Resumption:
    """Ask that a suspended product is sold again; a second person decides.

    Raises:
        UnableToList: without a reason, when it is not suspended, or somebody asked already.
    """
    lock_row(Product, product.pk)
    open_one = Suspension.objects.filter(product=product, ended_at=None).first()
    if open_one is None:
        raise UnableToList(_("The product is not suspended."))
    if not reason.strip():
        said = _("Say what has changed since.")
        raise UnableToList(said, {"reason": [said]})
    if open_one.resumptions.pending().exists():
        raise UnableToList(_("Somebody has asked for this already."))
    return Resumption.objects.create(
        suspension=open_one, reason=reason.strip(), made_by_ref=maker.ref, made_at=at
    )


def resumption_approved(row: Resumption, checker: User, at: datetime) -> None:
    """End the suspension; runs in the approval's transaction."""
    product = lock_row(Product, row.suspension.product_id)
    Suspension.objects.filter(pk=row.suspension_id, ended_at=None).update(ended_at=at)
    record(ProductResumed(subject=product.ref), actor=Actor.of(checker), at=at)
