"""Files of this app: the PDF of an item, and the PDF as which a text came in."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from brokerage.core import scope
from brokerage.files import api as files
from content.dated import RETENTION
from content.models import Item, RawItem

REPORT = "content.report"
ORIGINAL = "content.original"


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
    files.register(
        files.Purpose(
            key=ORIGINAL,
            label=_("PDFs of texts that came in"),
            owner_type="content.rawitem",
            owners=originals_seen_by,
            types=files.PDF,
            max_bytes=20 * files.MEGABYTE,
            retention_key=RETENTION,
        )
    )


def seen_by(user: Any) -> Iterable[UUID]:
    """Items whose files `user` may see by the general address; readers have the item's own."""
    return scope.visible(Item, user).values_list("ref", flat=True)


def originals_seen_by(user: Any) -> Iterable[UUID]:
    """Texts whose PDFs `user` may see: whoever sees the texts, and never a reader."""
    return scope.visible(RawItem, user).values_list("ref", flat=True)
