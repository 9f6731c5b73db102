"""The life of an application, as a table."""

from __future__ import annotations

from typing import Any

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
    OPENING = "opening", _("Accounts are being opened")
    VISIT = "visit", _("A few last questions")
    ACTIVE = "active", pgettext_lazy("application", "Active")
    REJECTED = "rejected", _("Not accepted")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    EXPIRED = "expired", _("Expired")


TRANSITIONS = StateTable(
    {
        Status.DRAFT: [Status.SUBMITTED, Status.WITHDRAWN, Status.EXPIRED],
        Status.SUBMITTED: [
            Status.REVIEWING,
            Status.RETURNED,  # an automatic check found what only the customer can mend
            Status.APPROVED,  # by rule
            Status.WITHDRAWN,
        ],
        Status.REVIEWING: [
            Status.SUBMITTED,  # the officer did not come to it
            Status.RETURNED,
            Status.APPROVED,
            Status.REJECTED,
            Status.WITHDRAWN,
        ],
        Status.RETURNED: [
            Status.SUBMITTED,
            Status.REVIEWING,
            Status.WITHDRAWN,
            Status.EXPIRED,
        ],
        Status.APPROVED: [
            Status.OPENING,
            Status.REVIEWING,  # the evidence that is missing will not come
            Status.WITHDRAWN,
        ],
        Status.OPENING: [
            Status.VISIT,
            Status.REVIEWING,  # the depository opened nothing
            Status.WITHDRAWN,
        ],
        Status.VISIT: [
            Status.ACTIVE,
            Status.WITHDRAWN,  # the customer has the opened accounts closed
        ],
        Status.ACTIVE: [],
        Status.REJECTED: [],
        Status.WITHDRAWN: [],
        Status.EXPIRED: [],
    }
)
EDITABLE = (Status.DRAFT, Status.RETURNED)
WITH_US = (Status.SUBMITTED, Status.REVIEWING)
OPEN = (*EDITABLE, *WITH_US)
ACCEPTED = (Status.APPROVED, Status.OPENING, Status.VISIT, Status.ACTIVE)
"""A second officer agreed to open; the accounts are on their way or there."""
DECIDED = (*ACCEPTED, Status.REJECTED)
ENDED = (Status.WITHDRAWN, Status.EXPIRED)
"""Ended without a decision."""


class Step(models.TextChoices):
    """What the customer does, in this order."""

    CONSENTS = "consents", _("What you agree to")
    IDENTITY = "identity", _("Identity document")
    PROFILE = "profile", _("About you")
    TAX = "tax", _("Tax residence")
    ASSESSMENT = "assessment", _("Risk assessment")
    OUTLET = "outlet", _("Outlet and markets")
    VIDEO = "video", _("Video")
    AGREEMENTS = "agreements", _("Agreements and signature")
    PASSWORDS = "passwords", _("Trading and fund passwords")
    BANK = "bank", _("Bank for your money")
    SHARING = "sharing", _("What we may tell the institution that sent you")
    SEND = "send", _("Check and send")


PROVED = (Step.VIDEO, Step.AGREEMENTS, Step.PASSWORDS)
"""Steps that leave evidence of their own instead of answers."""
SECTIONS = tuple(
    step for step in Step if step not in (Step.ASSESSMENT, Step.SHARING, Step.SEND, *PROVED)
)
"""Steps whose answers are kept as a section of the application."""


class SectionStatus(models.TextChoices):
    """Where the answers of one step stand; a step that nobody began has no row."""

    INCOMPLETE = "incomplete", pgettext_lazy("section", "Not finished")
    ENTERED = "entered", _("Entered by staff, to be confirmed by the customer")
    COMPLETE = "complete", pgettext_lazy("section", "Finished")
    IN_REVIEW = "in_review", pgettext_lazy("section", "Being reviewed")
    VERIFIED = "verified", pgettext_lazy("section", "Verified")
    INSUFFICIENT = "insufficient", pgettext_lazy("section", "To be done again")
    EXPIRED = "expired", pgettext_lazy("section", "Expired")


SECTION_TRANSITIONS = StateTable(
    {
        SectionStatus.INCOMPLETE: [
            SectionStatus.INCOMPLETE,
            SectionStatus.ENTERED,
            SectionStatus.COMPLETE,
            SectionStatus.EXPIRED,
        ],
        SectionStatus.ENTERED: [
            SectionStatus.INCOMPLETE,
            SectionStatus.COMPLETE,
            SectionStatus.EXPIRED,
        ],
        SectionStatus.COMPLETE: [
            SectionStatus.INCOMPLETE,
            SectionStatus.COMPLETE,
            SectionStatus.IN_REVIEW,
            SectionStatus.EXPIRED,
        ],
        SectionStatus.IN_REVIEW: [SectionStatus.VERIFIED, SectionStatus.INSUFFICIENT],
        SectionStatus.INSUFFICIENT: [
            SectionStatus.INCOMPLETE,
            SectionStatus.ENTERED,
            SectionStatus.COMPLETE,
        ],
        SectionStatus.VERIFIED: [SectionStatus.IN_REVIEW, SectionStatus.EXPIRED],
        SectionStatus.EXPIRED: [
            SectionStatus.INCOMPLETE,
            SectionStatus.ENTERED,
            SectionStatus.COMPLETE,
        ],
    }
)
SECTION_DONE = (SectionStatus.COMPLETE, SectionStatus.IN_REVIEW, SectionStatus.VERIFIED)


class Lack(models.TextChoices):
    """Why a section has to be done again: the structured reason, in words for the customer."""

    UNREADABLE = "unreadable", _("We cannot read it. Take a new photo in even light.")
    DIFFERS = "differs", _("It does not match your document. Compare each character.")
    OUTDATED = "outdated", _("It is no longer valid. Use the one that is valid today.")
    INCOMPLETE = "incomplete", _("Something is missing. Fill in every field.")
    UNCLEAR = "unclear", _("We do not understand the answer. Explain it in a sentence.")
    OTHER = "other", _("Please look at it again.")
    # said by machines, of what somebody outside answered or of a day that has passed
    NAME_DIFFERS = (
        "name_differs",
        _("The police register has another name for this number. Compare both."),
    )
    NO_NUMBER = (
        "no_number",
        _("The police register does not know this number. Compare each digit."),
    )
    BODY_DIFFERS = (
        "body_differs",
        _(
            "The registry of enterprises has another name or representative. Bring the licence "
            "that is valid today."
        ),
    )
    NO_BODY = (
        "no_body",
        _("The registry of enterprises does not know this code. Compare each place."),
    )
    OTHERS_CARD = (
        "others_card",
        _("This card belongs to somebody else. Use one in your own name."),
    )
    NO_CARD = (
        "no_card",
        _("The bank does not know this card. Compare its number, or use another."),
    )
    IDLE_CARD = "idle_card", _("This card is not active. Ask your bank, or use another.")
    CARD_CLASS = "card_class", _("This card is no Class I debit card. Use another.")
    FULL = (
        "full",
        _(
            "You have three accounts of this kind already, and more are not allowed. "
            "Leave this market out."
        ),
    )
    RAN_OUT = (
        "ran_out",
        _(
            "Your document is not valid long enough any more, or your age asks for more. "
            "Open this step and save it again."
        ),
    )
    FITS_NO_MORE = (
        "fits_no_more",
        _(
            "Your tax declaration does not fit what you changed since. "
            "Open this step and save it again."
        ),
    )


BY_PEOPLE = (
    Lack.UNREADABLE,
    Lack.DIFFERS,
    Lack.OUTDATED,
    Lack.INCOMPLETE,
    Lack.UNCLEAR,
    Lack.OTHER,
)
"""Reasons that a reviewer gives; the others come with the answer that they are of."""


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

    @property
    def todo(self) -> str:
        """What the customer does next, in the reader's language."""
        return str(NEXT_AFTER[self])


NEXT_AFTER: dict[Refusal, Any] = {
    Refusal.IDENTITY: _("Bring your identity document to an outlet; there we look at it."),
    Refusal.CONDITIONS: _("An outlet tells you which one, and what would change it."),
    Refusal.DUPLICATE: _(
        "Sign in with the phone number of that account. An outlet helps if it has changed."
    ),
    Refusal.OTHER: _("An outlet tells you what is possible there."),
}


class OneCodeStatus(models.TextChoices):
    """The one-code account of a person (domain handbook 3.3)."""

    REQUESTED = "requested", pgettext_lazy("account", "Requested")
    NORMAL = "normal", pgettext_lazy("account", "Open")
    CLOSED = "closed", pgettext_lazy("account", "Closed")


ONE_CODE_TRANSITIONS = StateTable(
    {
        OneCodeStatus.REQUESTED: [OneCodeStatus.NORMAL],
        OneCodeStatus.NORMAL: [OneCodeStatus.CLOSED],
        OneCodeStatus.CLOSED: [],
    }
)


class MarketStatus(models.TextChoices):
    """An account on one market."""

    REQUESTED = "requested", pgettext_lazy("account", "Requested")
    OPEN = "open", pgettext_lazy("account", "Open")
    REFUSED = "refused", pgettext_lazy("account", "Refused")
    CLOSED = "closed", pgettext_lazy("account", "Closed")


MARKET_TRANSITIONS = StateTable(
    {
        MarketStatus.REQUESTED: [MarketStatus.OPEN, MarketStatus.REFUSED],
        MarketStatus.OPEN: [MarketStatus.CLOSED],
        MarketStatus.REFUSED: [MarketStatus.REQUESTED],  # asked for again
        MarketStatus.CLOSED: [],
    }
)


LEFT_OUT = "left_out"
"""The refusal of a market that the customer left out of a later answer: nobody asked for it."""


class CashStatus(models.TextChoices):
    """The cash account: prepared after the approval, active after the follow-up."""

    PREPARED = "prepared", pgettext_lazy("account", "Prepared")
    ACTIVE = "active", pgettext_lazy("account", "Open")
    CLOSED = "closed", pgettext_lazy("account", "Closed")


CASH_TRANSITIONS = StateTable(
    {
        CashStatus.PREPARED: [CashStatus.ACTIVE, CashStatus.CLOSED],
        CashStatus.ACTIVE: [CashStatus.CLOSED],
        CashStatus.CLOSED: [],
    }
)


class LinkStatus(models.TextChoices):
    """The tie to the custody bank."""

    REQUESTED = "requested", pgettext_lazy("account", "Requested")
    AT_BANK = "at_bank", _("To be finished at the bank")
    LINKED = "linked", pgettext_lazy("account", "Linked")
    REFUSED = "refused", pgettext_lazy("account", "Refused")
    CLOSED = "closed", pgettext_lazy("account", "Closed")


LINK_TRANSITIONS = StateTable(
    {
        LinkStatus.REQUESTED: [
            LinkStatus.AT_BANK,
            LinkStatus.LINKED,
            LinkStatus.REFUSED,
            LinkStatus.CLOSED,  # the application ended before the bank answered
        ],
        LinkStatus.AT_BANK: [
            LinkStatus.AT_BANK,  # of another bank
            LinkStatus.LINKED,
            LinkStatus.REFUSED,
            LinkStatus.CLOSED,
        ],
        LinkStatus.LINKED: [LinkStatus.LINKED, LinkStatus.CLOSED],  # the first: another bank
        LinkStatus.REFUSED: [
            LinkStatus.REQUESTED,
            LinkStatus.AT_BANK,
            LinkStatus.LINKED,
            LinkStatus.CLOSED,
        ],
        LinkStatus.CLOSED: [],
    }
)


class FollowUpQuestion(models.TextChoices):
    """What is asked before an account becomes active; every answer must be yes."""

    IDENTITY = "identity", _("Are you the person whose documents we have?")
    READ = "read", _("Did you read the agreements and the risks yourself?")
    OWN_WILL = "own_will", _("Do you open this account of your own will?")
    SECRET = "secret", _("Will you keep your passwords to yourself?")
    CONDUCT = "conduct", _("Is it true that nobody promised you profit or paid you to open it?")
