"""The lives of records of this app."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from brokerage.core.states import StateTable


class JumpStatus(models.TextChoices):
    """What became of a class that rose shortly after a refusal."""

    WAITING = "waiting", _("Waiting for a supervisor")
    ACCEPTED = "accepted", _("Accepted")
    TALK = "talk", _("To be talked over with the customer")


JUMP_TRANSITIONS = StateTable(
    {
        JumpStatus.WAITING: [JumpStatus.ACCEPTED, JumpStatus.TALK],
        JumpStatus.TALK: [JumpStatus.ACCEPTED],
        JumpStatus.ACCEPTED: [],
    }
)


class CoachingStatus(models.TextChoices):
    """What compliance made of signs of coaching."""

    WAITING = "waiting", _("Waiting for compliance")
    HARMLESS = "harmless", _("Harmless")
    FOLLOWED = "followed", _("Followed up")


COACHING_TRANSITIONS = StateTable(
    {
        CoachingStatus.WAITING: [CoachingStatus.HARMLESS, CoachingStatus.FOLLOWED],
        CoachingStatus.HARMLESS: [],
        CoachingStatus.FOLLOWED: [],
    }
)


class RequestStatus(models.TextChoices):
    """How far somebody is who asks to be a professional investor."""

    DRAFT = "draft", _("Being put together")
    SUBMITTED = "submitted", _("Waiting for the first officer")
    RETURNED = "returned", _("Sent back to be completed")
    EXAMINED = "examined", _("Waiting for the second officer")
    GRANTED = "granted", pgettext_lazy("professional investor", "Granted")
    REFUSED = "refused", pgettext_lazy("professional investor", "Not granted")
    WITHDRAWN = "withdrawn", pgettext_lazy("professional investor", "Withdrawn")


REQUEST_TRANSITIONS = StateTable(
    {
        RequestStatus.DRAFT: [RequestStatus.SUBMITTED, RequestStatus.WITHDRAWN],
        RequestStatus.SUBMITTED: [
            RequestStatus.EXAMINED,
            RequestStatus.RETURNED,
            RequestStatus.WITHDRAWN,
        ],
        RequestStatus.RETURNED: [RequestStatus.SUBMITTED, RequestStatus.WITHDRAWN],
        RequestStatus.EXAMINED: [
            RequestStatus.GRANTED,
            RequestStatus.REFUSED,
            RequestStatus.SUBMITTED,
            RequestStatus.WITHDRAWN,
        ],
        RequestStatus.GRANTED: [],
        RequestStatus.REFUSED: [],
        RequestStatus.WITHDRAWN: [],
    }
)
REQUEST_OPEN_TO_CUSTOMER = frozenset({RequestStatus.DRAFT, RequestStatus.RETURNED})
REQUEST_ENDED = frozenset({RequestStatus.GRANTED, RequestStatus.REFUSED, RequestStatus.WITHDRAWN})


class DisclosureStatus(models.TextChoices):
    """How far a customer is with what is told before a sale."""

    SHOWN = "shown", _("Five things given out")
    READ = "read", _("Five things acknowledged")
    WARNED = "warned", _("Points of risk given out")
    THINKING = "thinking", _("Time to think")
    DONE = "done", pgettext_lazy("disclosure", "Done")
    GIVEN_UP = "given_up", pgettext_lazy("disclosure", "Given up")


DISCLOSURE_TRANSITIONS = StateTable(
    {
        DisclosureStatus.SHOWN: [
            DisclosureStatus.READ,
            DisclosureStatus.DONE,
            DisclosureStatus.GIVEN_UP,
        ],
        DisclosureStatus.READ: [DisclosureStatus.WARNED, DisclosureStatus.GIVEN_UP],
        DisclosureStatus.WARNED: [DisclosureStatus.THINKING, DisclosureStatus.GIVEN_UP],
        DisclosureStatus.THINKING: [DisclosureStatus.DONE, DisclosureStatus.GIVEN_UP],
        DisclosureStatus.DONE: [],
        DisclosureStatus.GIVEN_UP: [],
    }
)


class InsistStatus(models.TextChoices):
    """How far a customer is who insists on what does not suit them."""

    ASKED = "asked", _("Wish noted")
    WARNED = "warned", _("Warned")
    ACKNOWLEDGED = "acknowledged", _("Warning acknowledged")
    CONFIRMED = "confirmed", _("Confirmed again")
    WITHDRAWN = "withdrawn", _("Given up")


INSIST_TRANSITIONS = StateTable(
    {
        InsistStatus.ASKED: [InsistStatus.WARNED, InsistStatus.WITHDRAWN],
        InsistStatus.WARNED: [InsistStatus.ACKNOWLEDGED, InsistStatus.WITHDRAWN],
        InsistStatus.ACKNOWLEDGED: [InsistStatus.CONFIRMED, InsistStatus.WITHDRAWN],
        InsistStatus.CONFIRMED: [],
        InsistStatus.WITHDRAWN: [],
    }
)


class RecordingAbout(models.TextChoices):
    """What a double recording is made for."""

    INSIST = "insist", _("Wish for what does not suit")
    FIVE_ITEMS = "five_items", _("Five things before a sale")
    HIGH_RISK = "high_risk", _("High-risk sale")
    CONVERSION = "conversion", _("To be a professional investor on application")
    STEP_BACK = "step_back", _("Back to ordinary investor")


ON_APPLICATIONS = (RecordingAbout.CONVERSION, RecordingAbout.STEP_BACK)
"""What is recorded on an application as a professional investor, not on a matching decision."""


class RecordingStatus(models.TextChoices):
    """Where a double recording stands."""

    OPEN = "open", _("Being recorded")
    COMPLETE = "complete", _("Waiting for the quality check")
    PASSED = "passed", pgettext_lazy("recording", "Passed")
    FAILED = "failed", pgettext_lazy("recording", "Not passed")
    GIVEN_UP = "given_up", pgettext_lazy("recording", "Given up")


RECORDING_TRANSITIONS = StateTable(
    {
        RecordingStatus.OPEN: [RecordingStatus.COMPLETE, RecordingStatus.GIVEN_UP],
        RecordingStatus.COMPLETE: [
            RecordingStatus.OPEN,
            RecordingStatus.PASSED,
            RecordingStatus.FAILED,
            RecordingStatus.GIVEN_UP,
        ],
        RecordingStatus.PASSED: [],
        RecordingStatus.FAILED: [],
        RecordingStatus.GIVEN_UP: [],
    }
)
RECORDING_ENDED = (RecordingStatus.PASSED, RecordingStatus.FAILED, RecordingStatus.GIVEN_UP)


class FollowUpStatus(models.TextChoices):
    """How far a call after a sale is."""

    WAITING = "waiting", _("To be called")
    DONE = "done", pgettext_lazy("follow-up", "No concern")
    ESCALATED = "escalated", _("With compliance")
    CLOSED = "closed", pgettext_lazy("follow-up", "Closed by compliance")


FOLLOW_UP_TRANSITIONS = StateTable(
    {
        FollowUpStatus.WAITING: [FollowUpStatus.DONE, FollowUpStatus.ESCALATED],
        FollowUpStatus.ESCALATED: [FollowUpStatus.CLOSED],
        FollowUpStatus.DONE: [],
        FollowUpStatus.CLOSED: [],
    }
)
