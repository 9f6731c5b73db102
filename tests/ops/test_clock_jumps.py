"""The machine's clock is set an hour back or forth in the middle of everything."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection

from brokerage.journal.idempotency import Reply, run_once
from brokerage.journal.models import Entry
from brokerage.journal.seals import seal_up_to
from brokerage.journal.verify import Checked, verify
from brokerage.users import sessions
from brokerage.users.models import Purpose
from brokerage.users.use_cases.send_code import CodeRefused, send_code
from tests.journal.factories import moved

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
PHONE = "+8613800138000"


# --- sessions ---------------------------------------------------------------------------------


def begun(at: datetime) -> Any:
    made: Any = {}
    sessions.begin(made, at)
    return made


def test_a_session_survives_a_clock_that_is_set_back(at: datetime) -> None:
    session = begun(at)
    for now in (at - HOUR, at - HOUR + 29 * MINUTE, at, at + 29 * MINUTE):
        assert sessions.ended(session, sessions.CUSTOMER, now) is None


def test_a_session_lasts_an_hour_longer_at_most(at: datetime) -> None:
    session = begun(at + HOUR)  # the clock ran ahead at sign-in
    assert sessions.ended(session, sessions.CUSTOMER, at + 2 * HOUR)


def test_a_clock_that_jumps_ahead_ends_resting_sessions_like_a_pause(at: datetime) -> None:
    assert sessions.ended(begun(at), sessions.CUSTOMER, at + HOUR) is sessions.Ended.IDLE


# --- codes ------------------------------------------------------------------------------------


def send(at: datetime) -> Any:
    return send_code(phone=PHONE, purpose=Purpose.SIGN_IN, at=at, address="198.51.100.7")


@pytest.mark.django_db
@pytest.mark.parametrize("jump", [HOUR, -HOUR])
def test_nobody_waits_an_hour_for_the_next_code(at: datetime, jump: timedelta) -> None:
    send(at)
    send(at + jump)
    with pytest.raises(CodeRefused):
        send(at + jump + MINUTE / 2)
    send(at + jump + MINUTE)


@pytest.mark.django_db
def test_setting_the_clock_back_gives_no_further_codes(at: datetime) -> None:
    for count in range(4):
        send(at + count * MINUTE)
    with pytest.raises(CodeRefused):
        send(at - HOUR)


# --- the journal, leases, jobs ----------------------------------------------------------


@pytest.mark.django_db
def test_the_journal_keeps_the_order_of_commits_and_verifies(
    at: datetime, settings: Any, tmp_path: Any
) -> None:
    settings.ANCHOR_DIR = tmp_path
    entries = [
        moved(f"s{number}", at=at + jump)
        for number, jump in enumerate((0 * HOUR, -HOUR, HOUR, -HOUR))
    ]
    assert all(a.pk < b.pk and a.version + 1 == b.version for a, b in pairwise(entries))
    for jump, entry in zip((HOUR, -HOUR), entries[1::2], strict=True):
        assert seal_up_to(entry.pk, at=at + jump)
    assert list(verify(Checked())) == []


@pytest.mark.django_db(transaction=True)
def test_an_equal_request_has_one_effect_whatever_the_clock_says(at: datetime) -> None:
    done: list[int] = []

    def effect() -> Reply:
        done.append(1)
        return Reply(201)

    key = uuid4().hex
    for jump in (0 * HOUR, -HOUR, HOUR):
        answer = run_once(
            caller="client:x", key=key, fingerprint="f" * 64, at=at + jump, effect=effect
        )
        assert answer.status == 201
    assert len(done) == 1


@pytest.mark.django_db
def test_jobs_and_leases_go_by_the_databases_clock() -> None:
    """A job's turn and a worker's heartbeat are compared within the database, never with ours."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT column_name, column_default FROM information_schema.columns "
            "WHERE table_name IN ('procrastinate_workers', 'procrastinate_events') "
            "AND column_name IN ('last_heartbeat', 'at')"
        )
        found = dict(cursor.fetchall())
    assert "now()" in found["last_heartbeat"]
    assert Entry._meta.get_field("recorded_at").db_default is not None
