"""A storage of its own for each test, and purposes that do not outlive it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from brokerage.files.purposes import Purpose, purposes
from brokerage.files.storage import LocalStorage, set_storage
from tests.files import factories


@pytest.fixture(autouse=True)
def folder(tmp_path: Path) -> Iterator[LocalStorage]:
    """An empty folder instead of VAR_DIR/files."""
    local = LocalStorage(tmp_path / "files")
    set_storage(local)
    yield local
    set_storage(None)


@pytest.fixture
def register(monkeypatch: pytest.MonkeyPatch):
    """Registers purposes for one test."""
    items = dict(purposes._items)
    monkeypatch.setattr(purposes, "_items", items)

    def add(**changes: object) -> Purpose:
        found = factories.purpose(**changes)
        items[found.key] = found
        return found

    return add


@pytest.fixture
def photos(register) -> Purpose:
    """The purpose `tests.photo`."""
    return register()


@pytest.fixture
def names(folder: LocalStorage):
    """What lies in the storage, unfinished included."""
    return lambda: sorted(name for name, _written in folder.listing())
