"""Four eyes in memory and in the database, shown on the switch table."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from django.db import IntegrityError, transaction

from brokerage.core.four_eyes import Decision, FourEyesRefused, approve, reject
from brokerage.reference.models import Switch

MAKER = UUID("00000000-0000-4000-8000-000000000001")
CHECKER = UUID("00000000-0000-4000-8000-000000000002")


@pytest.fixture
def row(at):
    return Switch(
        key="opening.surge", is_on=True, starts_at=at, reason="peak", made_by_ref=MAKER, made_at=at
    )


def test_approval_by_another_person_counts(row, at):
    approve(row, CHECKER, at)
    assert (row.decision, row.checked_by_ref, row.checked_at) == ("approved", CHECKER, at)
    assert row.is_approved
    assert not row.is_pending


def test_the_maker_cannot_check(row, at):
    with pytest.raises(FourEyesRefused):
        approve(row, MAKER, at)
    with pytest.raises(FourEyesRefused):
        reject(row, MAKER, at, "no")
    assert row.is_pending


def test_a_decision_is_taken_once(row, at):
    reject(row, CHECKER, at, "too early")
    with pytest.raises(FourEyesRefused):
        approve(row, CHECKER, at)
    assert row.decision == Decision.REJECTED


@pytest.mark.parametrize("reason", ["", "  \n"])
def test_a_rejection_needs_a_reason(row, at, reason):
    with pytest.raises(FourEyesRefused):
        reject(row, CHECKER, at, reason)
    assert row.is_pending


@pytest.mark.django_db
def test_query_sets_tell_pending_from_approved(row, at):
    row.save()
    assert list(Switch.objects.pending()) == [row]
    assert not Switch.objects.approved().exists()
    approve(row, CHECKER, at)
    row.save()
    assert list(Switch.objects.approved()) == [row]
    assert not Switch.objects.pending().exists()
    assert not Switch.objects.rejected().exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("values", "name"),
    [
        ({"checked_by_ref": MAKER, "decision": "approved"}, "maker_is_not_checker"),
        ({"decision": "approved", "checked_by_ref": None}, "has_checker_and_time"),
        ({"decision": "approved", "checked_at": None}, "has_checker_and_time"),
        ({"decision": "pending"}, "has_checker_and_time"),
        ({"decision": "maybe"}, "has_checker_and_time"),
        ({"decision": "rejected"}, "only_a_rejection_has_a_reason"),
        ({"decision": "approved", "rejection_reason": "x"}, "only_a_rejection_has_a_reason"),
    ],
)
def test_the_database_refuses_what_code_forgot(row, at, values, name):
    for field, value in {"checked_by_ref": CHECKER, "checked_at": at, **values}.items():
        setattr(row, field, value)
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        row.save()


@pytest.mark.django_db
def test_a_decided_row_stays_as_it_was(row, at):
    row.save()
    approve(row, CHECKER, at)
    row.save()
    for change in (
        {"is_on": False},
        {"starts_at": at - timedelta(1)},
        {"decision": "pending", "checked_by_ref": None, "checked_at": None},
        {"checked_by_ref": UUID(int=9)},
    ):
        with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
            Switch.objects.filter(pk=row.pk).update(**change)
    with pytest.raises(IntegrityError, match="never deleted"), transaction.atomic():
        row.delete()
    row.refresh_from_db()
    assert row.is_on


@pytest.mark.django_db
def test_the_checker_changes_nothing_while_deciding(row, at):
    row.save()
    approve(row, CHECKER, at)
    row.is_on = False
    with pytest.raises(IntegrityError, match="changes nothing else"), transaction.atomic():
        row.save()


@pytest.mark.django_db
def test_a_pending_row_may_be_corrected_and_dropped(row):
    row.save()
    row.reason = "peak day"
    row.save()
    row.delete()
    assert not Switch.objects.exists()
