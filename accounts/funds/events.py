"""What happens to the questions about somebody's money. `subject` is the inquiry, so that no
timeline of the application, which more people read, tells of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from brokerage.journal.events import Event


@dataclass(frozen=True, kw_only=True)
class FundsEvent(Event):
    """Base.

    Attributes:
        application: ref of the application of the account.
    """

    subject_type: ClassVar[str] = "accounts.fundsinquiry"
    application: UUID


@dataclass(frozen=True, kw_only=True)
class FundsAsked(FundsEvent):
    """The customer is asked.

    Attributes:
        due_on: until when, as an ISO date.
        again: whether the answers were not enough.
    """

    kind: ClassVar[str] = "accounts.funds_asked"
    due_on: str
    again: bool = False


@dataclass(frozen=True, kw_only=True)
class FundsAnswered(FundsEvent):
    """The customer answered.

    Attributes:
        fields: names of the answers, never their values.
        proof: ref of the file that was added, or None.
    """

    kind: ClassVar[str] = "accounts.funds_answered"
    fields: tuple[str, ...]
    proof: UUID | None


@dataclass(frozen=True, kw_only=True)
class FundsAccepted(FundsEvent):
    """Somebody of an AML role finds the answers good enough."""

    kind: ClassVar[str] = "accounts.funds_accepted"
