"""Evidence ends with its application, and not before."""

from __future__ import annotations

from accounts.models.checks import OutsideCheck
from accounts.models.paper_signings import PaperSigning
from accounts.models.pins import Pin
from accounts.models.readings import Reading
from accounts.models.recordings import Chapter, Witnessing
from accounts.models.releases import Assist, CaseRelease
from accounts.models.sections import Section
from accounts.models.sightings import Sighting
from accounts.models.signing import Pack, PackDocument
from brokerage.core.retention import Rows


def forget(applications: Rows) -> None:
    """Delete what hangs on applications that are about to be disposed of; files go by themselves.

    Args:
        applications: locked rows.
    """
    Section.objects.filter(application__in=applications).delete()
    Assist.objects.filter(application__in=applications).delete()
    Sighting.objects.filter(application__in=applications).delete()
    PaperSigning.objects.filter(application__in=applications).delete()
    CaseRelease.objects.filter(application__in=applications).delete()
    OutsideCheck.objects.filter(application__in=applications).delete()
    Reading.objects.filter(application__in=applications).delete()
    Chapter.objects.filter(witnessing__application__in=applications).delete()
    Witnessing.objects.filter(application__in=applications).delete()
    PackDocument.objects.filter(pack__application__in=applications).delete()
    Pack.objects.filter(application__in=applications).delete()
    Pin.objects.filter(customer__in=applications.values("customer")).delete()
