"""Sessions are read as Django's own store reads them, and with each whose it is."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.db import connection
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from brokerage.core.apps import PLANNED_MOST
from brokerage.users.middleware import AuthenticationMiddleware
from brokerage.users.models import User
from brokerage.users.session_store import SessionStore
from brokerage.users.sessions import enlist
from tests.users.factories import make_customer_user

pytestmark = pytest.mark.django_db
PHONE = "+8613800138000"


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


def who(client: Client) -> tuple[Any, int]:
    """Who the next request is of, and how many statements that takes."""
    request = RequestFactory().get("/")
    request.session = SessionStore(client.cookies[settings.SESSION_COOKIE_NAME].value)
    AuthenticationMiddleware(lambda _request: HttpResponse()).process_request(request)
    with CaptureQueriesContext(connection) as asked:
        name = request.user.pk
    return name, len(asked)


def listed(client: Client, user: User, whose: User | None = None) -> None:
    """Sign `user` in; the list of sessions says whose session it is."""
    client.force_login(user)
    key = client.session.session_key
    UserSession.objects.create(user=whose or user, session_key=key, ip="203.0.113.5")


def test_a_new_key_takes_over_what_the_old_one_held() -> None:
    before = SessionStore()
    before["a"] = 1
    before.create()
    old = str(before.session_key)
    after = SessionStore(old)
    after.cycle_key()
    after.save()
    assert after.session_key != old
    assert (SessionStore(old).load(), SessionStore(after.session_key).load()) == ({}, {"a": 1})
    assert Session.objects.count() == 1


def test_the_new_key_is_written_with_what_the_session_holds() -> None:
    kept = SessionStore()
    kept["a"] = 1
    kept.create()
    store = SessionStore(kept.session_key)
    store.load()
    with CaptureQueriesContext(connection) as asked:
        store.cycle_key()
        store.cycle_key()
        store["b"] = 2
        store.save()
    assert len(asked) == 2, "read under its old key, written under its new one"
    assert SessionStore(store.session_key).load() == {"a": 1, "b": 2}


def test_one_that_is_given_up_before_it_has_its_new_key_is_gone() -> None:
    kept = SessionStore()
    kept["a"] = 1
    kept.create()
    store = SessionStore(kept.session_key)
    store.cycle_key()
    store.flush()
    assert not Session.objects.exists()


def test_a_log_in_takes_what_is_over_out_of_the_list(client: Client) -> None:
    user = make_customer_user(PHONE)
    now = timezone.now()
    there = SessionStore()
    there.create()
    for key, minutes in ((there.session_key, 5), ("over", 5), ("begins", 1)):
        UserSession.objects.create(
            user=user,
            session_key=key,
            ip="203.0.113.5",
            created_at=now - timedelta(minutes=minutes),
        )
    request = RequestFactory().get("/")
    request.session = SessionStore()
    request.session.create()
    enlist(request, user, now)
    left = set(UserSession.objects.values_list("session_key", flat=True))
    assert left == {there.session_key, "begins", request.session.session_key}


def test_one_that_ended_meanwhile_begins_anew_under_another_key() -> None:
    kept = SessionStore()
    kept["a"] = 1
    kept.create()
    late = SessionStore(kept.session_key)
    assert late["a"] == 1
    kept.delete()
    late.cycle_key()
    late.save()
    assert late.session_key != kept.session_key
    assert SessionStore(late.session_key).load() == {"a": 1}


def test_a_log_in_comes_along_with_its_session(client: Client) -> None:
    user = make_customer_user(PHONE)
    listed(client, user)
    assert who(client) == (user.pk, 1)


def test_a_session_that_is_not_listed_is_known_as_well(client: Client) -> None:
    user = make_customer_user(PHONE)
    client.force_login(user)
    assert who(client) == (user.pk, 2)


def test_what_the_list_says_opens_nothing(client: Client) -> None:
    user = make_customer_user(PHONE)
    listed(client, user, make_customer_user("+8613800138001"))
    assert who(client)[0] == user.pk
    Session.objects.all().delete()
    assert who(client)[0] is None


@pytest.mark.parametrize("change", [{"session_epoch": 9}, {"is_active": False}])
def test_a_log_in_that_was_ended_is_nobody(client: Client, change: dict[str, Any]) -> None:
    user = make_customer_user(PHONE)
    listed(client, user)
    User.objects.filter(pk=user.pk).update(**change)
    assert who(client)[0] is None


def test_a_connection_keeps_the_plans_of_a_whole_opening() -> None:
    connection.ensure_connection()
    assert connection.connection is not None
    assert connection.connection.prepared_max == PLANNED_MOST
