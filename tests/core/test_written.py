"""Queries whose SQL is written once: they find what the query set finds, value by value."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.contrib.postgres.fields import ArrayField
from django.db import connection
from django.db.models import CharField, Q
from django.test.utils import CaptureQueriesContext

from brokerage.core.written import Given, Written, any_of
from brokerage.users.models import User
from tests.users.factories import make_customer_user

pytestmark = pytest.mark.django_db


def test_each_request_gives_its_own_values() -> None:
    first, second = make_customer_user("+8613900001001"), make_customer_user("+8613900001002")
    written = Written(User.objects.filter(phone_hash=Given("hash", CharField())))
    assert written.load(hash=second.phone_hash) == [second]
    assert written.load(hash=first.phone_hash) == [first]
    assert written.load(hash="nobody") == []


def test_the_sql_is_the_one_of_the_query_set_and_written_once() -> None:
    user = make_customer_user("+8613900001001")
    rows = User.objects.select_related("customer").only("language", "customer__ref")
    written = Written(rows.filter(language=Given("language", CharField())).order_by("pk")[:5])
    with CaptureQueriesContext(connection) as seen:
        plain = list(rows.filter(language=user.language).order_by("pk")[:5])
        assert written.load(language=user.language) == plain
    asked, by_written = (each["sql"] for each in seen)
    assert by_written.replace(f"('{user.language}'::varchar)", f"'{user.language}'") == asked


def test_an_empty_list_matches_nothing_and_rows_come_as_values_too() -> None:
    user = make_customer_user("+8613900001001")
    these = Given("these", ArrayField(CharField()))
    written = Written(User.objects.filter(any_of("phone_hash", these)).values("pk", "language"))
    assert written.load(these=[]) == []
    assert written.load(these=[user.phone_hash]) == [{"pk": user.pk, "language": user.language}]


def test_any_of_finds_what_in_finds() -> None:
    users = [make_customer_user() for _ in range(3)]
    keys = [users[0].pk, users[2].pk]
    rows = User.objects.order_by("pk")
    assert list(rows.filter(any_of("pk", keys))) == list(rows.filter(pk__in=keys))
    assert list(rows.filter(any_of("pk", []))) == []
    assert list(rows.exclude(any_of("pk", keys)).filter(pk__in=[each.pk for each in users])) == [
        users[1]
    ]


def test_what_can_never_match_asks_nothing(django_assert_num_queries: Any) -> None:
    written = Written(User.objects.filter(Q(pk__in=[])))
    with django_assert_num_queries(0):
        assert written.load() == []


@pytest.mark.django_db(transaction=True)
def test_threads_share_the_sql_and_not_the_connection() -> None:
    users = [make_customer_user(f"+861390000100{number}") for number in range(4)]
    written = Written(User.objects.filter(phone_hash=Given("hash", CharField())))

    def load(user: User) -> list[User]:
        try:
            return written.load(hash=user.phone_hash)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(load, users)) == [[user] for user in users]
