"""What the desk sees of a new document: typed beside read, the photos, and who it belongs to."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.urls import reverse

from accounts.models import DocumentRenewal
from accounts.review.differences import compare
from accounts.review.page import LABELS, SIDES, Picture
from accounts.review.photos import checked_photos
from accounts.review.states import Standing
from accounts.use_cases.readings import flaw_sentence, readings_of

TONES = {Standing.DIFFERS: "stop", Standing.DOUBTFUL: "wait", Standing.SAME: "done"}


def look_at_renewal(renewal: DocumentRenewal) -> dict[str, Any]:
    """The context of the panel: `lines` (label, typed, read, tone, standing) and `pictures`.

    Name and number on the photo are compared with those of the customer, or with the new
    ones where the customer says that they changed.
    """
    application, answers = renewal.application, renewal.answers
    refs = {side: answers[side] for side in SIDES if answers.get(side)}
    readings = readings_of(list(refs.values()))
    read: dict[str, Any] = {}
    for reading in readings.values():
        read |= reading.found
    name, number = renewal.wanted
    known = {**answers, "name": name, "id_number": number}
    if answers.get("id_long_term"):
        known["id_valid_to"] = "long_term"
    ready = checked_photos(application)
    return {
        "lines": [
            {
                "label": LABELS[line.field],
                "typed": line.typed,
                "read": line.read,
                "tone": TONES.get(line.standing, ""),
                "standing": line.standing.label,
            }
            for line in compare(known, read, {})
        ],
        "pictures": [
            Picture(
                SIDES[side],
                reverse("admin:accounts_application_photo", args=[application.ref, ref]),
                tuple(
                    flaw_sentence(flaw)
                    for flaw in (readings[ref].flaws if ref in readings else ())
                ),
                UUID(ref) in ready,
            )
            for side, ref in refs.items()
        ],
    }
