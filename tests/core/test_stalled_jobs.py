"""Jobs whose worker was killed: others go first, and what kills every worker is parked."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from brokerage.core.roles import Role, sync_roles
from brokerage.core.tasks import KILLS, retry_stalled
from brokerage.files.tasks import check_file
from tests.branches.factories import assign
from tests.users.factories import make_staff_user, sign_in

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def empty_queue() -> Iterator[None]:
    """The queue's tables are not among those that a test empties."""
    _empty()
    yield
    _empty()


def _empty() -> None:
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE procrastinate_jobs, procrastinate_workers CASCADE")


def killed_worker(jobs: int = 1) -> list[int]:
    """A worker takes jobs and is killed: its heart stopped long ago. The jobs that it took."""

    async def take(worker_app: Any) -> list[int]:
        worker = await worker_app.job_manager.register_worker()
        taken = [
            await worker_app.job_manager.fetch_job(["interactive"], worker) for _ in range(jobs)
        ]
        return [job.id for job in taken if job]

    taken = within_app(take)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1h'")
    return taken


def housekeeping() -> None:
    async def turn(worker_app: Any) -> None:
        context: Any = SimpleNamespace(app=worker_app)
        await retry_stalled.func(context, 0)

    within_app(turn)


def within_app(act: Any) -> Any:
    worker_app = app.with_connector(app.connector.get_worker_connector())  # type: ignore[attr-defined]

    async def run() -> Any:
        async with worker_app.open_async():
            return await act(worker_app)

    return asyncio.run(run())


def status(number: int) -> str:
    return str(ProcrastinateJob.objects.get(pk=number).status)


def test_a_job_that_kills_its_worker_three_times_is_parked_and_the_others_go_on() -> None:
    poison = check_file.defer(ref="poison")
    for kill in range(1, KILLS):
        assert killed_worker() == [poison]
        housekeeping()
        assert status(poison) == "todo", f"after kill {kill} it is tried again"
    healthy = check_file.defer(ref="healthy")
    assert killed_worker(jobs=2) == [healthy, poison], "the healthy one goes first"
    housekeeping()
    assert (status(healthy), status(poison)) == ("todo", "failed")


def test_a_living_workers_job_is_left_alone() -> None:
    number = check_file.defer(ref="long")
    killed_worker()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_workers SET last_heartbeat = now()")
    housekeeping()
    assert status(number) == "doing"


def test_the_page_shows_a_parked_job_and_gives_it_all_its_chances_again() -> None:
    sync_roles()
    number = check_file.defer(ref="poison")
    for _ in range(KILLS):
        killed_worker()
        housekeeping()
    operator = make_staff_user(roles=[Role.OPERATIONS])
    assign(operator, Role.OPERATIONS)
    desk = sign_in(Client(headers={"accept-language": "en"}), operator, stepped_up=True)
    page = desk.get(reverse("admin:jobs")).content.decode()
    assert f"check_file #{number}" in page
    assert "its worker was killed each time" in page

    desk.post(reverse("admin:retry_job"), {"what": "job", "number": number})
    again = ProcrastinateJob.objects.get(pk=number)
    assert (again.status, again.priority) == ("todo", 0)
