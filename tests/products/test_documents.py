"""Papers of a product: versions are kept, the newest shows once it was checked, none leaks."""

from __future__ import annotations

import io

import pytest
from django.db import DatabaseError, transaction
from django.test import Client

from brokerage.core import clock
from brokerage.files.use_cases.check_file import check
from products.models import Document, Product
from products.states import DocumentKind, Language
from products.use_cases.documenting import add_document
from products.use_cases.refusals import UnableToList
from products.use_cases.suspending import suspend
from tests.branches.factories import make_staff_user
from tests.files.factories import jpeg, pdf
from tests.products.factories import a_product
from tests.suitability.factories import AT

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def on_monday(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: AT)


def add(product: Product, content: bytes, *, checked: bool = True) -> Document:
    row = add_document(
        product=product,
        kind=DocumentKind.CONTRACT,
        language=Language.CHINESE,
        upload=io.BytesIO(content),
        by=make_staff_user(),
        at=AT,
    )
    if checked:
        check(ref=row.file.ref, at=AT)
    return row


def url(product: Product, row: Document) -> str:
    return f"/products/{product.item.code}/documents/{row.ref}/"


def test_versions_are_counted_and_the_newest_stands_on_the_page():
    product = a_product()
    first, second = add(product, pdf(b"% 1")), add(product, pdf(b"% 2"))
    assert [first.version, second.version] == [1, 2]
    text = Client().get(f"/products/{product.item.code}/").content.decode()
    assert url(product, second) in text
    assert url(product, first) not in text
    for row in (first, second):
        answer = Client().get(url(product, row))
        assert answer.status_code == 200
        assert answer["Content-Type"] == "application/pdf"
        assert b"%PDF" in b"".join(answer)


def test_what_is_not_checked_yet_is_neither_shown_nor_served():
    product = a_product()
    row = add(product, pdf(), checked=False)
    assert (
        url(product, row) not in Client().get(f"/products/{product.item.code}/").content.decode()
    )
    assert Client().get(url(product, row)).status_code == 404


def test_a_paper_is_no_more_open_than_its_product():
    hidden = a_product("R1", family="private")
    gone, other = a_product(), a_product()
    rows = [add(hidden, pdf(b"% 1")), add(gone, pdf(b"% 2"))]
    suspend(product=gone, reason="暂停", by=make_staff_user(), at=AT)
    for product, row in zip((hidden, gone), rows, strict=True):
        assert Client().get(url(product, row)).status_code == 404
        assert Client().get(url(other, row)).status_code == 404


def test_only_a_pdf_is_taken():
    with pytest.raises(UnableToList) as refused:
        add(a_product(), jpeg())
    assert "upload" in refused.value.errors
    assert not Document.objects.exists()


def test_a_version_never_changes():
    row = add(a_product(), pdf())
    with pytest.raises(DatabaseError, match="Cannot update"), transaction.atomic():
        Document.objects.filter(pk=row.pk).update(version=7)
