"""Suggestions and complaints of institutions, with the day of our answer."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from rest_framework import mixins, serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from brokerage.core import clock
from brokerage.core.api.etags import etag
from brokerage.core.api.serializers import StrictSerializer
from partners.api.base import REFERENCE, Versioned, caller, problem_of
from partners.api.filters import BY_REFERENCE, with_reference, words
from partners.api.serializers import Utc
from partners.models import Remark
from partners.states import ApiScope, RemarkKind, RemarkStatus
from partners.use_cases.remarks import UnableToRemark, make_remark


class NewRemarkSerializer(StrictSerializer):
    """What a partner sends to suggest something or to complain."""

    partner_reference = serializers.RegexField(REFERENCE, max_length=64, trim_whitespace=False)
    kind = serializers.ChoiceField(RemarkKind.choices)
    text = serializers.CharField(max_length=2000)


class RemarkSerializer(serializers.ModelSerializer[Remark]):
    """A remark as its institution sees it."""

    text = serializers.CharField(read_only=True)
    answer = serializers.CharField(read_only=True)
    answered_at = Utc(read_only=True)
    created_at = Utc(read_only=True)

    class Meta:
        model = Remark
        fields = ["ref", "partner_reference", "kind", "text", "status", "due_on", "answer"]
        fields += ["answered_at", "version", "created_at"]
        read_only_fields = fields


class RemarkViewSet(mixins.ListModelMixin, Versioned):
    """Remarks of the caller's institution."""

    scopes = dict.fromkeys(("list", "create", "retrieve"), ApiScope.REMARKS_WRITE)
    parameters = {"list": BY_REFERENCE | {"status"}}
    serializer_class = RemarkSerializer
    ordering = ("-id",)

    def get_queryset(self) -> QuerySet[Remark]:
        rows: QuerySet[Remark] = Remark.objects.filter(partner=caller(self.request).partner)
        wanted = words(self.request, "status", RemarkStatus.values)
        rows = rows.filter(status__in=wanted) if wanted else rows
        found: QuerySet[Remark] = with_reference(rows, self.request)
        return found

    def create(self, request: Request) -> Response:
        given = NewRemarkSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        values: dict[str, Any] = given.validated_data
        try:
            made = make_remark(api_client=caller(request), at=clock.now(), **values)
        except UnableToRemark as error:
            raise problem_of(error) from error
        headers = {"ETag": etag(made.ref, made.version)}
        return Response(self.get_serializer(made).data, status.HTTP_201_CREATED, headers=headers)
