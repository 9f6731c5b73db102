"""Triggers that let a change pass do so inside the block only, also within one transaction."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import pytest
from django.db import IntegrityError, transaction

from accounts.models import QuestionBank
from brokerage.core.triggers import ignoring, ignoring_all_of
from brokerage.customers.models import Customer

pytestmark = pytest.mark.django_db
KEPT = "accounts.QuestionBank:decided_rows_stay"


@pytest.fixture
def bank() -> QuestionBank:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    return QuestionBank.objects.create(
        key="trial",
        value={"questions": []},
        valid_from=at.date(),
        source="tests",
        confidence="P",
        made_by_ref=UUID(int=1),
        made_at=at,
        checked_by_ref=UUID(int=2),
        checked_at=at,
        decision="approved",
    )


def renamed(bank: QuestionBank, name: str) -> bool:
    """Whether the database let the row be changed."""
    try:
        with transaction.atomic():
            QuestionBank.objects.filter(pk=bank.pk).update(key=name)
    except IntegrityError:
        return False
    return True


def test_a_change_passes_inside_and_is_refused_before_and_after(bank: QuestionBank) -> None:
    assert not renamed(bank, "before")
    with ignoring(KEPT):
        assert renamed(bank, "inside")
    assert not renamed(bank, "after")


def test_the_inner_of_two_leaves_the_outer_as_it_was(bank: QuestionBank) -> None:
    with ignoring(KEPT):
        with ignoring_all_of(QuestionBank):
            assert renamed(bank, "inner")
        assert renamed(bank, "outer")
    assert not renamed(bank, "after")


def test_an_error_inside_ends_it_too(bank: QuestionBank) -> None:
    with pytest.raises(ZeroDivisionError), ignoring(KEPT):
        raise ZeroDivisionError
    assert not renamed(bank, "after")


def test_other_triggers_stay_awake(bank: QuestionBank) -> None:
    with ignoring("suitability.MatchRecord:decisions_are_kept"), ignoring_all_of(Customer):
        assert not renamed(bank, "inside")
