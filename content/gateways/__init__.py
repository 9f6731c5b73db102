"""Feeds of other institutions: fetched from the network, or played by the sandbox."""

from __future__ import annotations

from django.conf import settings

from content.gateways.feeds import FeedGateway, HttpFeeds, Unavailable

__all__ = ["FeedGateway", "Unavailable", "feed_gateway"]


def feed_gateway() -> FeedGateway:
    """The network exactly where SANDBOX does not say otherwise."""
    if settings.SANDBOX:
        from content.gateways.sandbox import PlayedFeeds

        return PlayedFeeds()
    return HttpFeeds()
