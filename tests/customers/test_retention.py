"""Sign-ups that came to nothing go; whoever has a document stays."""

from __future__ import annotations

from datetime import timedelta

import pytest

from brokerage.customers.models import Consent, ConsentText, Customer
from brokerage.customers.retention import abandoned, forget
from brokerage.customers.use_cases import give_consent
from brokerage.journal.actors import Actor
from tests.customers.factories import a_customer, an_identified_customer

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def test_only_old_sign_ups_without_a_document_are_due(at):
    old = a_customer(at=at)
    an_identified_customer("+8613800138001", at=at)
    a_customer("+8613800138002", at=at + DAY)
    assert list(abandoned(at + DAY)) == [old]


def test_they_go_with_their_agreements_though_triggers_guard_those(at):
    customer = a_customer(at=at)
    give_consent(
        customer=customer,
        purpose="terms",
        text=ConsentText.objects.get(purpose="terms", language="en"),
        actor=Actor.of(customer.user),
        channel="portal",
        at=at,
    )
    assert forget(abandoned(at + DAY)) == 1
    assert not Customer.objects.exists()
    assert not Consent.objects.exists()
