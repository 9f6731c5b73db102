"""RSS 2.0 and Atom documents read by defusedxml, which refuses entities and external parts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from content.use_cases.take_in import Incoming

MOST = 200
"""Entries of one document."""
ATOM = "{http://www.w3.org/2005/Atom}"
CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"
CREATOR = "{http://purl.org/dc/elements/1.1/}creator"

DECLARED = re.compile(
    rb"""\s{0,8}<\?xml[^>?]{0,80}encoding\s?=\s?["'](?P<name>[A-Za-z0-9._-]{1,20})["'][^>?]{0,40}\?>"""
)
CHINESE = {"gb2312": "gb18030", "gbk": "gb18030", "gb18030": "gb18030", "big5": "big5hkscs"}
"""Each of the first three is part of the third."""


class BadFeed(ValueError):
    """The document is no feed; says what is wrong in a few words."""


def entries(document: bytes, *, at: datetime) -> Iterator[Incoming]:
    """The entries of a feed in its order, at most MOST.

    A date that cannot be read, or lies ahead of `at`, is left out rather than believed.

    Raises:
        BadFeed: when it is neither RSS nor Atom, or tries to harm the reader.
    """
    try:
        root: Any = fromstring(_readable(document), forbid_dtd=True)
    except (ParseError, ValueError, DefusedXmlException, LookupError) as error:
        raise BadFeed(type(error).__name__) from None
    if root.tag == f"{ATOM}feed":
        found, read = root.findall(f"{ATOM}entry"), _atom
    elif root.tag == "rss":
        found, read = root.findall("./channel/item"), _rss
    else:
        raise BadFeed("neither RSS nor Atom")
    for entry in found[:MOST]:
        yield read(entry, at)


def _readable(document: bytes) -> bytes | str:
    """The document, decoded where it names a Chinese encoding: the reader of XML knows none.

    Raises:
        ValueError: when it is not written in what it names.
    """
    found = DECLARED.match(document)
    codec = CHINESE.get(found["name"].decode().lower()) if found else None
    if found is None or codec is None:
        return document
    return document[found.end() :].decode(codec)


def _rss(entry: Element, at: datetime) -> Incoming:
    return Incoming(
        title=_text(entry, "title"),
        body=_text(entry, CONTENT) or _text(entry, "description"),
        is_html=True,
        author=_text(entry, CREATOR) or _text(entry, "author"),
        url=_web(_text(entry, "link")),
        published_at=_past(_mail_date(_text(entry, "pubDate")), at),
    )


def _atom(entry: Element, at: datetime) -> Incoming:
    links = [
        link.get("href", "")
        for link in entry.findall(f"{ATOM}link")
        if link.get("rel", "alternate") == "alternate"
    ]
    date = _text(entry, f"{ATOM}published") or _text(entry, f"{ATOM}updated")
    return Incoming(
        title=_text(entry, f"{ATOM}title"),
        body=_inner(entry.find(f"{ATOM}content")) or _inner(entry.find(f"{ATOM}summary")),
        is_html=True,
        author=_text(entry, f"{ATOM}author/{ATOM}name"),
        url=_web(next(iter(links), "")),
        published_at=_past(_iso_date(date), at),
    )


def _text(entry: Element, tag: str) -> str:
    return (entry.findtext(tag) or "").strip()


def _inner(part: Element | None) -> str:
    """The text of a part; of one that holds XHTML, all its text."""
    return "".join(part.itertext()).strip() if part is not None else ""


def _web(url: str) -> str:
    return url if url.startswith(("https://", "http://")) and len(url) <= 500 else ""


def _mail_date(text: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _iso_date(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _past(found: datetime | None, at: datetime) -> datetime | None:
    try:
        return found.astimezone(UTC) if found and found <= at else None
    except OverflowError:
        return None
