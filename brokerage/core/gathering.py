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
        self._items: ContextVar[_Held[T] | None] = ContextVar(name, default=None)
        self._hand_over = hand_over

    @property
    def is_open(self) -> bool:
        """Whether items are gathered now."""
        return self._items.get() is not None

    def add(self, item: T, *, at_once: bool = False) -> None:
        """Gather an item, or hand it over alone where nothing is gathered.

        Args:
            item: the next one.
            at_once: hand it over now, with what was gathered before it, unless everything is held.
        """
        items = self._items.get()
        if items is None:
            self._hand_over([item])
            return
        items.append(item)
        if at_once and not items.everything:
            due = items[:]
            items.clear()
            self._hand_over(due)

    @contextmanager
    def together(self, *, everything: bool = False) -> Iterator[None]:
        """Gather what is added within; where the body raises nothing is handed over.

        Args:
            everything: hold what wants to be handed over at once, too.
        """
        if self.is_open:
            yield  # at the end of the one around
            return
        with self.collected(everything=everything) as items:
            yield
        if items:
            self._hand_over(items)

    @contextmanager
    def collected(self, *, everything: bool = True) -> Iterator[list[T]]:
        """Gather what is added within for the caller, who hands it over."""
        items = _Held[T](everything=everything)
        mark = self._items.set(items)
        try:
            yield items
        finally:
            self._items.reset(mark)


class _Held(list[T]):
    """Items in their order, and whether all of them wait."""

    def __init__(self, *, everything: bool) -> None:
        super().__init__()
        self.everything = everything
