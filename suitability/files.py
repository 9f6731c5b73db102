"""Files that prove the status of a professional investor."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from brokerage.core import scope
from brokerage.customers import files as of_customers
from brokerage.customers.models import Customer
from brokerage.files import api as files
from suitability.models import StatusRequest

CLASS_EVIDENCE = "suitability.class_evidence"


def register() -> None:
    """Called once when the app is ready."""
    files.register(
        files.Purpose(
            key=CLASS_EVIDENCE,
            label=_("Proofs of an investor class"),
            owner_type=of_customers.OWNER,
            owners=seen_by,
            may_send=of_customers.is_own,
            types=files.IMAGES | files.PDF,
            max_bytes=20 * files.MEGABYTE,
            per_owner=files.Limit(200 * files.MEGABYTE, 40),
            retention_key="retention.suitability",
            kept_since=of_customers.left_before,
        )
    )


def seen_by(user: Any) -> Iterable[UUID]:
    """Refs of the customers whose proofs `user` may see: their own, or of applications they see.

    Whoever sees the customer otherwise, such as their branch, does not see income and assets.
    """
    requests = scope.visible(StatusRequest, user).values("customer")
    return Customer.objects.filter(Q(user=user) | Q(pk__in=requests)).values_list("ref", flat=True)
