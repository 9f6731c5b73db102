"""Disposal, the sweep of what interrupted uploads left, and the verification of what is there."""

from __future__ import annotations

import os
import time
import uuid
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.test import TestCase

from brokerage.core import retention
from brokerage.core.states import IllegalTransition
from brokerage.files.frames import FRAME, SEALED_FRAME
from brokerage.files.models import StoredFile, Usage
from brokerage.files.purposes import purposes
from brokerage.files.reading import open_stream
from brokerage.files.registration import policy_of
from brokerage.files.use_cases.dispose_file import dispose
from brokerage.files.use_cases.store_file import reserve
from brokerage.files.use_cases.sweep_files import TooManyOrphans, sweep
from brokerage.journal.models import Entry
from tests.conftest import MONDAY
from tests.files.factories import OWNER, SENDER, checked, jpeg, mp4, purpose, stored

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
NOW = time.time()


def receiving(photos, at=MONDAY) -> StoredFile:
    return reserve(photos, OWNER, 1000, "image/jpeg", at)


def gone(file: StoredFile, reason: str = "test") -> StoredFile:
    with TestCase.captureOnCommitCallbacks(execute=True):
        return dispose(file=file, actor=SENDER, at=MONDAY, reason=reason)


# --- disposal ---------------------------------------------------------------------------------


def test_disposal_destroys_bytes_and_key_of_original_and_copy(photos, names):
    file = gone(checked(jpeg()), reason="retention is over")
    assert names() == []
    for row in StoredFile.objects.all():
        assert (row.status, row.name, row.key, row.disposed_at) == ("disposed", None, None, MONDAY)
        assert row.sha256
    entries = Entry.objects.filter(kind="files.file_disposed")
    assert {entry.subject_ref for entry in entries} == {file.ref, file.copies.get().ref}
    assert {entry.reason for entry in entries} == {"retention is over"}
    assert not Usage.objects.exclude(bytes=0, files=0).exists()


def test_disposal_of_a_copy_takes_its_original_along(photos, names):
    shown = checked(jpeg()).shown()
    assert shown is not None
    gone(shown)
    assert names() == []


def test_disposing_twice_is_harmless(photos):
    file = gone(checked(mp4()))
    gone(file)
    assert Entry.objects.filter(kind="files.file_disposed").count() == 1


def test_a_refused_file_can_be_disposed_of(photos):
    assert gone(checked(jpeg()[:300])).status == "disposed"
    assert not Usage.objects.exclude(bytes=0, files=0).exists()


def test_a_file_that_is_being_received_cannot_be_disposed_of(photos):
    with pytest.raises(IllegalTransition):
        gone(receiving(photos))


def test_a_disposed_file_does_not_open(photos):
    with pytest.raises(ValueError, match="no content"):
        open_stream(gone(checked(mp4())))


# --- sweep ------------------------------------------------------------------------------------


def age(folder, name: str, hours: float) -> None:
    for path in (folder._path(name), folder.root / "unfinished" / name):
        if path.exists():
            os.utime(path, (NOW - hours * 3600,) * 2)


def orphan(folder, *, hours: float, finished: bool = True) -> str:
    name = uuid.uuid4().hex
    path = folder._path(name) if finished else folder.root / "unfinished" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"left")
    age(folder, name, hours)
    return name


def test_bytes_without_a_row_go_after_a_day(photos, folder, names):
    kept = stored(jpeg())
    age(folder, str(kept.name), 1000)
    old = [orphan(folder, hours=25), orphan(folder, hours=25, finished=False)]
    young = [orphan(folder, hours=23), orphan(folder, hours=23, finished=False)]
    assert sweep(at=MONDAY, storage_now=NOW) == (0, 2)
    assert names() == sorted([str(kept.name), *young])
    assert not set(old) & set(names())


def test_reservations_go_after_a_day_and_give_their_room_back(photos):
    receiving(photos, at=MONDAY - DAY - timedelta(minutes=1))
    young = receiving(photos, at=MONDAY - timedelta(hours=23))
    done = stored(jpeg())
    StoredFile.objects.filter(pk=done.pk).update(created_at=MONDAY - 10 * DAY)
    assert sweep(at=MONDAY, storage_now=NOW) == (1, 0)
    assert set(StoredFile.objects.all()) == {young, done}
    assert Usage.objects.get(scope="all").files == 2


def test_an_upload_that_took_longer_than_a_day_is_refused(photos, names, monkeypatch):
    from brokerage.files.refusals import UnableToStore
    from brokerage.files.use_cases import store_file

    write = store_file.write

    def slow(*args, **named):
        written = write(*args, **named)
        sweep(at=MONDAY + 2 * DAY, storage_now=NOW)
        return written

    monkeypatch.setattr(store_file, "write", slow)
    with pytest.raises(UnableToStore, match="storage"):
        stored(jpeg())
    assert names() == []
    assert not Usage.objects.exclude(bytes=0, files=0).exists()


def test_a_wrong_database_does_not_empty_the_storage(folder, names):
    for _ in range(101):
        orphan(folder, hours=48)
    with pytest.raises(TooManyOrphans):
        sweep(at=MONDAY, storage_now=NOW)
    assert len(names()) == 101


# --- verification -----------------------------------------------------------------------------


def verify(*words: str) -> tuple[str, bool]:
    out = StringIO()
    try:
        call_command("verify_files", *words, stdout=out, stderr=out)
    except CommandError:
        return out.getvalue(), False
    return out.getvalue(), True


def test_whole_files_pass(photos):
    checked(jpeg())
    gone(checked(mp4()))
    output, fine = verify()
    assert fine
    assert "2 files read, 0 damaged" in output


@pytest.mark.parametrize("place", [0, 3, 4, 100, FRAME, SEALED_FRAME + 10, -1])
def test_one_changed_byte_on_the_disk_is_found(photos, folder, place):
    file = checked(mp4(bytes(100_000)))
    path = folder._path(str(file.name))
    data = bytearray(path.read_bytes())
    data[place] ^= 1
    path.write_bytes(data)
    output, fine = verify()
    assert not fine
    assert str(file.ref) in output


def test_missing_short_and_exchanged_files_are_found(photos, folder):
    missing, short, exchanged, other = (checked(mp4(bytes(100_000))) for _ in range(4))
    folder.delete(str(missing.name))
    path = folder._path(str(short.name))
    path.write_bytes(path.read_bytes()[: 4 + SEALED_FRAME])
    folder._path(str(exchanged.name)).write_bytes(folder._path(str(other.name)).read_bytes())
    output, fine = verify()
    assert not fine
    assert f"{missing.ref}: missing" in output
    assert f"{short.ref}: " in output
    assert f"{exchanged.ref}: " in output
    assert str(other.ref) not in output


def test_a_changed_row_is_found(photos):
    file = checked(mp4())
    StoredFile.objects.filter(pk=file.pk).update(sha256="0" * 64)
    assert f"{file.ref}: another content" in verify()[0]


def test_a_sample_reads_that_many(photos):
    for _ in range(3):
        checked(mp4())
    assert "2 files read" in verify("--sample", "2")[0]


# --- retention --------------------------------------------------------------------------------


def due(policy, before):
    return set(policy.due(before))


def test_retention_finds_originals_and_lone_copies_of_its_purpose(register):
    kept = policy_of(register(keep_original=True))
    lone = policy_of(register(key="tests.lone", keep_original=False))
    both, video, single = checked(jpeg()), checked(mp4()), checked(jpeg(), purpose="tests.lone")
    later = MONDAY + timedelta(seconds=1)
    assert due(kept, later) == {both, video}
    assert due(lone, later) == {single.shown()}
    assert due(kept, MONDAY) == due(lone, MONDAY) == set()


def test_retention_may_begin_with_something_of_the_owner(register):
    ended = {MONDAY + DAY: [OWNER]}
    policy = policy_of(register(kept_since=lambda before: ended.get(before, [])))
    file = checked(jpeg())
    assert due(policy, MONDAY) == set()
    assert due(policy, MONDAY + DAY) == {file}


def test_retention_disposes_of_a_file_with_its_copy_and_then_finds_nothing(register, names):
    policy = policy_of(register())
    checked(jpeg())
    rows = policy.due(MONDAY + DAY)
    with TestCase.captureOnCommitCallbacks(execute=True), transaction.atomic():
        assert policy.dispose(rows.select_for_update()) == 1
    assert names() == []
    assert due(policy, MONDAY + DAY) == set()


def test_a_purpose_is_registered_with_its_retention(register, monkeypatch):
    monkeypatch.setattr(retention.policies, "_items", {})
    monkeypatch.setattr(purposes, "_items", {})
    from brokerage.files.api import register as add

    add(purpose())
    [policy] = retention.policies
    assert (policy.rule, policy.held_by) == ("tests", {"tests.owner": "owner_ref"})
    assert "tests.photo" in purposes
