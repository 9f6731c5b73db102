"""Follows links from page to page, as one person in one language."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin, urlsplit

from django.test import Client
from django.urls import Resolver404, resolve

from tests.walk.reader import Reader, read

OUTSIDE = ("http:", "https:", "//", "ftp:", "data:", "javascript:")
NO_PAGES = ("mailto:", "tel:", "sms:", "#")
NOT_FOLLOWED = {"preference_language", "preference_theme", "preference_mode"}
OF_A_KIND = 2  # pages of one route that are opened, with and without parameters each


@dataclass
class Page:
    """One page, how one came to it, and what it answered."""

    url: str
    came_from: str
    answer: Any
    read: Reader


@dataclass
class Crawl:
    """What was found on the way."""

    pages: list[Page] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    assets: set[str] = field(default_factory=set)


def crawl(client: Client, starts: list[str], *, with_parameters: int = OF_A_KIND) -> Crawl:
    """Open `starts` and everything that links lead to, a few pages of each kind.

    Args:
        client: who walks.
        starts: addresses that nothing needs to link to.
        with_parameters: how many pages of one route are opened that are filtered or sorted.
    """
    found, kinds = Crawl(), Counter[tuple[str, bool]]()
    waiting, known = [(start, "the start") for start in starts], set(starts)
    while waiting:
        url, came_from = waiting.pop(0)
        page = _open(client, url, came_from, found)
        if page is None:
            continue
        found.pages.append(page)
        for link in page.read.links:
            target = _inside(link, page.url, found)
            if target and target not in known and _is_new(target, kinds, with_parameters):
                known.add(target)
                waiting.append((target, url))
        found.assets |= set(page.read.assets)
    return found


def _open(client: Client, url: str, came_from: str, found: Crawl) -> Page | None:
    answer = client.get(url)
    steps = 0
    while answer.status_code in (301, 302, 303) and steps < 5:
        steps += 1
        url = urljoin(url, answer.headers["Location"])
        if url.startswith(OUTSIDE):
            found.problems.append(f"{came_from} leads outside: {url}")
            return None
        answer = client.get(url)
    if answer.status_code != 200:
        found.problems.append(f"{came_from} → {url}: {answer.status_code}")
        return None
    if not answer.headers["Content-Type"].startswith("text/html"):
        return None
    return Page(url, came_from, answer, read(answer.getvalue()))


def _inside(link: str, base: str, found: Crawl) -> str:
    """The address of one of our pages that a link leads to, or nothing."""
    if link.startswith(OUTSIDE):
        found.problems.append(f"{base} links outside: {link}")
        return ""
    if not link or link.startswith(NO_PAGES):
        return ""
    return urljoin(base, link).partition("#")[0]


def _is_new(target: str, kinds: Counter[tuple[str, bool]], with_parameters: int) -> bool:
    """Whether few pages of this kind were opened yet."""
    parts = urlsplit(target)
    try:
        match = resolve(parts.path)
    except Resolver404:
        return True  # it is opened, and found missing
    if match.url_name in NOT_FOLLOWED:
        return False
    kind = (match.route, bool(parts.query))
    kinds[kind] += 1
    return kinds[kind] <= (with_parameters if parts.query else OF_A_KIND)
