"""The page that renews a document, on a phone; and the desk that looks at the new one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.life.states import RenewalStatus
from accounts.models import Application, DocumentRenewal
from accounts.states import Status
from accounts.use_cases import readings as readings_module
from accounts.use_cases.readings import read_document
from brokerage.core import clock
from brokerage.core.roles import Role, sync_roles
from brokerage.messaging.models import Message
from tests.accounts.evidence.test_photos_on_the_page import EMBLEM, back, front
from tests.accounts.factories import an_application
from tests.accounts.life.factories import a_document, a_sent_renewal
from tests.branches.factories import make_staff
from tests.browser import Visit
from tests.customers.factories import a_customer
from tests.users.factories import sign_in

EN = {"Accept-Language": "en"}
DATES = {"id_valid_from": "2026-02-01", "id_valid_to": "2046-02-01"}


def on_phone(application: Application) -> Client:
    assert application.customer.user is not None
    return sign_in(Client(headers=EN), application.customer.user)


def page_of(application: Application) -> str:
    return reverse("accounts:renew", args=[application.ref])


def sides() -> dict[str, Any]:
    return {
        "front": SimpleUploadedFile("f.jpg", front()),
        "back": SimpleUploadedFile("b.jpg", back()),
    }


@pytest.mark.django_db(transaction=True)
def test_photos_fill_the_dates_and_the_customer_sends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readings_module, "read_lines", lambda image: EMBLEM)
    application = a_document(date(2026, 12, 31)).application
    phone = on_phone(application)
    page = phone.post(page_of(application), follow=True).content.decode()
    assert "Send my new document" in page
    kept = phone.post(
        page_of(application), {**sides(), "version": "0", "act": "keep"}, follow=True
    )
    assert "are reading it" in kept.content.decode()
    for reading in application.readings.filter(side="emblem"):
        read_document(reading=reading, at=clock.now())
    page = phone.get(page_of(application)).content.decode()
    assert 'value="2035-06-01"' in page
    sent = phone.post(
        page_of(application),
        {**DATES, "version": "1", "act": "send"},
        follow=True,
    )
    assert "Your new document is with us" in sent.content.decode()
    assert DocumentRenewal.objects.get().status == RenewalStatus.SENT


@pytest.mark.django_db(transaction=True)
def test_what_is_wrong_stands_beside_its_field_and_nothing_typed_is_lost() -> None:
    application = a_document().application
    phone = on_phone(application)
    phone.post(page_of(application))
    given = {"version": "0", "act": "send", "id_valid_to": "2020-01-01", "id_issuer": "示例分局"}
    answer = phone.post(page_of(application), given)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "This document has expired" in page
    assert page.count("Take this photo, or choose one.") >= 2
    assert 'value="示例分局"' in page
    renewal = DocumentRenewal.objects.get()
    assert (renewal.status, renewal.answers["id_issuer"]) == ("draft", "示例分局")

    stale = phone.post(page_of(application), {**given, **DATES, "version": "0"})
    assert "another device meanwhile" in stale.content.decode()
    no_photo = SimpleUploadedFile("x.jpg", b"no picture")
    bad = phone.post(page_of(application), {"front": no_photo, "version": "1", "act": "keep"})
    assert "We cannot read this kind of file" in bad.content.decode()


@pytest.mark.django_db
def test_others_do_not_find_the_page_and_a_get_writes_nothing() -> None:
    mine = a_document().application
    other = an_application(Status.ACTIVE, customer=a_customer("+8613900139007"))
    assert on_phone(mine).get(page_of(other)).status_code == 404
    assert on_phone(mine).get(page_of(mine)).status_code == 200
    assert not DocumentRenewal.objects.exists()


@pytest.mark.django_db
def test_the_desk_agrees_twice_and_a_returned_document_reaches_the_customer() -> None:
    sync_roles()
    application = a_document().application
    renewal = a_sent_renewal(application, at=clock.now())
    desks = [
        sign_in(Client(headers=EN), make_staff(Role.REVIEWER, application.outlet), stepped_up=True)
        for _ in range(2)
    ]
    shown = reverse("admin:accounts_documentrenewal_change", args=[renewal.ref])
    assert "Only the characters that differ" in desks[0].get(shown).content.decode()
    act = "admin:accounts_documentrenewal_act"
    for desk, key in ((desks[0], "propose"), (desks[0], "confirm"), (desks[1], "confirm")):
        desk.post(reverse(act, args=[renewal.ref, key]))
        renewal.refresh_from_db()
        expected = RenewalStatus.CONFIRMED if desk is desks[1] else RenewalStatus.PROPOSED
        assert renewal.status == expected

    again = a_sent_renewal(application, at=clock.now())
    returned = {"lack": "unreadable", "note": ""}
    desks[0].post(reverse(act, args=[again.ref, "return"]), returned)
    again.refresh_from_db()
    assert (again.status, again.lack) == (RenewalStatus.RETURNED, "unreadable")
    page = on_phone(application).get(page_of(application)).content.decode()
    assert "We cannot read it. Take a new photo in even light." in page


@pytest.mark.django_db
def test_each_rung_reaches_the_inbox(monkeypatch: pytest.MonkeyPatch) -> None:
    from accounts.life.events import DocumentEnding
    from accounts.life.handlers import tell
    from accounts.use_cases.watch_document import watch_document
    from brokerage.journal.models import Entry

    document = a_document(clock.today())
    watch_document(document=document, at=clock.now())
    entry = Entry.objects.get(kind="accounts.document_ending")
    event = DocumentEnding(
        subject=document.application.ref, days=7, valid_to=clock.today().isoformat()
    )
    for _ in range(2):
        tell(event, entry)
    assert Message.objects.filter(dedupe_key__startswith="accounts.document_ending").count() == 1


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_page_on_a_phone(language: str, live_server: Any, visit: Callable[..., Visit]) -> None:
    application = a_document(clock.today()).application
    jar = {"language": language, "sessionid": on_phone(application).cookies["sessionid"].value}
    visited = visit(f"{live_server.url}{page_of(application)}", cookies=jar)
    assert visited.axe() == []
    visited.follow(visited.page.locator("main form button"))
    assert visited.axe() == []
    assert not visited.overflows()
    visited.follow(visited.page.locator("main form button[value=send]"))
    assert visited.axe() == []
    assert not visited.overflows()
