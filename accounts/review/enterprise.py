"""What the registry of enterprises has beside what was written down from the licence. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy

from accounts.gateways.enterprises import (
    IN_BUSINESS,
    REVOKED,
    STRUCK_OFF,
    SUSPENDED,
    plain,
)
from accounts.review.differences import only_the_difference

COMPARED: dict[str, tuple[str, Any]] = {
    "name": ("name", gettext_lazy("Name on the licence")),
    "representative": ("representative_name", gettext_lazy("Legal representative")),
    "address": ("address", gettext_lazy("Registered address")),
    "authority": ("id_issuer", gettext_lazy("Registered by")),
}
"""Field of the answer → field of the section, and its words."""
STANDINGS: dict[str, Any] = {
    IN_BUSINESS: gettext_lazy("In business"),
    STRUCK_OFF: gettext_lazy("Struck off"),
    REVOKED: gettext_lazy("Licence revoked"),
    SUSPENDED: gettext_lazy("Business suspended"),
}


@dataclass(frozen=True)
class Registered:
    """One value that differs; dots stand for the characters that agree."""

    label: Any
    written: str
    registered: str


@dataclass(frozen=True)
class Enterprise:
    """The organisation as the registry has it.

    Attributes:
        standing: whether it is in business, in the reader's language.
        in_business: the same as a fact.
        founded: ISO date; empty where the registry has none.
        differing: values that differ from the licence; what the registry does not tell is none.
    """

    standing: str
    in_business: bool
    founded: str
    differing: list[Registered]


def enterprise_of(answers: Mapping[str, Any], told: Mapping[str, Any]) -> Enterprise | None:
    """The comparison; None where the registry was not asked, or does not know the code.

    Args:
        answers: of the identity section.
        told: values of `gateways.enterprises.EnterpriseAnswer`; empty without an answer.
    """
    standing = str(told.get("standing") or "")
    if not standing:
        return None
    differing = []
    for field, (name, label) in COMPARED.items():
        written, registered = plain(str(answers.get(name) or "")), plain(str(told[field]))
        if registered and registered != written:
            differing.append(Registered(label, *only_the_difference(written, registered)))
    words = str(STANDINGS.get(standing, standing))
    return Enterprise(words, standing == IN_BUSINESS, str(told["founded"]), differing)
