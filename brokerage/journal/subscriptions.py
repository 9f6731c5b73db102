"""Who wants to hear of which event; filled in each app's `ready()`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Protocol

from django.core import checks
from django.utils.module_loading import import_string

from brokerage.journal.events import Event


class Handler(Protocol):
    """Takes the event and its entry; must be idempotent, and commits with its delivery."""

    def __call__(self, event: Any, entry: Any, /) -> object: ...


@dataclass(frozen=True)
class Subscription:
    """One subscriber of one kind of event.

    Attributes:
        kind: kind of the event.
        path: dotted path of the handler; imported at the first delivery.
        name: "<app>.<verb_what>", stands in delivery rows and so outlives a renamed function.
        field: attribute of the event that decides whether it is wanted; "" where all are.
        values: what that attribute may be.
        latest: whether it looks at the object as it is now, so that the last event is enough.
    """

    kind: str
    path: str
    name: str
    field: str = ""
    values: frozenset[str] = frozenset()
    latest: bool = False

    def wants(self, event: Event) -> bool:
        """Whether this event is delivered to it at all."""
        return not self.field or getattr(event, self.field) in self.values

    def is_called_for(self, event: Event, *, later: bool) -> bool:
        """Whether a delivery that was written down calls the handler.

        Args:
            event: which may be of the time before it wanted only some.
            later: whether a later event of the object waits for it.
        """
        return not later if self.latest else self.wants(event)

    def handler(self) -> Handler:
        """The function behind `path`; raises ImportError where there is none."""
        handler: Handler = import_string(self.path)
        return handler


_by_name: dict[str, Subscription] = {}
_names_by_kind: dict[str, list[str]] = defaultdict(list)


def subscribe(
    event: type[Event],
    path: str,
    *,
    name: str,
    field: str = "",
    values: Collection[str] = (),
    latest: bool = False,
) -> None:
    """Have the function at `path` called for each event of this class, or for some of them.

    What a subscriber does not want is never written down for it: a delivery costs a worker some
    milliseconds even where its handler has nothing to do.

    Args:
        event: the class of the events.
        path: "app.handlers.function", called as `function(event, entry)`.
        name: unique name of the subscription.
        field: attribute of the event that has to be one of `values`; all events where it is "".
        values: some words of that attribute.
        latest: the function only looks at the object as it is now: where several events of an
            object wait for it, it is called for the last of them alone.

    Raises:
        ValueError: when the name is taken by another subscription, or the event lacks the field.
    """
    if field and field not in event.__dataclass_fields__:
        raise ValueError(f"{event.kind} has no {field!r} for {name!r} to look at.")
    new = Subscription(event.kind, path, name, field, frozenset(values), latest)
    known = _by_name.setdefault(name, new)
    if known != new:
        raise ValueError(f"The subscription {name!r} is taken by {known.path}.")
    if name not in _names_by_kind[event.kind]:
        _names_by_kind[event.kind].append(name)


def unsubscribe(name: str) -> None:
    """Forget a subscription (tests only)."""
    gone = _by_name.pop(name)
    _names_by_kind[gone.kind].remove(name)


def subscribers_of(event: Event) -> list[str]:
    """Names of the subscriptions that want this event."""
    known = _names_by_kind.get(event.kind, [])
    return [name for name in known if _by_name[name].wants(event)]


def names() -> list[str]:
    """Names of all subscriptions of this process."""
    return list(_by_name)


def get(name: str) -> Subscription:
    """The subscription of this name; raises KeyError where there is none."""
    return _by_name[name]


def check_handlers(app_configs: Any, **kwargs: Any) -> list[checks.CheckMessage]:
    """System check: every subscription leads to a function."""
    found: list[checks.CheckMessage] = []
    for subscription in _by_name.values():
        try:
            subscription.handler()
        except ImportError as error:
            found.append(
                checks.Error(
                    f"The subscription {subscription.name} has no handler: {error}",
                    hint=f"Write {subscription.path}, or remove the subscription.",
                    id="journal.E001",
                )
            )
    return found
