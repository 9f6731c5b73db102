"""What an entry says to people: one sentence, an icon, and whether customers may see it.

Each app registers its kinds in `ready()`; the journal itself knows none of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Choices
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from brokerage.core.registry import Registry
from brokerage.journal.events import Event
from brokerage.journal.models import ActorKind, Entry


@dataclass(frozen=True, kw_only=True)
class Kind:
    """How one kind of entry is told.

    Attributes:
        label: lazily translated sentence; may name fields of the event, as in "{status}".
        icon: name of a symbol of the icon sprite.
        public: whether the customer may read it.
        staff: the sentence for staff, where the customer's speaks to "you".
        words: for fields of the event, the choices whose labels stand for their values.
    """

    label: str | Promise
    icon: str = "dot"
    public: bool = False
    staff: str | Promise = ""
    words: Mapping[str, type[Choices]] = field(default_factory=dict)


kinds: Registry[Kind] = Registry("journal.timeline.kinds")


def register_kind(
    event: type[Event],
    label: str | Promise,
    *,
    icon: str = "dot",
    public: bool = False,
    staff: str | Promise = "",
    words: Mapping[str, type[Choices]] | None = None,
) -> None:
    """Say how events of this class are told on a timeline; see `Kind`."""
    kind = Kind(label=label, icon=icon, public=public, staff=staff, words=words or {})
    kinds.register(event.kind, kind)


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
        text=_sentence(kind, entry.payload, staff=staff),
        icon=kind.icon,
        actor=_actor(entry) if staff else "",
        reason=entry.reason if staff else "",
    )


def _actor(entry: Entry) -> str:
    """Who acted; a person without a name is a customer, whose name never enters the journal."""
    nameless = _("Customer") if entry.actor_kind == ActorKind.USER else None
    return entry.actor_name or nameless or entry.get_actor_kind_display()


def public_kinds() -> list[str]:
    """The kinds that customers may read."""
    return [name for name, kind in kinds.items() if kind.public]


def _sentence(kind: Kind, payload: dict[str, Any], *, staff: bool) -> str:
    label = str(kind.staff or kind.label) if staff else str(kind.label)
    told = {name: _word(kind, name, value) for name, value in payload.items()}
    try:
        return label.format_map(told)
    except (KeyError, IndexError, ValueError):  # an old entry without a newer field
        return label


def _word(kind: Kind, name: str, value: Any) -> Any:
    try:
        return kind.words[name](value).label
    except (KeyError, ValueError):  # no choices for this field, or a value that is no more
        return value
