"""What a customer agrees to before an account can be opened online, each apart from the others."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from brokerage.customers.purposes import PURPOSES, Purpose

PURPOSES_OF_OPENING = {
    "opening_notice": Purpose(
        title=_("Privacy notice of account opening"),
        effect=_("Without it we stop working on an application that is not finished."),
    ),
    "identity_document": Purpose(
        title=_("Your identity document"),
        effect=_("Without it an account can be opened at an outlet only."),
    ),
    "face": Purpose(
        title=_("Your face in the recording"),
        effect=_(
            "Without it two people at an outlet confirm who you are, and nothing is recorded."
        ),
    ),
}


FACE = "face"
NEEDED = tuple(purpose for purpose in PURPOSES_OF_OPENING if purpose != FACE)
"""Without these nothing is opened here; without FACE two people at an outlet confirm who it is."""
REFUSED = "no"
"""The answer of the section where a purpose was refused; else the ref of the consent."""


def register() -> None:
    """Called once when the app is ready."""
    for key, purpose in PURPOSES_OF_OPENING.items():
        PURPOSES.register(key, purpose)
