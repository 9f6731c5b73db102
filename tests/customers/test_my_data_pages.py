"""The pages of "My data": for the customer alone, in few queries, with every act journalled."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.db import transaction
from django.urls import reverse

from brokerage.core import clock
from brokerage.customers import history
from brokerage.customers.models import ConsentText, DataExport
from brokerage.customers.selectors import has_consent
from brokerage.customers.use_cases import (
    ExportRefused,
    build_export,
    download_export,
    expire_exports,
    request_export,
)
from brokerage.journal.actors import Actor
from brokerage.journal.models import Entry
from brokerage.journal.record import record
from brokerage.users.models import User
from tests.customers.factories import NUMBER, PHONE, a_user, an_identified_customer, profile_of
from tests.users.factories import make_staff_user, sign_in

pytestmark = pytest.mark.django_db
PAGES = ["my_data", "customers:correct", "customers:consents", "customers:exports"]
PAGES += ["customers:looks", "customers:timeline"]


@pytest.fixture
def customer():
    return an_identified_customer()


@pytest.fixture
def signed_in(client, customer):
    sign_in(client, customer.user)
    return client


@pytest.fixture
def proved(client, customer):
    """The customer has just proved themselves again."""
    return sign_in(client, customer.user, stepped_up=True)


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_page_has_one_heading_in_both_languages(signed_in, page, language):
    signed_in.cookies["language"] = language
    answer = signed_in.get(reverse(page))
    assert answer.status_code == 200
    assert answer.content.count(b"<h1") == 1


@pytest.mark.parametrize("page", PAGES)
def test_a_stranger_is_sent_to_sign_in_and_staff_find_no_such_page(client, page):
    assert client.get(reverse(page)).status_code == 302
    sign_in(client, make_staff_user())
    assert client.get(reverse(page)).status_code == 404


@pytest.mark.parametrize("page", PAGES)
def test_a_new_log_in_whose_record_is_on_its_way_sees_empty_pages(client, page):
    sign_in(client, a_user())
    assert client.get(reverse(page)).status_code == 200


@pytest.mark.parametrize(("page", "queries"), list(zip(PAGES, [6, 4, 5, 4, 5, 5], strict=True)))
def test_a_page_needs_few_queries(signed_in, page, queries, django_assert_max_num_queries):
    signed_in.get(reverse(page))
    with django_assert_max_num_queries(queries + 2):  # session and user
        signed_in.get(reverse(page))


def test_the_profile_is_masked_and_names_its_source(signed_in):
    text = signed_in.get(
        reverse("my_data"), headers={"accept-language": "zh-hans"}
    ).content.decode()
    assert "张*" in text
    assert "证件识别" in text
    for secret in ("张三丰", NUMBER, "1990-03-07"):
        assert secret not in text


def test_a_correction_becomes_a_version(signed_in, customer):
    url = reverse("customers:correct")
    answer = signed_in.post(url, {"address": "杭州市文三路 2 号", "email": "li@example.com"})
    assert answer.status_code == 302
    assert profile_of(customer).fields["address"] == "杭州市文三路 2 号"
    bad = signed_in.post(url, {"email": "no address"})
    assert bad.status_code == 200
    assert profile_of(customer).number == 2


def test_hostile_words_in_the_profile_are_shown_as_words(signed_in):
    words = '<script>alert("x")</script>\u202e'
    signed_in.post(reverse("customers:correct"), {"occupation": words})
    text = signed_in.get(reverse("my_data")).content.decode()
    assert "<script>alert" not in text
    assert "\u202e" not in text


def test_agreeing_and_withdrawing(signed_in, customer):
    text = ConsentText.objects.get(purpose="marketing", language="zh-hans")
    give = reverse("customers:consent_give", args=["marketing"])
    signed_in.cookies["language"] = "zh-hans"
    assert signed_in.post(give, {"text": "0" * 64}).status_code == 404
    assert signed_in.post(give, {"text": text.sha256}).status_code == 302
    assert has_consent(customer, "marketing")
    signed_in.post(reverse("customers:consent_withdraw", args=["marketing"]))
    assert not has_consent(customer, "marketing")
    signed_in.post(reverse("customers:consent_withdraw", args=["terms"]))
    assert signed_in.post("/me/agreements/nothing/withdraw/").status_code == 404


def test_acts_are_never_done_by_get(signed_in, customer):
    for name in ("consent_give", "consent_withdraw"):
        assert signed_in.get(reverse(f"customers:{name}", args=["marketing"])).status_code == 405
    before = Entry.objects.count()
    for page in PAGES:
        signed_in.get(reverse(page))
    assert Entry.objects.count() == before


def test_a_copy_needs_a_step_up(signed_in, customer):
    answer = signed_in.post(reverse("customers:export_request"), {"sure": "yes"})
    assert answer.url.startswith(reverse("users:step_up"))
    assert not DataExport.objects.exists()


def test_a_copy_is_asked_for_made_and_downloaded_with_everything_in_it(proved, customer):
    assert proved.post(reverse("customers:export_request"), {"sure": "yes"}).status_code == 302
    export = DataExport.objects.get()
    build_export(ref=export.ref, at=clock.now())
    answer = proved.post(reverse("customers:export_download", args=[export.ref]))
    assert answer["Content-Type"] == "application/zip"
    archive = zipfile.ZipFile(io.BytesIO(answer.content))
    data = json.loads(archive.read("data.json"))
    assert NUMBER in {row["value"] for row in data["profile"]}
    assert {"profile", "consents", "looks", "timeline", "messages"} <= set(data)
    assert NUMBER in archive.read("data.html").decode()
    kinds = set(Entry.objects.filter(subject_ref=customer.ref).values_list("kind", flat=True))
    assert "customers.data_export_downloaded" in kinds


def test_a_stranger_s_copy_does_not_exist(client, customer, at):
    actor = Actor.of(customer.user)
    export = request_export(customer=customer, actor=actor, at=at)
    build_export(ref=export.ref, at=at)
    sign_in(client, a_user("+8613800138001"), stepped_up=True)
    own = client.post(reverse("customers:export_download", args=[export.ref]))
    none = client.post(reverse("customers:export_download", args=[uuid4()]))
    assert (own.status_code, none.status_code) == (404, 404)


def test_the_archive_is_sealed_expires_and_is_emptied(customer, at):
    actor = Actor.of(customer.user)
    export = request_export(customer=customer, actor=actor, at=at)
    assert request_export(customer=customer, actor=actor, at=at) == export
    build_export(ref=export.ref, at=at)
    with pytest.raises(ExportRefused):
        request_export(customer=customer, actor=actor, at=at)
    assert download_export(export=export, actor=actor, at=at).startswith(b"PK")
    with pytest.raises(ExportRefused):
        download_export(export=export, actor=actor, at=at + timedelta(days=7))
    assert expire_exports(at=at + timedelta(days=7) - timedelta(seconds=1)) == 0
    assert expire_exports(at=at + timedelta(days=7)) == 1
    export.refresh_from_db()
    assert (export.status, export.archive) == ("expired", None)


def test_who_looked_stands_there_with_what_and_why(signed_in, customer, at):
    from brokerage.backoffice.events import PersonalDataRevealed

    officer = User.objects.create_staff("wang@example.com", display_name="王小明")
    with transaction.atomic():
        record(
            PersonalDataRevealed(
                subject_type="customers.customer",
                subject=customer.ref,
                field="id_number",
                purpose="verify",
            ),
            actor=Actor.of(officer),
            at=at,
        )
    signed_in.cookies["language"] = "zh-hans"
    text = signed_in.get(reverse("customers:looks")).content.decode()
    assert "核对你的身份或证件" in text
    assert "证件号码" in text
    assert "王*" in text
    assert "王小明" not in text


def test_the_timeline_pages_by_ref_and_ignores_a_foreign_one(customer, monkeypatch):
    monkeypatch.setattr(history, "PAGE", 2)
    first, following = history.timeline_of(customer)
    assert len(first) == 2
    rest, end = history.timeline_of(customer, before=UUID(following))
    assert (len(rest), end) == (1, "")
    assert history.timeline_of(customer, before=uuid4())[0] == first


def test_the_number_never_stands_on_a_page(signed_in):
    for page in PAGES:
        assert PHONE[3:] not in signed_in.get(reverse(page)).content.decode()
