"""Photographs of identity cards: what is wrong with them, what is read, and how it is merged."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageFilter

from accounts.documents.merging import Origin, merge
from accounts.documents.parsing import LONG_TERM, Doubt, Line, Side, parse, side_of
from accounts.documents.preflight import Flaw, flaws
from accounts.documents.specimens import (
    Specimen,
    credit_code_for,
    emblem_side,
    invented,
    number_for,
    photographed,
    portrait_side,
)
from accounts.evidence.states import CardSide, ReadingStatus
from accounts.files import IDENTITY_DOCUMENT
from accounts.gateways.scenarios import BY_SEQUENCE, Scenario, of_person
from accounts.models import Reading
from accounts.use_cases.readings import read_document, request_reading
from brokerage.core import identifiers
from brokerage.files import api as files
from brokerage.journal.models import Entry
from tests.accounts.evidence.factories import ACTOR
from tests.accounts.factories import a_draft

TODAY = date(2026, 3, 2)
NUMBER = number_for(date(1990, 3, 7), "128")


def lines(*texts: str) -> list[Line]:
    return [Line(text, 990) for text in texts]


def test_a_drawn_number_has_a_valid_check_digit() -> None:
    known = identifiers.resident_id(NUMBER, on=TODAY)

    assert (known.birth_date, str(known.sex)) == (date(1990, 3, 7), "female")


@pytest.mark.parametrize(
    "read",
    [
        lines("姓名", "江映雪", "性别女", "民族汉", "出生", "1990 年 3 月 7 日", "住址", "浙江省",
              "样本路1号", "公民身份号码", NUMBER),
        lines("姓名江映雪", "性别女民族汉", "出生1990年3月7日", "住址浙江省样本路1号",
              f"公民身份号码{NUMBER}"),
        lines("江映雪", "姓名", "性别", "女", "民族汉", "出生", "1990年3月7日", "住址", "浙江省",
              "样本路1号", NUMBER, "公民身份号码"),
    ],
)  # fmt: skip
def test_merged_and_parted_labels_are_understood(read: list[Line]) -> None:
    assert side_of(read) == Side.PORTRAIT

    found = parse(read, Side.PORTRAIT, on=TODAY)

    assert {name: field.value for name, field in found.items()} == {
        "name": "江映雪",
        "sex": "female",
        "nation": "汉",
        "birth_date": "1990-03-07",
        "address": "浙江省样本路1号",
        "number": NUMBER,
    }


def test_sex_and_birth_date_come_from_the_number_where_they_differ() -> None:
    read = lines("姓名江映雪", "性别男", "1990年3月8日", NUMBER)

    found = parse(read, Side.PORTRAIT, on=TODAY)

    assert (found["sex"].value, found["sex"].doubt) == ("female", Doubt.DIFFERS)
    assert (found["birth_date"].value, found["birth_date"].doubt) == ("1990-03-07", Doubt.DIFFERS)


def test_a_number_whose_check_digit_fails_is_shown_with_its_doubt_and_proves_nothing() -> None:
    wrong = NUMBER[:-1] + ("0" if NUMBER[-1] != "0" else "1")

    found = parse(lines("性别男", wrong), Side.PORTRAIT, on=TODAY)

    assert found["number"].doubt == Doubt.CHECK_DIGIT
    assert found["sex"].value == "male"
    assert "birth_date" not in found


@pytest.mark.parametrize(
    ("read", "valid_to"),
    [
        (lines("签发机关", "杭州市公安局西湖分局", "有效期限", "2015.06.01-2035.06.01"),
         "2035-06-01"),
        (lines("有效期限 2015.06.01-长期", "签发机关杭州市公安局西湖分局"), LONG_TERM),
        (lines("杭州市公安局西湖分局", "签发机关", "2015.06.01—2035.06.01"), "2035-06-01"),
    ],
)  # fmt: skip
def test_the_other_side_gives_issuer_and_validity(read, valid_to) -> None:
    found = parse(read, Side.EMBLEM, on=TODAY)

    assert found["issuer"].value == "杭州市公安局西湖分局"
    assert (found["valid_from"].value, found["valid_to"].value) == ("2015-06-01", valid_to)


@given(st.lists(st.text(max_size=30), max_size=12))
def test_whatever_is_read_is_parsed_without_a_fault(texts) -> None:
    read = lines(*texts)
    side_of(read)
    for side in Side:
        parse(read, side, on=TODAY)


def test_typed_values_are_never_overwritten() -> None:
    merged = merge(
        {"name": "江映雪", "address": "", "nation": "汉", "sex": "F"},
        {"name": Origin.TYPED, "nation": Origin.READ},
        {"name": "江映雷", "address": "浙江省", "nation": "满", "sex": "F", "number": NUMBER},
    )

    assert merged.values["name"] == "江映雪"
    assert merged.conflicts == ("name",)
    assert set(merged.filled) == {"address", "nation", "number"}
    assert merged.origins == {
        "name": "typed", "address": "read", "nation": "read", "number": "read",
    }  # fmt: skip


WORDS = st.text(alphabet="abc ", max_size=3)


@given(
    st.dictionaries(st.sampled_from("xyz"), WORDS),
    st.dictionaries(st.sampled_from("xyz"), st.sampled_from(list(Origin))),
    st.dictionaries(st.sampled_from("xyz"), WORDS),
)
def test_merging_twice_is_merging_once_and_only_reads_change(values, origins, read) -> None:
    once = merge(values, origins, read)
    again = merge(once.values, once.origins, read)

    assert (again.values, again.origins, again.filled) == (once.values, once.origins, ())
    for name, old in values.items():
        if old and origins.get(name, Origin.TYPED) != Origin.READ:
            assert once.values[name] == old


def spotted(card: Image.Image) -> Image.Image:
    ImageDraw.Draw(card).ellipse((400, 300, 720, 560), fill=(255, 255, 255))
    return card


@pytest.mark.parametrize(
    ("spoil", "flaw"),
    [
        (lambda card: card.filter(ImageFilter.GaussianBlur(6)), Flaw.BLUR),
        (lambda card: card.resize((400, 277)), Flaw.SMALL),
        (lambda card: card.point(lambda level: level // 6), Flaw.DARK),
        (lambda card: spotted(card.point(lambda level: int(level * 0.9))), Flaw.GLARE),
        (lambda card: card.crop((300, 130, 900, 640)), Flaw.EDGES),
    ],
    ids=["blur", "small", "dark", "glare", "edges"],
)
def test_a_spoilt_photograph_is_named(spoil: Any, flaw: Flaw) -> None:
    assert flaw in flaws(spoil(photographed(portrait_side(Specimen()))))


@pytest.mark.parametrize("draw", [portrait_side, emblem_side])
def test_a_good_photograph_has_no_flaw(draw) -> None:
    assert flaws(photographed(draw(Specimen()))) == []


def stored(application: Any, image: Image.Image, at: Any) -> files.StoredFile:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=85)
    out.seek(0)
    return files.store(
        upload=out, purpose=IDENTITY_DOCUMENT, owner_ref=application.ref, actor=ACTOR, at=at
    )


def read(at: Any, image: Image.Image, side: CardSide) -> Reading:
    application = a_draft(at=at)
    file = stored(application, image, at)
    reading = request_reading(application=application, file_ref=file.ref, side=side, at=at)
    assert request_reading(application=application, file_ref=file.ref, side=side, at=at) == reading
    done = read_document(reading=reading, at=at)
    assert Reading.objects.get(application=application, side=side) == done
    return done


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_both_sides_are_read_and_nothing_of_them_enters_the_journal(at) -> None:
    card = replace(Specimen(), number=NUMBER)

    front = read(at, photographed(portrait_side(card)), CardSide.PORTRAIT)

    assert front.status == ReadingStatus.READ
    assert front.found["number"]["value"] == NUMBER
    assert front.found["name"]["value"] == "江映雪"
    assert front.found["birth_date"]["value"] == "1990-03-07"
    assert front.found["address"]["value"] == card.address
    entry = Entry.objects.get(kind="accounts.document_read")
    assert NUMBER not in str(entry.payload)
    assert "number" in entry.payload["found"]


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("draw", "flaw"),
    [
        (emblem_side, Flaw.WRONG_SIDE),
        (lambda card: Image.effect_noise((800, 600), 60), Flaw.NO_CARD),
    ],
    ids=["other side", "no card"],
)
def test_another_picture_is_named_and_fills_nothing(at, draw, flaw) -> None:
    reading = read(at, draw(Specimen()), CardSide.PORTRAIT)

    assert reading.status == ReadingStatus.UNREADABLE
    assert flaw in reading.flaws
    assert reading.found == {}


@pytest.mark.django_db
def test_the_page_of_specimens_exists_in_the_sandbox_only(client, settings) -> None:
    page = client.get("/sandbox/cards/", {"person": "7", "scenario": "902"})

    assert page.status_code == 200
    assert page.content.count(b"data:image/jpeg;base64,") == 4  # each side shown, and to be saved
    assert b"data:image" not in client.get("/sandbox/cards/", {"person": "366"}).content
    settings.SANDBOX = False
    assert client.get("/sandbox/cards/").status_code == 404


def test_invented_organisations_have_valid_codes_that_choose_their_scenario() -> None:
    for places in ("001", *BY_SEQUENCE):
        code = credit_code_for(places)
        known = identifiers.check_document(identifiers.Document.BUSINESS_LICENCE, code, on=TODAY)
        assert known.value == code
        assert of_person(code) == BY_SEQUENCE.get(places, Scenario.SUCCESS)


@pytest.mark.parametrize("sequence", ["", *BY_SEQUENCE])
def test_invented_people_have_valid_numbers_of_their_own(sequence: str) -> None:
    people = [invented(person, sequence) for person in range(1, 366)]

    assert len({one.number for one in people}) == 365
    for one in people:
        known = identifiers.resident_id(one.number, on=TODAY)
        assert known.birth_date == one.born
        assert (str(known.sex) == "male") == (one.sex == "男")


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_page_of_specimens_is_fit_for_everybody(language, live_server, visit) -> None:
    visited = visit(f"{live_server.url}/sandbox/cards/", cookies={"language": language})

    assert visited.axe() == []
    assert not visited.overflows()
    assert visited.problems == []
