"""The PDF of an item: checked, frozen by the signature, and as open as the item itself."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

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
from content.models import Item, Revision
from content.use_cases.attach_report import UnableToAttach, attach_report, detach_report
from content.use_cases.sign_item import UnableToSign
from content.use_cases.withdraw_item import withdraw_item
from tests.branches.factories import make_staff
from tests.content.factories import AT, a_released, a_signed, an_item, approve
from tests.files.factories import jpeg, pdf
from tests.users.factories import sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: AT)


def attach(item: Item, content: bytes, *, is_checked: bool = True) -> StoredFile:
    by = make_staff(Role.HEAD_OFFICE)
    stored = attach_report(item=item, upload=io.BytesIO(content), by=by, at=AT)
    if is_checked:
        check(ref=stored.ref, at=AT)
    item.refresh_from_db()
    stored.refresh_from_db()
    return stored


def with_report(content: bytes = pdf(b"% 1"), **values: Any) -> Item:
    item = an_item(**values)
    attach(item, content)
    return a_released(item)


def page(item: Item) -> str:
    return Client().get(item.get_absolute_url()).content.decode()


def download(item: Item) -> Any:
    return Client().get(reverse("content:report", args=[item.ref]))


def test_the_report_of_the_released_version_is_a_download_on_its_page() -> None:
    item = with_report(pdf(b"% 1"))
    assert reverse("content:report", args=[item.ref]) in page(item)
    answer = download(item)
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    assert answer["Content-Disposition"].startswith("attachment")
    assert b"".join(answer) == pdf(b"% 1")


def test_readers_keep_the_signed_report_until_the_next_version_is_released() -> None:
    item = with_report(pdf(b"% 1"))
    attach(item, pdf(b"% 2"))
    assert b"".join(download(item)) == pdf(b"% 1")
    revision = a_signed(item, at=AT)
    assert b"".join(download(item)) == pdf(b"% 1")
    approve(revision)
    assert b"".join(download(item)) == pdf(b"% 2")
    first = Revision.objects.get(item=item, number=1)
    assert first.report is not None
    assert first.report.status == Status.CHECKED, "what was signed stays"
    detach_report(item=item, by=make_staff(Role.HEAD_OFFICE), at=AT)
    assert download(item).status_code == 200
    item.refresh_from_db()
    approve(a_signed(item, at=AT))
    assert download(item).status_code == 404
    assert reverse("content:report", args=[item.ref]) not in page(item)


def test_a_report_is_no_more_open_than_its_item() -> None:
    hidden = with_report(grade="R3", for_visitors=False)
    gone, bare, draft = with_report(), a_released(), an_item()
    attach(draft, pdf())
    withdraw_item(item=gone, officer=make_staff(Role.COMPLIANCE), note_zh="误", note_en="x", at=AT)
    for item in (hidden, gone, bare, draft):
        assert download(item).status_code == 404


def test_nothing_is_signed_with_a_report_that_is_unchecked_or_refused() -> None:
    item = an_item()
    stored = attach(item, pdf(b"/JavaScript"), is_checked=False)
    with pytest.raises(UnableToSign, match=r"checked|检查"):
        a_signed(item)
    check(ref=stored.ref, at=AT)
    with pytest.raises(UnableToSign, match=r"programs|程序"):
        a_signed(item)


def test_a_report_that_nobody_signed_makes_room_for_the_next() -> None:
    item = an_item()
    first, second = attach(item, pdf(b"% 1")), attach(item, pdf(b"% 2"))
    first.refresh_from_db()
    assert first.status == Status.DISPOSED
    assert item.report == second
    kinds = Entry.objects.filter(kind__startswith="content.report_")
    assert [row.kind for row in kinds] == ["content.report_attached"] * 2


def test_a_withdrawn_item_takes_none_and_keeps_no_stray_file() -> None:
    item = a_released()
    withdraw_item(item=item, officer=make_staff(Role.COMPLIANCE), note_zh="误", note_en="x", at=AT)
    with pytest.raises(UnableToAttach):
        attach(item, pdf())
    item.refresh_from_db()
    with pytest.raises(UnableToAttach):
        attach(item, pdf())
    assert not StoredFile.objects.exclude(status=Status.DISPOSED).exists()


def test_the_desk_attaches_on_the_page_and_a_wrong_file_is_told_beside_its_field(
    client: Client,
) -> None:
    item = a_released()
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    sign_in(client, make_staff(Role.HEAD_OFFICE), at=AT)
    url = reverse("admin:content_item_act", args=[item.ref, "attach"])
    wrong = client.post(url, {"upload": SimpleUploadedFile("report.pdf", jpeg())})
    assert wrong.status_code == 200
    assert "cannot read this kind of file" in wrong.content.decode()
    assert 'enctype="multipart/form-data"' in wrong.content.decode()
    done = client.post(url, {"upload": SimpleUploadedFile("x", pdf(b"% 1"))}, follow=True)
    assert "Attached." in done.content.decode()
    item.refresh_from_db()
    assert item.report is not None
    check(ref=item.report.ref, at=AT)
    item.refresh_from_db()
    revision = a_signed(item, at=AT + timedelta(minutes=1))
    second = client.get(reverse("admin:content_revision_change", args=[revision.ref]))
    assert "A PDF was attached. Read it as well." in second.content.decode()
    assert reverse("files:file", args=[item.report.ref]) in second.content.decode()
    client.post(reverse("admin:content_item_act", args=[item.ref, "detach"]))
    item.refresh_from_db()
    assert item.report is None
