"""The three-element check (name, number, telephone); contract: docs/gateways/phone.md."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from accounts.gateways.base import Person, ask, choice
from brokerage.core.outbound import JsonClient

MATCH, MISMATCH, NOT_FOUND = "match", "mismatch", "not_found"
RESULTS = (MATCH, MISMATCH, NOT_FOUND)


@dataclass(frozen=True)
class PhoneQuestion:
    """Does the contract of this number (E.164) run on this person?"""

    person: Person
    phone: str

    def to_wire(self) -> dict[str, Any]:
        """The person with the number."""
        return {**self.person.to_wire(), "phone": self.phone}


@dataclass(frozen=True)
class PhoneAnswer:
    """match; mismatch (another person's contract); not_found (the operator says nothing)."""

    result: str


class PhoneGateway(Protocol):
    """Whose contract a mobile number is."""

    def verify(self, question: PhoneQuestion, *, key: UUID, at: datetime) -> PhoneAnswer:
        """Raises Unavailable, NotYet or Refused."""


class HttpPhoneGateway:
    """POST /phone-checks."""

    def __init__(self, client: JsonClient) -> None:
        self.client = client

    def verify(self, question: PhoneQuestion, *, key: UUID, at: datetime) -> PhoneAnswer:
        """See PhoneGateway."""
        data = ask(self.client, "/phone-checks", question.to_wire(), key)
        return PhoneAnswer(choice(data, "result", RESULTS))
