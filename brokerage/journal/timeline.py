"""What an entry says to people: one sentence, an icon, and whether customers may see it.

Each app registers its kinds in `ready()`; the journal itself knows none of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.functional import Promise

from brokerage.core.registry import Registry
from brokerage.journal.events import Event
from brokerage.journal.models import Entry


@dataclass(frozen=True, kw_only=True)
class Kind:
    """How one kind of entry is told.

    Attributes:
        label: lazily translated sentence; may name fields of the event, as in "{status}".
        icon: name of a symbol of the icon sprite.
        public: whether the customer may read it.
    """

    label: str | Promise
    icon: str = "dot"
    public: bool = False


kinds: Registry[Kind] = Registry("journal.timeline.kinds")


def register_kind(
    event: type[Event], label: str | Promise, *, icon: str = "dot", public: bool = False
) -> None:
    """Say how events of this class are told on a timeline."""
    kinds.register(event.kind, Kind(label=label, icon=icon, public=public))


@dataclass(frozen=True)
class Line:
    """One line of a timeline, ready to be shown.

    Attributes:
        text: the sentence in the reader's language.
        actor, reason: empty for customers.
    """

    at: datetime
    text: str
    icon: str
    actor: str = ""
    reason: str = ""


def line_of(entry: Entry, *, staff: bool) -> Line:
    """The line that tells `entry`; a kind that nobody registered is told by its name."""
    kind = kinds.get(entry.kind) if entry.kind in kinds else Kind(label=entry.kind)
    return Line(
        at=entry.at,
        text=_sentence(str(kind.label), entry.payload),
        icon=kind.icon,
        actor=(entry.actor_name or entry.get_actor_kind_display()) if staff else "",
        reason=entry.reason if staff else "",
    )


def public_kinds() -> list[str]:
    """The kinds that customers may read."""
    return [name for name, kind in kinds.items() if kind.public]


def _sentence(label: str, payload: dict[str, Any]) -> str:
    try:
        return label.format_map(payload)
    except (KeyError, IndexError, ValueError):  # an old entry without a newer field
        return label
