"""Who has to be called before an account is active, and what the caller sees and notes."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils.translation import override

from accounts.home import cards, tasks
from accounts.models import FollowUp
from accounts.states import FollowUpQuestion, Status
from accounts.use_cases import UnableToFollowUp, answer_follow_up, record_call
from accounts.use_cases.follow_up import note_no_answer
from brokerage.core import clock
from brokerage.core.roles import Role, sync_roles
from brokerage.journal.models import Entry
from brokerage.reference.models import Rule
from tests.accounts.factories import ACTOR, AT, an_application
from tests.backoffice.factories import desk_of, staff
from tests.branches.factories import make_staff, make_unit
from tests.users.factories import sign_in

pytestmark = pytest.mark.django_db
YES = dict.fromkeys(FollowUpQuestion.values, "yes")


@pytest.fixture(autouse=True)
def _roles(db: None) -> None:
    sync_roles()


def test_whoever_has_days_left_is_not_called_and_whoever_said_no_is() -> None:
    row = an_application(Status.VISIT)
    caller = make_staff(Role.CALL_CENTRE)
    assert list(tasks(caller, AT)) == []
    due = FollowUp.objects.get().due_at
    assert len(list(tasks(caller, due - timedelta(hours=2)))) == 1, "time runs out"
    answer_follow_up(application=row, answers={**YES, "conduct": "no"}, actor=ACTOR, at=AT)
    assert len(list(tasks(caller, AT))) == 1


def test_a_call_that_nobody_takes_is_counted_and_told(client: Client) -> None:
    row = an_application(Status.VISIT)
    caller = staff(Role.CALL_CENTRE)
    desk = desk_of(caller)
    url = f"/admin/accounts/application/{row.ref}/"
    desk.post(f"{url}act/not_reached/")
    desk.post(f"{url}act/not_reached/")
    found = FollowUp.objects.get()
    assert (found.tries, found.answered_at) == (2, None)
    page = desk.get(f"{url}change/").content.decode()
    assert "Called 2 times without an answer." in page
    assert Entry.objects.filter(kind="accounts.follow_up_tried").count() == 2


def test_the_number_is_shown_to_the_caller_alone_and_on_record() -> None:
    outlet = make_unit()
    row = an_application(Status.VISIT, outlet=outlet)
    assert row.customer.user is not None
    desk = desk_of(staff(Role.CALL_CENTRE))
    url = f"/admin/accounts/application/{row.ref}/"
    page = desk.get(f"{url}change/").content.decode()
    assert str(row.customer.user.phone) not in page
    assert f"{url}number/" in page
    assert str(row.customer.user.phone) in desk.get(f"{url}number/").content.decode()
    assert Entry.objects.get(kind="accounts.number_shown").subject_ref == row.ref
    assert desk_of(staff(Role.REVIEWER, outlet)).get(f"{url}number/").status_code == 403


def test_whoever_helped_at_a_counter_does_not_call(monkeypatch: pytest.MonkeyPatch) -> None:
    row = an_application(Status.VISIT)
    caller = make_staff(Role.CALL_CENTRE)
    helped = {caller.pk}
    where = "accounts.use_cases.follow_up.has_helped"
    monkeypatch.setattr(where, lambda application, user: user.pk in helped)
    with pytest.raises(UnableToFollowUp, match="took no part"):
        note_no_answer(application=row, caller=caller, at=AT)
    with pytest.raises(UnableToFollowUp, match="took no part"):
        record_call(application=row, answers=YES, caller=caller, at=AT)


def test_where_the_rule_wants_a_call_the_customer_is_told_so() -> None:
    row = an_application(Status.VISIT)
    on = clock.today()
    old = Rule.objects.in_force("accounts.follow_up", on)
    Rule.objects.filter(pk=old.pk).update(valid_to=on)
    Rule.objects.create(
        key=old.key,
        valid_from=on,
        value=old.value | {"own_answers": 0},
        source="test",
        confidence="S",
        decision="approved",
        made_by_ref=old.made_by_ref,
        checked_by_ref=old.checked_by_ref,
        made_at=old.made_at,
        checked_at=old.checked_at,
    )
    user = row.customer.user
    assert user is not None
    with override("en"):
        (card,) = [each for each in cards(user, clock.now()) if each.key == "accounts.follow_up"]
    assert "We call you" in str(card.text)
    phone = sign_in(Client(headers={"Accept-Language": "en"}), user)
    page = phone.get(f"/open/{row.ref}/").content.decode()
    assert f"/open/{row.ref}/questions/" not in page
    assert phone.get(f"/open/{row.ref}/questions/").status_code == 302
    caller = make_staff(Role.CALL_CENTRE)
    assert len(list(tasks(caller, clock.now()))) == 1
