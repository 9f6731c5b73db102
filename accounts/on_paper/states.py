"""The life of agreements on paper, and what two people look at."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from brokerage.core.states import StateTable


class PaperStatus(models.TextChoices):
    """Where the signature by hand stands."""

    PRINTED = "printed", pgettext_lazy("on paper", "Printed, to be signed by hand")
    SCANNED = "scanned", pgettext_lazy("on paper", "Signed and scanned, waits for a second person")
    CONFIRMED = "confirmed", pgettext_lazy("on paper", "Confirmed by two people")
    DROPPED = "dropped", pgettext_lazy("on paper", "Replaced by another print")


PAPER_TRANSITIONS = StateTable(
    {
        PaperStatus.PRINTED: [PaperStatus.SCANNED, PaperStatus.DROPPED],
        # back to the first where the second person finds that something does not agree
        PaperStatus.SCANNED: [
            PaperStatus.CONFIRMED,
            PaperStatus.PRINTED,
            PaperStatus.DROPPED,
        ],
        PaperStatus.CONFIRMED: [],
        PaperStatus.DROPPED: [],
    }
)
SCANS = (PaperStatus.SCANNED, PaperStatus.CONFIRMED)
"""In these the signed pages are there."""


class PaperReason(models.TextChoices):
    """Why somebody signs by hand; there is no other reason."""

    NO_FONT = "no_font", _("No font of ours shows the name")


class PaperLook(models.TextChoices):
    """One thing that each of the two people looks at."""

    PERSON = "person", _("The person in front of me is the one on the identity document")
    NAME = "name", _("The name written by hand is the one on the document, stroke by stroke")
    WILL = "will", _("The person told me that they read the pages and signed them themselves")
    PAGES = "pages", _("Every printed page is there, readable, with the number of this print")
