"""What a manager's home brings of the outlet's own people and cases beyond visits and licences."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from accounts.states import Status
from brokerage.backoffice.tasks import tasks_by_source
from brokerage.core import clock
from brokerage.core.roles import Role
from partners.states import LeadStatus
from partners.use_cases.leads import move_lead
from tests.accounts.factories import an_application
from tests.backoffice.factories import staff
from tests.branches.factories import ACTOR, make_unit
from tests.partners.factories import a_lead

pytestmark = pytest.mark.django_db


def tasks_of(user: Any, source: str) -> list[Any]:
    """This person's tasks of one kind."""
    return [
        task
        for found in tasks_by_source(user, clock.now())
        if found.key == source
        for task in found.tasks
    ]


def test_a_new_lead_waits_for_a_call_by_the_outlet_that_it_was_sent_to() -> None:
    outlet = make_unit()
    manager = staff(Role.BRANCH_MANAGER, outlet)
    lead = a_lead(unit=outlet)
    a_lead()
    (task,) = tasks_of(manager, "partners.leads")
    assert task.url == reverse("admin:partners_lead_change", args=[lead.ref])
    assert task.due_at == lead.protected_until
    assert "欧阳映雪" not in str(task.title)

    move_lead(lead=lead, status=LeadStatus.CONTACTED, actor=ACTOR, at=clock.now())

    assert tasks_of(manager, "partners.leads") == []
    assert tasks_of(staff(Role.REVIEWER, outlet), "partners.leads") == []


def test_a_manager_watches_the_follow_up_calls_of_the_outlet() -> None:
    outlet = make_unit()
    application = an_application(Status.VISIT, outlet=outlet)
    (task,) = tasks_of(staff(Role.BRANCH_MANAGER, outlet), "accounts.review")
    assert task.url == reverse("admin:accounts_application_change", args=[application.ref])
    assert (task.due_at, task.mine) == (application.follow_up.due_at, False)
    assert tasks_of(staff(Role.BRANCH_MANAGER, make_unit()), "accounts.review") == []
