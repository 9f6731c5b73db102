"""Questions about releases."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet

from accounts.counter.rules import HELPS
from accounts.counter.states import ReleaseStatus
from accounts.models import (
    Application,
    CaseRelease,
    PaperSigning,
    PermissionApplication,
    PermissionRelease,
    Witnessing,
)
from branches.models import OrgUnit
from branches.selectors import units_of
from branches.states import Kind
from brokerage.core.written import SOME_INSTANT, SOME_KEY, Written

WITH_COUNTERS = (Kind.OUTLET, Kind.SERVICE_POINT)


def outlets_to_help_at(user: Any, on: date) -> QuerySet[OrgUnit]:
    """The open outlets at whose counters this person opens accounts on `on`, by code."""
    units = units_of(user, on, roles=HELPS)
    return units.open(on).filter(kind__in=WITH_COUNTERS).order_by("code")  # type: ignore[attr-defined]


def live_release(application: Application, at: datetime) -> CaseRelease | None:
    """What the customer gave out or lets an outlet use now, with helper and outlet."""
    return LIVE_RELEASE.first(application=application.pk, at=at)


LIVE_RELEASE = Written(
    lambda application, at: (
        CaseRelease.objects.live(at)
        .filter(application=application)
        .select_related("helper", "outlet")
        .order_by("pk")[:1]
    ),
    application=SOME_KEY,
    at=SOME_INSTANT,
)


def open_cases(user: Any, at: datetime) -> QuerySet[CaseRelease]:
    """What customers opened to this person, and still do; the newest first."""
    rows = CaseRelease.objects.live(at).helped_by(user).filter(status=ReleaseStatus.IN_USE)
    return rows.select_related("application__customer", "outlet").order_by("-taken_at")


def has_helped(application: Application, user: Any) -> bool:
    """Whether this person opened the case at a counter, or confirmed the customer or what they
    signed by hand there as the second one: then somebody else reviews it."""
    opened = CaseRelease.objects.helped_by(user).filter(application=application)
    confirmed = Witnessing.objects.confirmed_by(user).filter(application=application)
    papers = PaperSigning.objects.filter(second=user, application=application)
    return opened.values("pk").union(confirmed.values("pk"), papers.values("pk")).exists()


def live_permission(case: PermissionApplication, at: datetime) -> PermissionRelease | None:
    """As `live_release`, of an application for a trading permission."""
    rows = PermissionRelease.objects.live(at).filter(case=case)
    return rows.select_related("helper", "outlet").first()


def open_permissions(user: Any, at: datetime) -> QuerySet[PermissionRelease]:
    """As `open_cases`, of applications for trading permissions."""
    rows = PermissionRelease.objects.live(at).helped_by(user).filter(status=ReleaseStatus.IN_USE)
    return rows.select_related("case__customer", "case__text", "outlet").order_by("-taken_at")
