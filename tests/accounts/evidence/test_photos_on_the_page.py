"""Photos on the identity page: read while one types, nothing typed is ever replaced."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image, ImageFilter
from playwright.sync_api import expect

from accounts.documents import specimens
from accounts.documents.merging import as_answers
from accounts.documents.portraits import portrait
from accounts.documents.remarks import Remark, Why, remarks
from accounts.evidence.states import ReadingStatus
from accounts.models import Application, Reading, Section
from accounts.states import Step
from accounts.use_cases import Answer, ChangedElsewhere, save_section, submit_application
from accounts.use_cases import readings as readings_module
from accounts.use_cases.readings import read_document
from brokerage.core import clock
from brokerage.customers.models import Source
from brokerage.files import api as files
from brokerage.files.use_cases.check_file import check
from brokerage.journal.models import Entry
from tests.accounts.answers import ACTOR
from tests.accounts.evidence.test_documents import lines
from tests.accounts.factories import a_complete_draft, a_draft
from tests.browser import Visit
from tests.customers.factories import a_customer
from tests.users.factories import sign_in

CARD = specimens.Specimen()
NUMBER = specimens.number_for(date(1990, 3, 7), "128")
PORTRAIT = lines(
    f"姓名{CARD.name}", "性别女民族汉", "住址浙江省样本路1号", f"公民身份号码{NUMBER}"
)
EMBLEM = lines("居民身份证", f"签发机关{CARD.issuer}", "有效期限2015.06.01-2035.06.01")


def jpeg(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=90)
    return out.getvalue()


def front() -> bytes:
    return jpeg(specimens.photographed(specimens.portrait_side(CARD), angle=0))


def back() -> bytes:
    return jpeg(specimens.photographed(specimens.emblem_side(CARD), angle=0))


def client_of(application: Application) -> Client:
    user: Any = application.customer.user
    return sign_in(Client(headers={"Accept-Language": "en"}), user)


def send(client: Client, application: Application, side: str, content: bytes, version: int) -> Any:
    return client.post(
        f"/open/{application.ref}/photos/{side}/",
        {"photo": SimpleUploadedFile("x.jpg", content), "version": str(version)},
    )


def section_of(application: Application) -> Section:
    return application.sections.get(step="identity")


@pytest.fixture
def reader(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """A reader that sees what the test says, so that no model is loaded."""
    seen = {"lines": PORTRAIT}
    monkeypatch.setattr(readings_module, "read_lines", lambda image: seen["lines"])
    return seen


def read(at: datetime) -> Reading:
    return read_document(reading=Reading.objects.order_by("-pk")[0], at=at)


@pytest.mark.django_db
def test_a_photo_fills_what_is_empty_and_the_person_confirms_it(reader) -> None:
    at = clock.now()
    draft = a_draft(at=at)
    client = client_of(draft)

    sent = send(client, draft, "front", front(), 0)
    assert 'data-version="1"' in sent.content.decode()
    assert client.get(f"/open/{draft.ref}/photos/front/").status_code == 204, "still being read"
    assert read(at).status == ReadingStatus.READ

    section = section_of(draft)
    assert section.answers["name"] == CARD.name
    assert section.answers["id_number"] == NUMBER
    assert section.provenance["name"]["source"] == Source.OCR
    assert section.status == "incomplete"
    part = client.get(f"/open/{draft.ref}/photos/front/?version=1").content.decode()
    assert f'data-field="name" data-value="{CARD.name}"' in part
    assert 'data-version="2"' in part
    assert CARD.name not in str(list(Entry.objects.values_list("payload", flat=True)))

    reader["lines"] = EMBLEM
    assert 'data-version="3"' in send(client, draft, "back", back(), 2).content.decode()
    read(at)
    assert section_of(draft).status == "incomplete", "nobody has looked at it yet"
    page = client.get(f"/open/{draft.ref}/identity/")
    form = {name: page.context["form"][name].value() or "" for name in page.context["form"].fields}
    assert form["id_issuer"] == CARD.issuer
    del form["front"], form["back"]
    assert client.post(f"/open/{draft.ref}/identity/", form).status_code == 302
    done = section_of(draft)
    assert (done.status, done.provenance["name"]["source"]) == ("complete", Source.OCR)


@pytest.mark.django_db(transaction=True)
def test_a_photo_takes_few_statements(django_assert_max_num_queries: Any) -> None:
    draft = a_draft(at=clock.now())
    client = client_of(draft)
    send(client, draft, "front", front(), 0)
    with django_assert_max_num_queries(8):  # two of them begin and end the transaction
        send(client, draft, "back", back(), 1)
    with django_assert_max_num_queries(3):
        assert client.get(f"/open/{draft.ref}/photos/back/").status_code == 204


@pytest.mark.django_db
def test_what_was_typed_stays_and_the_difference_stands_beside_it(reader) -> None:
    at = clock.now()
    draft = a_draft(at=at)
    client = client_of(draft)
    client.post(f"/open/{draft.ref}/identity/", {"name": "江映霜", "version": "0"})
    send(client, draft, "front", front(), 1)
    read(at)

    section = section_of(draft)
    assert section.answers["name"] == "江映霜"
    assert section.answers["address"] == "浙江省样本路1号"
    page = client.get(f"/open/{draft.ref}/identity/")
    assert f"On the photo we read “{CARD.name}”" in page.content.decode()
    assert 'value="江映霜"' in page.content.decode()


@pytest.mark.django_db
def test_a_page_that_was_made_before_the_reading_is_no_conflict_and_takes_nothing_back(
    reader,
) -> None:
    at = clock.now()
    draft = a_draft(at=at)
    client = client_of(draft)
    send(client, draft, "front", front(), 0)
    read(at)

    given = {"name": "江映霜", "address": "", "id_number": "", "version": "1"}
    client.post(f"/open/{draft.ref}/identity/", given)

    section = section_of(draft)
    assert section.answers["name"] == "江映霜", "typed wins"
    assert section.answers["id_number"] == NUMBER, "the empty field had not been filled yet"
    assert section.provenance["name"]["source"] == Source.CUSTOMER
    stale = Answer(step=Step.IDENTITY, values={"name": "别人"}, version=1)
    with pytest.raises(ChangedElsewhere):
        save_section(application=draft, answer=stale, actor=ACTOR, at=at)


@pytest.mark.django_db
def test_a_photo_does_not_hide_what_another_device_wrote(reader) -> None:
    draft = a_draft(at=clock.now())
    client = client_of(draft)
    client.post(f"/open/{draft.ref}/identity/", {"name": "江映霜", "version": "0"})

    sent = send(client, draft, "front", front(), 0)  # from a page that does not know the name

    assert "data-version" not in sent.content.decode()
    client.post(f"/open/{draft.ref}/identity/", {"name": "别人", "version": "0"})
    assert section_of(draft).answers["name"] == "江映霜"
    assert section_of(draft).answers["front"]


@pytest.mark.django_db
def test_a_replaced_photo_and_a_sent_application_are_not_filled(reader) -> None:
    at = clock.now()
    draft = a_draft(at=at)
    client = client_of(draft)
    send(client, draft, "front", front(), 0)
    first = Reading.objects.get()
    send(client, draft, "front", front(), 1)
    read_document(reading=first, at=at)
    assert "name" not in section_of(draft).answers, "an older photo counts no more"

    whole = a_complete_draft(a_customer("+8613900139007"), at=at)
    before = section_of(whole).answers
    Reading.objects.create(application=whole, file_ref=before["front"], side="portrait",
                           created_at=at)  # fmt: skip
    submit_application(application=whole, actor=ACTOR, at=at)
    assert send(client_of(whole), whole, "front", front(), 1).status_code == 302
    assert section_of(whole).answers == before


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "This file is empty"),
        (b"no picture at all", "We cannot read this kind of file"),
        (b"%PDF-1.7\n" + b"x" * 900, "We cannot read this kind of file"),
        (b"\xff\xd8\xff\xe0" + b"\x00" * (15 * 2**20), "This file is too large"),
    ],
)
def test_what_is_no_photo_is_told_in_its_place_and_changes_nothing(content, sentence) -> None:
    draft = a_draft(at=clock.now())
    client = client_of(draft)
    sent = send(client, draft, "front", content, 0)
    assert sent.status_code == 422
    assert sentence in sent.content.decode()
    assert not Section.objects.filter(application=draft).exists()
    assert client.get(f"/open/{draft.ref}/photos/middle/").status_code == 404


@pytest.mark.django_db
def test_a_polyglot_is_stored_but_reads_as_no_card_and_the_wrong_side_is_named(reader) -> None:
    at = clock.now()
    draft = a_draft(at=at)
    client = client_of(draft)
    send(client, draft, "front", b"\xff\xd8\xff\xe0<script>alert(1)</script>" * 40, 0)
    assert read(at).status == ReadingStatus.UNREADABLE
    part = client.get(f"/open/{draft.ref}/photos/front/").content.decode()
    assert "could not read it. Type the fields yourself" in part
    assert "We see no identity card" in part

    reader["lines"] = EMBLEM
    send(client, draft, "front", front(), 1)
    read(at)
    assert "This is the other side" in client.get(f"/open/{draft.ref}/identity/").content.decode()
    assert set(section_of(draft).answers) == {"front"}


@pytest.mark.django_db
def test_a_photo_whose_check_was_quicker_is_read_and_compared_from_its_clean_copy(reader) -> None:
    at = clock.now()
    draft = a_draft(at=at)
    send(client_of(draft), draft, "front", front(), 0)
    waiting = Reading.objects.get()

    check(ref=waiting.file_ref, at=at)

    assert files.StoredFile.objects.get(ref=waiting.file_ref).status == "disposed"
    assert read(at).status == ReadingStatus.READ
    assert portrait(str(waiting.file_ref)).startswith(b"\xff\xd8")
    assert portrait(str(draft.ref)) == b"", "no such file"


@pytest.mark.django_db
def test_a_reading_that_takes_long_says_so(reader) -> None:
    at = clock.now() - timedelta(minutes=1)
    draft = a_draft(at=at)
    client = client_of(draft)
    send(client, draft, "front", front(), 0)
    Reading.objects.update(created_at=at)
    part = client.get(f"/open/{draft.ref}/photos/front/")
    assert "takes longer than usual" in part.content.decode()


@pytest.mark.django_db
def test_without_a_script_the_photos_go_with_the_form_and_are_no_typed_fields(reader) -> None:
    at = clock.now()
    draft = a_draft(at=at)
    client = client_of(draft)
    sent = client.post(
        f"/open/{draft.ref}/identity/",
        {"front": SimpleUploadedFile("x.jpg", front()), "version": "0"},
        follow=True,
    )
    assert "are reading it" in sent.content.decode()
    assert "id_front_source" not in sent.content.decode()
    read(at)
    page = client.get(f"/open/{draft.ref}/identity/").content.decode()
    assert "Read from the photo. Please compare" in page
    assert f'value="{NUMBER}"' in page


def test_only_what_differs_or_is_unsure_is_remarked() -> None:
    found = {
        "name": {"value": "江映雪", "sure": 990, "doubt": ""},
        "number": {"value": NUMBER[:-1] + "A", "sure": 990, "doubt": "check_digit"},
        "address": {"value": "浙江省 1 号", "sure": 700, "doubt": ""},
        "valid_to": {"value": "long_term", "sure": 990, "doubt": ""},
    }
    assert as_answers(found) == {"name": "江映雪", "address": "浙江省 1 号", "id_long_term": "yes"}
    assert list(remarks(found, {"name": "江映雪", "id_long_term": True})) == [
        Remark("id_number", Why.CHECK_DIGIT, NUMBER[:-1] + "A"),
        Remark("address", Why.UNSURE, "浙江省 1 号"),
    ]
    told = remarks(
        found, {"address": "浙江省1号", "id_number": NUMBER, "id_valid_to": "2030-01-01"}
    )
    assert [(each.field, each.why) for each in told] == [
        ("address", Why.UNSURE),
        ("id_valid_to", Why.DIFFERS),
    ]


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_two_photos_fill_the_page_on_a_phone(
    language: str, live_server: Any, visit: Callable[..., Visit], tmp_path: Any
) -> None:
    draft = a_draft(at=clock.now())
    client = client_of(draft)
    jar = {"language": language, "sessionid": client.cookies["sessionid"].value}
    visited = visit(f"{live_server.url}/open/{draft.ref}/identity/", cookies=jar)
    page = visited.page
    assert visited.axe() == []

    blurred = Image.open(io.BytesIO(front())).filter(ImageFilter.GaussianBlur(9))
    for name, content in (("bad", jpeg(blurred)), ("front", front()), ("back", back())):
        (tmp_path / f"{name}.jpg").write_bytes(content)
    page.set_input_files("#id_front", tmp_path / "bad.jpg")
    expect(page.locator("#photo-front .warnmsg")).to_be_visible()
    assert not Reading.objects.exists(), "a blurred photo is not sent unasked"

    page.fill("#id_address", "浙江省杭州市")
    page.set_input_files("#id_front", tmp_path / "front.jpg")
    expect(page.locator("#photo-front progress")).to_be_visible()
    expect(page.locator("#id_version")).to_have_value("1")
    read(clock.now())
    expect(page.locator("#id_name")).to_have_value(CARD.name, timeout=15_000)
    expect(page.locator("#id_id_number")).to_have_value(NUMBER)
    expect(page.locator("#id_address")).to_have_value("浙江省杭州市")
    expect(page.locator("#div_id_address .warnmsg")).to_contain_text("样本小区")
    expect(page.locator("#id_name_source")).to_be_visible()

    page.set_input_files("#id_back", tmp_path / "back.jpg")
    expect(page.locator("#id_version")).to_have_value("3")
    read(clock.now())
    expect(page.locator("#id_id_issuer")).to_have_value(CARD.issuer, timeout=15_000)
    assert visited.axe() == []
    assert not visited.overflows()

    visited.follow(page.locator(".bar-act button"))
    done = section_of(draft)
    assert done.status == "complete"
    assert done.answers["address"] == "浙江省杭州市"
    assert done.provenance["id_valid_to"]["source"] == Source.OCR
    assert visited.problems == []


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("typed", ["", NUMBER])
def test_a_wrong_check_digit_is_told_only_while_nobody_typed_the_number(
    typed: str,
    reader: dict[str, Any],
    live_server: Any,
    visit: Callable[..., Visit],
    tmp_path: Any,
) -> None:
    """As the server says it: a number that was typed has been checked by its own digit."""
    wrong = NUMBER[:-1] + ("0" if NUMBER[-1] != "0" else "1")
    reader["lines"] = lines(f"姓名{CARD.name}", "性别女民族汉", f"公民身份号码{wrong}")
    draft = a_draft(at=clock.now())
    jar = {"language": "en", "sessionid": client_of(draft).cookies["sessionid"].value}
    page = visit(f"{live_server.url}/open/{draft.ref}/identity/", cookies=jar).page
    page.fill("#id_id_number", typed)
    (tmp_path / "front.jpg").write_bytes(front())
    page.set_input_files("#id_front", tmp_path / "front.jpg")
    expect(page.locator("#id_version")).to_have_value("1")
    read(clock.now())
    expect(page.locator("#id_name")).to_have_value(CARD.name, timeout=15_000)

    beside = page.locator("#div_id_id_number .warnmsg")
    expect(beside).to_have_count(0 if typed else 1)
    if not typed:  # the server says the same; it does not know what is only typed
        page.reload()
        expect(beside).to_have_count(1)
