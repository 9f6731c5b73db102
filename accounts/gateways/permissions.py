"""The depository's register of suitability over HTTP (docs/gateways/depository.md)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol
from uuid import UUID

from accounts.evidence.states import CheckResult
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


@dataclass(frozen=True)
class Ended:
    """A permission that is lost.

    Attributes:
        number: of the report that entered it.
        permission: its key.
        on: ISO date of the loss.
        reason: `own` (given back), `firm` (revoked) or `shut` (the account was closed).
    """

    number: str
    permission: str
    on: str
    reason: str


@dataclass(frozen=True)
class WithdrawalQuestion:
    """Everything that a person lost of what we reported; the register skips what it knows."""

    person: Person
    ended: tuple[Ended, ...]

    def to_wire(self) -> dict[str, Any]:
        """The person and the list."""
        ended = [
            {"number": each.number, "permission": each.permission, "on": each.on}
            | {"reason": each.reason}
            for each in self.ended
        ]
        return {**self.person.to_wire(), "ended": ended}


@dataclass(frozen=True)
class Withdrawn:
    """The register has all of them as ended."""

    result: str = CheckResult.TAKEN.value


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

    def withdraw(self, question: WithdrawalQuestion, *, key: UUID, at: datetime) -> Withdrawn:
        """Enter that permissions are lost; what is known already stays. Raises as above."""


class HttpPermissionGateway:
    """POST /first-trades, /permissions-held, /permissions and /permissions-ended."""

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

    def withdraw(self, question: WithdrawalQuestion, *, key: UUID, at: datetime) -> Withdrawn:
        """See PermissionGateway. A number that is left out is not withdrawn, so no answer."""
        data = ask(self.client, "/permissions-ended", question.to_wire(), key)
        said = data.get("ended")
        if not isinstance(said, list) or not {each.number for each in question.ended} <= {
            each for each in said if isinstance(each, str)
        }:
            raise BadAnswer("ended")
        return Withdrawn()


def _known(data: Mapping[str, Any], name: str) -> str:
    """A date, empty for null. Nothing at all is no answer: it would refuse somebody wrongly."""
    if name not in data:
        raise BadAnswer(name)
    return day(data, name, needed=False)
