"""Questions about signatures by hand."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from accounts.counter.selectors import outlets_to_help_at
from accounts.counter.states import ReleaseStatus
from accounts.models import Application, CaseRelease, Pack, PaperSigning
from accounts.on_paper.states import PaperStatus
from accounts.signing.typesetting import unprintable
from brokerage.core.clock import business_date
from brokerage.files import api as files
from brokerage.users.models import User


def paper_of(application: Application) -> PaperSigning | None:
    """The print that counts, with its people; None where nothing was printed."""
    rows = PaperSigning.objects.current().select_related("helper", "second", "outlet", "pack")
    return rows.filter(application=application).first()


def confirmed_paper(pack: Pack) -> PaperSigning | None:
    """What two people confirmed of a pack that was signed by hand."""
    rows = PaperSigning.objects.filter(pack=pack, status=PaperStatus.CONFIRMED)
    return rows.select_related("helper", "second", "outlet").first()


def is_signed_by_hand(application: Application) -> bool:
    """Whether the present pack was; asks nothing for the many whose name can be printed."""
    if not unprintable(application.applicant_name or ""):
        return False
    return Pack.objects.current().filter(application=application, on_paper=True).exists()


def shown_pages(pages: list[UUID]) -> list[files.StoredFile | None]:
    """The checked copy of each scanned page, in order; None while one is not checked."""
    rows = files.StoredFile.objects.filter(ref__in=pages).prefetch_related("copies")
    found = {row.ref: row.shown() for row in rows}
    return [found.get(ref) for ref in pages]


def papers_to_confirm(user: User, at: datetime) -> QuerySet[CaseRelease]:
    """Cases at this person's outlets in which a colleague waits for a second person."""
    scanned = PaperSigning.objects.current().filter(status=PaperStatus.SCANNED)
    rows = CaseRelease.objects.live(at).filter(
        status=ReleaseStatus.IN_USE,
        outlet__in=outlets_to_help_at(user, business_date(at)),
        application__in=scanned.values("application"),
    )
    rows = rows.exclude(helper=user).exclude(application__applicant=user)
    return rows.select_related("application__customer", "outlet", "helper").order_by("taken_at")
