"""Texts of others made harmless, and our own short notation made a page.

Nothing from outside is shown as it came: HTML passes nh3 (the sanitiser of the Ammonia library)
with a short list of elements and no attributes but the address of a link.
"""

from __future__ import annotations

import re
from html import escape, unescape

import nh3

ELEMENTS = {
    "p", "h2", "h3", "ul", "ol", "li", "blockquote", "strong", "em", "b", "i", "br", "a",
    "table", "thead", "tbody", "tr", "th", "td",
}  # fmt: skip
UNREAD = {"script", "style", "iframe", "object", "template", "noscript", "title", "svg", "math"}
"""Elements whose content is no text for readers."""
BLOCK = re.compile(r"</(?:p|h[1-6]|li|tr|blockquote|div|section|article)>|<br\s*/?>", re.I)
SPACES = re.compile(r"[^\S\n]+")
LINES = re.compile(r"\s*\n\s*")
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
"""Control characters and marks that turn the direction of a text or hide a word."""


def clean_html(html: str) -> str:
    """HTML of the allowed elements; links lead to https and http only, without our name."""
    return nh3.clean(
        CONTROL.sub("", html),
        tags=ELEMENTS,
        clean_content_tags=UNREAD,
        attributes={"a": {"href"}},
        url_schemes={"https", "http"},
        link_rel="noopener noreferrer nofollow",
        strip_comments=True,
    )


def plain(html: str) -> str:
    """The text of HTML: one line a block, no elements, no entities."""
    marked = BLOCK.sub(lambda found: found.group() + "\n", CONTROL.sub("", html))
    text = unescape(nh3.clean(marked, tags=set(), clean_content_tags=UNREAD))
    return LINES.sub("\n", SPACES.sub(" ", text)).strip()


def without_controls(text: str) -> str:
    """A typed text without characters that nobody sees; line ends as \\n."""
    return CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def to_html(text: str) -> str:
    """A page from the notation of the desk: blank lines, `## ` titles, `- ` lists, `> ` quotes.

    Everything else is text: whatever looks like HTML is shown as it was typed.
    """
    blocks = re.split(r"\n\s*\n", without_controls(text))
    return clean_html("\n".join(_block(each.strip("\n")) for each in blocks if each.strip()))


def _block(block: str) -> str:
    lines = [line.strip() for line in block.split("\n")]
    if block.startswith("## "):
        rest = _block("\n".join(lines[1:])) if lines[1:] else ""
        return f"<h2>{escape(lines[0][3:])}</h2>{rest}"
    if all(line.startswith("- ") for line in lines):
        return "<ul>" + "".join(f"<li>{escape(line[2:])}</li>" for line in lines) + "</ul>"
    if all(line.startswith("> ") for line in lines):
        return f"<blockquote><p>{'<br>'.join(escape(line[2:]) for line in lines)}</p></blockquote>"
    return f"<p>{'<br>'.join(escape(line) for line in lines)}</p>"
