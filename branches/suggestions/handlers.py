"""What authors are told."""

from __future__ import annotations

from django.urls import reverse

from branches.events import SuggestionMoved
from branches.models import Suggestion
from branches.suggestions.states import Status
from brokerage.journal.models import Entry
from brokerage.messaging import send

TOLD = (Status.ACCEPTED, Status.DECLINED, Status.CLOSED, Status.MERGED, Status.RELEASED)


def tell_author(event: SuggestionMoved, entry: Entry) -> None:
    """The author reads what became of the suggestion."""
    if event.status not in TOLD:
        return
    row = Suggestion.objects.select_related("author").get(ref=event.subject)
    send(
        kind=f"branches.suggestion_{event.status}",
        user=row.author,
        context={
            "title": row.title,
            "link": reverse("admin:branches_suggestion_change", args=[row.ref]),
        },
        at=entry.at,
        dedupe_key=f"suggestion:{entry.ref}",
    )
