"""Why a file or a step of an import is refused."""

from __future__ import annotations

from typing import Any


class Unreadable(Exception):
    """The file as a whole cannot be read; its message is translated lazily."""

    def __init__(self, message: Any) -> None:
        super().__init__(message)
        self.message = message


class UnableToImport(Exception):
    """A step is not possible; the message may be shown."""
