"""Tags of the pages of insights: `{% load content %}`."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from brokerage.core.templatetags.portal import chip
from brokerage.reference.models import Instrument
from content.models import Revision
from content.states import Verdict
from content.use_cases.follow import Wish

register = template.Library()

TONES = {
    Verdict.VERIFIED: "done",
    Verdict.DISPUTED: "wait",
    Verdict.UNVERIFIABLE: "wait",
    Verdict.EXTREME: "stop",
}
WORDS = 120
"""Characters of a description."""


@register.simple_tag
def verdict_chip(revision: Revision) -> SafeString | str:
    """The verdict of a fact check as a chip; nothing for other items."""
    if not revision.verdict:
        return ""
    return chip(TONES[Verdict(revision.verdict)], str(revision.get_verdict_display()))


@register.filter
def first_words(text: str) -> str:
    """The beginning of a text, for search engines."""
    return " ".join(text.split())[:WORDS]


@register.inclusion_tag("content/_wish.html", takes_context=True)
def wish_button(
    context: template.Context,
    wish: str,
    topic: str = "",
    instrument: Instrument | None = None,
    name: str = "",
) -> dict[str, Any]:
    """A button that follows, mutes or forgets a topic or a security, and comes back."""
    labels = {Wish.FOLLOW: _("Follow"), Wish.MUTE: _("Mute"), Wish.NONE: _("Take away")}
    request: Any = context["request"]
    return {
        "wish": wish,
        "topic": topic,
        "code": f"{instrument.code}.{instrument.market}" if instrument else "",
        "label": labels[Wish(wish)],
        "name": instrument.name if instrument else name,
        "next": request.path,
        "csrf_token": context.get("csrf_token"),
    }
