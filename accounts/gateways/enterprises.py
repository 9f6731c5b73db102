"""The registry of enterprises over HTTP; its contract stands in docs/gateways/enterprises.md."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from accounts.gateways.base import Person, ask, choice, day, text
from brokerage.core.outbound import JsonClient

MATCH, MISMATCH, NOT_FOUND, ENDED = "match", "mismatch", "not_found", "ended"
FOUND = "found"
IN_BUSINESS, STRUCK_OFF, REVOKED, SUSPENDED = "in_business", "struck_off", "revoked", "suspended"
STANDINGS = (IN_BUSINESS, STRUCK_OFF, REVOKED, SUSPENDED)


@dataclass(frozen=True)
class EnterpriseQuestion:
    """Is this organisation registered, in business, and represented by this person?

    Attributes:
        body: the organisation with its unified social credit code.
        representative: the legal representative as the licence has it. It does not leave the
            house: what the registry says is compared with it here.
    """

    body: Person
    representative: str

    def to_wire(self) -> dict[str, Any]:
        """The organisation."""
        return self.body.to_wire()


@dataclass(frozen=True)
class EnterpriseAnswer:
    """What the registry knows, held against what was asked.

    Attributes:
        result: match; mismatch (another name or representative stands behind the code); ended
            (it is registered, and not in business); not_found.
        standing: one of STANDINGS; empty where it is not found.
        name, representative, address, authority: as registered; the last two may be empty.
        founded, until: ISO dates; empty where the registry has none.
    """

    result: str
    standing: str = ""
    name: str = ""
    representative: str = ""
    address: str = ""
    authority: str = ""
    founded: str = ""
    until: str = ""


class EnterpriseGateway(Protocol):
    """The registry of enterprises."""

    def look_up(
        self, question: EnterpriseQuestion, *, key: UUID, at: datetime
    ) -> EnterpriseAnswer:
        """Raises Unavailable, NotYet or Refused."""


class HttpEnterpriseGateway:
    """POST /enterprises."""

    def __init__(self, client: JsonClient) -> None:
        self.client = client

    def look_up(
        self, question: EnterpriseQuestion, *, key: UUID, at: datetime
    ) -> EnterpriseAnswer:
        """See EnterpriseGateway."""
        data = ask(self.client, "/enterprises", question.to_wire(), key)
        return read_enterprise(data, question)


def read_enterprise(data: dict[str, Any], question: EnterpriseQuestion) -> EnterpriseAnswer:
    """The answer in a body; raises BadAnswer."""
    if choice(data, "result", (FOUND, NOT_FOUND)) == NOT_FOUND:
        return EnterpriseAnswer(NOT_FOUND)
    standing = choice(data, "standing", STANDINGS)
    name, representative = text(data, "name", most=120), text(data, "representative", most=60)
    return EnterpriseAnswer(
        result=judged(question, standing, name, representative),
        standing=standing,
        name=name,
        representative=representative,
        address=text(data, "address", most=200, needed=False),
        authority=text(data, "authority", most=120, needed=False),
        founded=day(data, "founded", needed=False),
        until=day(data, "until", needed=False),
    )


def judged(question: EnterpriseQuestion, standing: str, name: str, representative: str) -> str:
    """The word for a record: ended before mismatch, because nothing mends it."""
    if standing != IN_BUSINESS:
        return ENDED
    same_name = plain(name) == plain(question.body.name)
    same_person = plain(representative) == plain(question.representative)
    return MATCH if same_name and same_person else MISMATCH


def plain(value: str) -> str:
    """A name without what two printers write differently: spaces, width of brackets, case."""
    return "".join(value.split()).translate(BRACKETS).upper()


BRACKETS = str.maketrans("（）", "()")
