"""The endpoints of the partner API, version 1."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404
from rest_framework import mixins, status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Application
from brokerage.core import clock
from brokerage.core.api.etags import etag, is_unchanged
from brokerage.core.api.problems import Problem
from partners.api.base import PartnerViewSet, caller
from partners.api.serializers import (
    ApplicationSerializer,
    EntryLinkSerializer,
    MeSerializer,
    NewEntryLinkSerializer,
)
from partners.models import EntryLink
from partners.states import ApiScope
from partners.use_cases import UnableToMakeLink, make_entry_link


class ApplicationViewSet(mixins.ListModelMixin, PartnerViewSet):
    """Applications that the caller's institution originated, while the customer lets it know.

    Anybody else's, and those whose consent ended, do not exist here.
    """

    scopes = {
        "list": ApiScope.APPLICATIONS_READ,
        "retrieve": ApiScope.APPLICATIONS_READ,
    }
    serializer_class = ApplicationSerializer
    lookup_field = "ref"
    ordering = ("-updated_at", "-id")

    def get_queryset(self) -> QuerySet[Application]:
        rows = Application.objects.shared_with(caller(self.request).partner.ref)
        # Personal columns are not even read.
        return rows.only("ref", "status", "stage_since", "promised_at", "version", "updated_at")

    def retrieve(self, request: Request, ref: UUID) -> Response:
        application = self.get_queryset().filter(ref=ref).first()
        if application is None:
            raise Http404
        tag = etag(application.ref, application.version)
        if is_unchanged(request, tag):
            return Response(status=status.HTTP_304_NOT_MODIFIED, headers={"ETag": tag})
        return Response(self.get_serializer(application).data, headers={"ETag": tag})


class EntryViewSet(mixins.ListModelMixin, PartnerViewSet):
    """Links by which the caller's institution sends customers to us."""

    scopes = {"list": ApiScope.ENTRIES_WRITE, "create": ApiScope.ENTRIES_WRITE}
    serializer_class = EntryLinkSerializer
    ordering = ("-created_at", "-id")

    def get_queryset(self) -> QuerySet[EntryLink]:
        mine = EntryLink.objects.filter(partner=caller(self.request).partner)
        return mine.select_related("code")

    def create(self, request: Request) -> Response:
        given = NewEntryLinkSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        try:
            link = make_entry_link(
                api_client=caller(request), at=clock.now(), **given.validated_data
            )
        except UnableToMakeLink as error:
            raise Problem("conflict", str(error)) from error
        return Response(self.get_serializer(link).data, status=status.HTTP_201_CREATED)


class MeViewSet(PartnerViewSet):
    """Who the caller is, as we see it: the first thing to try."""

    scopes = {"retrieve": ""}
    serializer_class = MeSerializer

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return Response(self.get_serializer(caller(request)).data)
