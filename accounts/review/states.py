"""Words of the review desk."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from brokerage.core.states import StateTable


class Standing(models.TextChoices):
    """How a value that was typed stands beside what was read."""

    SAME = "same", pgettext_lazy("comparison", "Agrees")
    DIFFERS = "differs", pgettext_lazy("comparison", "Differs")
    DOUBTFUL = "doubtful", pgettext_lazy("comparison", "Read with doubt")
    ALONE = "alone", pgettext_lazy("comparison", "Nothing to compare")


class RiskClass(models.TextChoices):
    """How much care an application needs."""

    LOW = "low", pgettext_lazy("review", "Low risk")
    MEDIUM = "medium", pgettext_lazy("review", "Medium risk")
    HIGH = "high", pgettext_lazy("review", "High risk")


class Route(models.TextChoices):
    """How many people look before the decision."""

    RULE = "rule", _("Passes by rule")
    ONE = "one", _("One reviewer")
    TWO = "two", _("Two reviewers")


class Skill(models.TextChoices):
    """What a reviewer has learned, where an application asks for it."""

    TAX = "tax", _("Tax residence abroad")
    ELDER = "elder", _("Older customers")
    SPECIAL = "special", _("Special circumstances")
    PAPERS = "papers", _("Other documents")
    BODIES = "bodies", _("Organisations")


class PauseReason(models.TextChoices):
    """Why the promise stands still, in words fit for the customer."""

    OUTSIDE = "outside", _("We wait for an answer of another institution.")
    OUTLET = "outlet", _("We ask your outlet about one point.")
    CENTRAL = "central", _("A central check is not finished yet.")


class BlindStatus(models.TextChoices):
    """Where a second look stands."""

    WAITING = "waiting", pgettext_lazy("second look", "Waiting")
    ANSWERED = "answered", pgettext_lazy("second look", "Done")


BLIND_TRANSITIONS = StateTable(
    {BlindStatus.WAITING: [BlindStatus.ANSWERED], BlindStatus.ANSWERED: []}
)


class Risk(models.TextChoices):
    """One thing to look at. None of it accuses anybody."""

    IDENTITY_DIFFERS = "identity_differs", _("The police registry knows this number otherwise")
    IDENTITY_UNKNOWN = "identity_unknown", _("The police registry does not know this number")
    IDENTITY_OPEN = "identity_open", _("No answer of the police registry yet")
    FACE_DIFFERS = "face_differs", _("The face in the video is another person's")
    FACE_UNCLEAR = "face_unclear", _("The face comparison is not clear")
    FACE_OPEN = "face_open", _("No face comparison yet")
    PHONE_DIFFERS = "phone_differs", _("The telephone belongs to somebody else")
    REGISTRY_DIFFERS = "registry_differs", _("The registry of enterprises knows it otherwise")
    REGISTRY_UNKNOWN = "registry_unknown", _("The registry of enterprises does not know it")
    REGISTRY_ENDED = "registry_ended", _("The registry says that it is no longer in business")
    REGISTRY_OPEN = "registry_open", _("No answer of the registry of enterprises yet")
    CARD_DIFFERS = "card_differs", _("The bank card belongs to somebody else, or cannot be used")
    VALUES_DIFFER = "values_differ", _("What was typed differs from what was read")
    PHOTO_FLAWED = "photo_flawed", _("A photo of the document is hard to read")
    NOT_READ = "not_read", _("The document was not read by machine")
    EXPIRES = "expires", _("The document expires soon")
    ORGANISATION = "organisation", _("An organisation: look at who owns and who acts for it")
    OTHER_PAPER = "other_paper", _("Another document than the resident identity card")
    NOT_SEEN = "not_seen", _("Nobody looked at the original of this document")
    NOT_FILMED = "not_filmed", _("Two people at an outlet confirmed who it is, no recording")
    ON_PAPER = "on_paper", _("Signed by hand on paper: no font of ours shows the name")
    MINOR = "minor", _("Under 18: look at the proof of own income")
    ELDER = "elder", _("An older customer: look at the video with care")
    ABROAD = "abroad", _("Tax residence abroad")
    INDUSTRY = "industry", _("Works in the securities industry")
    BAD_FAITH = "bad_faith", _("Declares an entry in a record of bad faith")
    OTHERS_MONEY = "others_money", _("Somebody else decides or owns the money")
    ASSISTED = "assisted", _("Staff helped with some of the answers")
    AGAIN = "again", _("Was sent back before")
