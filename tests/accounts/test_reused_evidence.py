"""An application that expired not long ago gives photos, police answer and origin to the next."""

from __future__ import annotations

import io
import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.evidence.states import CheckKind, CheckResult, CheckStatus, ReadingStatus
from accounts.evidence.verification import verify
from accounts.files import IDENTITY_DOCUMENT
from accounts.models import Application, OutsideCheck, Reading, Section
from accounts.selectors import section_of
from accounts.states import Status, Step
from accounts.use_cases import expire_application
from accounts.use_cases.outside_checks import request_check
from accounts.use_cases.retry_application import retry_application
from accounts.use_cases.reuse_evidence import reuse_photos
from brokerage.customers.models import Consent
from brokerage.files import api as files
from brokerage.journal.models import Entry
from tests.accounts.evidence.conftest import folder  # noqa: F401
from tests.accounts.factories import ACTOR, AT, an_application
from tests.accounts.proofs import identify
from tests.files.factories import jpeg
from tests.users.factories import sign_in

pytestmark = pytest.mark.django_db
SOON = AT + timedelta(days=10)


def expired(*, at: datetime = AT) -> Application:
    """Sent, returned and left: the police had agreed, and both sides were read."""
    before = an_application(Status.RETURNED, at=at)
    identify(before, at=at)
    for check in OutsideCheck.objects.filter(kind=CheckKind.IDENTITY):
        check.answer = json.dumps({"result": CheckResult.MATCH})
        check.save()
    section = Section.objects.get(application=before, step=Step.IDENTITY)
    answers = section.answers
    for side in ("front", "back"):
        file = files.store(
            upload=io.BytesIO(jpeg()),
            purpose=IDENTITY_DOCUMENT,
            owner_ref=before.ref,
            actor=ACTOR,
            at=at,
        )
        answers[side] = str(file.ref)
        Reading.objects.create(
            application=before,
            file_ref=file.ref,
            side="portrait" if side == "front" else "emblem",
            status=ReadingStatus.READ,
            created_at=at,
            ended_at=at,
        )
    section.values = json.dumps(answers)
    section.save()
    later = at + timedelta(days=1)
    ended = expire_application(application=before, untouched_since=later, at=at)
    assert ended is not None
    return ended


def again(before: Application, *, at: datetime = SOON) -> Application:
    draft = retry_application(application=before, actor=ACTOR, at=at)
    reuse_photos(before=before, draft=draft, actor=ACTOR, at=at)
    return draft


def sides(application: Application) -> dict[str, Any]:
    section = section_of(application, Step.IDENTITY)
    assert section is not None
    return {name: section.answers.get(name) for name in ("front", "back")}


def test_both_photos_are_copied_and_looked_at_by_the_customer(folder: Any) -> None:  # noqa: F811
    before = expired()
    draft = again(before)
    kept, given = sides(before), sides(draft)
    assert all(given.values())
    assert not set(kept.values()) & set(given.values()), "each application has its own"
    owners = files.StoredFile.objects.filter(ref__in=given.values()).values_list("owner_ref")
    assert {owner for (owner,) in owners} == {draft.ref}
    section = section_of(draft, Step.IDENTITY)
    assert section is not None
    assert not section.is_done, "the customer says that they are right"
    assert reuse_photos(before=before, draft=draft, actor=ACTOR, at=SOON) == 0, "once"


def test_on_the_page_too(folder: Any) -> None:  # noqa: F811
    before = expired(at=datetime.now(AT.tzinfo))
    user = before.customer.user
    assert user is not None
    sign_in(Client(), user).post(reverse("accounts:retry", args=[before.ref]))
    assert all(sides(Application.objects.exclude(pk=before.pk).get()).values())


def test_the_answer_of_the_police_counts_while_it_is_young(folder: Any) -> None:  # noqa: F811
    before = expired()
    first = OutsideCheck.objects.get(application=before, kind=CheckKind.IDENTITY)
    draft = again(before)
    check = OutsideCheck.objects.get(application=draft)
    assert (check.kind, check.status, check.result) == ("identity", "answered", "match")
    carried = Entry.objects.get(kind="accounts.check_carried_over").payload
    assert (carried["before"], carried["check"]) == (str(first.ref), str(check.ref))
    asked = request_check(
        application=draft,
        kind=CheckKind.IDENTITY,
        question=person_in(check),
        actor=ACTOR,
        at=SOON,
    )
    assert asked.pk == check.pk, "the same question is not asked again"
    assert not OutsideCheck.objects.filter(application=draft, status=CheckStatus.ASKED).exists()


def person_in(check: OutsideCheck) -> Any:
    from accounts.gateways import Person

    return Person(**check.asks)


def test_the_evidence_follows_the_answer_to_where_it_was_given(folder: Any) -> None:  # noqa: F811
    draft = again(expired())
    identity = {each.problem for each in verify(draft) if each.part == "identity"}
    assert "not_in_journal" in identity, "the factory's police journals nothing"
    check = OutsideCheck.objects.get(application=draft)
    told = Entry.objects.get(kind="accounts.check_carried_over")
    answered = Entry.objects.filter(kind="accounts.check_requested").first()
    assert answered is not None
    from accounts.evidence.events import CheckAnswered
    from brokerage.journal.record import record

    event = CheckAnswered(
        subject=answered.subject_ref,
        check=told.payload["before"],
        of_kind=CheckKind.IDENTITY,
        result=check.result,
    )
    record(event, actor=ACTOR, at=AT)
    identity = {each.problem for each in verify(draft) if each.part == "identity"}
    assert not identity


def test_what_is_too_old_taken_back_or_run_out_is_given_anew(
    folder: Any,  # noqa: F811
) -> None:
    before = expired()
    late = AT + timedelta(days=91)
    draft = again(before, at=late)
    assert not any(sides(draft).values())
    assert not OutsideCheck.objects.filter(application=draft).exists()
    expire_application(application=draft, untouched_since=late + timedelta(days=1), at=late)
    older = again(before, at=AT + timedelta(days=40))
    assert all(sides(older).values())
    assert not OutsideCheck.objects.filter(application=older).exists(), "police: 30 days"


def test_without_the_consent_nothing_is_copied(folder: Any) -> None:  # noqa: F811
    before = expired()
    Consent.objects.filter(customer=before.customer).update(
        withdrawn_at=AT, withdrawn_channel="portal"
    )
    assert not any(sides(again(before)).values())


def test_of_a_card_that_ran_out_nothing_is_copied(folder: Any) -> None:  # noqa: F811
    before = expired()
    section = Section.objects.get(application=before, step=Step.IDENTITY)
    section.values = json.dumps(section.answers | {"id_valid_to": "2026-03-01"})
    section.save()
    assert not any(sides(again(before)).values())


def test_who_took_it_back_gives_everything_anew(folder: Any) -> None:  # noqa: F811
    before = an_application(Status.WITHDRAWN)
    draft = again(before, at=AT)
    assert not OutsideCheck.objects.filter(application=draft).exists()
    assert not any(sides(draft).values())
