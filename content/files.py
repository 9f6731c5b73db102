"""Files of items: the PDF of a research report."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from brokerage.core import scope
from brokerage.files import api as files
from content.dated import RETENTION
from content.models import Item

REPORT = "content.report"


def register() -> None:
    """Called once when the app is ready."""
    files.register(
        files.Purpose(
            key=REPORT,
            label=_("PDFs of items"),
            owner_type="content.item",
            owners=seen_by,
            types=files.PDF,
            max_bytes=20 * files.MEGABYTE,
            retention_key=RETENTION,
        )
    )


def seen_by(user: Any) -> Iterable[UUID]:
    """Items whose files `user` may see by the general address; readers have the item's own."""
    return scope.visible(Item, user).values_list("ref", flat=True)
