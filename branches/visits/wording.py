"""Texts about one visit; names in each language, because the inbox is read in either."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from branches.visits.models import Visit
from brokerage.core.display import formats
from brokerage.core.display.languages import in_each_language
from brokerage.messaging import send


def send_about(
    visit: Visit, kind: str, *, at: datetime, key: str, bring: bool = False, **more: Any
) -> None:
    """Send one text about a visit to its customer.

    Args:
        visit: with customer, its log-in, purpose and unit.
        kind: of the text.
        key: names the effect; the same key writes once.
        bring: whether the text names what to bring.
        more: further variables of the text.
    """
    customer = visit.customer
    if customer is None or visit.starts_at is None:
        return
    context: dict[str, Any] = {
        "what": in_each_language(lambda: visit.purpose.name),
        "where": in_each_language(lambda: visit.unit.name),
        "starts_at": visit.starts_at.isoformat(),
        "link": visit.get_absolute_url(),
        **more,
    }
    if bring:
        context["bring"] = in_each_language(lambda: bring_list(visit))
    send(kind=kind, customer=customer, context=context, at=at, dedupe_key=key)


def bring_list(visit: Visit) -> str:
    """What to bring, as one line in the active language."""
    return ("、" if formats.is_chinese() else ", ").join(visit.purpose.bring)
