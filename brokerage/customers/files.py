"""Files that belong to a customer and to nothing narrower."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from brokerage.core import scope
from brokerage.customers.models import Customer
from brokerage.files import api as files

ATTACHMENT = "customers.attachment"
OWNER = "customers.customer"


def register() -> None:
    """Called once when the app is ready."""
    files.register(
        files.Purpose(
            key=ATTACHMENT,
            label=_("What customers attach"),
            owner_type=OWNER,
            owners=seen_by,
            may_send=is_own,
            types=files.IMAGES | files.PDF,
            max_bytes=20 * files.MEGABYTE,
            per_owner=files.Limit(200 * files.MEGABYTE, 50),
            retention_key="retention.account_opening",
            kept_since=left_before,
        )
    )


def seen_by(user: Any) -> Iterable[UUID]:
    """Refs of the customers that `user` may see, for purposes of any app."""
    return scope.visible(Customer, user).values_list("ref", flat=True)


def is_own(user: Any, owner: UUID) -> bool:
    """Whether `owner` is the customer who is signed in."""
    return Customer.objects.filter(user=user, ref=owner).exists()


def left_before(before: datetime) -> Iterable[UUID]:
    """Refs of the customers who left before `before`."""
    return Customer.objects.filter(closed_at__lt=before).values_list("ref", flat=True)
