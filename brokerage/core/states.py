"""States as a table: which step may follow which. One `move_to` for all objects."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import ClassVar

from django.db import models


class IllegalTransition(Exception):
    """The transition table has no such step."""


class StateTable:
    """A complete transition table: every state is a key, its value the states that may follow."""

    def __init__(self, steps: Mapping[str, Iterable[str]]) -> None:
        self._steps = {str(state): frozenset(map(str, after)) for state, after in steps.items()}
        unknown = {after for follows in self._steps.values() for after in follows} - set(
            self._steps
        )
        if unknown:
            raise ValueError(
                f"The table leads to states that it does not list: {sorted(unknown)}."
            )

    @property
    def states(self) -> frozenset[str]:
        return frozenset(self._steps)

    @property
    def terminal(self) -> frozenset[str]:
        """The states that nothing follows."""
        return frozenset(state for state, after in self._steps.items() if not after)

    def after(self, state: str) -> frozenset[str]:
        """The states that may follow `state`."""
        return self._steps[str(state)]

    def allows(self, old: str, new: str) -> bool:
        """Whether the table has the step from `old` to `new`."""
        return str(new) in self._steps[str(old)]


class Stateful(models.Model):
    """A model whose `status` moves only along TRANSITIONS.

    The database ties a status to its facts by check constraints of the concrete model.
    """

    TRANSITIONS: ClassVar[StateTable]
    status: models.Field[str, str]

    class Meta:
        abstract = True

    def move_to(self, status: str) -> None:
        """Step to `status` in memory; the caller holds the row lock and saves.

        Raises:
            IllegalTransition: when TRANSITIONS has no such step.
        """
        if not self.TRANSITIONS.allows(self.status, status):
            raise IllegalTransition(f"{self._meta.label}: {self.status} → {status}")
        self.status = str(status)
