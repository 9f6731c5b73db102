"""What the slice needs: papers, texts, a sender that keeps what was sent."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.core.cache import cache

from brokerage.core import clock
from brokerage.core.roles import sync_roles
from brokerage.customers.use_cases import load_consent_texts
from brokerage.messaging.use_cases.load_texts import load_texts
from brokerage.users import codes
from brokerage.users.codes import RecordingSender


@pytest.fixture
def sms() -> Iterator[RecordingSender]:
    """What was sent by SMS."""
    sender = RecordingSender()
    before = codes.set_code_sender(sender)
    yield sender
    codes.set_code_sender(before)


@pytest.fixture
def house(db: None) -> None:
    """A house with its papers, texts and roles, and empty counters."""
    cache.clear()
    load_consent_texts(at=clock.now())
    load_texts(at=clock.now())
    sync_roles()
