"""The custody bank over HTTP; its contract stands in docs/gateways/bank.md."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from accounts.gateways.base import NotYet, Person, Unavailable, ask, choice, read, rows, text, word
from brokerage.core.outbound import JsonClient, Unreachable

OWN, OTHER, UNKNOWN, INACTIVE, WRONG_CLASS = "own", "other", "unknown", "inactive", "wrong_class"
CARD_RESULTS = (OWN, OTHER, UNKNOWN, INACTIVE, WRONG_CLASS)
LINKED, AT_BANK, BLOCKED = "linked", "at_bank", "blocked"
LINK_RESULTS = (LINKED, AT_BANK, BLOCKED)
UNLINKED = "unlinked"
LAPSED = "lapsed"
LINK_STATES = (LINKED, AT_BANK, LAPSED)
BLOCKERS = ("cash", "orders", "transfers", "subscriptions", "debt", "unknown")
"""Why a bank cannot be changed today: cash left, orders or transfers of the day, pending
subscriptions, debt of margin trading."""


@dataclass(frozen=True)
class Bank:
    """One custody bank.

    Attributes:
        code: of the bank, as in the reference table of banks.
        online: whether the link can be completed online now.
        reason: a code why not; empty otherwise.
    """

    code: str
    online: bool
    reason: str = ""


@dataclass(frozen=True)
class CardQuestion:
    """Does this card belong to this person? The phone (E.164) is the one the bank knows."""

    person: Person
    bank: str
    card: str
    phone: str

    def to_wire(self) -> dict[str, Any]:
        """The person with bank, card and number."""
        return {
            **self.person.to_wire(),
            "bank": self.bank,
            "card": self.card,
            "phone": self.phone,
        }


@dataclass(frozen=True)
class CardAnswer:
    """own, other (another holder), unknown, inactive, wrong_class (no Class-I debit card)."""

    result: str


@dataclass(frozen=True)
class LinkQuestion:
    """Link a cash account to a bank, or (with `replaces`) move it there from another bank.

    Attributes:
        card: whose, and of which bank.
        cash_account: ours.
        replaces: code of the bank that keeps the money now; empty for none.
        request: our number of this request; a later try has another. Empty at the opening.
    """

    card: CardQuestion
    cash_account: str
    replaces: str = ""
    request: str = ""

    def to_wire(self) -> dict[str, Any]:
        """The card's values with the account, the bank that it replaces, and the request."""
        return {
            **self.card.to_wire(),
            "cash_account": self.cash_account,
            "replaces": self.replaces or None,
            "request": self.request or None,
        }


@dataclass(frozen=True)
class LinkAnswer:
    """linked; at_bank (the customer finishes in the bank's app or branch); blocked, and why."""

    result: str
    blockers: tuple[str, ...] = ()


@dataclass(frozen=True)
class LinkStateQuestion:
    """Did the customer finish at the bank what was left open there?

    Attributes:
        person: whose.
        bank: code of the bank.
        cash_account: ours.
        request: our number of this question; a later one has another.
    """

    person: Person
    bank: str
    cash_account: str
    request: str

    def to_wire(self) -> dict[str, Any]:
        """The person with bank, account and request."""
        return {
            **self.person.to_wire(),
            "bank": self.bank,
            "cash_account": self.cash_account,
            "request": self.request,
        }


@dataclass(frozen=True)
class LinkStateAnswer:
    """linked; or lapsed: the customer did not come in the bank's time, and it begins anew."""

    result: str


@dataclass(frozen=True)
class UnlinkQuestion:
    """End the link of a cash account, which is empty.

    Attributes:
        person: whose.
        bank: code of the bank.
        cash_account: ours.
        request: our number of this request; a later try has another.
    """

    person: Person
    bank: str
    cash_account: str
    request: str

    def to_wire(self) -> dict[str, Any]:
        """The person with bank, account and request."""
        return {
            **self.person.to_wire(),
            "bank": self.bank,
            "cash_account": self.cash_account,
            "request": self.request,
        }


@dataclass(frozen=True)
class UnlinkAnswer:
    """unlinked; or blocked, and why."""

    result: str
    blockers: tuple[str, ...] = ()


class BankGateway(Protocol):
    """Third-party custody (三方存管): the customer's money lies with a bank, not with us."""

    def banks(self, *, at: datetime) -> list[Bank]:
        """All custody banks; raises Unavailable."""

    def check_card(self, question: CardQuestion, *, key: UUID, at: datetime) -> CardAnswer:
        """Raises Unavailable, NotYet or Refused."""

    def link(self, question: LinkQuestion, *, key: UUID, at: datetime) -> LinkAnswer:
        """Raises Unavailable, NotYet or Refused."""

    def link_state(
        self, question: LinkStateQuestion, *, key: UUID, at: datetime
    ) -> LinkStateAnswer:
        """Raises Unavailable, Refused, and NotYet while it is open at the bank."""

    def unlink(self, question: UnlinkQuestion, *, key: UUID, at: datetime) -> UnlinkAnswer:
        """Raises Unavailable, NotYet or Refused; an ended link is answered as unlinked."""


class HttpBankGateway:
    """GET /banks, POST /card-checks, /links, /link-states and /unlinks."""

    def __init__(self, client: JsonClient) -> None:
        self.client = client

    def banks(self, *, at: datetime) -> list[Bank]:
        """See BankGateway."""
        try:
            data = read(self.client.call("GET", "/banks"))
        except Unreachable as error:
            raise Unavailable(type(error).__name__) from None
        return [
            Bank(
                code=text(row, "code", most=20),
                online=row.get("online") is True,
                reason="" if row.get("online") is True else word(row.get("reason"), default="no"),
            )
            for row in rows(data, "banks", most=500)
        ]

    def check_card(self, question: CardQuestion, *, key: UUID, at: datetime) -> CardAnswer:
        """See BankGateway."""
        data = ask(self.client, "/card-checks", question.to_wire(), key)
        return CardAnswer(choice(data, "result", CARD_RESULTS))

    def link(self, question: LinkQuestion, *, key: UUID, at: datetime) -> LinkAnswer:
        """See BankGateway."""
        return read_link(ask(self.client, "/links", question.to_wire(), key))

    def link_state(
        self, question: LinkStateQuestion, *, key: UUID, at: datetime
    ) -> LinkStateAnswer:
        """See BankGateway."""
        data = ask(self.client, "/link-states", question.to_wire(), key)
        result = choice(data, "result", LINK_STATES)
        if result == AT_BANK:
            raise NotYet
        return LinkStateAnswer(result)

    def unlink(self, question: UnlinkQuestion, *, key: UUID, at: datetime) -> UnlinkAnswer:
        """See BankGateway."""
        data = ask(self.client, "/unlinks", question.to_wire(), key)
        if choice(data, "result", (UNLINKED, BLOCKED)) == UNLINKED:
            return UnlinkAnswer(UNLINKED)
        return UnlinkAnswer(BLOCKED, read_link(data).blockers)


def read_link(data: dict[str, Any]) -> LinkAnswer:
    """The answer in a body; an unknown blocker becomes "unknown". Raises BadAnswer."""
    result = choice(data, "result", LINK_RESULTS)
    found = rows(data, "blockers") if result == BLOCKED else []
    named = (row.get("code") for row in found)
    blockers = {name if name in BLOCKERS else "unknown" for name in named}
    if result == BLOCKED and not blockers:
        blockers = {"unknown"}
    return LinkAnswer(result, tuple(sorted(blockers)))
