"""Files that prove the status of a professional investor, and double recordings."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from brokerage.core import roles, scope
from brokerage.customers import files as of_customers
from brokerage.customers.models import Customer
from brokerage.files import api as files
from suitability.models import DoubleRecording, StatusProof
from suitability.states import RECORDING_ENDED
from suitability.use_cases.recordings import FILES

CLASS_EVIDENCE = "suitability.class_evidence"
RECORDING_OWNER = "suitability.doublerecording"


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
    files.register(
        files.Purpose(
            key=FILES,
            label=_("Double recordings at outlets"),
            owner_type=RECORDING_OWNER,
            owners=may_watch,
            may_send=_may_record,
            types=files.VIDEOS,
            max_bytes=120 * files.MEGABYTE,
            per_owner=files.Limit(1_200 * files.MEGABYTE, 60),
            retention_key="retention.suitability",
            kept_since=_begun_before,
        )
    )


def seen_by(user: Any) -> Iterable[UUID]:
    """Refs of the customers whose proofs `user` may see: their own, or of proofs in their scope.

    Whoever sees the customer otherwise, such as their branch, does not see income and assets.
    """
    requests = scope.visible(StatusProof, user).values("request__customer")
    return Customer.objects.filter(Q(user=user) | Q(pk__in=requests)).values_list("ref", flat=True)


def may_watch(user: Any) -> Iterable[UUID]:
    """Refs of the recordings that `user` may watch: who recorded or checks them, and readers.

    The customer was told so. Others see that there is a recording, not what is on it.
    """
    rows = scope.visible(DoubleRecording, user)
    reads_all = not roles.roles_of(user).isdisjoint(roles.READERS)
    if not reads_all and not roles.may(user, "suitability.check_doublerecording"):
        rows = rows.filter(recorded_by=user)
    return rows.values_list("ref", flat=True)


def _may_record(user: Any, owner: UUID) -> bool:
    if not roles.may(user, "suitability.add_doublerecording"):
        return False
    rows = DoubleRecording.objects.exclude(status__in=RECORDING_ENDED)
    return rows.filter(recorded_by=user, ref=owner).exists()


def _begun_before(before: datetime) -> Iterable[UUID]:
    """Refs of the recordings whose keeping began before `before`."""
    rows = DoubleRecording.objects.filter(begun_at__lt=before)
    return rows.values_list("ref", flat=True)
