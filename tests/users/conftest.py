"""Log-in tests run at one fixed time, with a recording sender and empty counters."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import time_machine
from django.core.cache import cache

from brokerage.users import codes
from brokerage.users.codes import RecordingSender
from tests.conftest import MONDAY


@pytest.fixture(autouse=True)
def now() -> Iterator[time_machine.Traveller]:
    """Monday 10:00 in Shanghai for our clock and the libraries' alike; `.shift()` moves it."""
    with time_machine.travel(MONDAY, tick=False) as traveller:
        yield traveller


@pytest.fixture(autouse=True)
def sms() -> Iterator[RecordingSender]:
    """What was sent by SMS."""
    sender = RecordingSender()
    before = codes.set_code_sender(sender)
    yield sender
    codes.set_code_sender(before)


@pytest.fixture(autouse=True)
def _empty_counters(db: None) -> None:
    cache.clear()
