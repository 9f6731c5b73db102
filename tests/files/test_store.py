"""Receiving files: complete, encrypted and counted, or not there at all."""

from __future__ import annotations

import errno
import hashlib
import io
import os
import shutil
import subprocess
import tracemalloc
from contextlib import contextmanager
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.db.utils import IntegrityError
from django.test.utils import CaptureQueriesContext

from brokerage.core.crypto import CannotOpen
from brokerage.files.frames import FileDamaged
from brokerage.files.models import StoredFile, Usage
from brokerage.files.purposes import MEGABYTE
from brokerage.files.reading import open_stream
from brokerage.files.refusals import UnableToStore
from brokerage.files.storage import LocalStorage, set_storage
from brokerage.files.use_cases.store_file import store, storing
from brokerage.journal.models import Entry
from tests.conftest import MONDAY
from tests.files import factories
from tests.files.factories import OWNER, SENDER, STRANGER, jpeg, stored, upload_of

pytestmark = pytest.mark.django_db
SENT: dict[str, Any] = {
    "purpose": "tests.photo",
    "owner_ref": OWNER,
    "actor": SENDER,
    "at": MONDAY,
}


def refusal(content: bytes, **options: object) -> str:
    with pytest.raises(UnableToStore) as caught:
        stored(content, **options)  # type: ignore[arg-type]
    assert caught.value.messages[0]
    return caught.value.code


def nothing_left(names) -> bool:
    return (
        not StoredFile.objects.exists()
        and names() == []
        and not Usage.objects.exclude(bytes=0, files=0).exists()
    )


def test_a_stored_file_reads_back_and_lies_encrypted(photos, folder, names):
    content = jpeg((300, 300))
    file = stored(content)
    with open_stream(file) as stream:
        assert stream.read() == content
    assert (file.status, file.content_type, file.size) == ("stored", "image/jpeg", len(content))
    assert file.sha256 == hashlib.sha256(content).hexdigest()
    assert names() == [file.name]
    with folder.open(str(file.name)) as raw:
        assert content[:40] not in raw.read()


def test_the_key_in_the_row_is_sealed_to_the_row(photos):
    first, second = stored(jpeg()), stored(jpeg())
    with connection.cursor() as cursor:
        cursor.execute("select key from files_storedfile where id = %s", [first.pk])
        token = cursor.fetchone()[0]
        assert token.startswith("t1:")
        cursor.execute("update files_storedfile set key = %s where id = %s", [token, second.pk])
    with pytest.raises(CannotOpen):
        _ = StoredFile.objects.get(pk=second.pk).key
    with pytest.raises(FileDamaged):
        open_stream(StoredFile.objects.get(pk=second.pk))


def test_bytes_of_another_file_do_not_open_under_a_row(photos):
    first, second = stored(jpeg()), stored(jpeg())
    StoredFile.objects.filter(pk=first.pk).update(name="0" * 32)
    StoredFile.objects.filter(pk=second.pk).update(name=first.name)
    with pytest.raises(FileDamaged), open_stream(StoredFile.objects.get(pk=second.pk)) as stream:
        stream.read()


def test_storing_is_journalled_without_name_or_content(photos):
    file = stored(jpeg())
    entry = Entry.objects.get(kind="files.file_stored")
    assert (entry.subject_ref, entry.payload["purpose"]) == (file.ref, "tests.photo")
    assert set(entry.payload) == {"purpose", "owner_ref", "content_type", "size"}


def test_name_and_declared_type_are_never_used(photos):
    upload = SimpleUploadedFile("../../etc/passwd", jpeg(), content_type="text/html")
    file = store(upload=upload, purpose="tests.photo", owner_ref=OWNER, actor=SENDER, at=MONDAY)
    assert file.content_type == "image/jpeg"
    assert "passwd" not in str(vars(file))


@pytest.mark.parametrize(
    "make",
    [factories.jpeg, factories.png, factories.webp, factories.mp4, factories.webm, factories.pdf],
)
def test_all_listed_types_are_taken(photos, make):
    assert stored(make()).status == "stored"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", "type"),
        (b"<!doctype html><script>alert(1)</script>", "type"),
        (b"GIF89a" + jpeg(), "type"),
        (b"PK\x03\x04" + bytes(60), "type"),
        (b"MZ" + bytes(100), "type"),
        (b"\x7fELF" + bytes(100), "type"),
        (b"  " + factories.pdf(), "type"),
        (b"\x00" + jpeg(), "type"),
        (b"\xff\xd8", "type"),
        (factories.box(b"ftyp", b"heic" + bytes(8)), "type"),
        (factories.box(b"ftyp", b"qt  " + bytes(8)), "type"),
        (b"\x1a\x45\xdf\xa3\x93\x42\x82\x88matroska" + bytes(50), "type"),
        (b"RIFF\x00\x00\x00\x00WAVE" + bytes(50), "type"),
    ],
)
def test_what_we_do_not_take_leaves_nothing(photos, names, content, code):
    assert refusal(content) == code
    assert nothing_left(names)


def test_a_purpose_takes_its_own_types_only(register, names):
    register(types=frozenset({"image/png"}))
    assert refusal(jpeg()) == "type"
    assert nothing_left(names)


class Endless(io.RawIOBase):
    """A JPEG that never ends, and says nothing of its size."""

    given = 0

    def read(self, size: int = -1, /) -> bytes:
        assert size > 0, "read whole"
        self.given += size
        return b"\xff\xd8\xff" + bytes(size - 3)


def test_a_file_beyond_the_limit_is_stopped_on_the_way(register, names):
    register(max_bytes=1 * MEGABYTE)
    upload = Endless()
    with pytest.raises(UnableToStore, match="too_large"):
        store(upload=upload, purpose="tests.photo", owner_ref=OWNER, actor=SENDER, at=MONDAY)
    assert upload.given < 1.2 * MEGABYTE
    assert nothing_left(names)


def test_a_declared_size_is_looked_at_first_and_not_believed(register, names):
    register(max_bytes=1000)
    liar = SimpleUploadedFile("a.jpg", jpeg((200, 200)))
    liar.size = 10_000
    with pytest.raises(UnableToStore, match="too_large"):
        store(upload=liar, purpose="tests.photo", owner_ref=OWNER, actor=SENDER, at=MONDAY)
    liar.size = 100
    liar.seek(0)
    with pytest.raises(UnableToStore, match="too_large"):
        store(upload=liar, purpose="tests.photo", owner_ref=OWNER, actor=SENDER, at=MONDAY)
    assert nothing_left(names)


class Sized(io.RawIOBase):
    """`size` bytes that begin as a JPEG, made while they are read."""

    def __init__(self, size: int) -> None:
        self.size = self.left = size

    def read(self, size: int = -1, /) -> bytes:
        count = min(size, self.left)
        start = b"\xff\xd8\xff" if self.left == self.size else b""
        self.left -= count
        return start + bytes(count - len(start)) if count else b""


def test_fifty_megabytes_pass_through_little_memory(photos):
    tracemalloc.start()
    try:
        file = store(
            upload=Sized(50 * MEGABYTE),
            purpose="tests.photo",
            owner_ref=OWNER,
            actor=SENDER,
            at=MONDAY,
        )
        with open_stream(file) as stream:
            read = sum(len(piece) for piece in iter(lambda: stream.read(100_000), b""))
        _now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert read == file.size == 50 * MEGABYTE
    assert peak < 3 * MEGABYTE


class Faulty(LocalStorage):
    """A disk that fails at one point of writing."""

    def __init__(self, root, *, code: int, after: int | None) -> None:
        super().__init__(root)
        self.code, self.after = code, after

    @contextmanager
    def writing(self, name):
        with super().writing(name) as out:
            yield _FaultyFile(out, self.code, self.after)
            if self.after is None:  # at the end, as a delayed allocation does
                raise OSError(self.code, os.strerror(self.code))


class _FaultyFile:
    def __init__(self, out, code: int, after: int | None) -> None:
        self.out, self.code, self.left = out, code, after

    def write(self, data: bytes) -> None:
        if self.left is not None:
            self.left -= len(data)
            if self.left < 0:
                self.out.write(data[: len(data) // 2])  # a short write, as a full disk leaves it
                raise OSError(self.code, os.strerror(self.code))
        self.out.write(data)


@pytest.mark.parametrize("after", [0, 10, 100_000, None])
@pytest.mark.parametrize(
    ("code", "refused"),
    [(errno.ENOSPC, "no_space"), (errno.EDQUOT, "no_space"), (errno.EIO, "storage")],
)
def test_a_disk_that_fails_is_a_clear_refusal_without_traces(
    photos, folder, names, after, code, refused
):
    set_storage(Faulty(folder.root, code=code, after=after))
    content = jpeg() + bytes(300_000)
    assert refusal(content) == refused
    assert nothing_left(names)


def test_a_full_disk_is_a_clear_refusal(photos, tmp_path, names):
    """On a real file system of one megabyte, where this account may mount one."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(disk)]
    if os.geteuid() or subprocess.run(mount, capture_output=True, check=False).returncode:
        set_storage(Faulty(disk, code=errno.ENOSPC, after=500_000))
        assert refusal(jpeg() + bytes(2_000_000)) == "no_space"
        return
    try:
        set_storage(LocalStorage(disk))
        small = stored(jpeg())
        assert refusal(jpeg() + bytes(2_000_000)) == "no_space"
        with open_stream(small) as stream:
            assert stream.read() == jpeg()
        assert StoredFile.objects.get() == small
        assert [name for name, _at in LocalStorage(disk).listing()] == [small.name]
    finally:
        subprocess.run(["umount", str(disk)], check=True)


class Broken(io.BytesIO):
    """A sender who goes away in the middle."""

    def read(self, size: int | None = -1, /) -> bytes:
        if self.tell():
            raise ConnectionResetError("gone")
        return super().read(size)


def test_a_sender_who_goes_away_leaves_nothing(photos, names):
    upload = Broken(jpeg() + bytes(200_000))
    with pytest.raises(UnableToStore, match="storage"):
        store(upload=upload, purpose="tests.photo", owner_ref=OWNER, actor=SENDER, at=MONDAY)
    assert nothing_left(names)


@pytest.mark.parametrize("announced", [False, True])
def test_a_database_that_fails_at_the_end_leaves_no_bytes(photos, names, monkeypatch, announced):
    def fail(*args: object, **named: object) -> None:
        raise RuntimeError("the journal is down")

    monkeypatch.setattr("brokerage.files.use_cases.store_file.record", fail)
    with pytest.raises(RuntimeError):
        stored(jpeg(), announced=announced)
    assert nothing_left(names)


@pytest.mark.parametrize("announced", [False, True])
def test_what_a_file_is_sent_for_is_kept_with_it_or_nothing_is(photos, names, announced):
    def storing_with(note: str) -> None:
        with storing(upload=upload_of(jpeg(), announced=announced), **SENT) as file:
            assert file.status == "stored"
            assert file.name in names()
            Usage.objects.create(scope="test", place=note)
            if note == "refused":
                raise UnableToStore("type")

    storing_with("kept")
    with pytest.raises(UnableToStore, match="type"):
        storing_with("refused")
    assert names() == [StoredFile.objects.get().name]
    assert Entry.objects.filter(kind="files.file_stored").count() == 1
    assert list(Usage.objects.filter(scope="test").values_list("place", flat=True)) == ["kept"]
    assert Usage.objects.get(scope="all").files == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("announced", [False, True])
def test_a_file_stays_where_something_fails_after_the_commit(photos, names, announced):
    def fail() -> None:
        raise RuntimeError("nobody listens")

    upload = upload_of(jpeg(), announced=announced)
    with pytest.raises(RuntimeError), storing(upload=upload, **SENT):
        transaction.on_commit(fail)
    assert names() == [StoredFile.objects.get().name]


def test_the_database_refuses_a_file_without_its_content(photos):
    file = stored(jpeg())
    for lie in (
        {"name": None},
        {"key": None},
        {"sha256": ""},
        {"status": "receiving"},
        {"status": "disposed"},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            StoredFile.objects.filter(pk=file.pk).update(**lie)


def test_a_small_file_whose_size_is_announced_takes_one_statement(photos):
    stored(jpeg(), announced=True)  # whatever is asked once only
    with CaptureQueriesContext(connection) as asked:
        file = stored(jpeg(), announced=True)
    assert StoredFile.objects.get(ref=file.ref).status == "stored"
    sent = [each["sql"].split()[0] for each in asked]
    assert sent == ["SAVEPOINT", "WITH", "RELEASE"], "row, counters, entry and job together"


def test_an_unknown_purpose_is_a_mistake_of_the_program():
    with pytest.raises(KeyError):
        stored(jpeg(), purpose="tests.none")


def test_owners_are_kept_apart(photos):
    mine, other = stored(jpeg()), stored(jpeg(), owner=STRANGER)
    assert list(StoredFile.objects.of("tests.owner", OWNER)) == [mine]
    assert mine.sha256 == other.sha256
    assert mine.name != other.name


def test_a_folder_that_was_taken_away_is_made_anew(photos, folder, names):
    name = "ab" * 16
    for _time in range(2):
        with folder.writing(name) as out:
            out.write(b"bytes")
        with folder.open(name) as kept:
            assert kept.read() == b"bytes"
        shutil.rmtree(folder.root)


def test_a_storage_name_is_never_a_path(folder):
    for name in ("../x", "a" * 31, "A" * 32, "/etc/passwd", "0" * 32 + "\n", ""):
        with pytest.raises(ValueError, match="No name"):
            folder.open(name)
