"""Enquiries of institutions for themselves, with the stage and the day of our answer."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from rest_framework import mixins, serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from brokerage.core import clock
from brokerage.core.api.serializers import StrictSerializer
from partners.api.base import REFERENCE, Versioned, caller, problem_of
from partners.api.filters import BY_REFERENCE, with_reference, words
from partners.api.serializers import Utc
from partners.models import Enquiry
from partners.states import ApiScope, EnquiryStatus
from partners.use_cases.enquiries import UnableToEnquire, make_enquiry
from products.states import Desk

PHONE = r"\A[0-9+() -]{5,24}\Z"


class ContactSerializer(StrictSerializer):
    """Whom of the institution to talk to; a phone number, an e-mail address, or both."""

    name = serializers.CharField(max_length=60)
    phone = serializers.RegexField(PHONE, required=False, trim_whitespace=False)
    email = serializers.EmailField(max_length=120, required=False)


class NewEnquirySerializer(StrictSerializer):
    """What a partner sends to introduce itself to a desk."""

    partner_reference = serializers.RegexField(REFERENCE, max_length=64, trim_whitespace=False)
    desk = serializers.ChoiceField(Desk.choices)
    need = serializers.CharField(max_length=2000)
    contact = ContactSerializer()


class EnquirySerializer(serializers.ModelSerializer[Enquiry]):
    """An enquiry as its institution sees it: where it stands, and our answer."""

    stage = serializers.SerializerMethodField()
    answer = serializers.CharField(read_only=True)
    created_at = Utc(read_only=True)

    class Meta:
        model = Enquiry
        fields = ["ref", "partner_reference", "desk", "status", "stage", "answer"]
        fields += ["version", "created_at"]
        read_only_fields = fields

    def get_stage(self, enquiry: Enquiry) -> dict[str, Any]:
        """Since when it stands there, and the day by whose end we answer; null once we did."""
        ended = enquiry.ended_at is not None
        return {
            "since": Utc().to_representation(enquiry.stage_since),
            "due_on": None if ended else enquiry.due_on.isoformat(),
        }


class EnquiryViewSet(mixins.ListModelMixin, Versioned):
    """Enquiries of the caller's institution."""

    scopes = dict.fromkeys(("list", "create", "retrieve"), ApiScope.ENQUIRIES_WRITE)
    parameters = {"list": BY_REFERENCE | {"status"}}
    serializer_class = EnquirySerializer
    ordering = ("-id",)

    def get_queryset(self) -> QuerySet[Enquiry]:
        rows: QuerySet[Enquiry] = Enquiry.objects.filter(partner=caller(self.request).partner)
        # Need and contact are not even read.
        rows = rows.defer("need", "contact_name", "contact_phone", "contact_email")
        wanted = words(self.request, "status", EnquiryStatus.values)
        rows = rows.filter(status__in=wanted) if wanted else rows
        found: QuerySet[Enquiry] = with_reference(rows, self.request)
        return found

    def create(self, request: Request) -> Response:
        given = NewEnquirySerializer(data=request.data)
        given.is_valid(raise_exception=True)
        values: dict[str, Any] = dict(given.validated_data)
        contact = {f"contact_{name}": text for name, text in values.pop("contact").items()}
        try:
            made = make_enquiry(api_client=caller(request), at=clock.now(), **values, **contact)
        except UnableToEnquire as error:
            raise problem_of(error) from error
        headers = {"ETag": self.tag(made)}
        return Response(self.get_serializer(made).data, status.HTTP_201_CREATED, headers=headers)
