"""Staff see nothing until the customer's code, and no longer than the customer wants."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction

from accounts.counter.rules import may_do, may_witness
from accounts.counter.selectors import live_release, open_cases
from accounts.counter.states import AT_COUNTER, ReleaseEnd, ReleaseStatus
from accounts.events import ApplicationSubmitted
from accounts.facts import facts_of
from accounts.handlers import end_release
from accounts.models import Application, Assist, CaseRelease
from accounts.states import SectionStatus, Status, Step, Verdict
from accounts.tasks import end_releases
from accounts.use_cases import (
    ChangedElsewhere,
    StepRefused,
    UnableToDecide,
    UnableToReview,
    approve_application,
    claim_review,
    propose_verdict,
    submit_application,
    take_next,
)
from accounts.use_cases.help_at_counter import confirm_step, help_with, is_witness
from accounts.use_cases.release_case import UnableToRelease, end_case, offer_case, take_case
from brokerage.core import scope
from brokerage.core.roles import Role
from brokerage.journal.models import Entry
from tests.accounts.answers import BANK, TAX, save
from tests.accounts.counter.factories import a_code, an_open_case, entered
from tests.accounts.factories import (
    ACTOR,
    AT,
    a_complete_draft,
    a_draft,
    an_application,
    an_officer,
)
from tests.branches.factories import give_licence, make_staff, make_unit
from tests.customers.factories import a_customer

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


def test_a_code_opens_the_case_once_for_one_person_at_one_outlet():
    draft, outlet = a_draft(), make_unit()
    code = a_code(draft)
    first, second = (make_staff(Role.OPENING_OFFICER, outlet) for _each in range(2))

    taken = take_case(code=code, outlet=outlet, helper=first, at=AT + MINUTE)

    assert (taken.helper, taken.outlet, taken.application) == (first, outlet, draft)
    assert (taken.code, taken.code_hash) == (None, ""), "wiped: it never serves twice"
    with pytest.raises(UnableToRelease, match="leads nowhere"):
        take_case(code=code, outlet=outlet, helper=second, at=AT + MINUTE)
    assert list(open_cases(first, AT + MINUTE)) == [taken]
    assert not open_cases(second, AT + MINUTE).exists()
    kinds = list(Entry.objects.filter(subject_ref=draft.ref).values_list("kind", flat=True))
    assert kinds[-2:] == ["accounts.case_offered", "accounts.case_opened"]
    assert code.replace(" ", "") not in str(list(Entry.objects.values_list("payload")))


def test_the_code_stands_nowhere_in_the_clear():
    offered = offer_case(application=a_draft(), actor=ACTOR, at=AT)
    assert offered.code is not None
    with connection.cursor() as cursor:
        cursor.execute("SELECT code, code_hash FROM accounts_caserelease")
        assert offered.code not in str(cursor.fetchall())


@pytest.mark.parametrize("late", [0, 1])
def test_a_code_waits_ten_minutes(late):
    draft, outlet = a_draft(), make_unit()
    code = a_code(draft)
    helper = make_staff(Role.OPENING_OFFICER, outlet)
    at = AT + 10 * MINUTE - (1 - late) * timedelta(seconds=1)
    if late:
        with pytest.raises(UnableToRelease, match="leads nowhere"):
            take_case(code=code, outlet=outlet, helper=helper, at=at)
    else:
        assert take_case(code=code, outlet=outlet, helper=helper, at=at).helper == helper


def test_five_wrong_codes_in_a_row_make_staff_wait_and_the_journal_knows():
    draft, outlet = a_draft(), make_unit()
    helper = make_staff(Role.OPENING_OFFICER, outlet)
    good = a_code(draft)
    wrong = "0000 0000" if good != "0000 0000" else "1111 1111"
    for _each in range(5):
        with pytest.raises(UnableToRelease, match="leads nowhere"):
            take_case(code=wrong, outlet=outlet, helper=helper, at=AT)
    with pytest.raises(UnableToRelease, match="15 minutes"):
        take_case(code=good, outlet=outlet, helper=helper, at=AT + MINUTE)
    numbers = Entry.objects.filter(kind="accounts.wrong_release_code").order_by("pk")
    assert [entry.payload["wrong"] for entry in numbers] == [1, 2, 3, 4, 5]
    colleague = make_staff(Role.OPENING_OFFICER, outlet)
    assert take_case(code=good, outlet=outlet, helper=colleague, at=AT + MINUTE)
    later = AT + 15 * MINUTE
    assert take_case(code=a_code(draft, at=later), outlet=outlet, helper=helper, at=later)


@pytest.mark.parametrize("role", [Role.ADVISER, Role.REVIEWER, Role.CALL_CENTRE, Role.OPERATIONS])
def test_only_who_opens_accounts_at_the_outlet_may_type_a_code(role):
    draft, outlet = a_draft(), make_unit()
    with pytest.raises(UnableToRelease, match="do not serve customers"):
        take_case(code=a_code(draft), outlet=outlet, helper=make_staff(role, outlet), at=AT)
    elsewhere = make_staff(Role.OPENING_OFFICER, make_unit())
    with pytest.raises(UnableToRelease, match="do not serve customers"):
        take_case(code=a_code(draft), outlet=outlet, helper=elsewhere, at=AT)


def test_a_new_code_ends_the_old_one_and_whatever_it_opened():
    case = an_open_case()
    offer_case(application=case.application, actor=ACTOR, at=AT + MINUTE)
    case.refresh_from_db()
    assert (case.status, case.ended_by) == (ReleaseStatus.ENDED, ReleaseEnd.NEWER)


def enter_tax(case: CaseRelease, at=AT) -> None:
    entered(case, Step.TAX, TAX, at=at)


def test_what_staff_enter_is_theirs_and_counts_once_the_customer_confirmed_it():
    case = an_open_case()
    enter_tax(case)
    section = case.application.sections.get(step=Step.TAX)
    assert section.status == SectionStatus.ENTERED
    assert {mark["source"] for mark in section.provenance.values()} == {"staff"}
    assert case.helper is not None
    assert {mark["by"] for mark in section.provenance.values()} == {str(case.helper.ref)}
    assert Step.TAX not in facts_of(Application.objects.get()).done

    confirm_step(
        application=case.application, step=Step.TAX, version=section.version, actor=ACTOR, at=AT
    )

    section.refresh_from_db()
    assert section.status == SectionStatus.COMPLETE
    assert {mark["source"] for mark in section.provenance.values()} == {"staff"}, "still theirs"
    assert Step.TAX in facts_of(Application.objects.get()).done
    assert Assist.objects.get().outlet == case.outlet


def test_a_customer_confirms_only_what_the_page_showed():
    case = an_open_case()
    enter_tax(case)
    seen = case.application.sections.get(step=Step.TAX).version
    entered(case, Step.TAX, {**TAX, "declares": ""})
    with pytest.raises(StepRefused, match="Nothing waits"):
        confirm_step(application=case.application, step=Step.TAX, version=seen, actor=ACTOR, at=AT)
    enter_tax(case)
    with pytest.raises(ChangedElsewhere):
        confirm_step(application=case.application, step=Step.TAX, version=seen, actor=ACTOR, at=AT)


def test_a_finished_step_is_locked_for_staff_and_open_steps_of_others_stay_the_customers():
    draft = save(a_draft(), Step.BANK, BANK, at=AT)
    case = an_open_case(draft)
    assert case.helper is not None
    with pytest.raises(UnableToRelease, match="closed at the counter"):
        entered(case, Step.BANK, {**BANK, "bank": "ABC"})
    for step in set(Step) - set(AT_COUNTER):
        with pytest.raises(UnableToRelease, match="closed at the counter"):
            help_with(release=case, step=step, helper=case.helper, at=AT, act=lambda held: None)


def test_nothing_is_saved_after_the_customer_or_the_clock_ended_it():
    case = an_open_case()
    enter_tax(case, at=AT + 59 * MINUTE)
    with pytest.raises(UnableToRelease, match="has ended"):
        enter_tax(case, at=AT + 60 * MINUTE)
    end_case(
        application=case.application, ended_by=ReleaseEnd.CUSTOMER, actor=ACTOR, at=AT + MINUTE
    )
    with pytest.raises(UnableToRelease, match="has ended"):
        entered(case, Step.BANK, BANK, at=AT + 2 * MINUTE)
    assert not Assist.objects.filter(step=Step.BANK).exists()


def test_another_helper_cannot_use_somebodys_release():
    case = an_open_case()
    colleague = make_staff(Role.OPENING_OFFICER, case.outlet)
    with pytest.raises(UnableToRelease, match="has ended"):
        help_with(release=case, step=Step.TAX, helper=colleague, at=AT, act=lambda held: None)


def test_the_clock_ends_what_ran_out_once_and_leaves_the_rest():
    case, other = an_open_case(), an_open_case(a_draft(a_customer("+8613900139000")))
    CaseRelease.objects.filter(pk=other.pk).update(until=AT + timedelta(days=1))
    with time_machine.travel(AT + 61 * MINUTE, tick=False):
        end_releases(0)
        end_releases(0)
    case.refresh_from_db()
    other.refresh_from_db()
    assert (case.status, case.ended_by) == (ReleaseStatus.ENDED, ReleaseEnd.TIME)
    assert other.status == ReleaseStatus.IN_USE
    assert Entry.objects.filter(kind="accounts.case_closed").count() == 1


def test_sending_closes_what_an_outlet_has_open():
    case = an_open_case(a_complete_draft())
    submit_application(application=case.application, actor=ACTOR, at=AT)
    with pytest.raises(UnableToRelease, match="has ended"):
        enter_tax(case)
    entry = Entry.objects.get(kind="accounts.application_submitted")
    sent = ApplicationSubmitted(
        subject=case.application.ref,
        customer=case.application.customer.ref,
        version=1,
        status=Status.SUBMITTED,
    )
    end_release(sent, entry)
    assert live_release(case.application, AT) is None


def test_a_sent_application_gives_out_no_code():
    with pytest.raises(UnableToRelease, match="nothing to do"):
        offer_case(application=an_application(Status.SUBMITTED), actor=ACTOR, at=AT)


def test_whoever_helped_neither_reviews_nor_decides():
    outlet = make_unit()
    case = an_open_case(a_complete_draft(outlet=outlet), outlet=outlet)
    helper = case.helper
    assert helper is not None
    sent = submit_application(application=case.application, actor=ACTOR, at=AT)
    with pytest.raises(UnableToReview, match="You helped"):
        claim_review(application=sent, officer=helper, at=AT)
    with time_machine.travel(AT, tick=False):
        assert take_next(officer=helper, at=AT) is None
    with pytest.raises(IntegrityError, match="does not review"), transaction.atomic():
        Application.objects.filter(pk=sent.pk).update(claimed_by=helper)
    taken = claim_review(application=sent, officer=an_officer(outlet), at=AT)
    assert taken.claimed_by is not None
    propose_verdict(application=taken, officer=taken.claimed_by, verdict=Verdict.APPROVE, at=AT)
    with pytest.raises(UnableToDecide, match="You helped"):
        approve_application(application=taken, officer=helper, at=AT)


def test_whoever_reviews_does_not_help():
    outlet = make_unit()
    officer = an_officer(outlet)
    returned = an_application(Status.RETURNED, outlet=outlet, officer=officer)
    with pytest.raises(UnableToRelease, match="You review"):
        take_case(code=a_code(returned), outlet=outlet, helper=officer, at=AT)
    release = CaseRelease.objects.get(status=ReleaseStatus.OFFERED)
    with pytest.raises(IntegrityError, match="does not help"), transaction.atomic():
        CaseRelease.objects.filter(pk=release.pk).update(
            helper=officer, outlet=outlet, taken_at=AT, status="in_use", code=None, code_hash=""
        )


def test_scope_shows_a_case_to_its_helper_and_its_customer_alone():
    with time_machine.travel(AT, tick=False):
        case = an_open_case()
        seen = [
            scope.visible(CaseRelease, user).exists()
            for user in (
                case.helper,
                case.application.customer.user,
                make_staff(Role.OPENING_OFFICER, case.outlet),
                make_staff(Role.BRANCH_MANAGER, case.outlet),
                make_staff(Role.HEAD_OFFICE),
                make_staff(Role.AUDITOR),
            )
        ]
    assert seen == [True, True, False, False, False, True]
    with time_machine.travel(AT + 61 * MINUTE, tick=False):
        assert not scope.visible(CaseRelease, case.helper).exists()


@pytest.mark.parametrize(
    ("roles", "here", "licences", "may"),
    [
        ({"opening_officer"}, {"opening_officer"}, {"witness"}, True),
        ({"branch_manager", "opening_officer"}, {"opening_officer"}, {"witness"}, True),
        ({"opening_officer"}, {"opening_officer"}, {"adviser"}, False),
        ({"branch_manager"}, {"branch_manager"}, {"witness"}, False),
        ({"opening_officer"}, set(), {"witness"}, False),
        ({"opening_officer", "adviser"}, {"opening_officer"}, {"witness"}, False),
        ({"opening_officer", "partner_manager"}, {"opening_officer"}, {"witness"}, False),
    ],
)
def test_a_witness_is_trained_opens_accounts_here_and_wins_no_customers(
    roles, here, licences, may
):
    assert may_witness(roles=roles, here=here, licences=licences) is may


def test_the_witness_is_looked_up_at_the_outlet_of_the_case():
    case = an_open_case()
    assert case.helper is not None
    assert not is_witness(case.helper, case, AT), "not trained yet"
    give_licence(case.helper, "witness")
    assert is_witness(case.helper, case, AT)
    assert not is_witness(make_staff(Role.BRANCH_MANAGER, case.outlet), case, AT)


@pytest.mark.parametrize("step", list(Step))
@pytest.mark.parametrize("may_change", [True, False])
@pytest.mark.parametrize("is_done", [True, False])
def test_staff_may_do_exactly_the_open_steps_of_the_counter(step, may_change, is_done):
    done = frozenset({step}) if is_done else frozenset()
    wanted = step in AT_COUNTER and may_change and not is_done
    assert may_do(step, done=done, may_change=may_change) is wanted


def test_the_pause_runs_from_the_last_wrong_code():
    outlet = make_unit()
    helper = make_staff(Role.OPENING_OFFICER, outlet)
    code = a_code(a_draft())
    wrong = "0000 0000" if code != "0000 0000" else "1111 1111"
    for minute in (0, 14, 14, 14, 14):
        with pytest.raises(UnableToRelease, match="leads nowhere"):
            take_case(code=wrong, outlet=outlet, helper=helper, at=AT + minute * MINUTE)

    for minute in (16, 28):
        with pytest.raises(UnableToRelease, match="15 minutes"):
            take_case(code=code, outlet=outlet, helper=helper, at=AT + minute * MINUTE)

    later = AT + 29 * MINUTE
    fresh = a_code(a_draft(a_customer("+8613900139007"), at=later), at=later)
    assert take_case(code=fresh, outlet=outlet, helper=helper, at=later)
