"""Rows by a statement that stands are those that the query set would give."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.transaction import TransactionManagementError

from brokerage.core.written import SOME_KEY, Written
from brokerage.customers.models import Customer
from brokerage.users.models import User
from tests.users.factories import make_customer_user as make_user

pytestmark = pytest.mark.django_db


def by_key(pk: int) -> Any:
    return User.objects.filter(pk=pk)


def test_each_value_gives_its_row(django_assert_num_queries: Any) -> None:
    one, other = make_user("+8613800000001"), make_user("+8613800000002")
    rows = Written(by_key, pk=SOME_KEY)
    for user in (one, other, one):
        with django_assert_num_queries(1):
            found = rows.get(pk=user.pk)
        assert (found, found.phone, found.pk) == (user, user.phone, user.pk)
        assert found._state.db == "default"
    assert rows.first(pk=0) is None
    with pytest.raises(User.DoesNotExist):
        rows.get(pk=0)


def test_the_statement_is_put_together_once() -> None:
    asked = []

    def counted(pk: int) -> Any:
        asked.append(pk)
        return User.objects.filter(pk=pk)

    rows = Written(counted, pk=SOME_KEY)
    rows.load(pk=1)
    rows.load(pk=2)
    assert asked == [SOME_KEY]


def test_names_are_checked() -> None:
    with pytest.raises(TypeError):
        Written(by_key, pk=SOME_KEY).load(key=1)
    with pytest.raises(TypeError):
        Written(lambda pk, on: User.objects.filter(pk=pk), pk=SOME_KEY, on=date(1900, 1, 1)).load(
            pk=1, on=date(2026, 1, 1)
        )


def test_what_is_joined_comes_along(django_assert_num_queries: Any) -> None:
    user = make_user("+8613800000003")
    customer = Customer.objects.create(user=user)
    rows = Written(lambda pk: Customer.objects.select_related("user").filter(pk=pk), pk=SOME_KEY)
    with django_assert_num_queries(1):
        assert rows.get(pk=customer.pk).user == user


@pytest.mark.django_db(transaction=True)
def test_a_row_is_locked_within_a_transaction_only() -> None:
    user = make_user("+8613800000004")
    rows = Written(lambda pk: User.objects.select_for_update().filter(pk=pk), pk=SOME_KEY)
    with transaction.atomic():
        assert rows.get(pk=user.pk) == user
    assert connection.get_autocommit()
    with pytest.raises(TransactionManagementError):
        rows.get(pk=user.pk)


def test_a_related_manager_keeps_its_condition() -> None:
    user = make_user("+8613800000005")
    manager: Any = type(User.objects)()
    manager.model = User
    assert manager.get(pk=user.pk) == user

    class Nobody(type(User.objects)):  # type: ignore[misc]
        def get_queryset(self) -> Any:
            return super().get_queryset().none()

    nobody = Nobody()
    nobody.model = User
    with pytest.raises(User.DoesNotExist):
        nobody.get(pk=user.pk)
