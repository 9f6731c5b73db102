"""Files of products, mandates and contracts of private funds."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from brokerage.core import scope
from brokerage.files import api as files
from products.models import Mandate, PrivateContract, Product

DOCUMENT = "products.document"
MANDATE_PAPER = "products.mandate_paper"
PRIVATE_RECORDING = "products.private_recording"


def register() -> None:
    """Called once when the app is ready."""
    files.register(
        files.Purpose(
            key=DOCUMENT,
            label=_("Documents of products"),
            owner_type="products.product",
            owners=seen_by,
            types=files.PDF,
            max_bytes=20 * files.MEGABYTE,
            per_owner=files.Limit(2000 * files.MEGABYTE, 400),
            retention_key="retention.products",
        )
    )
    files.register(
        files.Purpose(
            key=MANDATE_PAPER,
            label=_("Papers of mandates"),
            owner_type="products.mandate",
            owners=mandates_seen_by,
            types=files.PDF,
            max_bytes=20 * files.MEGABYTE,
            per_owner=files.Limit(1000 * files.MEGABYTE, 200),
            retention_key="retention.products",
            kept_since=ended_before,
        )
    )
    files.register(
        files.Purpose(
            key=PRIVATE_RECORDING,
            label=_("Recordings of sales of private funds"),
            owner_type="products.privatecontract",
            owners=contracts_seen_by,
            types=files.VIDEOS,
            max_bytes=200 * files.MEGABYTE,
            per_owner=files.Limit(200 * files.MEGABYTE, 1),
            retention_key="retention.suitability",
        )
    )


def seen_by(user: Any) -> Iterable[UUID]:
    """Products whose files `user` may see by the general addresses; the shelf has its own."""
    return scope.visible(Product, user).values_list("ref", flat=True)


def mandates_seen_by(user: Any) -> Iterable[UUID]:
    """Mandates whose papers `user` may see: those behind whose wall they are."""
    return scope.visible(Mandate, user).values_list("ref", flat=True)


def contracts_seen_by(user: Any) -> Iterable[UUID]:
    """Contracts whose recordings `user` may see: those that they see themselves."""
    return scope.visible(PrivateContract, user).values_list("ref", flat=True)


def ended_before(before: datetime) -> Iterable[UUID]:
    """Mandates whose papers' time to be kept began before `before`: it begins with their end."""
    return Mandate.objects.filter(ended_at__lt=before).values_list("ref", flat=True)
