"""Jobs that belong together are enqueued by one statement, or not at all."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from procrastinate.contrib.django.models import ProcrastinateJob

from accounts.evidence.tasks import read_photograph
from brokerage.core.jobs import together
from brokerage.files.tasks import check_file

pytestmark = pytest.mark.django_db


def waiting() -> list[Any]:
    return list(ProcrastinateJob.objects.order_by("id").values_list("queue_name", "args"))


def test_jobs_of_several_lanes_are_enqueued_at_the_end_in_their_order() -> None:
    before = waiting()
    with CaptureQueriesContext(connection) as seen, together():
        check_file.defer(ref="one")
        with together():
            read_photograph.defer(ref="two")
        assert len(seen) == 0
    assert len(seen) == 1
    assert waiting()[len(before) :] == [
        ("interactive", {"ref": "one"}),
        ("reading", {"ref": "two"}),
    ]
    check_file.defer(ref="three")
    assert waiting()[-1] == ("interactive", {"ref": "three"})


def test_nothing_is_enqueued_where_the_body_raises() -> None:
    def fail() -> None:
        check_file.defer(ref="one")
        raise RuntimeError("no")

    before = waiting()
    with pytest.raises(RuntimeError), together():
        fail()
    check_file.defer(ref="two")
    assert [args["ref"] for _lane, args in waiting()[len(before) :]] == ["two"]
