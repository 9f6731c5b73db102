"""What happens to the people who act for institutions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from brokerage.journal.events import Event


@dataclass(frozen=True, kw_only=True)
class OperatorInvited(Event):
    """A person of an institution was sent a link, the first time or again."""

    kind: ClassVar[str] = "partners.operator_invited"
    subject_type: ClassVar[str] = "partners.operator"
    partner: UUID


@dataclass(frozen=True, kw_only=True)
class OperatorJoined(Event):
    """A person of an institution took up the invitation and has a log-in."""

    kind: ClassVar[str] = "partners.operator_joined"
    subject_type: ClassVar[str] = "partners.operator"
    partner: UUID
    user: UUID


@dataclass(frozen=True, kw_only=True)
class OperatorEnded(Event):
    """A person does not act for their institution any more."""

    kind: ClassVar[str] = "partners.operator_ended"
    subject_type: ClassVar[str] = "partners.operator"
    partner: UUID
