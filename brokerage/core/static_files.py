"""Which static files of the installed apps are served, and under which addresses."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.contrib.staticfiles.apps import StaticFilesConfig
from whitenoise.storage import CompressedManifestStaticFilesStorage


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
