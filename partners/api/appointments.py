"""Appointments for leads: booked, moved, cancelled; the stage only while it may be told."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import mixins, serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from branches.visits.models import Purpose
from branches.visits.selectors import purposes
from brokerage.core import clock
from brokerage.core.api.catalogue import declare
from brokerage.core.api.etags import etag, require_match
from brokerage.core.api.problems import Problem
from brokerage.core.api.serializers import StrictSerializer
from brokerage.journal.actors import Actor
from partners.api.base import (
    REFERENCE,
    Versioned,
    caller,
    looked_up,
    problem_of,
    refuse_fields,
)
from partners.api.filters import BY_REFERENCE, with_reference
from partners.api.leads import ConsentSerializer
from partners.api.outlets import outlet_of
from partners.api.serializers import Utc
from partners.models import ApiClient, Appointment, Lead
from partners.selectors import shared_applications, told_version
from partners.states import TOLD_VISITS, ApiScope
from partners.use_cases.appointments import (
    ChangedSince,
    TimeNotAvailable,
    UnableToAppoint,
    cancel_appointment,
    make_appointment,
    move_appointment,
)

declare(
    "time-not-available",
    409,
    gettext_lazy("This time cannot be had"),
    gettext_lazy("Choose another of the free times of the outlet, or ask the person."),
)


class NewAppointmentSerializer(StrictSerializer):
    """What a partner sends to book a time for one of its leads."""

    partner_reference = serializers.RegexField(REFERENCE, max_length=64, trim_whitespace=False)
    lead = serializers.UUIDField()
    outlet = serializers.UUIDField()
    purpose = serializers.CharField(max_length=40)
    starts_at = Utc()
    consent = ConsentSerializer()


class MoveSerializer(StrictSerializer):
    """The new time."""

    starts_at = Utc()


class AppointmentSerializer(serializers.ModelSerializer[Appointment]):
    """An appointment as its institution sees it: what it asked for itself.

    `stage` is null until the person has let us tell it, and again when they take that back.
    """

    lead = serializers.UUIDField(source="lead.ref", read_only=True)
    outlet = serializers.UUIDField(source="visit.unit.ref", read_only=True)
    purpose = serializers.CharField(source="visit.purpose.code", read_only=True)
    starts_at = Utc(source="asked_for", read_only=True)
    cancelled_at = Utc(read_only=True)
    stage = serializers.SerializerMethodField()
    version = serializers.SerializerMethodField()
    created_at = Utc(read_only=True)

    class Meta:
        model = Appointment
        fields = ["ref", "partner_reference", "lead", "outlet", "purpose", "starts_at"]
        fields += ["cancelled_at", "stage", "version", "created_at"]
        read_only_fields = fields

    def get_stage(self, row: Appointment) -> dict[str, Any] | None:
        """Where the visit stands, and its present time."""
        if row.lead.ref not in self.context["shared"]:
            return None
        starts_at = row.visit.starts_at
        return {
            "status": TOLD_VISITS[row.visit.status],
            "starts_at": Utc().to_representation(starts_at) if starts_at else None,
        }

    def get_version(self, row: Appointment) -> int:
        """Grows with what is told only."""
        return told_version(row, shared=row.lead.ref in self.context["shared"])


class AppointmentViewSet(mixins.ListModelMixin, Versioned):
    """Appointments of the caller's institution."""

    scopes = dict.fromkeys(
        ("list", "create", "retrieve", "move", "cancel"), ApiScope.APPOINTMENTS_WRITE
    )
    parameters = {"list": BY_REFERENCE}
    serializer_class = AppointmentSerializer
    ordering = ("-id",)

    def get_queryset(self) -> QuerySet[Appointment]:
        mine = Appointment.objects.filter(partner=caller(self.request).partner)
        rows: QuerySet[Appointment] = with_reference(mine, self.request)
        # Of the lead nothing but its ref is read.
        columns = ("lead__name", "lead__phone", "lead__phone_hash")
        return rows.select_related("lead", "visit__unit", "visit__purpose").defer(*columns)

    def get_serializer(self, *args: Any, **kwargs: Any) -> Any:
        """One query for the consents of a whole page."""
        rows = args[0] if kwargs.get("many") else [args[0]]
        return AppointmentSerializer(
            *args, context={**self.get_serializer_context(), "shared": self.shared(rows)}, **kwargs
        )

    def shared(self, rows: Any) -> Any:
        """Refs of the leads of `rows` whose stage may be told."""
        return shared_applications([row.lead for row in rows], caller(self.request).partner.ref)

    def tag(self, row: Any) -> str:
        shared = row.lead.ref in self.shared([row])
        return etag(row.ref, told_version(row, shared=shared))

    def create(self, request: Request) -> Response:
        given = NewAppointmentSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        values = dict(given.validated_data)
        client, consent = caller(request), values.pop("consent")
        lead, outlet, purpose = (values.pop(name) for name in ("lead", "outlet", "purpose"))
        named = looked_up(
            lead=lambda: _lead(client, lead),
            unit=lambda: outlet_of(client.partner.ref, outlet),
            purpose=lambda: _purpose(purpose),
        )
        made = _done(
            make_appointment,
            api_client=client,
            **named,
            consented_at=consent["given_at"],
            consent_reference=consent["reference"],
            consent_sha256=consent["text_sha256"],
            **values,
        )
        return self.answer(made, status.HTTP_201_CREATED)

    def move(self, request: Request, ref: UUID) -> Response:
        """Another time of the same outlet; needs If-Match."""
        given = MoveSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        return self.change(request, ref, move_appointment, **given.validated_data)

    def cancel(self, request: Request, ref: UUID) -> Response:
        """Take it back; needs If-Match."""
        refuse_fields(request)
        return self.change(request, ref, cancel_appointment)

    def change(self, request: Request, ref: UUID, act: Any, **values: Any) -> Response:
        row = self.own(ref)
        require_match(request, self.tag(row))
        done = _done(act, appointment=row, actor=Actor.client(caller(request)), **values)
        return self.answer(self.own(done.ref))

    def answer(self, row: Appointment, code: int = status.HTTP_200_OK) -> Response:
        return Response(self.get_serializer(row).data, code, headers={"ETag": self.tag(row)})


def _done(act: Any, **values: Any) -> Any:
    """Run a use case; its refusal is a problem."""
    try:
        return act(at=clock.now(), **values)
    except ChangedSince:
        raise Problem("precondition-failed") from None
    except TimeNotAvailable:
        raise Problem("time-not-available") from None
    except UnableToAppoint as error:
        raise problem_of(error) from error


def _lead(client: ApiClient, ref: UUID) -> Lead:
    """The lead that a body names; one of others is a wrong field."""
    found: Lead | None = Lead.objects.filter(partner=client.partner, ref=ref).first()
    if found is None:
        raise serializers.ValidationError(
            {"lead": [_("There is no such lead, or its protection has ended.")]}
        )
    return found


def _purpose(code: str) -> Purpose:
    found = purposes().filter(code=code).first()
    if found is None:
        raise serializers.ValidationError(
            {"purpose": [_("`purpose` is a code of /api/v1/purposes.")]}
        )
    return found
