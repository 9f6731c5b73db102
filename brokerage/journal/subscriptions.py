"""Who wants to hear of which event; filled in each app's `ready()`."""

from __future__ import annotations

from collections import defaultdict
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
    """

    kind: str
    path: str
    name: str

    def handler(self) -> Handler:
        """The function behind `path`; raises ImportError where there is none."""
        handler: Handler = import_string(self.path)
        return handler


_by_name: dict[str, Subscription] = {}
_names_by_kind: dict[str, list[str]] = defaultdict(list)


def subscribe(event: type[Event], path: str, *, name: str) -> None:
    """Have the function at `path` called for each event of this class.

    Args:
        event: the class of the events.
        path: "app.handlers.function", called as `function(event, entry)`.
        name: unique name of the subscription.

    Raises:
        ValueError: when the name is taken by another subscription.
    """
    new = Subscription(kind=event.kind, path=path, name=name)
    known = _by_name.setdefault(name, new)
    if known != new:
        raise ValueError(f"The subscription {name!r} is taken by {known.path}.")
    if name not in _names_by_kind[event.kind]:
        _names_by_kind[event.kind].append(name)


def unsubscribe(name: str) -> None:
    """Forget a subscription (tests only)."""
    gone = _by_name.pop(name)
    _names_by_kind[gone.kind].remove(name)


def subscribers_of(kind: str) -> list[str]:
    """Names of the subscriptions to this kind of event."""
    return _names_by_kind.get(kind, [])


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
