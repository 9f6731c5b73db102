"""A file in pieces: order, repetition, interruption, what does not fit, and two at once."""

from __future__ import annotations

import io
import time
from datetime import timedelta
from hashlib import sha256

import pytest
from django.db import connection
from django.test import TestCase

from brokerage.core import clock
from brokerage.files.models import FilePart, StoredFile, Usage
from brokerage.files.purposes import Limit
from brokerage.files.reading import open_stream
from brokerage.files.refusals import QuotaExceeded, UnableToStore
from brokerage.files.use_cases.check_file import check
from brokerage.files.use_cases.send_in_parts import (
    PART_MOST,
    add_part,
    begin,
    finish,
    give_up,
    progress,
)
from brokerage.files.use_cases.sweep_files import sweep
from brokerage.journal.models import Entry
from tests.conftest import MONDAY
from tests.files.factories import OWNER, SENDER, jpeg, mp4, webm
from tests.threads import together

pytestmark = pytest.mark.django_db
VIDEO = webm(bytes(range(256)) * 900)
PIECE = 100_000


def pieces(content: bytes = VIDEO, size: int = PIECE) -> list[bytes]:
    return [content[start : start + size] for start in range(0, len(content), size)]


def opened(size: int | None = None) -> StoredFile:
    return begin(purpose="tests.photo", owner_ref=OWNER, at=MONDAY, size=size)


def add(file: StoredFile, number: int, content: bytes):
    with TestCase.captureOnCommitCallbacks(execute=True):
        return add_part(file=file, number=number, upload=io.BytesIO(content), at=MONDAY)


def put_together(file: StoredFile, content: bytes = VIDEO, parts: int | None = None) -> StoredFile:
    count = len(pieces(content)) if parts is None else parts
    with TestCase.captureOnCommitCallbacks(execute=True):
        return finish(
            file=file,
            parts=count,
            sha256=sha256(content).hexdigest(),
            actor=SENDER,
            at=MONDAY,
        )


def sent(content: bytes = VIDEO) -> StoredFile:
    file = opened()
    for number, piece in enumerate(pieces(content)):
        add(file, number, piece)
    return file


def code_of(action, *args, **kwargs) -> str:
    with pytest.raises(UnableToStore) as refused:
        action(*args, **kwargs)
    return refused.value.code


def test_pieces_become_one_checked_file_and_go_themselves(photos, names):
    file = put_together(sent())
    with TestCase.captureOnCommitCallbacks(execute=True):
        check(ref=file.ref, at=MONDAY)
    file.refresh_from_db()
    assert (file.status, file.content_type, file.size) == ("checked", "video/webm", len(VIDEO))
    with open_stream(file) as stream:
        assert stream.read() == VIDEO
    assert names() == [file.name]
    assert not FilePart.objects.exists()
    assert Usage.objects.get(scope="kind").bytes == len(VIDEO)
    assert Entry.objects.filter(kind="files.file_stored", subject_ref=file.ref).count() == 1


def test_nothing_of_a_piece_lies_in_the_storage_in_the_clear(photos, folder):
    sent()
    assert all(
        VIDEO[:200] not in path.read_bytes() for path in folder.root.rglob("*") if path.is_file()
    )


def test_an_early_piece_is_told_which_one_is_missing(photos, names):
    file = opened()
    add(file, 0, pieces()[0])
    before = names()
    assert code_of(add, file, 2, pieces()[2]) == "part_missing"
    assert progress(file).next == 1
    assert names() == before


def test_a_repeated_piece_changes_nothing(photos, names):
    file = opened()
    first = add(file, 0, pieces()[0])
    before = names()
    assert add(file, 0, pieces()[0]) == first
    assert names() == before


def test_a_repeated_number_with_other_content_is_refused(photos):
    file = opened()
    add(file, 0, pieces()[0])
    assert code_of(add, file, 0, pieces()[0][:-1] + b"x") == "part_differs"


def test_the_first_piece_says_what_the_file_is(photos, names):
    assert code_of(add, opened(), 0, b"<html>" + bytes(100)) == "type"
    assert names() == []


@pytest.mark.parametrize("content", [b"", VIDEO[:100] + bytes(PART_MOST)])
def test_a_piece_has_a_size(photos, content):
    assert code_of(add, opened(), 0, content) == "part_size"


def test_more_than_was_declared_is_refused(photos):
    file = opened(size=PIECE + 1)
    add(file, 0, pieces()[0])
    assert code_of(add, file, 1, pieces()[1]) == "too_large"


@pytest.mark.parametrize(("size", "code"), [(0, "empty"), (101_000_000, "too_large")])
def test_a_declared_size_has_limits(photos, size, code):
    assert code_of(opened, size) == code


def test_quotas_hold_for_what_is_still_coming(register):
    register(per_owner=Limit(150_000_000, 20))  # one open file may grow to 100 MB
    opened()
    with pytest.raises(QuotaExceeded):
        opened()


def test_a_missing_last_piece_is_noticed_and_can_still_come(photos):
    file = opened()
    for number, piece in enumerate(pieces()[:-1]):
        add(file, number, piece)
    assert code_of(put_together, file) == "part_missing"
    add(file, len(pieces()) - 1, pieces()[-1])
    assert put_together(file).status == "stored"


def test_another_digest_than_announced_removes_the_file(photos, names):
    file = sent()
    with TestCase.captureOnCommitCallbacks(execute=True):
        code = code_of(
            finish, file=file, parts=len(pieces()), sha256="0" * 64, actor=SENDER, at=MONDAY
        )
    assert code == "digest"
    assert names() == []
    assert not StoredFile.objects.exists()
    assert not Usage.objects.exclude(bytes=0, files=0).exists()


def test_a_changed_piece_in_the_storage_is_found_out(photos, folder):
    file = sent()
    part = file.parts.get(number=1)
    path = folder.root / part.name[:2] / part.name[2:4] / part.name
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    assert code_of(put_together, file) == "storage"


def test_finishing_twice_gives_the_same_file(photos):
    file = sent()
    first = put_together(file)
    assert put_together(file).ref == first.ref
    assert Entry.objects.filter(kind="files.file_stored").count() == 1
    assert code_of(put_together, file, jpeg()) == "ended"


def test_after_the_end_no_piece_is_taken(photos):
    file = sent()
    put_together(file)
    assert code_of(add, file, 9, b"x") == "ended"
    assert code_of(give_up, file=file) == "ended"


def test_giving_up_leaves_nothing(photos, names):
    file = sent()
    with TestCase.captureOnCommitCallbacks(execute=True):
        give_up(file=file)
    assert names() == []
    assert not StoredFile.objects.exists()
    with TestCase.captureOnCommitCallbacks(execute=True):
        give_up(file=file)


def test_the_sweep_takes_a_file_that_nobody_finishes_but_not_one_that_comes(photos, names):
    file = sent(mp4())
    later = time.time() + 86_400 * 2
    with TestCase.captureOnCommitCallbacks(execute=True):
        assert sweep(at=MONDAY + timedelta(hours=23), storage_now=later) == (0, 0)
    assert progress(file).next == 1
    with TestCase.captureOnCommitCallbacks(execute=True):
        assert sweep(at=MONDAY + timedelta(hours=25), storage_now=time.time()) == (1, 0)
    assert names() == []


@pytest.mark.django_db(transaction=True)
def test_the_same_piece_twice_at_once_is_one_piece(photos, names):
    file = begin(purpose="tests.photo", owner_ref=OWNER, at=clock.now())

    def send() -> int:
        try:
            return add_part(file=file, number=0, upload=io.BytesIO(VIDEO), at=clock.now()).received
        finally:
            connection.close()

    assert together(send, times=4) == [len(VIDEO)] * 4
    assert names() == [file.parts.get().name]


@pytest.mark.django_db(transaction=True)
def test_two_who_finish_at_once_get_one_file(photos, names):
    file = begin(purpose="tests.photo", owner_ref=OWNER, at=clock.now())
    add_part(file=file, number=0, upload=io.BytesIO(VIDEO), at=clock.now())

    def end() -> str:
        try:
            return finish(
                file=StoredFile.objects.get(pk=file.pk),
                parts=1,
                sha256=sha256(VIDEO).hexdigest(),
                actor=SENDER,
                at=clock.now(),
            ).status
        finally:
            connection.close()

    assert together(end, times=4) == ["stored"] * 4
    assert names() == [StoredFile.objects.get().name]
    assert Entry.objects.filter(kind="files.file_stored").count() == 1
