"""The look-up key changes under load: everybody is found at every moment, nobody is made twice."""

from __future__ import annotations

import json
import threading
from dataclasses import replace
from datetime import datetime
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from brokerage.core.crypto import is_hash_of, keyed_hash
from brokerage.core.keyring import (
    BadKeyFile,
    add_lookup_key,
    make_key_file,
    read_key_file,
    use_lookup_key,
)
from brokerage.core.lookup_rotation import columns, rehash
from brokerage.customers.models import Customer
from brokerage.journal.anchors import Anchor
from brokerage.users.models import PhoneCode, Purpose, User
from brokerage.users.use_cases.send_code import CodeRefused, send_code

NEW = b"n" * 32
PHONES = columns.get("users.User.phone_hash")
WRITTEN = 80
"""So many new log-ins each writer makes beside the rotation."""


def phone_of(number: int) -> str:
    return f"+86138{number:08d}"


@pytest.fixture
def users(transactional_db: None) -> list[User]:
    return [User.objects.create_customer(phone_of(number)) for number in range(25)]


@pytest.fixture
def both(settings: Any) -> Any:
    """Rows were written with the old key; from here on the new one writes, both are found."""
    old = settings.KEYS
    settings.KEYS = replace(old, lookup=NEW, lookup_others=(old.lookup,))
    return settings


def run(*words: str) -> str:
    out = StringIO()
    call_command("rotate_keys", *words, stdout=out, stderr=out)
    return out.getvalue()


def test_the_key_file_goes_through_its_steps(tmp_path: Any) -> None:
    path = tmp_path / "keys.json"
    make_key_file(path)
    first = read_key_file(path).lookup
    with pytest.raises(BadKeyFile, match="--add-lookup"):
        use_lookup_key(path)
    add_lookup_key(path)
    waiting = read_key_file(path)
    assert waiting.lookup == first
    assert len(waiting.lookup_others) == 1
    with pytest.raises(BadKeyFile, match="waits"):
        add_lookup_key(path)
    use_lookup_key(path)
    ring = read_key_file(path)
    assert ring.lookups == (waiting.lookup_others[0], first)
    assert "lookup_next" not in json.loads(path.read_text())


def test_the_old_hash_is_found_before_and_after(users: list[User], both: Any) -> None:
    for user in users:
        assert User.objects.with_phone(str(user.phone)).get() == user
    done = rehash(PHONES, size=7)
    assert (done.changed, done.same) == (25, 0)
    both.KEYS = replace(both.KEYS, lookup_others=())
    for user in users:
        assert User.objects.with_phone(str(user.phone)).get() == user
    assert rehash(PHONES).same == 25


def test_it_works_beside_writers_and_nobody_is_lost(users: list[User], both: Any) -> None:
    stop, failures = threading.Event(), list[str]()

    def work(offset: int) -> None:
        # bounded: rehashing three rows at a time never catches up with writers who never end
        try:
            for number in range(1000 + offset, 1000 + 2 * WRITTEN, 2):
                if stop.is_set():
                    break
                phone = phone_of(number)
                User.objects.create_customer(phone)
                for known in (phone, phone_of(number % 25)):
                    if User.objects.with_phone(known).count() != 1:
                        failures.append(known)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(offset,)) for offset in (0, 1)]
    for thread in threads:
        thread.start()
    try:
        for _ in range(3):
            rehash(PHONES, size=3)
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    assert failures == []
    both.KEYS = replace(both.KEYS, lookup_others=())
    assert all(User.objects.with_phone(str(user.phone)).exists() for user in User.objects.all())


def test_a_row_that_somebody_holds_is_left_and_told(users: list[User], both: Any) -> None:
    held, release = threading.Event(), threading.Event()

    def hold() -> None:
        try:
            with transaction.atomic():
                User.objects.select_for_update().get(pk=users[3].pk)
                held.set()
                release.wait(30)
        finally:
            connection.close()

    thread = threading.Thread(target=hold)
    thread.start()
    held.wait(30)
    try:
        with pytest.raises(CommandError, match="1 hashes"):
            run("--lookup")
    finally:
        release.set()
        thread.join()
    assert "under the present key" in run("--lookup")
    assert "25 in order" in run("--lookup", "--check")


def test_checking_counts_what_is_left_and_writes_nothing(users: list[User], both: Any) -> None:
    with pytest.raises(CommandError, match="25 hashes"):
        run("--lookup", "--check")
    assert not User.objects.filter(phone_hash=keyed_hash(phone_of(1), purpose="users.phone"))


def test_a_value_that_came_in_twice_is_told_and_left(users: list[User], both: Any) -> None:
    User.objects.create_customer(phone_of(3))  # as a node would that does not look before
    done = rehash(PHONES)
    assert done.doubles == [str(users[3].ref)]


@pytest.mark.django_db
def test_codes_devices_limits_and_anchors_go_on(settings: Any, at: datetime) -> None:
    code = send_code(phone=phone_of(1), purpose=Purpose.SIGN_IN, at=at)
    code.set_code("123456")
    line = Anchor(7, "ab", "2026-03-02").line()
    settings.KEYS = replace(settings.KEYS, lookup=NEW, lookup_others=(settings.KEYS.lookup,))
    assert code.code_hash in PhoneCode.hashes_of(code.ref, "123456")
    assert code.code_hash not in PhoneCode.hashes_of(code.ref, "123457")
    with pytest.raises(CodeRefused):
        send_code(phone=phone_of(1), purpose=Purpose.SIGN_IN, at=at)
    assert PhoneCode.objects.for_phone(phone_of(1)).count() == 1
    assert Anchor.read(line).number == 7
    settings.KEYS = replace(settings.KEYS, lookup_others=())
    assert not is_hash_of(code.phone_hash, phone_of(1), purpose="users.phone")


@pytest.mark.django_db
def test_a_customer_is_found_by_document(settings: Any, at: datetime) -> None:
    customer = Customer(created_at=at)
    customer.name = "江映雪"
    customer.set_identity(id_type="passport", number="E12345678")
    customer.save()
    settings.KEYS = replace(settings.KEYS, lookup=NEW, lookup_others=(settings.KEYS.lookup,))
    assert Customer.objects.with_identity("passport", "E12345678").get() == customer
    rehash(columns.get("customers.Customer.id_hash"))
    settings.KEYS = replace(settings.KEYS, lookup_others=())
    assert Customer.objects.with_identity("passport", "E12345678").get() == customer
