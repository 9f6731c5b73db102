"""Files that prove an investor class."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from brokerage.customers import files as of_customers
from brokerage.files import api as files

CLASS_EVIDENCE = "suitability.class_evidence"


def register() -> None:
    """Called once when the app is ready."""
    files.register(
        files.Purpose(
            key=CLASS_EVIDENCE,
            label=_("Proofs of an investor class"),
            owner_type=of_customers.OWNER,
            owners=of_customers.seen_by,
            may_send=of_customers.is_own,
            types=files.IMAGES | files.PDF,
            max_bytes=20 * files.MEGABYTE,
            per_owner=files.Limit(200 * files.MEGABYTE, 40),
            retention_key="retention.suitability",
            kept_since=of_customers.left_before,
        )
    )
