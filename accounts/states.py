"""The life of an application, as a table."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from brokerage.core.states import StateTable


class Status(models.TextChoices):
    """Where an application stands; the same words in the journal and the partner API."""

    DRAFT = "draft", _("In progress")
    SUBMITTED = "submitted", pgettext_lazy("application", "Sent")
    REVIEWING = "reviewing", _("Under review")
    RETURNED = "returned", _("Waiting for you")
    APPROVED = "approved", _("Approved")
    REJECTED = "rejected", _("Not accepted")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    EXPIRED = "expired", _("Expired")


TRANSITIONS = StateTable(
    {
        Status.DRAFT: [Status.SUBMITTED, Status.WITHDRAWN, Status.EXPIRED],
        Status.SUBMITTED: [Status.REVIEWING, Status.WITHDRAWN],
        Status.REVIEWING: [
            Status.RETURNED,
            Status.APPROVED,
            Status.REJECTED,
            Status.WITHDRAWN,
        ],
        Status.RETURNED: [Status.REVIEWING, Status.WITHDRAWN, Status.EXPIRED],
        Status.APPROVED: [],
        Status.REJECTED: [],
        Status.WITHDRAWN: [],
        Status.EXPIRED: [],
    }
)
EDITABLE = (Status.DRAFT, Status.RETURNED)
WITH_US = (Status.SUBMITTED, Status.REVIEWING)
OPEN = (*EDITABLE, *WITH_US)
DECIDED = (Status.APPROVED, Status.REJECTED)
ENDED = (Status.WITHDRAWN, Status.EXPIRED)
"""Ended without a decision."""


class Step(models.TextChoices):
    """What the customer does, in this order."""

    NAME = "name", _("Your name")
    OUTLET = "outlet", _("Your outlet")
    ASSESSMENT = "assessment", _("Risk assessment")
    SHARING = "sharing", _("What we may tell the institution that sent you")
    SEND = "send", _("Check and send")


class Verdict(models.TextChoices):
    """What the first officer proposes and the second decides."""

    APPROVE = "approve", _("Approve")
    REJECT = "reject", _("Do not accept")


class Refusal(models.TextChoices):
    """Why an application was not accepted, in words fit for the customer."""

    IDENTITY = "identity", _("We could not confirm who you are.")
    CONDITIONS = "conditions", _("The conditions for an account are not met.")
    DUPLICATE = "duplicate", _("You have an account with us already.")
    OTHER = "other", _("We cannot open this account online.")
