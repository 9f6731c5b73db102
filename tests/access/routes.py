"""Every address outside the back office, as the resolver knows it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from django.urls import get_resolver

ELSEWHERE = "admin/"  # tests/backoffice/test_every_admin_url.py walks it
PLACE = re.compile(r"<(?:\w+:)?(\w+)>")


def routes() -> list[str]:
    """All routes, in the order in which they are tried."""
    return [route for route in _below(get_resolver()) if not route.startswith(ELSEWHERE)]


def address(route: str, values: dict[str, Any]) -> str:
    """The path of a route with `values` in its places."""
    return "/" + PLACE.sub(lambda place: str(values[place[1]]), route)


def _below(resolver: Any, before: str = "") -> Iterator[str]:
    for pattern in resolver.url_patterns:
        route = before + str(pattern.pattern)
        if hasattr(pattern, "url_patterns"):
            yield from _below(pattern, route)
        else:
            yield route
