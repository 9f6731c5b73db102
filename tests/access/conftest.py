"""A world for each test: files in a folder of its own, and a purpose that the owner may see."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from django.core.cache import cache

from brokerage.core.roles import sync_roles
from brokerage.customers.selectors import customer_of
from brokerage.customers.use_cases import load_consent_texts
from brokerage.files.purposes import purposes
from brokerage.files.storage import LocalStorage, set_storage
from brokerage.messaging.use_cases.load_texts import load_texts
from tests.access.world import World, make_world
from tests.files import factories
from tests.suitability.factories import load_papers


def owners(user):
    """Files of `tests.photo` belong to the customer."""
    customer = customer_of(user)
    return [customer.ref] if customer else []


@pytest.fixture
def world(db, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at: datetime):
    """Records and personae."""
    photo = factories.purpose(owners=owners, may_send=lambda user, owner: owner in owners(user))
    monkeypatch.setattr(purposes, "_items", {**purposes._items, photo.key: photo})
    set_storage(LocalStorage(tmp_path / "files"))
    cache.clear()
    load_papers()
    load_consent_texts(at=at)
    load_texts(at=at)
    sync_roles()
    made: World = make_world(at)
    yield made
    set_storage(None)
