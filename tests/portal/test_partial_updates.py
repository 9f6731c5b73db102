"""A page whose parts are asked for one by one brings the script that does it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from brokerage.settings.env import BASE_DIR

ROOT = BASE_DIR / "templates"
PAGES = [path for path in ROOT.rglob("*.html") if "{% extends" in path.read_text("utf-8")]
INCLUDES = re.compile(r"""{% include ["']([^"']+)["']""")
UPDATES = re.compile(r"\bhx-(get|post)=")
SCRIPT = "components/htmx.html"


def whole(path: Path) -> str:
    """A template with all that it includes by name."""
    text = path.read_text("utf-8")
    parts = [ROOT / name for name in INCLUDES.findall(text) if (ROOT / name).exists()]
    return "\n".join([text, *(whole(part) for part in parts)])


def test_there_are_such_pages() -> None:
    assert len([path for path in PAGES if UPDATES.search(whole(path))]) > 5


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_page_with_partial_updates_brings_their_script(path: Path) -> None:
    text = whole(path)
    if UPDATES.search(text):
        assert SCRIPT in text
