"""What happens to files. Owners' apps subscribe to FileChecked and FileRefused."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from brokerage.journal.events import Event


@dataclass(frozen=True, kw_only=True)
class _FileEvent(Event):
    """Something that happened to one file.

    Attributes:
        purpose: key of its purpose.
        owner_ref: public ref of its owner.
    """

    subject_type: ClassVar[str] = "files.storedfile"
    purpose: str
    owner_ref: UUID


@dataclass(frozen=True, kw_only=True)
class FileStored(_FileEvent):
    """A file was received in full. `size` in bytes."""

    kind: ClassVar[str] = "files.file_stored"
    content_type: str
    size: int


@dataclass(frozen=True, kw_only=True)
class FileChecked(_FileEvent):
    """A file passed its checks and may be shown; `shown_ref` is what is shown of it."""

    kind: ClassVar[str] = "files.file_checked"
    shown_ref: UUID


@dataclass(frozen=True, kw_only=True)
class FileRefused(_FileEvent):
    """A file failed its checks and was removed; `why` is a code of `refusals`."""

    kind: ClassVar[str] = "files.file_refused"
    why: str


@dataclass(frozen=True, kw_only=True)
class FileServed(_FileEvent):
    """Somebody looked at another person's file."""

    kind: ClassVar[str] = "files.file_served"


@dataclass(frozen=True, kw_only=True)
class FileDisposed(_FileEvent):
    """Bytes and key of a file were destroyed."""

    kind: ClassVar[str] = "files.file_disposed"
