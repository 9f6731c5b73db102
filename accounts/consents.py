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
        effect=_("Without it somebody at an outlet confirms who you are."),
    ),
}


def register() -> None:
    """Called once when the app is ready."""
    for key, purpose in PURPOSES_OF_OPENING.items():
        PURPOSES.register(key, purpose)
