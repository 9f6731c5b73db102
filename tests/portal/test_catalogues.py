"""Every string has its Chinese; the tool that says so is tried on strings made for it."""

from __future__ import annotations

import re

import polib
import pytest

from brokerage.core import catalogues
from brokerage.core.catalogues import Found
from brokerage.settings.env import BASE_DIR

TERMS = BASE_DIR / "docs" / "terms.md"


def test_every_string_of_the_tree_is_translated() -> None:
    assert catalogues.problems() == []


def test_each_part_has_one_catalogue_that_django_reads(settings) -> None:
    read = {path.name for path in settings.LOCALE_PATHS}

    assert set(catalogues.existing_parts()) <= read


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ('_("Home")', [(None, "Home", "")]),
        ('x = gettext_lazy("A " "B")', [(None, "A B", "")]),
        ('translation.gettext("C")', [(None, "C", "")]),
        ('pgettext("step", "done")', [("step", "done", "")]),
        ('ngettext("{n} day", "{n} days", n)', [(None, "{n} day", "{n} days")]),
        ("_(name)", []),
        ('print("plain")', []),
    ],
)
def test_strings_of_python_are_found(source, found) -> None:
    assert list(catalogues._python_calls(source)) == found


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ('{% load i18n %}{% translate "Home" %}', [(None, "Home", "")]),
        ("{% translate 'It is \"so\"' as it %}", [(None, 'It is "so"', "")]),
        ('{% translate "Read" context "source" %}', [("source", "Read", "")]),
        (
            "{% blocktranslate trimmed count n=n %}\n one\n {% plural %}{{ n }} of them"
            "{% endblocktranslate %}",
            [(None, "one", "%(n)s of them")],
        ),
        ('{% include "x" with label=_("Go") %}', [(None, "Go", "")]),
        ('{% translate "100%" %}', [(None, "100%%", "")]),
        ('{# {% translate "not this" %} #}', []),
    ],
)
def test_strings_of_templates_are_found(source, found) -> None:
    assert list(catalogues._template_calls(source, "page.html")) == found


@pytest.mark.parametrize(
    ("path", "part"),
    [
        ("brokerage/users/views.py", "users"),
        ("templates/account/login.html", "users"),
        ("brokerage/core/display/formats.py", "portal"),
        ("brokerage/core/masking.py", "core"),
        ("accounts/forms.py", "accounts"),
        ("templates/base.html", "portal"),
    ],
)
def test_a_string_belongs_to_the_catalogue_of_its_part(path, part) -> None:
    assert catalogues.part_of(path) == part


def entry(**values) -> polib.POEntry:
    return polib.POEntry(**values)


@pytest.mark.parametrize(
    ("bad", "problem"),
    [
        (entry(msgid="Home"), "has no translation"),
        (entry(msgid="Home", msgstr="首页", flags=["fuzzy"]), "is fuzzy"),
        (entry(msgid="Home", msgstr="首页", obsolete=True), "is no longer used"),
        (entry(msgid="By {time}", msgstr="{date} 前"), "has placeholders"),
        (entry(msgid="%(n)s left", msgstr="还剩几个"), "has placeholders"),
        (entry(msgid="a day", msgid_plural="{n} days", msgstr_plural={0: "几天"}), "placeholders"),
    ],
)
def test_an_incomplete_entry_is_named(bad, problem) -> None:
    assert [problem in said for said in catalogues._problems_of(bad)] == [True]


def test_a_complete_entry_is_fine() -> None:
    good = entry(msgid="By {time}, 100%%", msgstr="{time} 前，100%%")

    assert list(catalogues._problems_of(good)) == []


def test_merging_keeps_translations_and_revives_what_comes_back(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(catalogues, "_root", lambda: tmp_path)
    key = (None, "Home")
    first = catalogues.merge("trial", {key: Found(files={"a.py"})})
    first[0].msgstr = "首页"
    assert catalogues.save("trial", first)

    gone = catalogues.merge("trial", {})
    assert gone[0].obsolete
    catalogues.save("trial", gone)
    back = catalogues.merge("trial", {key: Found(files={"b.py"})})

    assert (back[0].msgstr, bool(back[0].obsolete)) == ("首页", False)


def test_a_compiled_catalogue_is_written_once(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(catalogues, "_root", lambda: tmp_path)
    po = catalogues.merge("trial", {(None, "Home"): Found(files={"a.py"})})
    po[0].msgstr = "首页"
    catalogues.save("trial", po)

    assert [catalogues.compile_catalogues(), catalogues.compile_catalogues()] == [1, 0]


HAN = "[\u3400-\u9fff]"
PUNCTUATION = {
    "half-width sign after Chinese": rf"{HAN}\s*[,;:!?](?!\d)|{HAN}\.(?:\s|$)",
    "half-width bracket": rf"{HAN}\s?[(]|[)]\s?{HAN}",
    "straight quotation mark": rf"{HAN}[\"']|[\"']{HAN}",
    "three dots": r"\.\.\.",
    "exclamation": "[!！]",
    "space beside a full-width sign": r"\s[，。；：？（）、]|[，。；：？（、]\s",
    "no space between Chinese and a number or Latin word": rf"{HAN}[0-9A-Za-z]|[0-9A-Za-z%]{HAN}",
}
INSIDE = re.compile(r"%\(\w+\)[sd]|\{\w*\}|<[^>]+>|%[sd]")  # what is filled in, and marks


def chinese_texts() -> list[tuple[str, str]]:
    """Every Chinese text of the catalogues, with its part; what is filled in is left out."""
    return [
        (part, INSIDE.sub("\ue000", catalogues._translation(entry)))
        for part in catalogues.existing_parts()
        for entry in catalogues.load(part)
        if not entry.obsolete
    ]


@pytest.mark.parametrize("rule", PUNCTUATION)
def test_chinese_is_set_as_a_chinese_editor_sets_it(rule: str) -> None:
    wrong = re.compile(PUNCTUATION[rule])
    assert [f"{part}: {text}" for part, text in chinese_texts() if wrong.search(text)] == []


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        ("half-width sign after Chinese", "已保存,请继续"),
        ("half-width sign after Chinese", "已保存."),
        ("half-width bracket", "日期(可不填)"),
        ("straight quotation mark", '请选"同意"'),
        ("three dots", "读取中..."),
        ("exclamation", "好！"),
        ("space beside a full-width sign", "好 ，"),
        ("no space between Chinese and a number or Latin word", "共3行"),
    ],
)
def test_the_rules_find_what_they_are_for(rule: str, text: str) -> None:
    assert re.search(PUNCTUATION[rule], text)


def test_one_word_stands_for_one_thing() -> None:
    rows = re.findall(r"^\| ([^|]+) \| ([^|]+) \| ([^|]+) \|", TERMS.read_text(), re.MULTILINE)
    never = {no: yes for _english, yes, no in rows if no not in ("never", "---")}
    assert len(never) > 20
    wrong = [(no, text) for _part, text in chinese_texts() for no in never if no in text]
    assert wrong == []
