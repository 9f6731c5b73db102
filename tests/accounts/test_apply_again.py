"""Refused for good or for now: who may apply again does it with the answers that still count."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils.html import escape
from django.utils.translation import override

from accounts import home
from accounts.models import Application
from accounts.selectors import section_of
from accounts.states import Refusal, SectionStatus, Status, Step, Verdict
from accounts.use_cases import (
    UnableToReview,
    propose_verdict,
    refuse_proposal,
    reject_application,
)
from accounts.use_cases.retry_application import retry_application
from accounts.use_cases.start_application import UnableToStart, start_application
from brokerage.journal.models import Entry
from tests.accounts.factories import ACTOR, AT, a_reviewer, an_application, an_officer
from tests.threads import together
from tests.users.factories import sign_in


def refused(*, final: bool) -> Application:
    officer = an_officer()
    row = an_application(Status.REVIEWING, officer=officer)
    row = propose_verdict(
        application=row,
        officer=officer,
        verdict=Verdict.REJECT,
        refusal=Refusal.IDENTITY,
        final=final,
        at=AT,
    )
    return reject_application(application=row, officer=a_reviewer(), at=AT)


def on_phone(application: Application) -> Client:
    assert application.customer.user is not None
    return sign_in(Client(headers={"Accept-Language": "en"}), application.customer.user)


@pytest.mark.django_db
def test_a_refusal_for_now_is_applied_for_again_with_the_answers() -> None:
    before = refused(final=False)
    phone = on_phone(before)
    page = phone.get(before.get_absolute_url()).content.decode()
    assert "Apply again" in page
    (card,) = home.cards(before.customer.user, AT)
    assert (card.key, card.url) == ("accounts.again", before.get_absolute_url())

    led = phone.post(reverse("accounts:retry", args=[before.ref]))

    draft = Application.objects.exclude(pk=before.pk).get()
    assert led.headers["Location"] == draft.get_absolute_url()
    assert (draft.status, draft.outlet) == (Status.DRAFT, before.outlet)
    for step in (Step.PROFILE, Step.TAX, Step.BANK):
        old, new = section_of(before, step), section_of(draft, step)
        assert old is not None
        assert new is not None
        assert (new.status, new.answers) == (SectionStatus.COMPLETE, old.answers)
    identity = section_of(draft, Step.IDENTITY)
    assert identity is not None
    assert identity.status == SectionStatus.INCOMPLETE, "both sides are photographed anew"
    assert not {"front", "back"} & set(identity.answers)
    assert identity.answers["name"]
    assert section_of(draft, Step.CONSENTS) is None
    carried = Entry.objects.get(kind="accounts.answers_carried_over")
    assert carried.payload["before"] == str(before.ref)


@pytest.mark.django_db
@pytest.mark.parametrize("final", [False, True])
@pytest.mark.parametrize("why", Refusal)
def test_every_refusal_says_what_to_do_next_down_to_an_appointment(
    why: Refusal, final: bool
) -> None:
    before = refused(final=final)
    Application.objects.filter(pk=before.pk).update(refusal=why)
    page = on_phone(before).get(before.get_absolute_url()).content.decode()
    with override("en"):
        assert escape(f"{why.label} {why.todo}") in page
    assert reverse("visits:new") in page.partition("</main>")[0].partition("<main")[2]
    assert ("You can apply again when the reason is gone." in page) is not final


@pytest.mark.django_db
def test_a_final_refusal_ends_applying_online() -> None:
    before = refused(final=True)
    phone = on_phone(before)
    page = phone.get(before.get_absolute_url()).content.decode()
    assert "This decision is final" in page
    assert "Apply again" not in page
    assert not list(home.cards(before.customer.user, AT))
    with pytest.raises(UnableToStart):
        retry_application(application=before, actor=ACTOR, at=AT)
    with pytest.raises(UnableToStart):
        start_application(customer=before.customer, entry=None, actor=ACTOR, at=AT)
    phone.post(reverse("accounts:retry", args=[before.ref]))
    led = phone.post(reverse("accounts:start"))
    assert led.headers["Location"] == before.get_absolute_url()
    assert Application.objects.count() == 1
    rejected = Entry.objects.get(kind="accounts.application_rejected")
    assert rejected.payload["final"] is True


@pytest.mark.django_db
@pytest.mark.parametrize("status", [Status.WITHDRAWN, Status.EXPIRED])
def test_what_was_withdrawn_or_ran_out_is_taken_over_too(status: str) -> None:
    before = an_application(status)
    draft = retry_application(application=before, actor=ACTOR, at=AT)
    assert section_of(draft, Step.PROFILE) is not None
    assert retry_application(application=before, actor=ACTOR, at=AT) == draft
    with pytest.raises(UnableToStart, match="goes on"):
        retry_application(application=draft, actor=ACTOR, at=AT)


@pytest.mark.django_db
def test_only_a_refusal_is_final_and_a_refused_proposal_takes_it_back() -> None:
    officer = an_officer()
    row = an_application(Status.REVIEWING, officer=officer)
    with pytest.raises(UnableToReview):
        propose_verdict(
            application=row, officer=officer, verdict=Verdict.APPROVE, final=True, at=AT
        )
    propose_verdict(
        application=row,
        officer=officer,
        verdict=Verdict.REJECT,
        refusal=Refusal.OTHER,
        final=True,
        at=AT,
    )
    back = refuse_proposal(application=row, officer=a_reviewer(), reason="不至于", at=AT)
    assert (back.refusal, back.final) == ("", False)
    with pytest.raises(IntegrityError, match="only_a_refusal_is_final"), transaction.atomic():
        Application.objects.filter(pk=row.pk).update(final=True)


@pytest.mark.django_db(transaction=True)
def test_two_devices_that_apply_again_make_one_draft() -> None:
    before = an_application(Status.WITHDRAWN)

    def again() -> int:
        try:
            return retry_application(application=before, actor=ACTOR, at=AT).pk
        finally:
            connection.close()

    assert len(set(together(again, times=3))) == 1
    assert Entry.objects.filter(kind="accounts.answers_carried_over").count() == 1
