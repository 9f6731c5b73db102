"""Codes of our own people bring customers, and visits for one step come back to it."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils.translation import override

from accounts.entries import find_entry, origin_name
from accounts.facts import facts_of
from accounts.handlers import take_visit
from accounts.models import Application
from accounts.states import Status, Step
from accounts.use_cases import StepRefused, remove_origin, save_sharing, start_application
from branches.entry_codes import destination
from branches.models import EntryCode
from branches.states import CodeEnd
from branches.use_cases.entry_codes import end_code, give_code
from branches.visits.events import VisitDone
from brokerage.core.roles import Role
from brokerage.journal.delivery import deliver_pending
from brokerage.journal.models import Entry
from brokerage.messaging.models import Message
from brokerage.messaging.use_cases.load_texts import load_texts
from tests.accounts.factories import ACTOR, AT, a_complete_draft, a_draft, an_application
from tests.branches.factories import make_staff, make_unit
from tests.customers.factories import a_customer
from tests.users.factories import sign_in

pytestmark = pytest.mark.django_db
LATER = AT + timedelta(days=90)


def a_code(**owner) -> EntryCode:
    unit = make_unit(name_zh="金华双溪西路营业部", name_en="Jinhua West Shuangxi Road")
    return give_code(unit=unit, ends_at=LATER, actor=ACTOR, at=AT, **owner)


def begun(code: EntryCode) -> Application:
    return start_application(
        customer=a_customer(), entry=find_entry(code.ref, AT), actor=ACTOR, at=AT
    )


def test_an_application_by_our_own_code_counts_as_its_owners_and_asks_nothing_more():
    code = a_code()
    application = begun(code)
    assert application.entry_ref == code.ref
    assert application.by_own_code
    assert not facts_of(application).asks_about_sharing
    with override("en"):
        assert origin_name(code.ref) == "Jinhua West Shuangxi Road"
    with override("en"), pytest.raises(StepRefused, match="No institution"):
        save_sharing(
            application=application, text=None, version=1, actor=ACTOR, channel="portal", at=AT
        )
    removed = remove_origin(application=application, actor=ACTOR, at=AT)
    assert (removed.origin_ref, removed.entry_ref) == (None, None)


def test_a_persons_code_names_the_person_and_dies_with_the_right():
    unit = make_unit()
    adviser = make_staff(Role.ADVISER, unit)
    code = give_code(unit=unit, person=adviser, ends_at=LATER, actor=ACTOR, at=AT)
    found = find_entry(code.ref, AT)
    assert found is not None
    assert str(adviser) in found.name
    end_code(code=code, reason=CodeEnd.TAKEN_BACK, actor=ACTOR, at=AT)
    assert find_entry(code.ref, AT) is None
    assert origin_name(code.ref) == found.name  # what began by it keeps its origin


@time_machine.travel(AT, tick=False)
def test_the_start_page_says_whose_code_it_is_and_the_customer_can_remove_it(client):
    code = a_code()
    page = client.get(destination(code), headers={"accept-language": "en"}).content.decode()
    assert "You come by a code of Jinhua West Shuangxi Road" in page
    application = begun(code)
    assert application.customer.user is not None
    sign_in(client, application.customer.user, at=AT)
    shown = client.get(application.get_absolute_url(), headers={"accept-language": "en"})
    assert "Remove who sent me" in shown.content.decode()
    client.post(reverse("accounts:forget_origin", args=[application.ref]))
    application.refresh_from_db()
    assert application.origin_ref is None


def after_visit(application: Application, step: str) -> None:
    """The end of a visit for a step arrives, twice as deliveries may."""
    unit = make_unit()
    event = VisitDone(
        subject=unit.ref,  # any ref: accounts only remembers it
        unit=unit.ref,
        purpose="finish_step",
        subject_ref=application.ref,
        step=step,
    )
    for _time in range(2):
        take_visit(event, Entry(at=AT))


@pytest.mark.parametrize(
    ("make", "kind"),
    [
        (a_complete_draft, "accounts.step_done_at_outlet"),
        (a_draft, "accounts.step_open_after_visit"),
    ],
)
def test_after_a_visit_the_customer_hears_once_how_to_go_on(make, kind):
    load_texts(at=AT)
    application = make()
    after_visit(application, Step.BANK)
    while deliver_pending(at=AT):
        pass
    rows = Message.objects.filter(text__kind__contains="outlet") | Message.objects.filter(
        text__kind__contains="after_visit"
    )
    assert [row.text.kind for row in rows] == [kind]
    entry = Entry.objects.get(kind="accounts.step_visited")
    assert entry.payload["done"] is (make is a_complete_draft)


@pytest.mark.parametrize("step", ["", "something_else"])
def test_a_visit_about_no_step_changes_nothing(step):
    after_visit(a_draft(), step)
    assert not Entry.objects.filter(kind="accounts.step_visited").exists()


def test_a_visit_after_the_application_was_sent_changes_nothing():
    after_visit(an_application(Status.SUBMITTED), Step.BANK)
    assert not Entry.objects.filter(kind="accounts.step_visited").exists()
