"""Entity tags from the version that every object of the API carries."""

from __future__ import annotations

import hashlib
import json
from typing import Any
from uuid import UUID

from rest_framework.request import Request
from rest_framework.utils.encoders import JSONEncoder

from brokerage.core.api.problems import Problem


def etag(ref: UUID, version: int) -> str:
    """The strong entity tag of one version of an object."""
    return f'"{ref.hex}-{version}"'


def etag_of_content(data: Any) -> str:
    """The weak entity tag of an answer that has no version: the hash of what it says."""
    told = json.dumps(data, cls=JSONEncoder, sort_keys=True)
    return f'W/"{hashlib.sha256(told.encode()).hexdigest()[:32]}"'


def is_unchanged(request: Request, tag: str) -> bool:
    """Whether the caller already has this version (If-None-Match), so that 304 is right."""
    return _named(request.headers.get("If-None-Match", ""), tag)


def require_match(request: Request, tag: str) -> None:
    """Refuse a change that was not made on this version.

    Raises:
        Problem: precondition-required without If-Match, precondition-failed where it differs.
    """
    given = request.headers.get("If-Match", "")
    if not given:
        raise Problem("precondition-required")
    if not _named(given, tag):
        raise Problem("precondition-failed")


def match_if_given(request: Request, tag: str) -> None:
    """As `require_match`, for a change that does not ask for If-Match: only where it is sent.

    Raises:
        Problem: precondition-failed.
    """
    if request.headers.get("If-Match", ""):
        require_match(request, tag)


def _named(header: str, tag: str) -> bool:
    tags = [part.strip() for part in header.split(",")]
    return "*" in tags or tag in tags or f"W/{tag}" in tags
