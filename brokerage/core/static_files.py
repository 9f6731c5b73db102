"""Which static files are served, under which addresses, and the portal's joined style."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.apps import StaticFilesConfig
from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage
from whitenoise.storage import CompressedManifestStaticFilesStorage

from brokerage.settings.env import BASE_DIR

BUNDLE = "portal/portal.css"
"""What pages load: one request on a slow phone instead of eight."""
PARTS = ("tokens", "base", "frame", "forms", "components", "data", "pages", "print")
"""The sheets of static/portal that it joins, in the order of the cascade."""


class OurStaticFilesConfig(StaticFilesConfig):
    """Without what no page of ours uses; each file costs compression at every change."""

    ignore_patterns = [
        *StaticFilesConfig.ignore_patterns,
        "rest_framework",  # the API has no browsable pages
        *("htmx-4*", "htmax-*", "ext"),  # of django_htmx we use htmx-2
    ]


class HashedStaticFiles(CompressedManifestStaticFilesStorage):
    """Addresses with the hash of the content; they stay the same while the process lives.

    A page names some thirty of them, most of them the same icons.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._known = cache(super().url)

    def url(self, name: str | None, force: bool = False) -> str:
        return super().url(name, force) if force else self._known(name)


class StyleFinder(BaseFinder):
    """Joins the portal's sheets into one file, again whenever one of them is newer."""

    def check(self, **kwargs: Any) -> list[Any]:
        return []

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:
        if path != BUNDLE:
            return []
        return [str(_joined())] if find_all else str(_joined())

    def list(self, ignore_patterns: Any) -> Iterator[tuple[str, FileSystemStorage]]:
        _joined()
        yield BUNDLE, FileSystemStorage(location=_folder())


def _folder() -> Path:
    return Path(settings.VAR_DIR) / "joined"


def _joined() -> Path:
    """The joined file, written beside and renamed: several processes may ask at once."""
    sheets = [BASE_DIR / "static" / "portal" / f"{name}.css" for name in PARTS]
    target = _folder() / BUNDLE
    if target.exists() and target.stat().st_mtime >= max(s.stat().st_mtime for s in sheets):
        return target
    target.parent.mkdir(parents=True, exist_ok=True)
    text = "\n".join(sheet.read_text(encoding="utf-8") for sheet in sheets)
    handle, draft = tempfile.mkstemp(dir=target.parent, suffix=".css")
    with os.fdopen(handle, "w", encoding="utf-8") as out:
        out.write(text)
    Path(draft).chmod(0o644)
    Path(draft).replace(target)
    return target
