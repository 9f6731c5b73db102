"""Sessions are read as Django's own store reads them, also those that it wrote before."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.db import connection
from django.utils import timezone

from brokerage.core.apps import PLANNED_MOST
from brokerage.users.session_store import SessionStore

pytestmark = pytest.mark.django_db


def test_each_store_reads_what_the_other_wrote() -> None:
    ours, djangos = SessionStore(), db.SessionStore()
    ours["a"], djangos["a"] = 1, 2
    ours.create()
    ours["a"] = 3
    ours.save()
    djangos["b"] = 4
    djangos.save()
    assert db.SessionStore(ours.session_key).load() == {"a": 3}
    assert SessionStore(djangos.session_key).load() == {"a": 2, "b": 4}


def test_one_that_has_ended_or_never_was_is_empty_and_has_no_key() -> None:
    store = SessionStore()
    store["a"] = 1
    store.save()
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    for key in (store.session_key, "0" * 32, None):
        found = SessionStore(key)
        assert found.load() == {}
        assert found.session_key is None


def test_a_connection_keeps_the_plans_of_a_whole_opening() -> None:
    connection.ensure_connection()
    assert connection.connection is not None
    assert connection.connection.prepared_max == PLANNED_MOST
