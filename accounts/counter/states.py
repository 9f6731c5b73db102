"""The life of a release, and which steps staff may do for a customer."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.states import Step
from brokerage.core.states import StateTable


class ReleaseStatus(models.TextChoices):
    """Where a release stands."""

    OFFERED = "offered", _("Code not used yet")
    IN_USE = "in_use", pgettext_lazy("release", "Open at an outlet")
    ENDED = "ended", pgettext_lazy("release", "Ended")


RELEASE_TRANSITIONS = StateTable(
    {
        ReleaseStatus.OFFERED: [ReleaseStatus.IN_USE, ReleaseStatus.ENDED],
        ReleaseStatus.IN_USE: [ReleaseStatus.ENDED],
        ReleaseStatus.ENDED: [],
    }
)
LIVE = (ReleaseStatus.OFFERED, ReleaseStatus.IN_USE)


class ReleaseEnd(models.TextChoices):
    """Why a release ended."""

    CUSTOMER = "customer", _("The customer ended it")
    STAFF = "staff", _("The outlet was done")
    TIME = "time", _("Its time ran out")
    NEWER = "newer", _("The customer took a new code")
    CASE = "case", _("The application was sent or ended")


class PersonLook(models.TextChoices):
    """One thing that each of the two looks at who confirm a person without a recording."""

    ORIGINAL = "original", _("I hold the original identity card, not a copy")
    PERSON = "person", _("The person in front of me is the one on the card")
    FEATURES = "features", _("I checked its security features and read its chip")
    WILL = "will", _("The person told me that they open the account for themselves and freely")


ENTERED_BY_STAFF = (Step.IDENTITY, Step.PROFILE, Step.TAX, Step.OUTLET, Step.BANK)
"""Steps whose answers staff may enter; the customer confirms them."""
AT_COUNTER = (*ENTERED_BY_STAFF, Step.VIDEO)
"""Steps that can be done at a counter.

What is the customer's own will or secret is not here: consents, the assessment, signature,
passwords, sharing and sending stay on the customer's phone.
"""
