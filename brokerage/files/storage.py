"""Where the ciphertext lies: a folder here, or an object store with the same five methods."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, ClassVar, Protocol

from django.conf import settings

NAME = re.compile(r"[0-9a-f]{32}")


class FileStorage(Protocol):
    """Keeps bytes under random names; knows nothing of what they are."""

    def writing(self, name: str) -> AbstractContextManager[BinaryIO]:
        """A file to write to: complete and durable after the block, or not there at all."""
        ...

    def open(self, name: str) -> BinaryIO:
        """The bytes, seekable; raises FileNotFoundError."""
        ...

    def size(self, name: str) -> int:
        """How many bytes; raises FileNotFoundError."""
        ...

    def delete(self, name: str) -> None:
        """Remove it; missing is fine."""
        ...

    def listing(self) -> Iterator[tuple[str, float]]:
        """Every name, finished or not, with the time of its last write (seconds since 1970)."""
        ...


class LocalStorage:
    """A folder: temporary file, fsync, rename, fsync of the folder.

    A folder's own place in the one above is synced once by each process.
    """

    _lasting: ClassVar[set[str]] = set()
    """Folders that this process knows to be on the disk themselves."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._unfinished = root / "unfinished"

    @contextmanager
    def writing(self, name: str) -> Iterator[BinaryIO]:
        final, temporary = self._path(name), self._unfinished / name
        descriptor = _new(temporary)
        try:
            with os.fdopen(descriptor, "wb") as out:
                yield out
                out.flush()
                os.fsync(out.fileno())
            self._move(temporary, final)
            _sync_folder(final.parent)
        except BaseException:
            for path in (temporary, final):
                with suppress(OSError):  # the sweep removes what stays
                    path.unlink(missing_ok=True)
            raise

    def open(self, name: str) -> BinaryIO:
        return self._path(name).open("rb")

    def size(self, name: str) -> int:
        return self._path(name).stat().st_size

    def delete(self, name: str) -> None:
        for path in (self._path(name), self._unfinished / name):
            path.unlink(missing_ok=True)

    def listing(self) -> Iterator[tuple[str, float]]:
        for pattern in ("unfinished/*", "??/??/*"):
            for path in self.root.glob(pattern):
                with suppress(FileNotFoundError):  # finished or removed meanwhile
                    if NAME.fullmatch(path.name):
                        yield path.name, path.stat().st_mtime

    def _move(self, temporary: Path, final: Path) -> None:
        self._make_lasting(final.parent)
        try:
            os.rename(temporary, final)
        except FileNotFoundError:  # somebody took the folder away, as when a backup comes back
            self._lasting.clear()
            self._make_lasting(final.parent)
            os.rename(temporary, final)

    def _make_lasting(self, folder: Path) -> None:
        """Make a folder that outlives a power cut, with those above it up to the root."""
        if (name := str(folder)) in self._lasting or folder == self.root:
            return
        self._make_lasting(folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)
        _sync_folder(folder.parent)  # whoever made it
        self._lasting.add(name)

    def _path(self, name: str) -> Path:
        if not NAME.fullmatch(name):
            raise ValueError("No name of a stored file.")
        return self.root / name[:2] / name[2:4] / name


def _new(path: Path) -> int:
    """Open a file that was not there, in a folder that is mostly there."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
    try:
        return os.open(path, flags, 0o600)
    except FileNotFoundError:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        return os.open(path, flags, 0o600)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


_replacement: FileStorage | None = None


def storage() -> FileStorage:
    """The storage of this deployment: VAR_DIR/files unless another was set."""
    return _replacement or LocalStorage(settings.VAR_DIR / "files")


def set_storage(other: FileStorage | None) -> None:
    """Use another storage (from an app's `ready()`, or in tests); None goes back."""
    global _replacement
    _replacement = other
