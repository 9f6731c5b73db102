"""Why an item stands where it stands, in a few words."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _


def reason_of(item: Any) -> str:
    """The strongest reason of an item that `selectors.feed.with_reasons` annotated."""
    if item.held_name:
        return _("Because you hold {name}").format(name=item.held_name)
    if item.followed_name:
        return _("Because you follow {name}").format(name=item.followed_name)
    if item.on_topic:
        return _("Because you follow the topic {name}").format(name=item.topic.name)
    if item.is_near:
        return _("From your outlet")
    return ""
