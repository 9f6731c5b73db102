"""Requests with files: nothing that somebody sent lies on the disk in the clear."""

from __future__ import annotations

import errno
import io
import os
import tempfile

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import RequestFactory

from brokerage.files import uploads
from brokerage.files.purposes import MEGABYTE
from brokerage.files.refusals import UnableToStore
from brokerage.files.use_cases.store_file import store
from tests.conftest import MONDAY
from tests.files.factories import OWNER, SENDER, jpeg, purpose

BIG = jpeg() + os.urandom(64) * 50_000  # 3.2 MB: more than Django keeps in memory


class Watched(io.BytesIO):
    """A temporary file that remembers what was written to it."""

    written = b""
    fails_after: int | None = None

    def write(self, data) -> int:
        if self.fails_after is not None and self.tell() + len(data) > self.fails_after:
            raise OSError(errno.ENOSPC, "full")
        Watched.written += bytes(data)
        return super().write(data)


@pytest.fixture
def disk(monkeypatch):
    monkeypatch.setattr(Watched, "written", b"")
    monkeypatch.setattr(Watched, "fails_after", None)
    monkeypatch.setattr(tempfile, "TemporaryFile", Watched)
    return Watched


def request_with(content: bytes):
    upload = SimpleUploadedFile("zhang-wei.jpg", content, content_type="image/jpeg")
    return RequestFactory().post("/", {"photo": upload})


def test_the_handler_is_the_one_for_everything_large():
    assert settings.FILE_UPLOAD_HANDLERS[-1] == "brokerage.files.uploads.SealedUploadHandler"
    assert not any("TemporaryFile" in handler for handler in settings.FILE_UPLOAD_HANDLERS)


def test_a_large_upload_reaches_the_disk_encrypted_only(disk, photos):
    photo = request_with(BIG).FILES["photo"]
    assert photo.size == len(BIG)
    assert photo.read() == BIG
    photo.seek(10)
    assert photo.read(5) == BIG[10:15]
    assert len(disk.written) > len(BIG)
    assert BIG[1000:1032] not in disk.written


def test_a_small_upload_never_reaches_the_disk(disk):
    assert request_with(jpeg()).FILES["photo"].read() == jpeg()
    assert disk.written == b""


@pytest.mark.django_db
def test_a_large_upload_is_stored(photos):
    photo = request_with(BIG).FILES["photo"]
    file = store(upload=photo, purpose="tests.photo", owner_ref=OWNER, actor=SENDER, at=MONDAY)
    assert file.size == len(BIG)


@pytest.mark.django_db
def test_a_disk_that_is_full_while_receiving_is_a_clear_refusal(disk, photos, monkeypatch):
    monkeypatch.setattr(disk, "fails_after", 1_000_000)
    photo = request_with(BIG).FILES["photo"]
    with pytest.raises(UnableToStore, match="no_space"):
        store(upload=photo, purpose="tests.photo", owner_ref=OWNER, actor=SENDER, at=MONDAY)


def test_an_upload_beyond_every_purpose_is_cut_off(monkeypatch):
    monkeypatch.setattr(uploads, "purposes", [purpose(max_bytes=3 * MEGABYTE)])
    assert "photo" not in request_with(BIG).FILES


def test_no_temporary_file_has_a_name(tmp_path, monkeypatch, photos):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    photo = request_with(BIG).FILES["photo"]
    assert list(tmp_path.iterdir()) == []
    assert photo.read() == BIG
