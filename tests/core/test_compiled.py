"""A query put into words once answers for each row as the queryset would."""

from __future__ import annotations

from typing import Any

import pytest
from django.db.models import Exists, F, OuterRef, Value
from django.db.models.functions import JSONObject, Upper

from brokerage.core.compiled import OneRow
from brokerage.users.models import User
from tests.users.factories import make_customer_user

pytestmark = pytest.mark.django_db


def _asked() -> dict[str, object]:
    same = User.objects.filter(pk=OuterRef("pk"), kind=OuterRef("kind"))
    return {
        "known": Exists(same),
        "of_text": Upper(Value("é")),
        "as_object": JSONObject(kind="kind", active="is_active"),
        "since": F("created_at"),
    }


def test_it_says_of_each_row_what_the_queryset_says() -> None:
    first, second = make_customer_user(), make_customer_user(is_active=False)
    query = OneRow(User.objects.annotate(**_asked()).values(*_asked()))
    for user in (first, second):
        rows = User.objects.filter(pk=user.pk).annotate(**_asked())
        assert query.of(user.pk) == rows.values(*_asked()).get()
    known = query.of(second.pk)
    assert known
    assert known["as_object"] == {"kind": second.kind, "active": False}


def test_it_says_nothing_of_a_row_that_is_not_there() -> None:
    query = OneRow(User.objects.annotate(**_asked()).values(*_asked()))
    assert query.of(0) is None


def test_it_asks_once(django_assert_num_queries: Any) -> None:
    user = make_customer_user()
    query = OneRow(User.objects.annotate(**_asked()).values(*_asked()))
    with django_assert_num_queries(1):
        query.of(user.pk)
