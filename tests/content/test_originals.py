"""The PDF as which a text came in: checked by the worker, for the desk alone, kept as it came."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from brokerage.core import clock
from brokerage.core.roles import Role
from brokerage.files.api import StoredFile
from brokerage.files.states import Status
from brokerage.files.use_cases.check_file import check
from brokerage.journal.models import Entry
from content.models import RawItem
from content.retention import dropped_texts, forget_texts
from content.use_cases.decide_text import drop
from content.use_cases.keep_original import UnableToKeep, keep_original
from tests.backoffice.factories import desk_of
from tests.branches.factories import make_staff, make_unit
from tests.content.factories import AT, a_text
from tests.files.factories import jpeg, pdf

pytestmark = pytest.mark.django_db
PROGRAM = pdf(b"/JavaScript")


@pytest.fixture(autouse=True)
def today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: AT)


def kept(raw: RawItem, content: bytes = pdf(b"% 1")) -> StoredFile:
    by = make_staff(Role.OPERATIONS)
    stored = keep_original(raw=raw, upload=io.BytesIO(content), by=by, at=AT)
    raw.refresh_from_db()
    return stored


def desk() -> Client:
    client = desk_of(make_staff(Role.OPERATIONS))
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


def page(client: Client, raw: RawItem) -> str:
    return client.get(reverse("admin:content_rawitem_change", args=[raw.ref])).content.decode()


def test_the_desk_opens_it_on_the_page_of_the_text_once_it_was_checked() -> None:
    raw, client = a_text(), desk()
    url = reverse("admin:content_rawitem_act", args=[raw.ref, "original"])
    assert "Keep the original as a PDF" in page(client, raw)
    done = client.post(url, {"upload": SimpleUploadedFile("x.pdf", pdf(b"% 1"))}, follow=True)
    assert "It can be opened once it was checked." in done.content.decode()
    stored = StoredFile.objects.get()
    address = reverse("files:file", args=[stored.ref])
    assert address not in page(client, raw)
    assert client.get(address).status_code == 404
    check(ref=stored.ref, at=AT)
    assert address in page(client, raw)
    assert b"".join(client.get(address)) == pdf(b"% 1")
    assert Entry.objects.filter(kind="content.original_kept").count() == 1


def test_nobody_outside_the_desk_opens_it() -> None:
    stored = kept(a_text())
    check(ref=stored.ref, at=AT)
    adviser = desk_of(make_staff(Role.ADVISER, make_unit()))
    for client in (adviser, Client()):
        assert client.get(reverse("files:file", args=[stored.ref])).status_code in (302, 404)
    assert adviser.get(reverse("files:file", args=[stored.ref])).status_code == 404


def test_a_wrong_file_is_told_beside_its_field_and_nothing_is_kept() -> None:
    raw = a_text()
    url = reverse("admin:content_rawitem_act", args=[raw.ref, "original"])
    wrong = desk().post(url, {"upload": SimpleUploadedFile("report.pdf", jpeg())})
    assert "cannot read this kind of file" in wrong.content.decode()
    raw.refresh_from_db()
    assert raw.original is None


def test_what_came_in_stays_but_a_refused_one_makes_room() -> None:
    raw = a_text()
    bad = kept(raw, PROGRAM)
    check(ref=bad.ref, at=AT)
    raw.refresh_from_db()
    assert raw.original is not None
    assert raw.original.status == Status.REFUSED, "a PDF with a program in it"
    good = kept(raw)
    with pytest.raises(UnableToKeep):
        kept(raw, pdf(b"% 2"))
    raw.refresh_from_db()
    assert raw.original == good
    assert "Keep the original as a PDF" not in page(desk(), raw)


def test_two_at_once_keep_one_and_no_stray_file() -> None:
    raw = a_text()
    stale = RawItem.objects.get(pk=raw.pk)
    first = kept(raw)
    with pytest.raises(UnableToKeep):
        keep_original(
            raw=stale, upload=io.BytesIO(pdf(b"% 2")), by=make_staff(Role.OPERATIONS), at=AT
        )
    assert list(StoredFile.objects.exclude(status=Status.DISPOSED)) == [first]


def test_a_dropped_text_takes_its_pdf_along_when_its_term_ends() -> None:
    raw = a_text()
    stored = kept(raw)
    drop(raw=raw, officer=make_staff(Role.OPERATIONS), reason="nothing new", at=AT)
    assert forget_texts(dropped_texts(AT + timedelta(days=1))) == 1
    stored.refresh_from_db()
    assert (stored.status, RawItem.objects.count()) == (Status.DISPOSED, 0)
