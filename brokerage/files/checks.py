"""System check of the files app."""

from __future__ import annotations

from typing import Any

from django.core.checks import CheckMessage, Info, Tags, register

from brokerage.files.scanners import scanner


@register(Tags.security, deploy=True)
def files_are_scanned(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Production has a malware scanner."""
    if scanner():
        return []
    return [
        Info(
            "Uploaded files are not scanned for malware.",
            hint="Set BROKERAGE_SCANNER to host:port of a clamd (docs/decisions/0004-files.md).",
            id="files.I001",
        )
    ]
