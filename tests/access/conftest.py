"""A world for the module: files in a folder of its own, and a purpose that the owner may see."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache

from brokerage.core.roles import sync_roles
from brokerage.customers.selectors import customer_of
from brokerage.customers.use_cases import load_consent_texts
from brokerage.files.purposes import purposes
from brokerage.files.storage import LocalStorage, set_storage
from brokerage.messaging.use_cases.load_texts import load_texts
from tests.access.world import World, make_world
from tests.conftest import MONDAY
from tests.files import factories
from tests.kept import kept


def owners(user):
    """Files of `tests.photo` belong to the customer."""
    customer = customer_of(user)
    return [customer.ref] if customer else []


@pytest.fixture(scope="module")
def world(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[World]:
    """Records and personae; they stay for the whole module."""
    photo = factories.purpose(owners=owners, may_send=lambda user, owner: owner in owners(user))
    with pytest.MonkeyPatch.context() as patch, kept(django_db_blocker):
        patch.setattr(purposes, "_items", {**purposes._items, photo.key: photo})
        set_storage(LocalStorage(tmp_path_factory.mktemp("files")))
        cache.clear()
        load_consent_texts(at=MONDAY)
        load_texts(at=MONDAY)
        sync_roles()
        yield make_world(MONDAY)
        set_storage(None)
