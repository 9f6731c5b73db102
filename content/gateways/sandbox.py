"""Feeds that the sandbox plays: one document a source, the same on every ask."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from content.gateways.feeds import Unavailable

FOLDER = Path(__file__).parent / "played"


class PlayedFeeds:
    """Documents of `played/` for hosts under .example; every other host is down."""

    def fetch(self, url: str) -> bytes:
        """See FeedGateway."""
        host = urlsplit(url).hostname or ""
        file = FOLDER / f"{host}.xml"
        if not host.endswith(".example") or "/" in host or not file.is_file():
            raise Unavailable("not played")
        return file.read_bytes()
