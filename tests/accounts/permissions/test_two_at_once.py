"""Applying twice at the same moment, answering twice at the same moment: real threads."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, connections, transaction

from accounts.models import PermissionApplication, TestAttempt
from accounts.permissions.use_cases import applying, testing
from accounts.permissions.use_cases.steps import UnableToGoOn
from brokerage.journal.models import Entry
from holdings.models import AssetEvidence
from tests.accounts.permissions.factories import ACTOR, AT, a_case, a_graded_permission, a_trader
from tests.threads import together

pytestmark = pytest.mark.django_db(transaction=True)


def test_of_four_that_apply_at_once_one_begins_and_its_evidence_is_frozen_once():
    customer = a_trader()
    a_graded_permission("stock_connect")

    def begin() -> bool:
        try:
            applying.apply(
                customer=customer, key="stock_connect", language="en", actor=ACTOR, at=AT
            )
        except applying.UnableToApply:
            return False
        finally:
            connections.close_all()
        return True

    assert sorted(together(begin, times=4)) == [False, False, False, True]
    case = PermissionApplication.objects.get()
    assert AssetEvidence.objects.get().ref == case.evidence_ref
    assert Entry.objects.filter(kind="accounts.permission_applied").count() == 1
    case.pk, case.ref = None, customer.ref
    with pytest.raises(IntegrityError, match="one_open_application"), transaction.atomic():
        case.save(force_insert=True)


def test_of_two_that_send_a_test_at_once_one_counts():
    case = a_case()
    attempt = testing.begin_attempt(case=case, actor=ACTOR, at=AT)

    def answer() -> bool:
        try:
            testing.answer_test(attempt=attempt, answers={}, actor=ACTOR, at=AT)
        except UnableToGoOn:
            return False
        finally:
            connections.close_all()
        return True

    assert sorted(together(answer, times=2)) == [False, True]
    assert TestAttempt.objects.get().score == 0
    assert Entry.objects.filter(kind="accounts.permission_test_ended").count() == 1
