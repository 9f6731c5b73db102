"""Small registries: what many apps fill in their apps.py and a lower one shows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Generic, TypeVar

T = TypeVar("T")


class Registry(Generic[T]):
    """Items under unique keys, kept in the order of their keys."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._items: dict[str, T] = {}

    def register(self, key: str, item: T) -> T:
        """Add `item`; registering the same object again is harmless.

        Raises:
            ValueError: when another item has this key.
        """
        if self._items.get(key, item) is not item:
            raise ValueError(f"{self.name}: {key!r} is taken.")
        self._items[key] = item
        return item

    def get(self, key: str) -> T:
        """The item under `key`; raises KeyError where there is none."""
        return self._items[key]

    def items(self) -> list[tuple[str, T]]:
        return sorted(self._items.items(), key=lambda pair: pair[0])

    def __contains__(self, key: object) -> bool:
        return key in self._items

    def __iter__(self) -> Iterator[T]:
        return iter([item for _, item in self.items()])

    def __len__(self) -> int:
        return len(self._items)
