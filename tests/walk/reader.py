"""A page as the rules of the house see it, with every piece of text and its language."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

EMPTY = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source"}
CODE = {"code", "kbd", "pre", "samp", "script", "style", "textarea"}
SPOKEN = ("aria-label", "title", "alt", "placeholder")


@dataclass
class Reader(HTMLParser):
    """Reads one page.

    Attributes:
        texts: what people read or hear, each with the language that is declared for it.
        links, assets, sends: addresses of links, of what the page loads, and of its forms.
        inline: styles, scripts and handlers that stand in the page itself.
    """

    language: str = ""
    title: str = ""
    headings: int = 0
    texts: list[tuple[str, str]] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    assets: list[str] = field(default_factory=list)
    sends: list[str] = field(default_factory=list)
    inline: list[str] = field(default_factory=list)
    _open: list[tuple[str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        language = values.get("lang") or self._language
        self.headings += tag == "h1"
        if tag == "html":
            self.language = language
        if tag not in EMPTY:
            self._open.append((tag, language))
        self._note_addresses(tag, values)
        self.inline += [f"{tag} {name}" for name in values if name == "style" or name[:2] == "on"]
        runs = tag == "script" and "src" not in values and "json" not in values.get("type", "")
        if tag == "style" or runs:
            self.inline.append(tag)
        self.texts += [(values[name], language) for name in SPOKEN if values.get(name)]
        if tag == "input" and values.get("type") in ("submit", "button"):
            self.texts.append((values.get("value", ""), language))

    def _note_addresses(self, tag: str, values: dict[str, str]) -> None:
        names_itself = values.get("rel") == "canonical"  # the page's own address, in full
        if tag in ("a", "area"):
            self.links.append(values.get("href", ""))
        elif tag in ("link", "use", "image") and values.get("href") and not names_itself:
            self.assets.append(values["href"])
        if values.get("src"):
            self.assets.append(values["src"])
        if tag == "form":
            self.sends.append(values.get("action", ""))

    def handle_endtag(self, tag: str) -> None:
        names = [name for name, _language in self._open]
        if tag in names:
            place = len(names) - 1 - names[::-1].index(tag)
            del self._open[place:]

    def handle_data(self, data: str) -> None:
        text = " ".join(data.split())
        inside = {name for name, _language in self._open}
        if "title" in inside and "svg" not in inside:
            self.title += text
        if text and not inside & CODE:
            self.texts.append((text, self._language))

    @property
    def _language(self) -> str:
        return self._open[-1][1] if self._open else ""


def read(html: bytes) -> Reader:
    """Read one page."""
    reader = Reader()
    reader.feed(html.decode())
    return reader
