"""Ask the feed of a source, and take in what is new."""

from __future__ import annotations

from datetime import datetime

from content.feeds import BadFeed, entries
from content.gateways import FeedGateway, Unavailable, feed_gateway
from content.models import Source
from content.states import Way
from content.use_cases.take_in import UnableToTakeIn, take_in


def ask_feed(*, source: Source, at: datetime, gateway: FeedGateway | None = None) -> int:
    """Take in the new entries of the feed; each in its own transaction, so that one bad entry
    keeps no other out.

    Args:
        source: one with the address of a feed.
        gateway: that of this deployment by default.

    Returns:
        How many texts are new. What was wrong stands on the source, for the desk.
    """
    trouble, new, refused = "", 0, 0
    try:
        document = (gateway or feed_gateway()).fetch(source.feed_url)
        for incoming in entries(document, at=at):
            try:
                _raw, is_new = take_in(
                    source=source, incoming=incoming, way=Way.FEED, user=None, at=at
                )
            except UnableToTakeIn:
                refused += 1
            else:
                new += is_new
    except (Unavailable, BadFeed) as error:
        trouble = str(error)
    if refused and not trouble:
        trouble = f"{refused} refused"
    Source.objects.filter(pk=source.pk).update(asked_at=at, trouble=trouble[:200])
    return new
