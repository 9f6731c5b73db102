"""70 and over, 16 and 17 with own income: what they need at the counter, and nobody younger."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Application
from accounts.papers.dated import age_terms
from accounts.papers.states import AgeGroup
from accounts.states import SectionStatus, Step
from accounts.use_cases import UnableToSubmit, submit_application
from brokerage.core import clock
from brokerage.core.roles import sync_roles
from tests.accounts.factories import ACTOR, a_complete_draft, a_draft
from tests.accounts.papers.factories import (
    COMMON,
    EN,
    PICTURES,
    aged,
    at_counter,
    confirm,
    keep,
    page_of,
)
from tests.users.factories import sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _roles(db: None) -> None:
    sync_roles()


@pytest.mark.parametrize(
    ("age", "group"),
    [(15, None), (16, "minor"), (17, "minor"), (18, "adult"), (69, "adult"), (70, "elder")],
)
def test_the_rule_says_who_needs_more(age, group):
    assert age_terms(clock.today()).group_of(age) == group


@pytest.mark.parametrize(
    ("age", "words", "meets"),
    [
        (15, "Nobody younger can open one", False),
        (17, "with proof of own income", True),
        (70, "goes through everything with you", True),
    ],
)
def test_online_the_age_is_told_with_the_way_on(age, words, meets):
    draft = a_draft(at=clock.now())
    assert draft.customer.user is not None
    phone = sign_in(Client(headers=EN), draft.customer.user)
    page = phone.post(
        reverse("accounts:step", args=[draft.ref, "identity"]),
        {**COMMON, "id_number": aged(age), "version": "0"},
    )
    assert words in str(page.context["form"].errors["id_number"])
    assert page.context["meets"] is meets


def test_seventeen_with_own_income_brings_its_proof():
    desk, release = at_counter(pictures=PICTURES)
    row = release.application
    first = keep(desk, release, {**COMMON, "id_number": aged(17)})
    assert first.headers["Location"] == page_of(release)
    page = desk.get(page_of(release)).content.decode()
    assert "Proof of own income" in page
    section = row.sections.get(step=Step.IDENTITY)
    assert section.status == SectionStatus.INCOMPLETE
    assert section.answers["age_group"] == AgeGroup.MINOR
    row.refresh_from_db()
    assert row.age_group == AgeGroup.MINOR
    assert row.is_counter_only


def test_nobody_under_sixteen_opens_at_the_counter():
    desk, release = at_counter(pictures=PICTURES)
    page = keep(desk, release, {**COMMON, "id_number": aged(15)})
    assert "Nobody younger can open one" in str(page.context["form"].errors["id_number"])
    section = release.application.sections.get(step=Step.IDENTITY)
    assert section.status == SectionStatus.INCOMPLETE


def test_with_somebody_of_seventy_the_risks_are_talked_through():
    desk, release = at_counter(pictures=PICTURES)
    row = release.application
    old = {**COMMON, "id_number": aged(70)}
    assert keep(desk, release, old).headers["Location"] == page_of(release)
    assert row.sections.get(step=Step.IDENTITY).status == SectionStatus.INCOMPLETE
    done = keep(desk, release, {**old, "risk_talk": "on"})
    assert done.headers["Location"] != page_of(release)
    assert row.sections.get(step=Step.IDENTITY).status == SectionStatus.ENTERED
    confirm(Application.objects.get(pk=row.pk))
    assert row.sections.get(step=Step.IDENTITY).status == SectionStatus.COMPLETE


def test_an_ordinary_adult_at_the_counter_is_asked_nothing_more():
    desk, release = at_counter(pictures=PICTURES)
    done = keep(desk, release, {**COMMON, "id_number": aged(40)})
    assert done.headers["Location"] != page_of(release)
    answers = release.application.sections.get(step=Step.IDENTITY).answers
    assert not {"paper", "age_group"} & answers.keys()


def test_somebody_of_the_counter_is_filmed_by_a_witness_there():
    row = a_complete_draft(at=clock.now())
    Application.objects.filter(pk=row.pk).update(age_group=AgeGroup.ELDER)
    with pytest.raises(UnableToSubmit) as refused:
        submit_application(application=row, actor=ACTOR, at=clock.now())
    assert refused.value.steps == (Step.VIDEO,)
    user = row.customer.user
    assert user is not None
    page = sign_in(Client(headers=EN), user).get(reverse("accounts:video", args=[row.ref]))
    assert "a witness at an outlet records the video" in page.content.decode()
