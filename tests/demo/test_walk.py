"""The site by its links, as everybody, in both languages."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache

import pytest
from django.contrib.staticfiles import finders

from tests.walk.crawl import Crawl, Page, crawl
from tests.walk.demonstration import STAFF, WALKERS, client_of, data, starts

pytestmark = [pytest.mark.slow, pytest.mark.django_db, pytest.mark.xdist_group("transactions")]
LANGUAGES = {"zh-hans": "zh-Hans", "en": "en"}
CHINESE = re.compile(r"[\u3400-\u9fff]")
LETTER = re.compile(r"[A-Za-z]")
MASKED = re.compile(r"[\u3400-\u9fff]{1,2}\*+")
ENGLISH = re.compile(r"[A-Za-z][A-Za-z'’-]*(?:[,.:;/()]* [A-Za-z][A-Za-z'’-]*)+[.:]?")
LEAST = {"visitor": 8, "newcomer": 15} | dict.fromkeys(STAFF, 20)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_on_the_way_keeps_the_rules(brokerage: list[str], language: str) -> None:
    is_wrong, problems = judge(language, data()), set()
    for walker in WALKERS:
        found = crawl(client_of(walker, language), starts(walker))
        problems |= {f"{walker}: {one}" for one in (*found.problems, *missing(found))}
        for page in found.pages:
            problems |= {f"{page.url}: {one}" for one in broken_rules(page, language)}
            problems |= {f"{page.url}: {one}" for one in wrong_words(page, language, is_wrong)}
        if len(found.pages) < LEAST.get(walker, 15):
            problems.add(f"{walker} came to {len(found.pages)} pages only")
    assert not problems, "\n".join(sorted(problems))


def broken_rules(page: Page, language: str) -> list[str]:
    """What the page itself does wrong, whatever it says."""
    seen, headers = page.read, page.answer.headers
    rules = {
        f"{seen.headings} h1": seen.headings == 1,
        "no title": bool(seen.title),
        f"lang is {seen.language}": seen.language == LANGUAGES[language],
        f"inline: {seen.inline}": not seen.inline,
        "no policy": "default-src 'none'" in headers.get("Content-Security-Policy", ""),
        "an unsafe policy": "unsafe" not in headers.get("Content-Security-Policy", ""),
        "sends outside": not [to for to in seen.sends if "//" in to.partition("?")[0]],
    }
    return [name for name, kept in rules.items() if not kept]


def judge(language: str, names: list[str]) -> Callable[[str], bool]:
    """Whether a text is in the other language; each text is judged once, pages repeat most."""
    foreign = CHINESE.search if language == "en" else ENGLISH.fullmatch

    @cache
    def is_wrong(text: str) -> bool:
        if not (CHINESE if language == "en" else LETTER).search(text):
            return False  # taking names out brings nothing in
        rest = MASKED.sub("", text)
        for name in names:
            rest = rest.replace(name, "")
        return bool(foreign(rest.strip()))

    return is_wrong


def wrong_words(page: Page, language: str, is_wrong: Callable[[str], bool]) -> list[str]:
    """Texts in the other language that are neither data nor marked as such."""
    declared_so = (text for text, declared in page.read.texts if declared == LANGUAGES[language])
    return [f"in the other language: {text}" for text in declared_so if is_wrong(text)]


def missing(found: Crawl) -> list[str]:
    """Styles, scripts and pictures that are not ours or not there."""
    problems = []
    for asset in found.assets:
        path = asset.partition("#")[0].partition("?")[0]
        if not path.startswith("/static/"):
            problems += [] if asset.startswith(("data:", "#", "/")) else [f"asset: {asset}"]
        elif finders.find(path.removeprefix("/static/")) is None:
            problems.append(f"asset is missing: {asset}")
    return problems
