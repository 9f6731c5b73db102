"""Which static files of the installed apps are served."""

from __future__ import annotations

from django.contrib.staticfiles.apps import StaticFilesConfig


class OurStaticFilesConfig(StaticFilesConfig):
    """Without what no page of ours uses; each file costs compression at every change."""

    ignore_patterns = [
        *StaticFilesConfig.ignore_patterns,
        "rest_framework",  # the API has no browsable pages
        *("htmx-4*", "htmax-*", "ext"),  # of django_htmx we use htmx-2
    ]
