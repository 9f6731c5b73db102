"""What the pages of the counter share: whose outlet, which rights, the frame."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from branches.models import OrgUnit
from branches.states import Kind
from brokerage.core import clock, roles, scope

SEE, SERVE, PLAN = "branches.view_visit", "branches.serve_visit", "branches.plan_visit"
WITH_VISITORS = (Kind.OUTLET, Kind.SERVICE_POINT)


def outlet_or_404(request: HttpRequest, code: str) -> OrgUnit:
    """An outlet of one's own; another's and none give the same 404.

    Raises:
        PermissionDenied: for who may see no visits at all.
    """
    if not roles.may(request.user, SEE):
        raise PermissionDenied
    return scope.visible_or_404(outlets_of(request), request.user, code=code)


def outlets_of(request: HttpRequest) -> Any:
    """The outlets of this person, by code."""
    rows = scope.visible(OrgUnit.objects.open(clock.today()), request.user)
    return rows.filter(kind__in=WITH_VISITORS).order_by("code")


def need(request: HttpRequest, right: str) -> None:
    """Refuse whoever lacks a right; raises PermissionDenied."""
    if not roles.may(request.user, right):
        raise PermissionDenied


def may_plan(request: HttpRequest) -> bool:
    """Whether this person may move and cancel visits and block time."""
    return roles.may(request.user, PLAN)
