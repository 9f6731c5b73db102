"""Outlets, what can be done there, and when somebody is free."""

from __future__ import annotations

from datetime import UTC, date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404
from django.utils.translation import gettext as _
from rest_framework import mixins, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from branches.models import OrgUnit, UnitProfile, UnitService
from branches.visits.models import Purpose
from branches.visits.selectors import free_times, purposes
from brokerage.core import clock
from brokerage.core.api.problems import Problem
from partners.api.base import PartnerViewSet, Tagged, caller
from partners.selectors import visible_outlets
from partners.states import ApiScope

DAYS = 14
"""So many days of free times in one answer, at most."""


class OutletSerializer(serializers.ModelSerializer[OrgUnit]):
    """An outlet as partners see it: what its public page says."""

    address_zh = serializers.SerializerMethodField()
    address_en = serializers.SerializerMethodField()
    phone = serializers.SerializerMethodField()
    services = serializers.SerializerMethodField()

    class Meta:
        model = OrgUnit
        fields = ["ref", "code", "kind", "name_zh", "name_en", "address_zh", "address_en"]
        fields += ["phone", "services"]
        read_only_fields = fields

    def get_address_zh(self, unit: OrgUnit) -> str:
        return self._profile(unit, "address_zh")

    def get_address_en(self, unit: OrgUnit) -> str:
        return self._profile(unit, "address_en")

    def get_phone(self, unit: OrgUnit) -> str:
        return self._profile(unit, "phone")

    def get_services(self, unit: OrgUnit) -> list[str]:
        """Codes of what is given there today."""
        return self.context["services"].get(unit.pk, [])

    def _profile(self, unit: OrgUnit, name: str) -> str:
        profile = self.context["profiles"].get(unit.pk)
        return getattr(profile, name) if profile else ""


class OutletViewSet(Tagged):
    """Outlets that are open, and service points in the rooms of the caller's institution."""

    scopes = {
        "list": ApiScope.OUTLETS_READ,
        "retrieve": ApiScope.OUTLETS_READ,
        "slots": ApiScope.OUTLETS_READ,
    }
    parameters = {"slots": frozenset({"purpose", "from", "days"})}
    serializer_class = OutletSerializer
    ordering = ("id",)

    def get_queryset(self) -> QuerySet[OrgUnit]:
        return visible_outlets(caller(self.request).partner.ref)

    def get_serializer(self, *args: Any, **kwargs: Any) -> Any:
        """Two queries for what a whole page of outlets says."""
        rows = args[0] if kwargs.get("many") else [args[0]]
        today, keys = clock.today(), [row.pk for row in rows]
        services: dict[int, list[str]] = {}
        given = UnitService.objects.on(today).filter(unit__in=keys)
        for unit, code in given.order_by("service__code").values_list("unit", "service__code"):
            services.setdefault(unit, []).append(code)
        profiles = {
            row.unit_id: row for row in UnitProfile.objects.on(today).filter(unit__in=keys)
        }
        context = {**self.get_serializer_context(), "services": services, "profiles": profiles}
        return OutletSerializer(*args, context=context, **kwargs)

    def slots(self, request: Request, ref: UUID) -> Response:
        """Free times of an outlet for one purpose, on up to fourteen days."""
        unit = self.outlet(ref)
        purpose = self.purpose(request)
        first = self.first_day(request)
        last = first + timedelta(days=self.number_of_days(request) - 1)
        found = free_times([unit], purpose, at=clock.now(), first=first, last=last)
        days = [
            {
                "day": day.day.isoformat(),
                "open": day.open,
                "starts_at": [
                    time.starts_at.astimezone(UTC).isoformat().replace("+00:00", "Z")
                    for time in day.times
                ],
            }
            for day in found.get(unit.pk, [])
        ]
        return Response({"purpose": purpose.code, "minutes": purpose.minutes, "days": days})

    def outlet(self, ref: UUID) -> OrgUnit:
        """One outlet; raises Http404 for every other unit."""
        found = self.get_queryset().filter(ref=ref).first()
        if found is None:
            raise Http404
        return found

    def purpose(self, request: Request) -> Purpose:
        code = request.query_params.get("purpose", "")
        found = purposes().filter(code=code).first()
        if found is None:
            raise Problem("invalid-parameter", _("`purpose` is a code of /api/v1/purposes."))
        return found

    def first_day(self, request: Request) -> date:
        raw = request.query_params.get("from")
        if raw is None:
            return clock.today()
        try:
            day = date.fromisoformat(raw)
        except ValueError:
            day = date.min
        if not 2000 <= day.year < 2200:
            raise Problem("invalid-parameter", _("`from` is a day such as 2026-03-02."))
        return day

    def number_of_days(self, request: Request) -> int:
        raw = request.query_params.get("days", "7")
        if raw.isascii() and raw.isdigit() and len(raw) < 3 and 1 <= int(raw) <= DAYS:
            return int(raw)
        raise Problem("invalid-parameter", _("`days` is a whole number from 1 to 14."))


def outlet_of(institution: UUID, ref: UUID) -> OrgUnit:
    """The outlet that a body names; one that the institution does not see is a wrong field."""
    found = visible_outlets(institution).filter(ref=ref).first()
    if found is None:
        raise serializers.ValidationError({"outlet": [_("There is no such outlet.")]})
    return found


class PurposeSerializer(serializers.ModelSerializer[Purpose]):
    """What a visit can be booked for."""

    service = serializers.CharField(source="service.code")

    class Meta:
        model = Purpose
        fields = ["code", "name_zh", "name_en", "minutes", "service"]
        read_only_fields = fields


class PurposeViewSet(mixins.ListModelMixin, PartnerViewSet):
    """What a visit can be booked for."""

    scopes = {"list": ApiScope.OUTLETS_READ}
    serializer_class = PurposeSerializer
    ordering = ("id",)

    def get_queryset(self) -> QuerySet[Purpose]:
        return purposes()
