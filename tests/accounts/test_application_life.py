"""An application from draft to decision: who may do what when, and what the database holds."""

from __future__ import annotations

from datetime import timedelta
from itertools import product

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils.translation import override

from accounts.models import Application
from accounts.states import (
    DECIDED,
    OPEN,
    PROVED,
    SECTIONS,
    TRANSITIONS,
    Refusal,
    Status,
    Step,
    Verdict,
)
from accounts.use_cases import (
    ChangedElsewhere,
    StepRefused,
    UnableToDecide,
    UnableToEnd,
    UnableToReview,
    UnableToSubmit,
    approve_application,
    claim_review,
    expire_application,
    propose_verdict,
    reject_application,
    remove_origin,
    return_application,
    start_application,
    submit_application,
    withdraw_application,
)
from accounts.use_cases.start_application import begin_as
from branches.models import OrgUnit
from brokerage.core.states import IllegalTransition
from brokerage.journal.models import Entry
from brokerage.journal.selectors import replay_status
from tests.accounts.answers import save_name
from tests.accounts.factories import (
    ACTOR,
    AT,
    NAME,
    a_complete_draft,
    a_draft,
    a_reviewer,
    an_application,
    an_officer,
)
from tests.accounts.proofs import sign
from tests.partners.factories import a_partner
from tests.users.factories import make_customer_user


def version_of(application: Application, step: Step = Step.IDENTITY) -> int:
    return application.sections.get(step=step).version


pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("status", list(Status))
def test_replaying_the_journal_gives_the_present_status(status):
    application = an_application(status)

    assert application.status == status
    assert replay_status("accounts.application", application.ref) == status
    moves = Entry.objects.filter(subject_ref=application.ref, payload__has_key="version")
    last = moves.order_by("-id").first()
    assert last is not None
    assert last.payload["version"] == application.version


@pytest.mark.parametrize(("old", "new"), list(product(Status, Status)))
def test_only_the_steps_of_the_table_can_be_taken(old, new):
    application = Application(status=old)
    if TRANSITIONS.allows(old, new):
        application.move_to(new)
        assert application.status == new
    else:
        with pytest.raises(IllegalTransition):
            application.move_to(new)


def test_the_name_is_sealed_and_in_no_journal_entry():
    application = an_application(Status.APPROVED)
    with connection.cursor() as cursor:
        cursor.execute("SELECT applicant_name FROM accounts_application")
        (raw,) = cursor.fetchone()
    assert NAME not in raw
    assert Application.objects.get(pk=application.pk).applicant_name == NAME
    for entry in Entry.objects.all():
        assert NAME not in f"{entry.payload}{entry.before}{entry.after}{entry.reason}"


def test_starting_again_goes_on_with_the_open_application():
    first = a_draft()
    again = start_application(customer=first.customer, entry=None, actor=ACTOR, at=AT)
    assert again == first
    assert Entry.objects.filter(kind="accounts.application_started").count() == 1


def test_who_is_new_begins_by_two_statements(django_assert_num_queries):
    user = make_customer_user()
    # whether there is a customer; the customer; the application and both entries; a savepoint
    with django_assert_num_queries(5):
        begun = begin_as(user=user, entry=None, at=AT)
    kinds = Entry.objects.order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == ["customers.customer_registered", "accounts.application_started"]
    assert Application.objects.get() == begun
    assert begun.customer.user == user
    assert begin_as(user=user, entry=None, at=AT) == begun
    assert len(kinds.all()) == 2


def test_a_step_is_written_by_one_statement_with_its_entry(django_assert_num_queries):
    application = a_draft()
    with django_assert_num_queries(5):  # its lock, its section, all writes; a savepoint
        save_name(application, NAME, 0, AT)
    section = application.sections.get()
    assert (section.step, section.version) == (Step.IDENTITY, 1)
    entry = Entry.objects.latest("pk")
    assert (entry.kind, entry.payload["fields"]) == ("accounts.step_saved", ["name"])
    assert Application.objects.get().version == entry.payload["version"]


def test_after_an_end_a_new_application_can_be_started():
    ended = an_application(Status.WITHDRAWN)
    assert a_draft(ended.customer) != ended


def test_a_page_that_is_out_of_date_overwrites_nothing():
    draft = a_draft()
    save_name(draft, "王小明", 0, AT)
    with pytest.raises(ChangedElsewhere):
        save_name(draft, "王大明", 0, AT)
    assert Application.objects.get().applicant_name == "王小明"


def test_the_same_answer_from_a_stale_page_is_no_conflict_and_no_change():
    draft = a_draft()
    save_name(draft, "王小明", 0, AT)
    again = save_name(draft, "王小明", 0, AT)
    assert again.version == 2


@pytest.mark.parametrize("status", [each for each in Status if each not in ("draft", "returned")])
def test_what_was_sent_cannot_be_changed(status):
    application = an_application(status)
    with pytest.raises(StepRefused):
        save_name(application, "别的名字", application.version, AT)


def test_a_return_opens_only_the_named_steps():
    application = an_application(Status.RETURNED)
    assert application.may_change(Step.IDENTITY)
    assert not application.may_change(Step.OUTLET)
    assert not application.may_change(Step.SHARING)


def test_an_incomplete_draft_is_not_sent_and_says_what_is_missing():
    with pytest.raises(UnableToSubmit) as refusal:
        submit_application(application=a_draft(), actor=ACTOR, at=AT)
    assert refusal.value.steps == (
        *SECTIONS[:4],
        Step.ASSESSMENT,
        Step.OUTLET,
        *PROVED,
        Step.BANK,
    )


def test_an_assessment_that_expired_meanwhile_is_missing():
    draft = a_complete_draft()
    with pytest.raises(UnableToSubmit) as refusal:
        submit_application(application=draft, actor=ACTOR, at=AT + timedelta(days=800))
    assert refusal.value.steps == (Step.ASSESSMENT,)


def test_a_closed_outlet_is_chosen_anew():
    draft = a_complete_draft()
    OrgUnit.objects.filter(applications=draft).update(closed_on=AT.date())
    with pytest.raises(UnableToSubmit) as refusal:
        submit_application(application=draft, actor=ACTOR, at=AT)
    assert refusal.value.steps == (Step.OUTLET,)


def test_sending_gives_a_promise_and_sending_twice_keeps_it():
    sent = an_application(Status.SUBMITTED)
    assert sent.promised_at == AT + timedelta(hours=2)
    again = submit_application(application=sent, actor=ACTOR, at=AT + timedelta(hours=1))
    assert (again.version, again.promised_at) == (sent.version, sent.promised_at)


def test_a_returned_application_comes_back_to_its_reviewer():
    returned = an_application(Status.RETURNED)
    named = save_name(returned, "江映月", version_of(returned), AT)
    with pytest.raises(UnableToSubmit) as unsigned:  # a signature counts for one name alone
        submit_application(application=named, actor=ACTOR, at=AT + timedelta(days=1))
    assert unsigned.value.steps == (Step.AGREEMENTS,)
    assert named.may_change(Step.AGREEMENTS)
    sign(named, at=AT)
    sent = submit_application(application=named, actor=ACTOR, at=AT + timedelta(days=1))
    assert (sent.status, sent.claimed_by) == (Status.REVIEWING, returned.claimed_by)
    assert (sent.submitted_at, sent.returned_steps) == (AT, [])
    assert sent.promised_at == AT + timedelta(days=1, hours=2)


def test_a_review_is_claimed_once():
    sent = an_application(Status.SUBMITTED)
    first, second = an_officer(), an_officer()
    claim_review(application=sent, officer=first, at=AT)
    claim_review(application=sent, officer=first, at=AT)
    with pytest.raises(UnableToReview):
        claim_review(application=sent, officer=second, at=AT)
    assert Entry.objects.filter(kind="accounts.review_claimed").count() == 1


def test_only_the_claiming_officer_proposes_or_asks_back():
    taken, other = an_application(Status.REVIEWING), an_officer()
    with pytest.raises(UnableToReview):
        propose_verdict(application=taken, officer=other, verdict=Verdict.APPROVE, at=AT)
    with pytest.raises(UnableToReview):
        return_application(application=taken, officer=other, steps=[Step.IDENTITY], note="", at=AT)


def test_a_proposed_refusal_needs_its_reason_and_nothing_else_has_one():
    officer = an_officer()
    taken = an_application(Status.REVIEWING, officer=officer)
    with pytest.raises(UnableToReview):
        propose_verdict(application=taken, officer=officer, verdict=Verdict.REJECT, at=AT)
    with pytest.raises(UnableToReview):
        propose_verdict(
            application=taken,
            officer=officer,
            verdict=Verdict.APPROVE,
            refusal=Refusal.OTHER,
            at=AT,
        )


def test_who_proposed_does_not_decide():
    officer = a_reviewer()
    taken = an_application(Status.REVIEWING, officer=officer, proposed=Verdict.APPROVE)
    with override("zh-hans"), pytest.raises(UnableToDecide, match="审核人以外"):
        approve_application(application=taken, officer=officer, at=AT)
    with pytest.raises(IntegrityError), transaction.atomic():
        Application.objects.filter(pk=taken.pk).update(
            status=Status.APPROVED, decided_by=officer, decided_at=AT
        )


def test_the_applicant_never_decides():
    taken = an_application(Status.REVIEWING, proposed=Verdict.APPROVE)
    applicant = taken.customer.user
    assert applicant is not None
    with pytest.raises(UnableToDecide):
        approve_application(application=taken, officer=applicant, at=AT)
    with pytest.raises(IntegrityError), transaction.atomic():
        Application.objects.filter(pk=taken.pk).update(
            status=Status.APPROVED, decided_by=applicant, decided_at=AT
        )


def test_nothing_is_decided_that_nobody_proposed():
    taken = an_application(Status.REVIEWING)
    for decide in (approve_application, reject_application):
        with pytest.raises(UnableToDecide):
            decide(application=taken, officer=a_reviewer(), at=AT)


def test_a_decision_follows_the_proposal():
    taken = an_application(Status.REVIEWING, proposed=Verdict.REJECT)
    with pytest.raises(UnableToDecide):
        approve_application(application=taken, officer=a_reviewer(), at=AT)


@pytest.mark.parametrize("status", DECIDED)
def test_a_decision_is_made_once(status):
    done = an_application(status)
    with pytest.raises(UnableToDecide):
        approve_application(application=done, officer=a_reviewer(), at=AT)
    if status != Status.APPROVED:  # nothing is asked for yet: it may still be taken back
        with pytest.raises(UnableToEnd):
            withdraw_application(application=done, actor=ACTOR, at=AT)


@pytest.mark.parametrize("status", OPEN)
def test_the_customer_withdraws_from_any_open_state(status):
    application = an_application(status)
    ended = withdraw_application(application=application, actor=ACTOR, at=AT)
    withdraw_application(application=application, actor=ACTOR, at=AT)
    assert (ended.status, ended.ended_at) == (Status.WITHDRAWN, AT)
    assert Entry.objects.filter(kind="accounts.application_withdrawn").count() == 1


def test_a_draft_that_was_touched_meanwhile_does_not_expire():
    draft = a_draft()
    assert expire_application(application=draft, untouched_since=AT, at=AT) is None
    later = AT + timedelta(seconds=1)
    ended = expire_application(application=draft, untouched_since=later, at=later)
    assert ended is not None
    assert ended.status == Status.EXPIRED


def test_removing_the_origin_ends_what_it_may_know():
    draft = a_complete_draft(origin=a_partner().ref)
    assert draft.sharing_consent is not None
    assert draft.origin_ref is not None
    assert Application.objects.shared_with(draft.origin_ref).exists()
    origin = draft.origin_ref
    remove_origin(application=draft, actor=ACTOR, at=AT)
    remove_origin(application=draft, actor=ACTOR, at=AT)
    assert not Application.objects.shared_with(origin).exists()
    assert Entry.objects.filter(kind="accounts.origin_removed").count() == 1


@pytest.mark.parametrize(
    "facts",
    [
        {"status": "submitted"},
        {"status": "reviewing"},
        {"status": "returned"},
        {"status": "approved"},
        {"status": "nonsense"},
        {"ended_at": AT},
        {"decided_at": AT},
        {"recommendation": "approve"},
        {"refusal": "other"},
        {"returned_steps": ["name"]},
        {"sharing": True, "origin_ref": "00000000-0000-0000-0000-000000000001"},
    ],
)
def test_the_database_ties_a_status_to_its_facts(facts):
    draft = a_draft()
    with pytest.raises(IntegrityError), transaction.atomic():
        Application.objects.filter(pk=draft.pk).update(**facts)


def test_the_database_allows_one_open_application_for_each_customer():
    draft = a_draft()
    with pytest.raises(IntegrityError), transaction.atomic():
        Application.objects.create(
            customer=draft.customer, created_at=AT, updated_at=AT, stage_since=AT
        )
