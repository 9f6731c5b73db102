"""Reads a page as the rules of the house see it: titles, language, anything inline."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser


@dataclass
class Seen(HTMLParser):
    """What a page consists of, as far as the rules care."""

    language: str = ""
    title: str = ""
    headings: int = 0
    inline: list[str] = field(default_factory=list)
    ids: set[str] = field(default_factory=set)
    links: list[str] = field(default_factory=list)
    outside: list[str] = field(default_factory=list)
    _in_title: bool = False

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        self.ids |= {values["id"]} if "id" in values else set()
        self.headings += tag == "h1"
        if tag == "html":
            self.language = values.get("lang", "")
        self._in_title = tag == "title"
        if tag == "a":
            self.links.append(values.get("href", ""))
        self.inline += [f"{tag} {name}" for name in values if name == "style" or name[:2] == "on"]
        if tag == "style" or (tag == "script" and "src" not in values):
            self.inline.append(tag)
        for name in ("src", "href", "action"):
            if values.get(name, "").startswith(("http:", "https:", "//")):
                self.outside.append(values[name])

    def handle_data(self, data: str) -> None:
        if self._in_title:
            self.title += data

    def handle_endtag(self, tag: str) -> None:
        self._in_title = False


def seen(html: bytes | str) -> Seen:
    """Read one page."""
    reader = Seen()
    reader.feed(html.decode() if isinstance(html, bytes) else html)
    return reader
