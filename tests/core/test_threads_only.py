"""The straight way of a process without coroutines: each thread has its own, as before."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.conf import LazySettings, settings
from django.db import connections, transaction
from django.db.backends.postgresql.base import DatabaseWrapper
from django.test import override_settings
from django.urls import base as urls
from django.utils import timezone, translation
from django.utils.translation import trans_real

from brokerage.core import threads_only


@pytest.fixture(autouse=True)
def straight(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """This process goes the straight way, and back again."""
    for module, name in ((trans_real, "_active"), (timezone, "_active")):
        monkeypatch.setattr(module, name, getattr(module, name))
    for name in ("_prefixes", "_urlconfs"):
        monkeypatch.setattr(urls, name, getattr(urls, name))
    for name in threads_only.GUARDED:
        monkeypatch.setattr(DatabaseWrapper, name, getattr(DatabaseWrapper, name))
    kept: Any = connections
    before = kept._connections
    threads_only.begin()
    yield
    kept._connections = before
    del LazySettings.__getattribute__


def test_each_thread_has_its_language_and_addresses() -> None:
    def seen() -> tuple[str | None, str | None]:
        return translation.get_language(), urls.get_urlconf()

    with ThreadPoolExecutor(1) as other, translation.override("en"):
        urls.set_urlconf("somewhere")
        assert seen() == ("en", "somewhere")
        assert other.submit(seen).result() == (settings.LANGUAGE_CODE, None)


def test_each_thread_has_its_connection_and_keeps_the_one_it_had(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ours = connections["default"]
    with ThreadPoolExecutor(1) as other:
        assert other.submit(lambda: connections["default"]).result() is not ours
    assert connections["default"] is ours


def test_settings_are_read_and_overridden_as_ever() -> None:
    assert settings.LANGUAGE_CODE == "zh-hans"
    with override_settings(LANGUAGE_CODE="en", ONLY_HERE=1):
        assert (settings.LANGUAGE_CODE, settings.ONLY_HERE) == ("en", 1)  # type: ignore[misc]
    assert (settings.LANGUAGE_CODE, hasattr(settings, "ONLY_HERE")) == ("zh-hans", False)


@pytest.mark.django_db
def test_the_database_answers_as_ever() -> None:
    with transaction.atomic(), connections["default"].cursor() as cursor:
        cursor.execute("SELECT 1")
        assert cursor.fetchone() == (1,)
