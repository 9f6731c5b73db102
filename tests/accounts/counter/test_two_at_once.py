"""Two at the counter in the same moment: one code opens one case, an ended case saves nothing."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from typing import Any

import pytest
from django.db import connection

from accounts.counter.states import ReleaseEnd, ReleaseStatus
from accounts.models import CaseRelease, Section
from accounts.selectors import section_of
from accounts.states import Step
from accounts.use_cases.release_case import UnableToRelease, end_case, take_case
from brokerage.core.roles import Role
from tests.accounts.counter.factories import a_code, an_open_case, entered
from tests.accounts.factories import ACTOR, AT, a_draft
from tests.branches.factories import make_staff, make_unit
from tests.threads import together

pytestmark = pytest.mark.django_db(transaction=True)


def each_once(*acts: Callable[[], Any]) -> list[Any]:
    """What the acts returned or raised, begun in the same moment; one thread each."""
    numbers = count()

    def run() -> Any:
        try:
            return acts[next(numbers)]()
        except UnableToRelease as refused:
            return refused
        finally:
            connection.close()

    return together(run, times=len(acts))


def test_of_two_who_type_one_code_one_opens_the_case() -> None:
    outlet = make_unit()
    helpers = [make_staff(Role.OPENING_OFFICER, outlet) for _ in range(2)]
    code = a_code(a_draft())
    got = each_once(
        *(
            lambda helper=helper: take_case(code=code, outlet=outlet, helper=helper, at=AT)
            for helper in helpers
        )
    )
    assert sorted(type(each).__name__ for each in got) == ["CaseRelease", "UnableToRelease"]
    release = CaseRelease.objects.get()
    assert release.status == ReleaseStatus.IN_USE
    assert release.helper in helpers


def test_what_staff_save_while_the_customer_ends_the_case_is_whole_or_not_there() -> None:
    release = an_open_case()
    application = release.application
    values = {"occupation": "clerk"}
    got = each_once(
        lambda: entered(release, Step.PROFILE, values),
        lambda: end_case(
            application=application, ended_by=ReleaseEnd.CUSTOMER, actor=ACTOR, at=AT
        ),
    )
    release.refresh_from_db()
    assert release.status == ReleaseStatus.ENDED
    refused = any(isinstance(each, UnableToRelease) for each in got)
    section = section_of(application, Step.PROFILE)
    assert (section is None or not section.answers) == refused
    assert Section.objects.filter(application=application, step=Step.PROFILE).count() <= 1
