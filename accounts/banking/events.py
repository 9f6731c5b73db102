"""What happens to the tie between an account and its bank; public refs and codes of banks only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from accounts.evidence.events import EvidenceEvent


@dataclass(frozen=True, kw_only=True)
class LinkEvent(EvidenceEvent):
    """Base of what a bank says of a link; `subject` is the ref of the application.

    Attributes:
        bank: code of the bank.
    """

    bank: str


@dataclass(frozen=True, kw_only=True)
class BankLinked(LinkEvent):
    """The bank linked the account while it was opened."""

    kind: ClassVar[str] = "accounts.bank_linked"


@dataclass(frozen=True, kw_only=True)
class LinkToFinish(LinkEvent):
    """The customer has to finish the link at the bank."""

    kind: ClassVar[str] = "accounts.link_to_finish"


@dataclass(frozen=True, kw_only=True)
class LinkFinished(LinkEvent):
    """What was open at the bank is done: the account is linked."""

    kind: ClassVar[str] = "accounts.link_finished"


@dataclass(frozen=True, kw_only=True)
class LinkRefused(LinkEvent):
    """The bank did not link the account; the customer may name another card or bank."""

    kind: ClassVar[str] = "accounts.link_refused"


@dataclass(frozen=True, kw_only=True)
class ChangeEvent(LinkEvent):
    """Base of what happens to a change of the bank.

    Attributes:
        change: ref of the change.
    """

    change: UUID


@dataclass(frozen=True, kw_only=True)
class BankChangeAsked(ChangeEvent):
    """The customer named another bank or card."""

    kind: ClassVar[str] = "accounts.bank_change_asked"


@dataclass(frozen=True, kw_only=True)
class BankChangeConfirmed(ChangeEvent):
    """The customer confirmed it with a code; the bank is asked."""

    kind: ClassVar[str] = "accounts.bank_change_confirmed"


@dataclass(frozen=True, kw_only=True)
class BankChangeBlocked(ChangeEvent):
    """The bank does not take the account today; what was linked stays linked.

    Attributes:
        blockers: of `Blocker`.
    """

    kind: ClassVar[str] = "accounts.bank_change_blocked"
    blockers: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class BankChangeTakenBack(ChangeEvent):
    """The customer gave the change up."""

    kind: ClassVar[str] = "accounts.bank_change_taken_back"


@dataclass(frozen=True, kw_only=True)
class BankChanged(ChangeEvent):
    """The money lies with another bank from now on.

    Attributes:
        was: code of the bank before; empty where none was linked.
    """

    kind: ClassVar[str] = "accounts.bank_changed"
    was: str = ""
