"""The first days of an account: done by facts, greeted by the outlet, over by themselves."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils.translation import override
from time_machine import travel

from accounts.models import FirstDays
from accounts.plan import home
from accounts.plan.dated import plan_terms
from accounts.plan.selectors import figures_by_outlet, plan_of
from accounts.plan.states import GreetingOutcome, PlanStep
from accounts.selectors import promise_after
from accounts.states import Status
from accounts.use_cases.first_days import UnableToGreet, begin_first_days, note_greeting
from brokerage.core.clock import business_date
from brokerage.core.roles import Role, sync_roles
from brokerage.journal.models import Entry
from tests.accounts.after.factories import first_days
from tests.accounts.factories import AT, an_application
from tests.accounts.permissions.records import a_permission
from tests.branches.factories import make_staff, make_unit
from tests.holdings.factories import a_snapshot
from tests.users.factories import sign_in

pytestmark = pytest.mark.django_db
ON = business_date(AT)
EN, ZH = {"Accept-Language": "en"}, {"Accept-Language": "zh-hans"}


def done(plan: FirstDays) -> dict[str, bool]:
    found = plan_of(plan.application, ON)
    assert found is not None
    return {line.step.value: line.done for line in found[1]}


def test_a_plan_begins_once_with_the_activation_and_for_no_other() -> None:
    assert begin_first_days(application=an_application(Status.VISIT), at=AT) is None
    plan = first_days()
    again = begin_first_days(application=plan.application, at=AT + timedelta(days=3))
    assert again == plan
    terms = plan_terms(ON)
    assert plan.ends_on - plan.started_on == timedelta(days=terms.days)
    assert plan.greet_by == promise_after(AT, terms.greet_minutes)
    assert Entry.objects.filter(kind="accounts.first_days_began").count() == 1


def test_what_is_done_follows_from_holdings_permissions_and_the_greeting() -> None:
    plan = first_days()
    customer = plan.application.customer
    assert done(plan) == {"fund": False, "permissions": False, "greeting": False}
    a_snapshot(customer, ON - timedelta(days=1), 500)
    assert not done(plan)["fund"], "what was there before is not of these days"
    a_snapshot(customer, ON + timedelta(days=2), 500)
    a_permission(customer)
    note_greeting(plan=plan, outcome=GreetingOutcome.TALKED, note="", officer=officer(plan), at=AT)
    assert done(plan) == {"fund": True, "permissions": True, "greeting": True}


def officer(plan: FirstDays):
    return make_staff(Role.OPENING_OFFICER, plan.application.outlet)


def test_a_plan_ends_by_its_days_alone() -> None:
    plan = first_days()
    last = plan.ends_on - timedelta(days=1)
    assert plan_of(plan.application, last) is not None
    assert plan_of(plan.application, plan.ends_on) is None
    late = AT + timedelta(days=30)
    with pytest.raises(UnableToGreet):
        note_greeting(
            plan=plan, outcome=GreetingOutcome.TALKED, note="", officer=officer(plan), at=late
        )
    assert not list(home.tasks(officer(plan), late))


def test_a_call_that_reached_nobody_is_due_again_until_the_tries_of_the_rule() -> None:
    plan, at = first_days(), AT
    tries = plan_terms(ON).greet_tries
    for number in range(1, tries + 1):
        at += timedelta(days=1)
        plan = note_greeting(
            plan=plan,
            outcome=GreetingOutcome.NOT_REACHED,
            note="没人接",
            officer=officer(plan),
            at=at,
        )
        assert plan.tries == number
        assert (plan.greet_by is None) == (number == tries)
    assert plan.outcome == GreetingOutcome.NOT_REACHED
    with pytest.raises(UnableToGreet):
        note_greeting(
            plan=plan, outcome=GreetingOutcome.TALKED, note="", officer=officer(plan), at=at
        )


def test_the_outlet_alone_greets_and_its_task_carries_the_clock() -> None:
    plan = first_days()
    (task,) = home.tasks(officer(plan), AT)
    assert task.due_at == plan.greet_by
    assert home.probe(officer(plan), AT)[0].exists()
    assert not list(home.tasks(make_staff(Role.OPENING_OFFICER, make_unit()), AT))
    assert not list(home.tasks(make_staff(Role.HEAD_OFFICE), AT)), "who watches does not greet"


def test_the_database_keeps_a_greeting_whole() -> None:
    plan = first_days()
    with pytest.raises(IntegrityError), transaction.atomic():
        FirstDays.objects.filter(pk=plan.pk).update(outcome=GreetingOutcome.TALKED)
    with pytest.raises(IntegrityError), transaction.atomic():
        FirstDays.objects.filter(pk=plan.pk).update(ends_on=plan.started_on)


def test_figures_count_who_had_assets_in_their_days() -> None:
    unit = make_unit()
    paid, late, running = (first_days(outlet=unit) for _n in range(3))
    a_snapshot(paid.application.customer, paid.ends_on - timedelta(days=1), 100)
    a_snapshot(late.application.customer, late.ends_on, 100)
    FirstDays.objects.filter(pk=running.pk).update(ends_on=ON + timedelta(days=60))
    (line,) = figures_by_outlet(
        FirstDays.objects.all(), first=ON, last=ON + timedelta(days=31), most=5
    )
    assert (line.plans, line.funded, line.greeted, line.percent) == (2, 1, 0, 50)


def test_the_customers_page_and_home_show_what_is_next() -> None:
    plan = first_days()
    user = plan.application.customer.user
    assert user is not None
    with travel(AT + timedelta(hours=1), tick=False):
        client = sign_in(Client(headers=ZH), user)
        page = client.get(plan.application.get_absolute_url()).content.decode()
        (card,) = home.cards(user, AT + timedelta(hours=1))
    with override("zh-hans"):
        assert str(PlanStep.FUND.label) in page
    assert card.url == plan.application.get_absolute_url()
    assert not list(home.cards(user, AT + timedelta(days=31)))


def test_the_greeting_is_noted_on_its_page_and_the_list_has_figures() -> None:
    sync_roles()
    plan = first_days()
    FirstDays.objects.filter(pk=first_days(outlet=plan.application.outlet).pk).update(
        ends_on=ON, started_on=ON - timedelta(days=30)
    )
    with travel(AT + timedelta(hours=1), tick=False):
        desk = sign_in(Client(headers=EN), officer(plan), stepped_up=True)
        page = desk.get(reverse("admin:accounts_firstdays_change", args=[plan.ref]))
        assert "sell nothing in this call" in page.content.decode()
        act = reverse("admin:accounts_firstdays_act", args=[plan.ref, "greet"])
        assert desk.post(act, {"outcome": "talked", "note": "已通话"}).status_code == 302
        listed = desk.get(reverse("admin:accounts_firstdays_changelist")).content.decode()
    plan.refresh_from_db()
    assert (plan.outcome, plan.note) == (GreetingOutcome.TALKED, "已通话")
    assert "With assets in time" in listed
