"""What happens in the message centre; public refs and plain values only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from brokerage.journal.events import Event


@dataclass(frozen=True, kw_only=True)
class PreferenceChanged(Event):
    """Somebody changed how they want to be told; the subject is the log-in."""

    kind: ClassVar[str] = "messaging.preference_changed"
    subject_type: ClassVar[str] = "users.user"
    fields: tuple[str, ...]
