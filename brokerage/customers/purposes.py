"""What customers can agree to. Higher apps add their purposes in apps.ready()."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from brokerage.core.registry import Registry

TERMS = "terms"
MARKETING = "marketing"
PERSONALISATION = "personalisation"


@dataclass(frozen=True)
class Purpose:
    """One purpose of processing.

    Attributes:
        title: as shown in the list, translated.
        effect: one sentence: what ends when it is withdrawn.
        withdrawable: False where the service cannot run without it.
    """

    title: Promise
    effect: Promise
    withdrawable: bool = True


PURPOSES: Registry[Purpose] = Registry("customers.purposes")
PURPOSES.register(
    TERMS,
    Purpose(
        title=_("Portal terms and privacy notice"),
        effect=_("Needed to serve you. It ends when you close your portal log-in."),
        withdrawable=False,
    ),
)
PURPOSES.register(
    MARKETING,
    Purpose(
        title=_("News about products and offers"),
        effect=_("Without it you get no offers. Notices about your own business still come."),
    ),
)
PURPOSES.register(
    PERSONALISATION,
    Purpose(
        title=_("Pages that fit your use"),
        effect=_("Without it everybody's order of pages and research is shown to you."),
    ),
)
