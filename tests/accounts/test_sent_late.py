"""What was right when it was filled in and holds no more when it is sent is opened again."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import pytest

from accounts.facts import facts_of
from accounts.models import Application, Section
from accounts.rules import missing
from accounts.states import SectionStatus, Status, Step
from accounts.use_cases import UnableToSubmit, return_application, submit_application
from tests.accounts.answers import id_number
from tests.accounts.factories import ACTOR, AT, a_complete_draft, an_application

pytestmark = pytest.mark.django_db
LATER = AT + timedelta(days=60)


def changed(application: Application, step: Step, **values: Any) -> None:
    """An answer as it was given on an earlier day."""
    section = Section.objects.get(application=application, step=step)
    section.values = json.dumps(section.answers | values)
    section.save()


def sent(application: Application, at: datetime) -> list[Step]:
    """Which steps a sending opens again."""
    with pytest.raises(UnableToSubmit) as refused:
        submit_application(application=application, actor=ACTOR, at=at)
    assert str(refused.value)
    return list(refused.value.steps)


def test_a_document_that_runs_out_meanwhile() -> None:
    draft = a_complete_draft()
    changed(draft, Step.IDENTITY, id_valid_to="2026-06-10")  # enough on the day of the answer
    assert sent(draft, LATER) == [Step.IDENTITY]
    section = Section.objects.get(application=draft, step=Step.IDENTITY)
    assert section.status == SectionStatus.INCOMPLETE
    assert Step.IDENTITY in missing(facts_of(Application.objects.get(pk=draft.pk)))


def test_somebody_who_becomes_too_old_for_the_online_way_meanwhile() -> None:
    draft = a_complete_draft()
    born = (AT + timedelta(days=30)).date()
    changed(draft, Step.IDENTITY, id_number=id_number(2, f"{born.year - 70}{born:%m%d}"))
    assert sent(draft, LATER) == [Step.IDENTITY]


def test_an_address_that_was_corrected_after_the_declaration() -> None:
    draft = a_complete_draft()
    changed(draft, Step.IDENTITY, address="12 Sample Road, Singapore")
    assert sent(draft, AT) == [Step.TAX]


def test_a_returned_application_gives_the_step_back_although_nobody_named_it() -> None:
    application = an_application(Status.REVIEWING)
    assert application.claimed_by is not None
    return_application(
        application=application,
        officer=application.claimed_by,
        steps=[Step.BANK],
        note="x",
        at=AT,
    )
    changed(application, Step.IDENTITY, id_valid_to="2026-06-10")
    assert Step.IDENTITY in sent(application, LATER)
    application.refresh_from_db()
    assert application.returned_steps == [Step.IDENTITY, Step.BANK]
    section = Section.objects.get(application=application, step=Step.IDENTITY)
    assert (section.status, section.lack) == (SectionStatus.INSUFFICIENT, "ran_out")
    assert "not valid long enough" in application.to_mend


def test_what_still_holds_is_sent() -> None:
    draft = a_complete_draft()
    done = submit_application(application=draft, actor=ACTOR, at=AT)
    assert done.status == Status.SUBMITTED
