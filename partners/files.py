"""Files of institutions: the materials that they may show."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from brokerage.core import scope
from brokerage.files import api as files
from partners.dated import KEEPING_MATERIALS
from partners.models import Partner

MATERIAL = "partners.material"


def register() -> None:
    """Called once when the app is ready."""
    files.register(
        files.Purpose(
            key=MATERIAL,
            label=_("Materials of institutions"),
            owner_type="partners.partner",
            owners=seen_by,
            types=files.PDF | files.IMAGES,
            max_bytes=20 * files.MEGABYTE,
            per_owner=files.Limit(2000 * files.MEGABYTE, 500),
            retention_key=KEEPING_MATERIALS,
        )
    )


def seen_by(user: Any) -> Iterable[UUID]:
    """Institutions whose materials `user` may see; programs have an address of their own."""
    return scope.visible(Partner, user).values_list("ref", flat=True)
