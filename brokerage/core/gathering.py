"""What is asked for one after the other and done at once at the end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Generic, TypeVar

T = TypeVar("T")


class Gathering(Generic[T]):
    """Items that are handed over at the end of the outermost `together`, in their order.

    Each thread and task gathers for itself.
    """

    def __init__(self, name: str, hand_over: Callable[[list[T]], object]) -> None:
        self._items: ContextVar[list[T] | None] = ContextVar(name, default=None)
        self._hand_over = hand_over

    @property
    def is_open(self) -> bool:
        """Whether items are gathered now."""
        return self._items.get() is not None

    def add(self, item: T, *, at_once: bool = False) -> None:
        """Gather an item, or hand it over alone where nothing is gathered.

        Args:
            item: the next one.
            at_once: hand it over now, with what was gathered before it.
        """
        items = self._items.get()
        if items is None:
            self._hand_over([item])
            return
        items.append(item)
        if at_once:
            due = items[:]
            items.clear()
            self._hand_over(due)

    @contextmanager
    def together(self) -> Iterator[None]:
        """Gather what is added within; where the body raises nothing is handed over."""
        if self.is_open:
            yield  # at the end of the one around
            return
        items: list[T] = []
        mark = self._items.set(items)
        try:
            yield
        finally:
            self._items.reset(mark)
        if items:
            self._hand_over(items)
