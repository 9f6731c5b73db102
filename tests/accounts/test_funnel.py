"""How many began and finished a step: the windows of what suggestions did."""

from __future__ import annotations

from datetime import timedelta

import pytest

from accounts.funnel import counter
from accounts.models import Application
from accounts.states import Status, Step
from branches.suggestions.effect import Window
from branches.suggestions.steps import steps
from tests.accounts.factories import AT, a_complete_draft, a_draft, an_application
from tests.customers.factories import a_customer

pytestmark = pytest.mark.django_db
TODAY = AT.date()
TOMORROW = TODAY + timedelta(days=1)


def window(step: Step, days: int = 0) -> Window:
    """What the step counts on one day, so many days after today."""
    count = counter(step)
    assert count is not None
    later = timedelta(days=days)
    return count(TODAY + later, TOMORROW + later)


def test_a_step_counts_who_opened_it_and_who_finished_it():
    a_complete_draft()
    a_draft(a_customer("+8613700000077"))  # has opened no step yet
    assert window(Step.BANK) == Window(1, 1)
    assert window(Step.BANK, days=1) == Window(0, 0)


def test_sending_counts_every_application_that_was_begun():
    a_draft(a_customer("+8613700000077"))
    an_application(Status.SUBMITTED)
    assert window(Step.SEND) == Window(Application.objects.count(), 1)


def test_every_step_is_registered_and_what_nobody_counts_says_so():
    assert steps.get("accounts.bank").count is not None
    assert steps.get("accounts.assessment").count is None
