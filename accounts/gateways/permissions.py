"""The depository's register of suitability over HTTP (docs/gateways/depository.md)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol
from uuid import UUID

from accounts.gateways.base import BadAnswer, Person, ask, day, text
from brokerage.core.outbound import JsonClient


@dataclass(frozen=True)
class ReportQuestion:
    """A permission that we granted, to be entered for a person.

    Attributes:
        person: whose it is.
        permission: its key, such as `star`.
        signed_on: business date of the signature.
        carried: whether it was opened elsewhere before.
    """

    person: Person
    permission: str
    signed_on: date
    carried: bool = False

    def to_wire(self) -> dict[str, Any]:
        """The person, the permission, and when it was signed."""
        return {
            **self.person.to_wire(),
            "permission": self.permission,
            "signed_on": self.signed_on.isoformat(),
            "carried": self.carried,
        }


@dataclass(frozen=True)
class Reported:
    """The register took the report under this number."""

    number: str


class PermissionGateway(Protocol):
    """Answers within the depository's hours only (trading days, 9:00 to 16:00)."""

    def first_trade(self, question: Person, *, key: UUID, at: datetime) -> str:
        """ISO date of a person's first trade anywhere, empty where there was none.

        Raises Unavailable, NotYet or Refused.
        """

    def held_since(self, question: Person, permission: str, *, key: UUID, at: datetime) -> str:
        """ISO date since when a person has it with another broker, empty where with none.

        Raises like `first_trade`.
        """

    def report(self, question: ReportQuestion, *, key: UUID, at: datetime) -> Reported:
        """Enter a permission; the same key enters nothing twice. Raises like `first_trade`."""


class HttpPermissionGateway:
    """POST /first-trades, POST /permissions-held and POST /permissions."""

    def __init__(self, client: JsonClient) -> None:
        self.client = client

    def first_trade(self, question: Person, *, key: UUID, at: datetime) -> str:
        """See PermissionGateway."""
        return _known(ask(self.client, "/first-trades", question.to_wire(), key), "first_trade")

    def held_since(self, question: Person, permission: str, *, key: UUID, at: datetime) -> str:
        """See PermissionGateway."""
        body = {**question.to_wire(), "permission": permission}
        return _known(ask(self.client, "/permissions-held", body, key), "since")

    def report(self, question: ReportQuestion, *, key: UUID, at: datetime) -> Reported:
        """See PermissionGateway."""
        data = ask(self.client, "/permissions", question.to_wire(), key)
        return Reported(text(data, "number", most=40))


def _known(data: Mapping[str, Any], name: str) -> str:
    """A date, empty for null. Nothing at all is no answer: it would refuse somebody wrongly."""
    if name not in data:
        raise BadAnswer(name)
    return day(data, name, needed=False)
