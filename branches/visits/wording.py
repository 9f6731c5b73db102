"""Texts about one visit in the language of its customer."""

from __future__ import annotations

from datetime import datetime

from django.utils import translation

from branches.visits.models import Visit
from brokerage.core.display import formats
from brokerage.messaging import send


def send_about(
    visit: Visit, kind: str, *, at: datetime, key: str, bring: bool = False, **more: str
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
    language = customer.user.language if customer.user else ""
    with translation.override(language or customer.language):
        context = {
            "what": visit.purpose.name,
            "where": visit.unit.name,
            "starts_at": visit.starts_at.isoformat(),
            "link": visit.get_absolute_url(),
            **more,
        }
        if bring:
            context["bring"] = bring_list(visit)
    send(kind=kind, customer=customer, context=context, at=at, dedupe_key=key)


def bring_list(visit: Visit) -> str:
    """What to bring, as one line in the active language."""
    return ("、" if formats.is_chinese() else ", ").join(visit.purpose.bring)
