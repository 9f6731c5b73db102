"""A follow-up whose date has passed: escalated on its day, told honestly, given a new date."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client

from accounts import tasks
from accounts.home import tasks as tasks_of
from accounts.models import Application, FollowUp
from accounts.states import FollowUpQuestion, Status
from accounts.use_cases import UnableToFollowUp, answer_follow_up, record_call
from accounts.use_cases.escalate_follow_up import escalate_follow_up, overdue, set_new_date
from brokerage.core import clock
from brokerage.core.roles import Role, sync_roles
from brokerage.journal.delivery import deliver_pending
from brokerage.journal.models import Entry
from brokerage.messaging.models import Message
from tests.accounts.factories import ACTOR, AT, an_application
from tests.backoffice.factories import desk_of, staff
from tests.branches.factories import make_staff, make_unit
from tests.threads import together
from tests.users.factories import sign_in

pytestmark = pytest.mark.django_db
YES = dict.fromkeys(FollowUpQuestion.values, "yes")
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def _roles(db: None) -> None:
    sync_roles()


@pytest.fixture
def waiting() -> Application:
    return an_application(Status.VISIT)


def due(row: Application) -> Any:
    return FollowUp.objects.get(application=row).due_at


@pytest.mark.parametrize(
    ("hours", "escalated"), [(-1, False), (0, False), (24, False), (25, True), (24 * 30, True)]
)
def test_a_day_after_its_date_it_is_escalated(
    waiting: Application, hours: int, escalated: bool
) -> None:
    at = due(waiting) + hours * HOUR
    assert (escalate_follow_up(application=waiting, at=at) is not None) is escalated
    assert (FollowUp.objects.get().escalated_at is not None) is escalated


def test_it_is_escalated_once_and_the_job_finds_it(
    waiting: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = due(waiting) + 25 * HOUR
    monkeypatch.setattr(clock, "now", lambda: at)
    tasks.escalate_follow_ups(0)
    tasks.escalate_follow_ups(0)
    (entry,) = Entry.objects.filter(kind="accounts.follow_up_escalated")
    assert entry.rule_version.startswith("accounts.follow_up_overdue@")


def test_a_no_that_nobody_cleared_up_is_escalated_and_a_yes_is_not(waiting: Application) -> None:
    at = due(waiting) + 25 * HOUR
    answer_follow_up(application=waiting, answers={**YES, "conduct": "no"}, actor=ACTOR, at=AT)
    assert overdue(at).exists()
    record_call(
        application=waiting, answers=YES, caller=make_staff(Role.CALL_CENTRE), at=at - HOUR
    )
    assert not overdue(at).exists()


def test_the_customer_is_told_honestly_in_both_languages(waiting: Application) -> None:
    at = due(waiting) + 25 * HOUR
    escalate_follow_up(application=waiting, at=at)
    while deliver_pending(at=at):
        pass
    assert Message.objects.filter(text__kind="accounts.follow_up_escalated").exists()
    user = waiting.customer.user
    assert user is not None
    for language, said in (("en", "The head of these calls"), ("zh-hans", "回访负责人")):
        phone = sign_in(Client(headers={"Accept-Language": language}), user)
        phone.cookies["language"] = language
        assert said in phone.get(f"/open/{waiting.ref}/").content.decode()


def test_whoever_answers_for_the_calls_sets_a_new_date_and_it_counts_again() -> None:
    outlet = make_unit()
    row = an_application(Status.VISIT, outlet=outlet)
    lead = staff(Role.HEAD_OFFICE, outlet)
    at = due(row) + 25 * HOUR
    with pytest.raises(UnableToFollowUp, match="has not passed"):
        set_new_date(application=row, lead=lead, reason="周五再约", at=at)
    escalate_follow_up(application=row, at=at)
    assert "Overdue follow-up" in {str(task.title) for task in tasks_of(lead, at)}
    with pytest.raises(UnableToFollowUp, match="answers for central visits"):
        set_new_date(application=row, lead=make_staff(Role.CALL_CENTRE), reason="x", at=at)
    with pytest.raises(UnableToFollowUp, match="what was arranged"):
        set_new_date(application=row, lead=lead, reason=" ", at=at)
    fresh = set_new_date(application=row, lead=lead, reason="周五再约", at=at)
    assert (fresh.due_at, fresh.escalated_at) == (at + timedelta(days=3), None)
    assert Entry.objects.get(kind="accounts.follow_up_dated").reason == "周五再约"
    assert list(tasks_of(lead, at)) == []
    later = fresh.due_at + 25 * HOUR
    assert escalate_follow_up(application=row, at=later) is not None
    answer_follow_up(application=row, answers=YES, actor=ACTOR, at=later)
    row.refresh_from_db()
    assert row.status == Status.ACTIVE, "late answers count"


def test_the_act_stands_on_the_page_of_the_application() -> None:
    outlet = make_unit()
    row = an_application(Status.VISIT, outlet=outlet)
    desk = desk_of(staff(Role.HEAD_OFFICE, outlet))
    url = f"/admin/accounts/application/{row.ref}/"
    assert "act/new_date/" not in desk.get(f"{url}change/").content.decode()
    FollowUp.objects.update(due_at=clock.now() - 48 * HOUR)
    escalate_follow_up(application=row, at=clock.now())
    assert "act/new_date/" in desk.get(f"{url}change/").content.decode()
    desk.post(f"{url}act/new_date/", {"reason": "明天上午打给客户"})
    assert FollowUp.objects.get().escalated_at is None


def test_the_database_escalates_nothing_that_is_not_late(waiting: Application) -> None:
    early = {"escalated_at": due(waiting) - HOUR, "escalation_rule": "x"}
    for values in (early, {"escalated_at": due(waiting) + HOUR}):
        with pytest.raises(IntegrityError), transaction.atomic():
            FollowUp.objects.update(**values)


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_escalate_it_once() -> None:
    row = an_application(Status.VISIT)
    at = due(row) + 25 * HOUR

    def act() -> bool:
        try:
            return escalate_follow_up(application=row, at=at) is not None
        finally:
            connection.close()

    assert sorted(together(act, times=2)) == [False, True]
    assert Entry.objects.filter(kind="accounts.follow_up_escalated").count() == 1
