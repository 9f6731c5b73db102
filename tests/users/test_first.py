"""What a view needs first is read with who asks: the same rows for the same people."""

from __future__ import annotations

from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from django.db import connection
from django.http import Http404, HttpRequest
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Application
from accounts.views.frame import MINE_FIRST, mine
from brokerage.core.first import Need, first_of, need_of
from brokerage.customers.models import Customer
from brokerage.customers.selectors import OF_USER, customer_of
from brokerage.users.models import User
from brokerage.users.session_store import SessionStore
from tests.accounts.factories import a_draft
from tests.customers.factories import a_customer
from tests.users.factories import make_customer_user, sign_in

pytestmark = pytest.mark.django_db


@MINE_FIRST
def view() -> None:
    """Begins with `mine`."""


def request_of(user: User, *, needs: Application) -> Any:
    """A request of `user`, whose session is read with what `view` needs first."""
    client = sign_in(Client(), user, listed=True)
    request: Any = HttpRequest()
    request.session = SessionStore(client.session.session_key)
    request.session.begin(need_of(view, {"ref": needs.ref}))
    request.session.load()
    request.user = request.session.owner
    return request


def test_one_statement_reads_who_asks_and_the_row() -> None:
    application = a_draft()
    user = application.customer.user
    assert user is not None
    request = request_of(user, needs=application)
    with CaptureQueriesContext(connection) as asked:
        found = mine(request, application.ref)
    assert (found, found.customer, found.outlet, len(asked)) == (
        application,
        application.customer,
        application.outlet,
        0,
    )
    assert vars(found).keys() >= vars(mine(request, application.ref)).keys()


def test_it_is_taken_once_and_then_asked_anew() -> None:
    application = a_draft()
    request = request_of(application.customer.user, needs=application)  # type: ignore[arg-type]
    mine(request, application.ref)
    Application.objects.update(version=77)
    assert mine(request, application.ref).version == 77


def test_another_row_than_the_one_that_came_is_asked_for() -> None:
    one, other = a_draft(), a_draft(a_customer("+8613900139000"))
    request = request_of(one.customer.user, needs=one)  # type: ignore[arg-type]
    with pytest.raises(Http404):
        mine(request, other.ref)


def test_a_strangers_row_does_not_come() -> None:
    application = a_draft()
    request = request_of(make_customer_user("+8613900139000"), needs=application)
    with CaptureQueriesContext(connection) as asked, pytest.raises(Http404):
        mine(request, application.ref)
    assert not asked.captured_queries


def test_what_came_for_one_view_is_not_left_to_the_next() -> None:
    application = a_draft()
    request = request_of(application.customer.user, needs=application)  # type: ignore[arg-type]
    request.session.begin(None)
    Application.objects.update(version=77)
    assert mine(request, application.ref).version == 77


def test_who_has_no_such_row_has_none() -> None:
    user = make_customer_user("+8613900139000")
    store = SessionStore()
    store.create()
    UserSession.objects.create(user=user, session_key=store.session_key, ip="203.0.113.5")
    store = SessionStore(store.session_key)
    store.begin(Need(OF_USER, {}))
    store.load()
    assert store.owner == user
    with CaptureQueriesContext(connection) as asked:
        assert customer_of(store.owner) is None
    assert not asked.captured_queries
    made = Customer.objects.create(user=user)
    assert customer_of(store.owner) == made


def test_nobody_s_session_brings_nothing() -> None:
    store = SessionStore()
    store.create()
    store = SessionStore(store.session_key)
    store.begin(Need(OF_USER, {}))
    assert store.load() == {}
    assert store.owner is None


def test_a_row_is_asked_for_where_no_session_was_read() -> None:
    application = a_draft()
    assert first_of(application.customer.user, OF_USER) == application.customer
