"""The securities depository over HTTP; its contract stands in docs/gateways/depository.md."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from django.core.exceptions import ValidationError

from accounts.gateways.base import BadAnswer, Person, ask, choice, day, rows, text, word
from brokerage.core import identifiers
from brokerage.core.outbound import JsonClient

TYPES = ("sh_a", "sz_a", "bse", "sh_fund", "sz_fund")
"""Kinds of market accounts; the letters say exchange and board."""
MARKET_OF = {"sh_a": "SH", "sh_fund": "SH", "sz_a": "SZ", "sz_fund": "SZ", "bse": "BJ"}
FOUND, NONE = "found", "none"
OPENED, PARTLY, REFUSED = "opened", "partly", "refused"
CLOSED = "closed"
CHANGED = "changed"


@dataclass(frozen=True)
class Held:
    """One market account that the person has, with whichever firm.

    Attributes:
        type: one of TYPES.
        number: the account.
        opened: ISO date.
        dormant: an unused surplus account, which counts no longer.
    """

    type: str
    number: str
    opened: str
    dormant: bool = False


@dataclass(frozen=True)
class Holdings:
    """What the depository knows of a person.

    Attributes:
        result: found or none.
        one_code: twelve digits; empty for none.
        first_trade: ISO date of the first trade anywhere; empty for none.
        accounts: all market accounts.
    """

    result: str
    one_code: str = ""
    first_trade: str = ""
    accounts: tuple[Held, ...] = ()


@dataclass(frozen=True)
class OpenQuestion:
    """Open what is missing: a one-code account where there is none, and market accounts.

    Attributes:
        person: whom for.
        one_code: an existing one; empty for none.
        types: wanted market accounts, of TYPES.
    """

    person: Person
    types: tuple[str, ...]
    one_code: str = ""

    def to_wire(self) -> dict[str, Any]:
        """The person, the one-code account and the types."""
        return {
            **self.person.to_wire(),
            "one_code": self.one_code or None,
            "types": list(self.types),
        }


@dataclass(frozen=True)
class OpenedAccount:
    """What became of one wanted account: a number, or the code of the refusal."""

    type: str
    number: str = ""
    code: str = ""


@dataclass(frozen=True)
class Opened:
    """The outcome: opened (all), partly, or refused (none), with the one-code account."""

    result: str
    one_code: str
    accounts: tuple[OpenedAccount, ...]


@dataclass(frozen=True)
class ClosingAccount:
    """One market account that is to be closed."""

    type: str
    number: str


@dataclass(frozen=True)
class CloseQuestion:
    """Close market accounts of a person; the one-code account stays for other firms.

    Attributes:
        person: whose.
        one_code: the person's one-code account.
        accounts: which.
        request: our number of this request; a later try has another.
    """

    person: Person
    one_code: str
    accounts: tuple[ClosingAccount, ...]
    request: str

    def to_wire(self) -> dict[str, Any]:
        """The person, the one-code account, the accounts and the request."""
        return {
            **self.person.to_wire(),
            "one_code": self.one_code,
            "accounts": [{"type": each.type, "number": each.number} for each in self.accounts],
            "request": self.request,
        }


@dataclass(frozen=True)
class ClosedAccount:
    """What became of one account: closed, or the code of the refusal."""

    number: str
    code: str = ""


@dataclass(frozen=True)
class Closed:
    """The outcome: closed (all), partly, or refused (none)."""

    result: str
    accounts: tuple[ClosedAccount, ...]


@dataclass(frozen=True)
class ChangeQuestion:
    """Another name or number of a person who has a one-code account.

    Attributes:
        before: as the depository knows them.
        after: as they are called now.
        one_code: their account, which stays.
    """

    before: Person
    after: Person
    one_code: str

    def to_wire(self) -> dict[str, Any]:
        """Both and the account."""
        both = {"before": self.before.to_wire(), "after": self.after.to_wire()}
        return {**both, "one_code": self.one_code}


@dataclass(frozen=True)
class Changed:
    """The depository knows the new ones."""

    result: str = CHANGED


class DepositoryGateway(Protocol):
    """Answers within its service window only (trading days, 9:00 to 16:00)."""

    def holdings(self, question: Person, *, key: UUID, at: datetime) -> Holdings:
        """What a person has; raises Unavailable, NotYet or Refused."""

    def open(self, question: OpenQuestion, *, key: UUID, at: datetime) -> Opened:
        """Open accounts; the same key opens nothing twice. Raises like `holdings`."""

    def close(self, question: CloseQuestion, *, key: UUID, at: datetime) -> Closed:
        """Close accounts; one that is closed already is answered as closed. Raises alike."""

    def change(self, question: ChangeQuestion, *, key: UUID, at: datetime) -> Changed:
        """Change name or number; what is changed already is answered as changed. Raises alike."""


class HttpDepositoryGateway:
    """POST /holdings, POST /openings, POST /closings and POST /changes."""

    def __init__(self, client: JsonClient) -> None:
        self.client = client

    def holdings(self, question: Person, *, key: UUID, at: datetime) -> Holdings:
        """See DepositoryGateway."""
        return read_holdings(ask(self.client, "/holdings", question.to_wire(), key))

    def open(self, question: OpenQuestion, *, key: UUID, at: datetime) -> Opened:
        """See DepositoryGateway."""
        return read_opened(ask(self.client, "/openings", question.to_wire(), key), question)

    def close(self, question: CloseQuestion, *, key: UUID, at: datetime) -> Closed:
        """See DepositoryGateway."""
        return read_closed(ask(self.client, "/closings", question.to_wire(), key), question)

    def change(self, question: ChangeQuestion, *, key: UUID, at: datetime) -> Changed:
        """See DepositoryGateway."""
        data = ask(self.client, "/changes", question.to_wire(), key)
        return Changed(choice(data, "result", (CHANGED,)))


def read_closed(data: dict[str, Any], question: CloseQuestion) -> Closed:
    """The answer in a body, which must be about exactly what was asked; raises BadAnswer."""
    found = tuple(
        ClosedAccount(
            text(row, "number", most=12),
            ""
            if choice(row, "result", ("closed", "refused")) == CLOSED
            else word(row.get("code"), default="refused"),
        )
        for row in rows(data, "accounts")
    )
    if sorted(row.number for row in found) != sorted(each.number for each in question.accounts):
        raise BadAnswer("accounts")
    closed = sum(not row.code for row in found)
    return Closed(CLOSED if closed == len(found) else PARTLY if closed else REFUSED, found)


def read_holdings(data: dict[str, Any]) -> Holdings:
    """The answer in a body; raises BadAnswer."""
    held = tuple(
        Held(
            type=(kind := choice(row, "type", TYPES)),
            number=_account(row, kind),
            opened=day(row, "opened"),
            dormant=row.get("dormant") is True,
        )
        for row in rows(data, "accounts")
    )
    return Holdings(
        result=choice(data, "result", (FOUND, NONE)),
        one_code=_one_code(data),
        first_trade=day(data, "first_trade", needed=False),
        accounts=held,
    )


def read_opened(data: dict[str, Any], question: OpenQuestion) -> Opened:
    """The answer in a body, which must be about exactly what was asked; raises BadAnswer."""
    found = tuple(_outcome(row) for row in rows(data, "accounts"))
    if sorted(row.type for row in found) != sorted(question.types):
        raise BadAnswer("accounts")
    opened = sum(bool(row.number) for row in found)
    result = OPENED if opened == len(found) else PARTLY if opened else REFUSED
    one_code = _one_code(data)
    if opened and not one_code:
        raise BadAnswer("one_code")
    if question.one_code and one_code != question.one_code:
        raise BadAnswer("one_code")
    return Opened(result, one_code, found)


def _outcome(row: dict[str, Any]) -> OpenedAccount:
    kind = choice(row, "type", TYPES)
    if choice(row, "result", ("opened", "refused")) == "opened":
        return OpenedAccount(kind, number=_account(row, kind))
    return OpenedAccount(kind, code=word(row.get("code"), default="refused"))


def _account(row: dict[str, Any], kind: str) -> str:
    number = text(row, "number", most=12)
    try:
        return identifiers.securities_account(number, market=MARKET_OF[kind]).value
    except ValidationError:
        raise BadAnswer("number") from None


def _one_code(data: dict[str, Any]) -> str:
    number = text(data, "one_code", most=12, needed=False)
    try:
        return identifiers.one_code_account(number).value if number else ""
    except ValidationError:
        raise BadAnswer("one_code") from None
