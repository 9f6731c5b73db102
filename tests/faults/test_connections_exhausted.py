"""Somebody else takes every connection of the database: people are told to come back, and can."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import psycopg
import pytest

from tests.faults.callers import Caller, until
from tests.faults.portal import Portal

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("portal")]
TERMINATE = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE backend_type = 'client backend' AND pid <> ALL(%s)
"""


@contextmanager
def all_connections_taken(portal: Portal) -> Iterator[None]:
    """Every connection that the server gives is held by this test, the portal's as well."""
    with ExitStack() as stack:
        held = [stack.enter_context(portal.connect())]

        def take() -> bool:
            try:
                while True:
                    held.append(stack.enter_context(portal.connect()))
            except psycopg.OperationalError:
                others = held[0].execute(TERMINATE, [[one.info.backend_pid for one in held]])
                return not others.fetchall()

        until(take, within=60, what="nobody else has a connection", pause=0.3)
        yield


def test_people_are_told_to_come_back_and_it_recovers_by_itself(portal: Portal) -> None:
    program = portal.program()
    with all_connections_taken(portal):
        answer = Caller(portal.port, timeout=30).ask("GET", "/readyz")
        assert (answer.status, "Retry-After" in answer.headers) == (503, True)
        caller = Caller(portal.port, timeout=30)
        caller.cookies["sessionid"] = "x" * 32
        page = caller.ask("GET", "/me/")
        assert page.status == 503
        assert page.headers["Retry-After"]
        assert "Traceback" not in page.text
        assert Caller(portal.port, timeout=30).ask("GET", "/healthz").status == 200
    until(portal.is_ready, within=20, what="the portal answers again")
    assert program.make_entry("after-exhaustion").status == 201
    nobodys = '{"ref": "00000000-0000-4000-8000-000000000000"}'
    portal.manage("procrastinate", "defer", "brokerage.files.tasks.check_file", nobodys)

    def is_done() -> bool:
        portal.revive()  # a worker that waited in vain has ended; the launcher starts it
        done = "SELECT 1 FROM procrastinate_jobs WHERE args = %s AND status = 'succeeded'"
        return bool(portal.ask(done, nobodys))

    until(is_done, within=60, what="jobs are done again", pause=0.5)
