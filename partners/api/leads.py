"""Leads: sent with proof of consent, read back without personal data."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from rest_framework import mixins, serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.states import Status
from brokerage.core import clock
from brokerage.core.api.catalogue import declare
from brokerage.core.api.etags import etag, is_unchanged
from brokerage.core.api.problems import Problem
from brokerage.core.api.serializers import StrictSerializer
from brokerage.users.phones import NotAMobileNumber, parse_mobile
from partners.api.base import REFERENCE, Versioned, caller, problem_of
from partners.api.filters import BY_REFERENCE, with_reference
from partners.api.outlets import outlet_of
from partners.api.serializers import Utc, told_stage, told_status
from partners.models import Lead
from partners.selectors import shared_applications
from partners.states import ApiScope
from partners.use_cases.leads import DuplicateLead, UnableToTakeLead, take_lead

REASONS = {
    Status.RETURNED: "more_information",
    Status.REJECTED: "declined",
    Status.WITHDRAWN: "withdrawn",
    Status.EXPIRED: "expired",
}
declare(
    "duplicate-lead",
    409,
    _("You have recommended this person already"),
    _(
        "Your earlier lead, `lead`, protects the person until `protected_until`. "
        "Leads of others are never compared."
    ),
)


class Mobile(serializers.CharField):
    """A mobile number of mainland China, kept as E.164."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=24, **kwargs)

    def to_internal_value(self, data: Any) -> str:
        try:
            return parse_mobile(super().to_internal_value(data))
        except NotAMobileNumber as error:
            raise serializers.ValidationError(str(error.message), "invalid") from None


class ConsentSerializer(StrictSerializer):
    """How the institution proves that the person agreed to be recommended."""

    given_at = Utc()
    reference = serializers.RegexField(REFERENCE, max_length=64, trim_whitespace=False)
    text_sha256 = serializers.RegexField(r"\A[0-9a-f]{64}\Z", trim_whitespace=False)


class NewLeadSerializer(StrictSerializer):
    """What a partner sends to recommend somebody."""

    partner_reference = serializers.RegexField(REFERENCE, max_length=64, trim_whitespace=False)
    name = serializers.CharField(max_length=60)
    phone = Mobile()
    consent = ConsentSerializer()
    outlet = serializers.UUIDField(required=False)


class LeadSerializer(serializers.ModelSerializer[Lead]):
    """A lead as its institution sees it: nothing about the person that it did not know.

    `stage` is null until the person has let us tell it, and again when they take that back.
    """

    hand_over_url = serializers.SerializerMethodField()
    stage = serializers.SerializerMethodField()
    protected_until = Utc(read_only=True)
    version = serializers.SerializerMethodField()
    created_at = Utc(read_only=True)

    class Meta:
        model = Lead
        fields = ["ref", "partner_reference", "hand_over_url", "stage", "protected_until"]
        fields += ["version", "created_at"]
        read_only_fields = fields

    def get_hand_over_url(self, lead: Lead) -> str:
        """Where the person goes on in our portal."""
        path = f"{reverse('accounts:start')}?entry={lead.ref}"
        return str(self.context["request"].build_absolute_uri(path))

    def get_version(self, lead: Lead) -> int:
        """Grows with what is told only: what we do with a lead meanwhile is ours."""
        application = self.context["applications"].get(lead.ref)
        return 1 + (application.version if application else 0)

    def get_stage(self, lead: Lead) -> dict[str, Any] | None:
        application = self.context["applications"].get(lead.ref)
        if application is None:
            return None
        reason = REASONS.get(Status(application.status))
        return {
            "application": str(application.ref),
            "status": told_status(application),
            "reason": reason,
            **told_stage(application),
        }


class LeadViewSet(mixins.ListModelMixin, Versioned):
    """Leads of the caller's institution."""

    scopes = {
        "list": ApiScope.LEADS_WRITE,
        "create": ApiScope.LEADS_WRITE,
        "retrieve": ApiScope.LEADS_WRITE,
    }
    parameters = {"list": BY_REFERENCE}
    serializer_class = LeadSerializer
    ordering = ("-id",)

    def get_queryset(self) -> QuerySet[Lead]:
        mine = with_reference(
            Lead.objects.filter(partner=caller(self.request).partner), self.request
        )
        # Personal columns are not even read.
        rows: QuerySet[Lead] = mine.only(
            "ref", "partner_reference", "protected_until", "created_at"
        )
        return rows

    def get_serializer(self, *args: Any, **kwargs: Any) -> Any:
        """One query for the stages of a whole page; nobody has begun by a lead that just came."""
        leads = args[0] if kwargs.get("many") else [args[0]]
        new = self.action == "create"
        shared = {} if new else shared_applications(leads, caller(self.request).partner.ref)
        context = {**self.get_serializer_context(), "applications": shared}
        return LeadSerializer(*args, context=context, **kwargs)

    def create(self, request: Request) -> Response:
        given = NewLeadSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        values = dict(given.validated_data)
        client, consent, wanted = (
            caller(request),
            values.pop("consent"),
            values.pop("outlet", None),
        )
        unit = outlet_of(client.partner.ref, wanted) if wanted else None
        try:
            lead = take_lead(
                api_client=client,
                unit=unit,
                at=clock.now(),
                consented_at=consent["given_at"],
                consent_reference=consent["reference"],
                consent_sha256=consent["text_sha256"],
                **values,
            )
        except DuplicateLead as error:
            first = error.lead
            until = Utc().to_representation(first.protected_until)
            told = {"lead": str(first.ref), "protected_until": until}
            raise Problem("duplicate-lead", str(first.ref), members=told) from error
        except UnableToTakeLead as error:
            raise problem_of(error) from error
        return self.answer(lead, status.HTTP_201_CREATED)

    def retrieve(self, request: Request, ref: UUID) -> Response:
        answer = self.answer(self.own(ref))
        if is_unchanged(request, answer.headers["ETag"]):
            tag = {"ETag": answer.headers["ETag"]}
            return Response(status=status.HTTP_304_NOT_MODIFIED, headers=tag)
        return answer

    def answer(self, lead: Lead, code: int = status.HTTP_200_OK) -> Response:
        """The lead with the tag of what is told."""
        data = self.get_serializer(lead).data
        return Response(data, code, headers={"ETag": etag(lead.ref, data["version"])})
