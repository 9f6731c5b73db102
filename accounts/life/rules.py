"""How a document stands on a day, and what that closes. Values in, decision out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from accounts.life.states import Ability, DocumentStatus


@dataclass(frozen=True)
class Grade:
    """What is closed from so many days after the end of the document on."""

    after: int
    stops: frozenset[Ability]


@dataclass(frozen=True)
class ExpiryTerms:
    """The dated rule `accounts.id_expiry`.

    Attributes:
        version: of the rule.
        reminders: days before the end on which the customer is reminded, the longest first.
        grades: what is closed afterwards, the earliest first.
    """

    version: str
    reminders: tuple[int, ...]
    grades: tuple[Grade, ...]


@dataclass(frozen=True)
class DocumentStanding:
    """How a document stands.

    Attributes:
        status: of the document.
        reminder: the rung of the ladder that is reached, in days; None above the first and after
            the end.
        stops: what the account can not do for it.
    """

    status: DocumentStatus
    reminder: int | None = None
    stops: frozenset[Ability] = frozenset()


def standing(valid_to: date | None, on: date, terms: ExpiryTerms) -> DocumentStanding:
    """How a document stands on the business date `on`; its last day still counts.

    Args:
        valid_to: its last day; None for a document without end.
        on: the business date.
        terms: the rule in force on it.
    """
    if valid_to is None:
        return DocumentStanding(DocumentStatus.VALID)
    left = (valid_to - on).days
    if left >= 0:
        reached = [days for days in terms.reminders if left <= days]
        if not reached:
            return DocumentStanding(DocumentStatus.VALID)
        return DocumentStanding(DocumentStatus.ENDING, min(reached))
    stops = next((grade.stops for grade in reversed(terms.grades) if -left > grade.after), None)
    if not stops:
        return DocumentStanding(DocumentStatus.EXPIRED)
    return DocumentStanding(DocumentStatus.LIMITED, stops=stops)
