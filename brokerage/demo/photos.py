"""Photos of identity cards for the demonstration: drawn, marked as specimens, of nobody."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from PIL import Image

from accounts.documents import specimens
from accounts.files import IDENTITY_DOCUMENT
from accounts.models import Application
from brokerage.files import api as files
from brokerage.files.use_cases.check_file import check
from brokerage.journal.actors import Actor

DRAW: Mapping[str, Callable[[specimens.Specimen], Image.Image]] = {
    "front": specimens.portrait_side,
    "back": specimens.emblem_side,
}
SCALE = 0.75  # about a thousand pixels: readable, and quickly encoded anew


def photograph(
    application: Application, given: Mapping[str, Any], *, actor: Actor, at: datetime
) -> dict[str, str]:
    """Store and check photos of a card that says what was answered; refs by side.

    Args:
        application: whose document.
        given: answers of the identity step.
        actor: the customer.
        at: the instant.
    """
    number = given["id_number"]
    card = specimens.Specimen(
        name=given["name"],
        sex="男" if int(number[16]) % 2 else "女",
        born=date.fromisoformat(f"{number[6:10]}-{number[10:12]}-{number[12:14]}"),
        address=given["address"],
        number=number,
        issuer=given["id_issuer"],
        valid="-".join(given[end].replace("-", ".") for end in ("id_valid_from", "id_valid_to")),
    )
    refs = {}
    for side, draw in DRAW.items():
        out = io.BytesIO()
        specimens.photographed(draw(card), angle=0, scale=SCALE).save(out, "JPEG", quality=85)
        out.seek(0)
        file = files.store(
            upload=out, purpose=IDENTITY_DOCUMENT, owner_ref=application.ref, actor=actor, at=at
        )
        check(ref=file.ref, at=at)
        refs[side] = str(file.ref)
    return refs
