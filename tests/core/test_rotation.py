"""Key rotation under load: nothing is lost, everything opens, the old key can go."""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import replace
from io import StringIO

import pgtrigger
import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from brokerage.core.crypto import seal
from brokerage.core.rotation import Column, all_places, outdated, rotate
from brokerage.users.models import User

PLACE = Column(User._meta.get_field("phone"))


def phone_of(number: int) -> str:
    return f"+86138{number:08d}"


@pytest.fixture
def users(transactional_db) -> list[User]:
    return [User.objects.create_customer(phone_of(number)) for number in range(25)]


@pytest.fixture
def new_key(settings, users):
    """Rows are under t1; from here on t2 is current."""
    ring = settings.KEYS
    settings.KEYS = replace(ring, current="t2", data={**ring.data, "t2": b"2" * 32})
    return settings


def forget_old_key(settings) -> None:
    settings.KEYS = replace(settings.KEYS, data={"t2": b"2" * 32})


def run(*words: str) -> str:
    out = StringIO()
    call_command("rotate_keys", *words, stdout=out, stderr=out)
    return out.getvalue()


def test_every_value_moves_to_the_new_key_and_the_old_one_can_go(new_key, users):
    assert PLACE.keys() == Counter(t1=25)
    assert "Everything is sealed with t2" in run("--batch", "4")
    assert PLACE.keys() == Counter(t2=25)
    forget_old_key(new_key)
    found = User.objects.order_by("pk").values_list("pk", flat=True)
    assert [user.phone for user in User.objects.order_by("pk")] == [
        phone_of(number) for number, _pk in enumerate(found)
    ]


def test_a_second_run_changes_nothing(new_key):
    run()
    tokens = list(User.objects.order_by("pk").values_list("phone", flat=True))
    assert "users.User.phone: 0 sealed anew" in run()
    assert list(User.objects.order_by("pk").values_list("phone", flat=True)) == tokens


def test_it_goes_on_where_it_was_stopped(new_key):
    steps = 0

    def stop_after_two(batch: object) -> None:
        nonlocal steps
        steps += 1
        if steps == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rotate(PLACE, size=5, progress=stop_after_two)
    assert PLACE.keys() == Counter(t1=15, t2=10)
    assert rotate(PLACE, size=5).sealed == 15


def test_check_says_what_old_keys_hold(new_key):
    out = StringIO()
    with pytest.raises(CommandError, match="still in use"):
        call_command("rotate_keys", "--check", stdout=out)
    assert "users.User.phone: 25 under t1" in out.getvalue()
    run()
    assert "Everything is sealed with t2" in run("--check")


def test_empty_values_are_left_alone(new_key):
    staff = User.objects.create_staff("a@example.com")
    run()
    assert User.objects.get(pk=staff.pk).phone is None


def test_a_value_that_does_not_open_is_named_and_stops_nobody(new_key, users):
    with connection.cursor() as cursor:
        cursor.execute("update users_user set phone = 't1:AAAA' where id = %s", [users[3].pk])
    out = StringIO()
    with pytest.raises(CommandError, match="1 values do not open"):
        call_command("rotate_keys", stdout=out, stderr=out)
    assert str(users[3].ref) in out.getvalue()
    assert PLACE.keys() == Counter(t1=1, t2=24)


def test_a_row_that_somebody_holds_is_not_waited_for(new_key, users):
    held, release = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic():
            User.objects.select_for_update().get(pk=users[0].pk)
            held.set()
            release.wait(20)
        connection.close()

    holder = threading.Thread(target=hold)
    holder.start()
    assert held.wait(20)
    try:
        assert rotate(PLACE, pause=0).sealed == 24
    finally:
        release.set()
        holder.join()
    assert rotate(PLACE, pause=0).sealed == 1


def test_tables_that_only_grow_let_a_new_seal_pass(new_key, monkeypatch):
    guard = pgtrigger.Protect(name="rows_stay", operation=pgtrigger.Update)
    monkeypatch.setattr(User._meta, "triggers", [guard], raising=False)
    guard.register(User)  # type: ignore[arg-type]
    guard.install(User)  # type: ignore[arg-type]
    try:
        with pytest.raises(Exception, match="Cannot update"), transaction.atomic():
            User.objects.update(language="en")
        assert rotate(PLACE, size=10).sealed == 25
        with pytest.raises(Exception, match="Cannot update"), transaction.atomic():
            User.objects.update(language="en")
    finally:
        guard.uninstall(User)  # type: ignore[arg-type]
        guard.unregister(User)  # type: ignore[arg-type]


def test_writers_lose_nothing_while_it_runs(new_key, users):
    last: dict[int, str] = {}
    failures: list[BaseException] = []
    go = threading.Barrier(5)

    def write(worker: int) -> None:
        try:
            go.wait(20)
            for turn in range(30):
                for user in users[worker::4]:
                    with transaction.atomic():
                        row = User.objects.select_for_update().get(pk=user.pk)
                        row.set_phone(phone_of(1_000_000 * worker + 1000 * user.pk + turn))
                        row.save()
                    last[user.pk] = str(row.phone)
        except BaseException as error:
            failures.append(error)
        finally:
            connection.close()

    def seal_anew() -> None:
        try:
            go.wait(20)
            while any(writer.is_alive() for writer in writers):
                rotate(PLACE, size=3, pause=0)
        except BaseException as error:
            failures.append(error)
        finally:
            connection.close()

    writers = [threading.Thread(target=write, args=(worker,)) for worker in range(4)]
    rotation = threading.Thread(target=seal_anew)
    for thread in [*writers, rotation]:
        thread.start()
    for thread in [*writers, rotation]:
        thread.join(60)
    assert failures == []
    forget_old_key(new_key)
    assert {user.pk: user.phone for user in User.objects.all()} == last


def test_a_writer_with_an_old_copy_does_not_bring_the_old_key_back(new_key, users):
    stale = User.objects.get(pk=users[0].pk)
    run()
    stale.language = "en"
    stale.save()
    assert outdated(PLACE) == Counter()
    forget_old_key(new_key)
    assert User.objects.get(pk=stale.pk).phone == phone_of(0)


def test_every_encrypted_field_is_found():
    labels = [place.label for place in all_places()]
    assert "users.User.phone" in labels
    assert "files.StoredFile.key" in labels
    assert labels == sorted(set(labels))


def test_it_can_move_to_sm4(new_key, settings):
    settings.KEYS = replace(
        settings.KEYS, current="s1", data={**settings.KEYS.data, "s1": b"4" * 16}
    )
    assert rotate(PLACE).sealed == 25
    assert PLACE.keys() == Counter(s1=25)
    assert User.objects.order_by("pk")[0].phone == phone_of(0)


def test_keys_are_added_and_used_from_the_command_line(settings, tmp_path):
    from brokerage.core.keyring import make_key_file, read_key_file

    settings.KEY_FILE = tmp_path / "keys.json"
    make_key_file(settings.KEY_FILE)
    assert "Added key k2" in run("--add")
    assert "k2" in run("--use", "k2")
    assert read_key_file(settings.KEY_FILE).current == "k2"
    with pytest.raises(CommandError):
        run("--use", "k7")


def test_no_output_shows_a_value(new_key):
    assert "138" not in run()
    assert seal("x", context="y").startswith("t2:")
