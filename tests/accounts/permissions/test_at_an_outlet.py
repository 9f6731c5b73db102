"""An outlet helps with exactly the open step of a permission, while the customer lets it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from accounts.counter.selectors import live_permission, open_permissions
from accounts.counter.states import ReleaseEnd, ReleaseStatus
from accounts.models import PermissionApplication, PermissionRelease
from accounts.permissions.states import CaseStatus, CaseVerdict
from accounts.permissions.use_cases import agreeing, applying, releasing, reporting, reviewing
from accounts.permissions.use_cases.releasing import open_permission
from accounts.permissions.use_cases.steps import UnableToGoOn
from accounts.tasks import end_releases
from accounts.use_cases.release_case import open_case, take_case
from accounts.use_cases.release_codes import UnableToRelease, take_code
from brokerage.core import scope
from brokerage.core.roles import Role
from brokerage.journal.models import Entry
from brokerage.users.models import User
from tests.accounts.counter.factories import a_code
from tests.accounts.factories import a_draft
from tests.accounts.permissions.factories import (
    ACTOR,
    AT,
    BEGINNER,
    DOWN,
    a_case,
    a_trader,
    pass_test,
    read_risk,
    sign,
)
from tests.accounts.permissions.records import a_permission_case
from tests.backoffice.factories import desk_of
from tests.branches.factories import make_staff, make_unit
from tests.users.factories import sign_in

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


def to_read(customer: Any = None) -> PermissionApplication:
    """An application whose disclosure is the open step."""
    case = a_case(customer)
    pass_test(case)
    case.refresh_from_db()
    return case


def opened(
    case: PermissionApplication, helper: User | None = None, *, at: Any = AT
) -> PermissionRelease:
    outlet = make_unit()
    helper = helper or make_staff(Role.OPENING_OFFICER, outlet)
    code = releasing.offer(case=case, actor=ACTOR, at=at).code_text
    found = take_code(
        code=code, outlet=outlet, helper=helper, at=at, openers=(open_case, open_permission)
    )
    assert isinstance(found, PermissionRelease)
    return found


def helper_of(release: PermissionRelease) -> User:
    assert release.helper is not None
    return release.helper


def explained(release: PermissionRelease, at: Any = AT) -> PermissionRelease:
    """Staff open the disclosure and go through it for a minute."""
    helper = helper_of(release)
    releasing.explain_begins(release=release, helper=helper, language="en", at=at)
    return releasing.explain_ends(release=release, helper=helper, at=at + MINUTE)


def test_staff_explain_the_disclosure_as_theirs_and_only_the_customer_says_it_was_read():
    case = to_read()
    release = explained(opened(case))
    assert (release.status, release.ended_by) == (ReleaseStatus.ENDED, ReleaseEnd.STAFF)
    assert release.done_at == AT + MINUTE
    entry = Entry.objects.get(kind="accounts.permission_step_helped")
    assert entry.actor_ref == helper_of(release).ref
    assert release.outlet is not None
    assert entry.payload["outlet"] == str(release.outlet.ref)
    case.refresh_from_db()
    assert (case.status, case.text_read_at) == (CaseStatus.DISCLOSURE, None)
    assert case.text is not None
    assert case.text.language == "en"

    agreeing.finish_text(case=case, actor=ACTOR, at=AT + MINUTE)
    case.refresh_from_db()
    assert case.status == CaseStatus.SIGNING


def test_staff_see_the_application_only_with_the_code_and_only_while_it_is_open():
    case = to_read()
    outlet = make_unit()
    helper = make_staff(Role.OPENING_OFFICER, outlet)
    rows = scope.visible(PermissionRelease, helper)
    code = releasing.offer(case=case, actor=ACTOR, at=AT).code_text
    assert not rows.exists()
    with time_machine.travel(AT, tick=False):
        taken = take_code(
            code=code, outlet=outlet, helper=helper, at=AT, openers=(open_permission,)
        )
        assert list(scope.visible(PermissionRelease, helper)) == [taken]
    for colleague in (helper, make_staff(Role.OPENING_OFFICER, outlet)):
        with pytest.raises(UnableToRelease, match="leads nowhere"):
            take_code(
                code=code, outlet=outlet, helper=colleague, at=AT, openers=(open_permission,)
            )
    releasing.end(case=case, ended_by=ReleaseEnd.CUSTOMER, actor=ACTOR, at=AT)
    with pytest.raises(UnableToRelease, match="has ended"):
        explained(taken)
    assert not open_permissions(helper, AT).exists()


def test_one_counter_opens_accounts_and_permissions_and_no_code_fits_both():
    release = opened(to_read())
    helper, outlet = helper_of(release), release.outlet
    assert outlet is not None
    draft = take_code(
        code=a_code(a_draft()),
        outlet=outlet,
        helper=helper,
        at=AT,
        openers=(open_case, open_permission),
    )
    assert type(draft).__name__ == "CaseRelease"
    other = releasing.offer(case=to_read(a_trader(number=BEGINNER)), actor=ACTOR, at=AT)
    with pytest.raises(UnableToRelease, match="leads nowhere"):
        take_case(code=other.code_text, outlet=outlet, helper=helper, at=AT)


def test_a_step_that_the_customer_finishes_meanwhile_is_closed_to_the_outlet():
    case = to_read()
    release = opened(case)
    read_risk(case)
    release.refresh_from_db()
    assert (release.status, release.ended_by) == (ReleaseStatus.ENDED, ReleaseEnd.CASE)
    with pytest.raises(UnableToRelease, match="has ended"):
        explained(release)
    assert release.done_at is None


@pytest.mark.parametrize("step", ["test", "signing"])
def test_the_test_and_the_signature_are_nobodys_but_the_customers(step):
    case = a_case()
    if step == "signing":
        pass_test(case)
        read_risk(case)
    case.refresh_from_db()
    assert case.status == step
    with pytest.raises(UnableToRelease):
        releasing.offer(case=case, actor=ACTOR, at=AT)


def test_explaining_takes_its_time_and_begins_with_opening():
    release = opened(to_read())
    helper = helper_of(release)
    with pytest.raises(UnableToRelease, match="nothing to read"):
        releasing.explain_ends(release=release, helper=helper, at=AT)
    releasing.explain_begins(release=release, helper=helper, language="en", at=AT)
    with pytest.raises(UnableToRelease, match="quick"):
        releasing.explain_ends(release=release, helper=helper, at=AT + timedelta(seconds=1))


def test_what_the_customer_read_alone_before_is_no_explanation():
    case = to_read()
    agreeing.open_text(case=case, language="en", at=AT - 5 * MINUTE)
    release = opened(case)
    with pytest.raises(UnableToRelease, match="quick"):
        releasing.explain_ends(release=release, helper=helper_of(release), at=AT)
    assert releasing.explain_ends(
        release=release, helper=helper_of(release), at=AT + MINUTE
    ).done_at


def test_a_depository_that_failed_is_asked_again_at_once_but_not_at_night():
    case = a_case(a_trader(number=DOWN), "star")
    reporting.ask(case=case, at=AT)
    case.refresh_from_db()
    assert case.asks_at is not None
    assert case.asks_at > AT
    release = opened(case)
    asked = releasing.ask_again(release=release, helper=helper_of(release), at=AT)
    case.refresh_from_db()
    assert case.asks_at == AT
    assert asked.done_at == AT
    evening = AT + timedelta(hours=12)
    late = opened(case, at=evening)
    with pytest.raises(UnableToRelease, match="9:00"):
        releasing.ask_again(release=late, helper=helper_of(late), at=evening)


def test_codes_and_opened_cases_run_out():
    case = to_read()
    releasing.offer(case=case, actor=ACTOR, at=AT)
    assert live_permission(case, AT + 9 * MINUTE) is not None
    assert live_permission(case, AT + 10 * MINUTE) is None
    with time_machine.travel(AT + 11 * MINUTE, tick=False):
        end_releases(0)
    assert PermissionRelease.objects.get().ended_by == ReleaseEnd.TIME
    release = opened(case, at=AT + 12 * MINUTE)
    with pytest.raises(UnableToRelease, match="has ended"):
        explained(release, at=AT + 72 * MINUTE)


def test_a_new_code_a_withdrawal_and_ones_own_case_close_the_door():
    case = to_read()
    first = opened(case)
    second = opened(case)
    first.refresh_from_db()
    assert first.ended_by == ReleaseEnd.NEWER
    applying.withdraw(case=case, actor=ACTOR, at=AT)
    second.refresh_from_db()
    assert second.ended_by == ReleaseEnd.CASE

    own = to_read(a_trader(number=BEGINNER))
    release = opened(own)
    with pytest.raises(IntegrityError), transaction.atomic():
        PermissionRelease.objects.filter(pk=release.pk).update(helper=release.applicant)


def test_whoever_helped_neither_proposes_nor_decides():
    case = a_permission_case(a_trader())
    outlet = make_unit()
    helper = make_staff(Role.REVIEWER, outlet)
    PermissionRelease.objects.create(
        case=case,
        step=CaseStatus.DISCLOSURE,
        status=ReleaseStatus.ENDED,
        offered_at=AT,
        until=AT + MINUTE,
        outlet=outlet,
        helper=helper,
        taken_at=AT,
        done_at=AT,
        ended_at=AT,
        ended_by=ReleaseEnd.STAFF,
    )
    with pytest.raises(UnableToGoOn, match="You helped"):
        reviewing.propose(case=case, verdict=CaseVerdict.GRANT, note="可以", officer=helper, at=AT)
    with pytest.raises(IntegrityError), transaction.atomic():
        PermissionApplication.objects.filter(pk=case.pk).update(
            proposed_by=helper, verdict="grant"
        )


@time_machine.travel(AT + MINUTE, tick=False)
def test_from_the_code_on_the_phone_to_the_counter_and_back():
    customer = a_trader()
    case = to_read(customer)
    phone = sign_in(Client(headers={"Accept-Language": "en"}), customer.user)
    here = case.get_absolute_url()
    phone.post(f"{here}release/")
    code = PermissionRelease.objects.get().code_text
    assert code in phone.get(here).content.decode()
    outlet = make_unit()
    helper = make_staff(Role.OPENING_OFFICER, outlet)
    desk = desk_of(helper)
    counter = reverse("admin:accounts_application_counter", args=[outlet.code])
    answer = desk.post(counter, {"code": code})
    release = PermissionRelease.objects.get()
    page = reverse("admin:accounts_application_permission", args=[release.ref])
    assert answer.headers["Location"] == page
    assert release.case.short_ref in desk.get(counter).content.decode()
    shown = desk.get(page).content.decode()
    assert customer.name not in shown, "masked"
    assert customer.id_number not in shown
    assert helper.display_name in phone.get(here).content.decode()
    desk.post(page, {"act": "begin"})
    assert "</h4>" in desk.get(page).content.decode(), "the text is there to go through"
    desk.post(page, {"act": "explained"})
    assert PermissionRelease.objects.get().done_at is None, "too quick"
    with time_machine.travel(AT + 3 * MINUTE, tick=False):
        assert desk.post(page, {"act": "explained"}).headers["Location"] == counter
        assert desk.get(page).status_code == 404
        said = phone.get(here).content.decode()
        assert "explained it to you" in said
        assert helper.display_name in said


def test_a_stranger_reads_nothing_and_the_customer_ends_it_from_the_phone():
    case = to_read()
    release = opened(case)
    stranger = sign_in(Client(), a_trader(number=BEGINNER).user)
    assert stranger.post(f"{case.get_absolute_url()}release/").status_code == 404
    other = desk_of(make_staff(Role.OPENING_OFFICER, make_unit()))
    page = reverse("admin:accounts_application_permission", args=[release.ref])
    assert other.get(page).status_code == 404
    assert case.customer.user is not None
    phone = sign_in(Client(), case.customer.user)
    phone.post(f"{case.get_absolute_url()}release/", {"act": "end"})
    release.refresh_from_db()
    assert release.ended_at is not None


def test_help_stands_in_the_customers_own_copy():
    from accounts.permissions.own_data import _permissions
    from brokerage.core.data_export import Person

    case = to_read()
    explained(opened(case))
    agreeing.finish_text(case=case, actor=ACTOR, at=AT + 2 * MINUTE)
    sign(case, at=AT + 3 * MINUTE)
    person = Person(customer=case.customer.ref, user=None)
    (told,) = _permissions(person)
    assert [each["steps"] for each in told["opened_at_outlets"]] == [["Risk disclosure"]]
