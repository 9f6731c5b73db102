"""The text of a cell as it is read: spaces are worth one, lines and paragraphs are kept."""

from __future__ import annotations

import re

PARAGRAPH = re.compile(r"\n{3,}")


def tidy(text: str) -> str:
    """A text whose lines have single spaces, with at most one empty line between two of them."""
    lines = "\n".join(" ".join(line.split()) for line in text.splitlines())
    return PARAGRAPH.sub("\n\n", lines).strip()


def in_one_line(text: str) -> str:
    """A text without its line breaks."""
    return " ".join(text.split())
