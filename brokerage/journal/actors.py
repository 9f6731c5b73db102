"""Who acted: a person, a partner's client or the system, by public ref without a foreign key."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol, Self
from uuid import UUID

Kind = Literal["user", "client", "system"]


class _Referenced(Protocol):
    @property
    def ref(self) -> UUID: ...


@dataclass(frozen=True)
class Actor:
    """Whoever caused an entry.

    Attributes:
        kind: user (a log-in of any side), client (a partner's API client) or system.
        ref: public ref; None exactly for the system.
        name: display name of staff and clients, part of the program for the system; empty for
            customers, whose names never enter the journal.
    """

    kind: Kind
    ref: UUID | None = None
    name: str = ""

    def __post_init__(self) -> None:
        if (self.kind == "system") != (self.ref is None):
            raise ValueError("A person or client has a ref, the system has none.")
        if self.kind == "system" and not self.name:
            raise ValueError("The system says which of its parts acted.")

    @classmethod
    def of(cls, user: _Referenced) -> Self:
        """A signed-in person; customers stay without a name."""
        name = "" if getattr(user, "kind", "") == "customer" else _name(user, "display_name")
        return cls("user", user.ref, name)

    @classmethod
    def client(cls, api_client: _Referenced) -> Self:
        """A partner's API client."""
        return cls("client", api_client.ref, _name(api_client, "name"))

    @classmethod
    def system(cls, part: str) -> Self:
        """A part of the program that acts by itself, such as "journal.sealer"."""
        return cls("system", None, part)


def _name(thing: object, attribute: str) -> str:
    return str(getattr(thing, attribute, "") or "")[:100]
