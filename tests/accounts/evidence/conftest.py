"""Files and keys of each test in a folder of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from accounts.signing import authority
from brokerage.files.storage import LocalStorage, set_storage
from brokerage.users.codes import RecordingSender, set_code_sender


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, settings: Any) -> Iterator[LocalStorage]:
    """Instead of VAR_DIR/files and VAR_DIR/ca."""
    local = LocalStorage(tmp_path / "files")
    set_storage(local)
    authority._of.cache_clear()
    settings.CA_DIR = tmp_path / "ca"
    yield local
    authority._of.cache_clear()
    set_storage(None)


@pytest.fixture
def sms() -> Iterator[RecordingSender]:
    """What was sent by SMS."""
    sender = RecordingSender()
    before = set_code_sender(sender)
    yield sender
    set_code_sender(before)
