"""Equal requests have one effect, whatever happens to the worker in between."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction

from brokerage.journal import idempotency
from brokerage.journal.idempotency import (
    InProgress,
    KeyReused,
    Reply,
    fingerprint,
    purge,
    run_once,
)
from brokerage.journal.models import Entry, IdempotencyKey
from tests.journal.factories import AT, moved

BODY = fingerprint("POST", "/leads", b"{}")


def submit(key: str = "k1", caller: str = "client:a", body: str = BODY) -> Reply:
    """One request whose effect is an entry."""

    def effect() -> Reply:
        entry = moved()
        return Reply(201, {"ref": str(entry.ref)}, {"Location": "/leads/1"})

    return run_once(caller=caller, key=key, fingerprint=body, at=AT, effect=effect)


@pytest.mark.django_db
def test_the_same_request_gets_the_same_reply_and_has_one_effect() -> None:
    first, second = submit(), submit()
    assert (first.replayed, second.replayed) == (False, True)
    assert (second.status, second.body, second.headers) == (201, first.body, first.headers)
    assert Entry.objects.count() == 1


@pytest.mark.django_db
def test_another_request_under_the_same_key_is_refused() -> None:
    submit()
    with pytest.raises(KeyReused):
        submit(body=fingerprint("POST", "/leads", b'{"a": 1}'))
    assert Entry.objects.count() == 1


@pytest.mark.django_db
def test_keys_belong_to_their_caller() -> None:
    submit(caller="client:a")
    assert submit(caller="client:b").replayed is False
    assert Entry.objects.count() == 2


@pytest.mark.django_db
def test_a_failed_effect_leaves_nothing_and_can_be_tried_again() -> None:
    def fail() -> Reply:
        moved()
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        run_once(caller="client:a", key="k1", fingerprint=BODY, at=AT, effect=fail)
    assert (Entry.objects.count(), IdempotencyKey.objects.count()) == (0, 0)
    assert submit().replayed is False


@pytest.mark.django_db
def test_a_server_error_is_not_kept_and_undoes_the_effect() -> None:
    def fail() -> Reply:
        moved()
        return Reply(503)

    reply = run_once(caller="client:a", key="k1", fingerprint=BODY, at=AT, effect=fail)
    assert reply.status == 503
    assert (Entry.objects.count(), IdempotencyKey.objects.count()) == (0, 0)


@pytest.mark.django_db
def test_the_kept_reply_is_encrypted() -> None:
    submit()
    with connection.cursor() as cursor:
        cursor.execute("SELECT reply FROM journal_idempotencykey")
        (stored,) = cursor.fetchone()
    assert stored.startswith("t1:")
    assert "201" not in stored[:10]


@pytest.mark.django_db
def test_keys_are_forgotten_after_seven_days() -> None:
    submit()
    assert purge(at=AT + timedelta(days=7)) == 0
    assert purge(at=AT + timedelta(days=7, seconds=1)) == 1
    assert submit().replayed is False


@pytest.mark.django_db(transaction=True)
def test_twenty_equal_requests_at_once_have_one_effect() -> None:
    start = threading.Barrier(20)
    replies: list[Reply] = []
    errors: list[Exception] = []

    def request() -> None:
        start.wait()
        try:
            replies.append(submit())
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=request) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert Entry.objects.count() == 1
    assert [reply.replayed for reply in replies].count(False) == 1
    assert len({reply.body["ref"] for reply in replies}) == 1


class Slow:
    """An equal request that is at work in another thread until told to go on."""

    def __init__(self, outcome: Exception | None = None) -> None:
        self.began, self.go_on = threading.Event(), threading.Event()
        self.outcome = outcome
        self.thread = threading.Thread(target=self._run)

    def __enter__(self) -> Slow:
        self.thread.start()
        assert self.began.wait(10)
        return self

    def __exit__(self, *exc: object) -> None:
        self.go_on.set()
        self.thread.join()

    def _run(self) -> None:
        def effect() -> Reply:
            self.began.set()
            self.go_on.wait(10)
            if self.outcome:
                raise self.outcome
            moved()
            return Reply(201, {"ref": "slow"})

        try:
            run_once(caller="client:a", key="k1", fingerprint=BODY, at=AT, effect=effect)
        except ZeroDivisionError:
            pass
        finally:
            connection.close()


@pytest.mark.django_db(transaction=True)
def test_a_request_beside_one_at_work_is_told_to_come_back(monkeypatch: Any) -> None:
    monkeypatch.setattr(idempotency, "WAIT", timedelta(seconds=1))
    with Slow(), pytest.raises(InProgress) as refused:
        submit()
    assert 0 < refused.value.retry_after <= 30
    assert submit().body == {"ref": "slow"}
    assert Entry.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_request_beside_one_that_fails_takes_over() -> None:
    with Slow(ZeroDivisionError()) as slow:
        threading.Timer(0.2, slow.go_on.set).start()
        assert submit().replayed is False
    assert Entry.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_in_the_middle_leaves_no_key_behind() -> None:
    def die() -> Reply:
        moved()
        with connection.cursor() as cursor:  # what the server sees of a killed worker
            cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")
        raise AssertionError

    with pytest.raises(Exception, match=r"terminating|closed"):
        run_once(caller="client:a", key="k1", fingerprint=BODY, at=AT, effect=die)
    connection.close()
    assert IdempotencyKey.objects.count() == 0
    assert submit().replayed is False


@pytest.mark.django_db(transaction=True)
def test_the_lease_of_a_hanging_worker_ends() -> None:
    limits: list[str] = []
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('lock_timeout')")
        (usual,) = cursor.fetchone()

    def look() -> Reply:
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('transaction_timeout')")
            limits.extend(cursor.fetchone())
            cursor.execute("SELECT current_setting('lock_timeout')")
            limits.extend(cursor.fetchone())
        return Reply(200)

    run_once(caller="client:a", key="k1", fingerprint=BODY, at=AT, effect=look)
    assert limits == ["30s", usual]


@pytest.mark.django_db(transaction=True)
def test_the_key_is_part_of_an_outer_transaction() -> None:
    with transaction.atomic():
        submit()
        transaction.set_rollback(True)
    assert (Entry.objects.count(), IdempotencyKey.objects.count()) == (0, 0)


def test_fingerprints_tell_requests_apart() -> None:
    prints = {
        fingerprint("POST", "/a", b"bc"),
        fingerprint("POST", "/ab", b"c"),
        fingerprint("POST/", "a", b"bc"),
        fingerprint("POST", "/a", b"bc", b""),
    }
    assert len(prints) == 4
