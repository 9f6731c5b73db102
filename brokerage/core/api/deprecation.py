"""What goes one day says so in every answer: Deprecation (RFC 9745) and Sunset (RFC 8594)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest
from django.utils.http import http_date


@dataclass(frozen=True)
class Deprecation:
    """The announcement that an action should be used no longer.

    Attributes:
        since: when it counts as deprecated; may lie ahead.
        sunset: when it is expected to stop answering; never before `since` (RFC 9745 §4).
        guide: path of the page, on this host, that says what to use instead.

    Raises:
        ValueError: when the two instants are in the wrong order, or have no time zone.
    """

    since: datetime
    sunset: datetime
    guide: str

    def __post_init__(self) -> None:
        if self.since.tzinfo is None or self.sunset.tzinfo is None:
            raise ValueError("Both instants of a deprecation need a time zone.")
        if self.sunset < self.since:
            raise ValueError("Nothing stops before it is deprecated.")

    def headers(self, request: HttpRequest) -> dict[str, str]:
        """The headers of every answer, refusals too; whole seconds."""
        guide = request.build_absolute_uri(self.guide)
        return {
            "Deprecation": f"@{int(self.since.timestamp())}",
            "Sunset": http_date(self.sunset.timestamp()),
            "Link": f'<{guide}>; rel="deprecation"; type="text/html"',
        }
