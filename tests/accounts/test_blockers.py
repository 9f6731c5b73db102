"""An open application keeps its outlet from closing, a review its reviewer from leaving."""

from __future__ import annotations

from datetime import date

import pytest
from django.utils import translation

from accounts.models import Application
from accounts.states import Status
from branches.blockers import blockers
from branches.use_cases.departures import left_behind
from tests.accounts.factories import an_application
from tests.branches.factories import make_unit

pytestmark = pytest.mark.django_db
DAY = date(2030, 1, 1)


def test_an_open_application_keeps_its_outlet_open():
    unit = make_unit()
    assert [one.key for one in blockers(unit, DAY)] == []

    an_application(Status.SUBMITTED, outlet=unit)

    with translation.override("en"):
        found = {one.key: one for one in blockers(unit, DAY)}
    assert found["applications"].count == 1
    assert found["applications"].label == "Open applications"


def test_a_review_stays_behind_with_its_reviewer():
    application = an_application(Status.REVIEWING)
    reviewer = application.claimed_by

    found = [one for find in left_behind if (one := find(reviewer)).count]

    assert Application.objects.open().filter(claimed_by=reviewer).exists()
    assert [one.key for one in found] == ["applications"]
