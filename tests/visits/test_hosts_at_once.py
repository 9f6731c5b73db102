"""An institution ends while somebody lets a point stand there; each has its own connection."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import time_machine
from django.db import connection, transaction

from branches.models import OrgUnit, PointHost
from branches.use_cases.service_points import UnableToHost, end_hosting, host_point
from partners.states import PartnerStatus
from partners.use_cases.clients import set_partner_status
from tests.branches.factories import ACTOR
from tests.partners.factories import a_partner
from tests.threads import wait_for_a_lock
from tests.visits.factories import MONDAY
from tests.visits.test_service_points import NOW, a_desk, a_point, services

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def bank() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield a_partner("婺江银行")


@pytest.fixture
def point(bank: Any) -> OrgUnit:
    """A point that stands nowhere now."""
    found = a_point(bank)
    end_hosting(institution=bank.ref, actor=ACTOR, at=NOW)
    return found


def host(point: OrgUnit, bank: Any) -> PointHost | UnableToHost:
    given: dict[str, Any] = {"services": services(), "on": MONDAY, "actor": ACTOR, "at": NOW}
    try:
        return host_point(unit=point, desk=a_desk(bank), **given)
    except UnableToHost as refused:
        return refused


def suspend(bank: Any) -> None:
    set_partner_status(partner=bank, status=PartnerStatus.SUSPENDED, actor=ACTOR, at=NOW)


def beside(act: Any) -> Any:
    """Start it in a connection of its own."""

    def run() -> Any:
        try:
            return act()
        finally:
            connection.close()

    pool = ThreadPoolExecutor(1)
    running = pool.submit(run)
    pool.shutdown(wait=False)
    return running


def test_a_place_asked_for_while_the_institution_ends_is_refused(
    bank: Any, point: OrgUnit
) -> None:
    with transaction.atomic():
        suspend(bank)
        asked = beside(lambda: host(point, bank))
        wait_for_a_lock()
    refused = asked.result(30)
    assert isinstance(refused, UnableToHost)
    assert list(refused.errors) == ["institution"]


def test_an_institution_that_ends_takes_along_the_place_just_given(
    bank: Any, point: OrgUnit
) -> None:
    with transaction.atomic():
        row = host(point, bank)
        ended = beside(lambda: suspend(bank))
        wait_for_a_lock()
    ended.result(30)
    assert isinstance(row, PointHost)
    row.refresh_from_db()
    assert row.valid_to == MONDAY
