"""What staff are told about their own work."""

from __future__ import annotations

from django.urls import reverse

from brokerage.backoffice.events import CheckerDecided, ExportMade
from brokerage.backoffice.models import Export
from brokerage.core.four_eyes import Decision
from brokerage.journal.models import Entry
from brokerage.messaging import send
from brokerage.users.models import User


def tell_checker_decided(event: CheckerDecided, entry: Entry) -> None:
    """The maker hears what the second person said; of an approved export when it is made."""
    approved = event.decision == Decision.APPROVED
    if approved and event.subject_type == "backoffice.export":
        return
    maker = User.objects.filter(ref=event.made_by).first()
    if maker is None:  # shipped with the code
        return
    kind = "backoffice.approved" if approved else "backoffice.rejected"
    send(kind=kind, user=maker, context={}, at=entry.at, dedupe_key=f"{kind}:{entry.ref}")


def tell_export_made(event: ExportMade, entry: Entry) -> None:
    """The maker of an export can fetch its file."""
    export = Export.objects.get(ref=event.subject)
    send(
        kind="backoffice.export_made",
        user=User.objects.get(ref=export.made_by_ref),
        context={"link": reverse("admin:backoffice_export_change", args=[export.ref])},
        at=entry.at,
        dedupe_key=f"backoffice.export_made:{export.ref}",
    )
