"""Texts: declared variables only, versions that stay, files that are checked."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import ProgrammingError, transaction

from brokerage.messaging.models import TextVersion
from brokerage.messaging.rules.text import UnableToRender, check, render, slots
from brokerage.messaging.texts import UnknownKind, current, just_now, words
from brokerage.messaging.use_cases.load_texts import BadTexts, load_texts, parse
from brokerage.users.codes import TEXT_KEYS
from tests.messaging.factories import EARLY, a_text

ENTRY = {
    "kind": "tests.note",
    "purpose": "service",
    "variables": {"who": "text"},
    "zh-hans": {"inbox": {"title": "你好", "body": "{who}"}},
    "en": {"inbox": {"title": "Hello", "body": "{who}"}},
}


def filled(text: str, kind: str, value: object, language: str = "en") -> str:
    return render(text, variables={"v": kind}, values={"v": value}, language=language)


@pytest.mark.parametrize(
    ("kind", "value", "zh", "en"),
    [
        ("text", "王*", "王*", "王*"),
        ("date", "2026-03-12", "2026 年 3 月 12 日", "12 March 2026"),
        ("instant", "2026-03-12T06:20:00+00:00", "3 月 12 日 14:20", "12 March, 14:20"),
        ("money", "-1234567.005", "−1,234,567.01 元", "CNY −1,234,567.01"),
        ("number", 1200, "1,200", "1,200"),
        ("code", "012345", "012345", "012345"),
        ("path", "/open/", "/open/", "/open/"),
    ],
)
def test_values_are_written_in_the_habit_of_the_language(kind, value, zh, en):
    assert filled("{v}", kind, value, "zh-hans") == zh
    assert filled("{v}", kind, value, "en") == en


def test_a_name_by_language_is_chosen_by_the_reader():
    value = {"zh-hans": "金华营业部", "en": "Jinhua"}

    assert filled("{v}", "text", value, "zh-hans") == "金华营业部"
    assert filled("{v}", "text", value, "en") == "Jinhua"
    with pytest.raises(UnableToRender):
        check({"v": "text"}, {"v": {"zh-hans": "金华营业部"}})


def test_a_value_is_text_and_never_run_or_filled_again():
    for hostile in ("{v}", "{0.__class__}", "{% load x %}", "{{ v }}", "%(v)s", "${v}"):
        assert filled("[{v}]", "text", hostile) == f"[{hostile}]"


def test_direction_and_control_marks_of_a_value_are_dropped():
    assert filled("{v}", "text", "a\u202eb\x00c\nd") == "abcd"


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("text", 1),
        ("text", "x" * 201),
        ("date", "12 March"),
        ("instant", "2026-03-12T06:20:00"),
        ("money", "NaN"),
        ("number", "12"),
        ("number", True),
        ("code", "12a456"),
        ("path", "//evil.example/"),
        ("path", "https://evil.example/"),
        ("path", "/a/javascript:x"),
    ],
)
def test_a_value_of_another_kind_is_refused_without_being_told(kind, value):
    with pytest.raises(UnableToRender) as refused:
        check({"v": kind}, {"v": value})
    assert str(value) not in str(refused.value).replace("The value of v", "")


def test_a_lost_brace_is_refused():
    for text in ("{", "}", "{Who}", "{a.b}", "{a[0]}", "{{a}}"):
        with pytest.raises(UnableToRender):
            slots(text)


@pytest.mark.parametrize(
    "change",
    [
        {"en": {}},
        {"en": {"inbox": {"title": "Hello", "body": "{whom}"}}},
        {"variables": {"who": "text", "more": "text"}},
        {"variables": {"who": "python"}},
        {"purpose": "fun"},
        {"colour": "red"},
        {"purpose": "code"},
        {"variables": {"who": "code"}},
        {"en": {"inbox": {"title": "Hello", "body": "{who}"}, "sms": "{who}"}},
    ],
)
def test_a_faulty_entry_is_refused_and_named(change):
    with pytest.raises(BadTexts, match=r"tests\.note"):
        parse({**ENTRY, **change}, where="file")


def test_the_hash_follows_every_word():
    other = {**ENTRY, "en": {"inbox": {"title": "Hello!", "body": "{who}"}}}
    assert parse(ENTRY, where="f")["sha256"] != parse(other, where="f")["sha256"]
    assert parse(ENTRY, where="f")["sha256"] == parse(dict(ENTRY), where="f")["sha256"]


@pytest.mark.django_db
def test_the_shipped_texts_are_loaded_once_and_cover_every_key_of_the_log_in(at):
    assert load_texts(at=at) == 0
    for key in TEXT_KEYS:
        text = current(key, at)
        assert text.purpose == "code"
        assert ("code" in text.variables) == key.startswith("users.code.")


@pytest.mark.django_db
def test_a_changed_file_makes_a_new_version_and_keeps_the_old(at, monkeypatch, tmp_path):
    file = tmp_path / "messages.yaml"
    monkeypatch.setattr("brokerage.messaging.use_cases.load_texts.text_files", lambda: [file])
    line = (
        "- {kind: tests.file, purpose: service, zh-hans: &c {inbox: {title: a, body: %s}}, en: *c}"
    )
    file.write_text(line % "one")
    assert load_texts(at=at) == 1
    file.write_text(line % "two")
    assert (load_texts(at=at + timedelta(days=1)), load_texts(at=at)) == (1, 0)
    assert current("tests.file", at).version == 1
    later = current("tests.file", at + timedelta(days=1))
    assert later.version == 2
    found = words(later, channel="inbox", language="en", values={})
    assert found
    assert found.body == "two"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "change",
    [lambda rows: rows.update(content={}), lambda rows: rows._raw_delete("default")],
    ids=["reword", "delete"],
)
def test_a_version_is_never_changed(change):
    text = a_text()
    with pytest.raises(ProgrammingError, match="pgtrigger"), transaction.atomic():
        change(TextVersion.objects.filter(pk=text.pk))


@pytest.mark.django_db
def test_the_version_of_the_day_counts(at):
    a_text(zh="旧", valid_from=EARLY)
    a_text(zh="新", version=2, valid_from=at + timedelta(days=1))
    assert current("tests.note", at).version == 1
    assert current("tests.note", at + timedelta(days=1)).version == 2
    with pytest.raises(UnknownKind):
        current("tests.other", at)


@pytest.mark.django_db
def test_the_text_of_a_code_is_read_once_in_twenty_seconds(
    settings, monkeypatch, django_assert_num_queries
):
    settings.REFERENCE_KEPT_SECONDS = 20
    monkeypatch.setattr("brokerage.messaging.texts._kept", {})
    first = a_text(version=1)
    assert just_now(first.kind, EARLY) == first
    second = a_text(version=2, valid_from=EARLY + timedelta(seconds=1))
    with django_assert_num_queries(0):
        assert just_now(first.kind, EARLY + timedelta(seconds=19)) == first
    assert just_now(first.kind, EARLY + timedelta(seconds=20)) == second
    assert just_now(first.kind, EARLY) == first, "a clock that goes back asks"
