"""The texts of the agreements come with one page, and are read one after the other."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import F
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Application, Pack, PackDocument
from accounts.signing.packs import documents_of, pack_of
from accounts.use_cases.signing import present_pack
from tests.accounts.factories import ACTOR, a_complete_draft
from tests.accounts.proofs import unprove_steps
from tests.users.factories import sign_in

BY_SCRIPT = {"HX-Request": "true", "HX-Boosted": "true"}
MINIMAL = {**BY_SCRIPT, "Prefer": "return=minimal"}

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft(at) -> Application:
    """Complete up to the agreements."""
    found = a_complete_draft()
    unprove_steps(found)
    return found


@pytest.fixture
def phone(draft: Application) -> Client:
    """A telephone in English, signed in."""
    user = draft.customer.user
    assert user is not None
    return sign_in(Client(headers={"Accept-Language": "en"}), user)


def begin(phone: Client, draft: Application) -> str:
    answer = phone.post(f"/open/{draft.ref}/agreements/", {"act": "begin"}, headers=BY_SCRIPT)
    assert answer["HX-Push-Url"] == f"/open/{draft.ref}/agreements/1/"
    return answer.content.decode()


def a_minute_later() -> None:
    PackDocument.objects.update(opened_at=F("opened_at") - timedelta(minutes=1))


def opened() -> list[int]:
    rows = PackDocument.objects.exclude(opened_at=None).order_by("position")
    return list(rows.values_list("position", flat=True))


def test_those_that_follow_come_along_unseen_and_count_as_opened_when_shown(phone, draft) -> None:
    page = begin(phone, draft)
    home = f"/open/{draft.ref}/agreements/"
    along = re.findall(r'<template data-address="([^"]+)"', page)
    assert along == [f"{home}{number}/" for number in range(2, 8)]
    assert page.count("<h1>") == 7
    assert opened() == [1]

    a_minute_later()
    with CaptureQueriesContext(connection) as asked:
        answer = phone.post(f"{home}1/", headers=MINIMAL)
    assert (answer.status_code, answer.content) == (204, b"")
    assert answer["HX-Push-Url"] == f"{home}2/"
    assert opened() == [1, 2]
    assert len(asked) <= 4, "session, log-in, the application with its texts, what was read"


def test_too_early_the_page_comes_back_with_the_reason(phone, draft) -> None:
    begin(phone, draft)

    answer = phone.post(f"/open/{draft.ref}/agreements/1/", headers=MINIMAL)

    assert answer.status_code == 200
    assert "read this text to its end" in answer.content.decode()
    assert answer["HX-Push-Url"] == f"/open/{draft.ref}/agreements/1/"
    assert opened() == [1]


def test_what_is_drawn_for_everybody_has_the_places_of_this_page(phone, draft) -> None:
    page = begin(phone, draft)

    assert "the-address-of" not in page
    assert "the-token-of" not in page
    tokens = re.findall(r'name="csrfmiddlewaretoken" value="([^"]*)"', page)
    assert [len(token) for token in tokens] == [64] * 7
    for number in range(1, 8):
        assert f'action="/open/{draft.ref}/agreements/{number}/"' in page


def test_the_last_one_leads_to_the_signature(phone, draft) -> None:
    begin(phone, draft)
    home = f"/open/{draft.ref}/agreements/"
    for number in range(1, 7):
        a_minute_later()
        assert phone.post(f"{home}{number}/", headers=MINIMAL).status_code == 204
    a_minute_later()

    answer = phone.post(f"{home}7/", headers=BY_SCRIPT)

    assert answer["HX-Push-Url"] == home
    assert "Send the code" in answer.content.decode()
    assert all(row.seconds >= 60 for row in PackDocument.objects.all())


def test_a_page_of_earlier_texts_reads_nothing(phone, draft, at) -> None:
    begin(phone, draft)
    earlier = Pack.objects.get()
    first = pack_of(draft)
    assert first is not None
    shown = documents_of(first)[0].text.sha256
    present_pack(application=draft, language="zh-hans", actor=ACTOR, at=at, shown=True)
    PackDocument.objects.exclude(pack=earlier).filter(position=1).update(opened_at=at)

    answer = phone.post(f"/open/{draft.ref}/agreements/1/", {"shown_text": shown})

    assert answer["Location"] == f"/open/{draft.ref}/agreements/"
    assert not PackDocument.objects.exclude(read_at=None).exists()


def test_what_another_device_read_is_not_read_again(phone, draft) -> None:
    begin(phone, draft)
    home = f"/open/{draft.ref}/agreements/"
    a_minute_later()
    phone.post(f"{home}1/", headers=MINIMAL)
    first = PackDocument.objects.get(position=1).read_at
    a_minute_later()
    phone.post(f"{home}2/", headers=MINIMAL)

    again = phone.post(f"{home}1/", headers=MINIMAL)

    assert again["HX-Push-Url"] == f"{home}3/", "where the other device is"
    assert PackDocument.objects.get(position=1).read_at == first
