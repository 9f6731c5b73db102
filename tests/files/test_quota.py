"""Quotas: for an owner, a purpose of an owner, a kind, and everything; under concurrency."""

from __future__ import annotations

import threading
import uuid

import pytest
from django.db import connection, transaction
from django.db.utils import IntegrityError

from brokerage.files import quota
from brokerage.files.models import StoredFile, Usage
from brokerage.files.purposes import MEGABYTE, Limit
from brokerage.files.refusals import QuotaExceeded, UnableToStore
from tests.files.factories import OWNER, STRANGER, jpeg, stored

SIZE = len(jpeg())


def used(scope: str) -> tuple[int, int]:
    found = Usage.objects.filter(scope=scope).values_list("bytes", "files")
    return (sum(size for size, _count in found), sum(count for _size, count in found))


@pytest.mark.django_db
def test_every_scope_counts_what_is_stored(photos):
    stored(jpeg())
    stored(jpeg())
    for scope in ("owner", "purpose", "kind", "all"):
        assert used(scope) == (2 * SIZE, 2)


@pytest.mark.django_db
@pytest.mark.parametrize("limit", [Limit(100 * MEGABYTE, 2), Limit(2 * SIZE, 100)])
@pytest.mark.parametrize("scope", ["owner", "purpose", "kind", "all"])
@pytest.mark.parametrize("announced", [False, True])
def test_the_file_beyond_a_limit_is_refused_and_not_counted(
    register, monkeypatch, names, scope, limit, announced
):
    limits = {"purpose": {"per_owner": limit}, "kind": {"in_total": limit}}
    register(max_bytes=SIZE, **limits.get(scope, {}))
    if scope in ("owner", "all"):
        monkeypatch.setattr(quota, {"owner": "OWNER", "all": "ALTOGETHER"}[scope], limit)
    stored(jpeg())
    stored(jpeg())
    with pytest.raises(QuotaExceeded) as caught:
        stored(jpeg(), announced=announced)
    assert caught.value.code == scope
    assert [used(scope) for scope in ("owner", "purpose", "kind", "all")] == [(2 * SIZE, 2)] * 4
    assert StoredFile.objects.count() == len(names()) == 2


@pytest.mark.django_db
def test_one_owner_cannot_use_up_what_another_has(register):
    register(max_bytes=SIZE, per_owner=Limit(MEGABYTE, 1))
    stored(jpeg())
    assert stored(jpeg(), owner=STRANGER).status == "stored"


@pytest.mark.django_db
def test_an_unknown_size_reserves_the_most_and_gives_the_rest_back(register):
    register(max_bytes=MEGABYTE, per_owner=Limit(MEGABYTE, 10))
    stored(jpeg())  # an open file says nothing of its size
    assert used("all") == (SIZE, 1)
    with pytest.raises(QuotaExceeded):
        stored(jpeg())  # which might be a megabyte, for all we know


@pytest.mark.django_db
def test_usage_can_never_become_negative(photos):
    file = stored(jpeg())
    quota.give_back(file)
    with pytest.raises(IntegrityError), transaction.atomic():
        quota.give_back(file)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("announced", [False, True])
def test_many_senders_at_once_never_pass_the_limit(register, announced):
    register(max_bytes=10 * SIZE, per_owner=Limit(1000 * SIZE, 5))
    outcomes: list[str] = []
    go = threading.Barrier(12)

    def send() -> None:
        try:
            go.wait(20)
            stored(jpeg(), announced=announced)
            outcomes.append("stored")
        except UnableToStore as refused:
            outcomes.append(refused.code)
        finally:
            connection.close()

    senders = [threading.Thread(target=send) for _ in range(12)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join(60)
    assert sorted(outcomes) == ["purpose"] * 7 + ["stored"] * 5
    assert used("purpose") == (5 * SIZE, 5)
    assert StoredFile.objects.count() == 5


@pytest.mark.django_db(transaction=True)
def test_senders_of_several_purposes_never_block_each_other_for_good(register, monkeypatch):
    monkeypatch.setattr(quota, "ALTOGETHER", Limit(1000 * MEGABYTE, 20))
    for name in ("tests.photo", "tests.film"):
        register(key=name, max_bytes=10 * SIZE)
    outcomes: list[str] = []
    go = threading.Barrier(8)

    def send(number: int) -> None:
        try:
            go.wait(20)
            for turn in range(4):
                purpose = ("tests.photo", "tests.film")[(number + turn) % 2]
                owner = (OWNER, STRANGER, uuid.UUID(int=number))[turn % 3]
                try:
                    stored(jpeg(), owner=owner, purpose=purpose, announced=bool(number % 2))
                    outcomes.append("stored")
                except UnableToStore as refused:
                    outcomes.append(refused.code)
        except BaseException as error:
            outcomes.append(type(error).__name__)
        finally:
            connection.close()

    senders = [threading.Thread(target=send, args=(number,)) for number in range(8)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join(60)
    assert sorted(outcomes) == ["all"] * 12 + ["stored"] * 20
    assert used("all") == used("kind") == used("owner") == (20 * SIZE, 20)
