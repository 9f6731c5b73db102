"""The endpoints of the partner API, version 1."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from rest_framework import mixins, status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Application
from accounts.states import Status
from brokerage.core import clock
from brokerage.core.api.etags import etag
from brokerage.core.api.problems import Problem
from partners.api.base import PartnerViewSet, Versioned, caller
from partners.api.filters import BY_REFERENCE, instant, with_reference, words
from partners.api.serializers import (
    TOLD,
    TOLD_WORDS,
    ApplicationSerializer,
    EntryLinkSerializer,
    MeSerializer,
    NewEntryLinkSerializer,
)
from partners.models import EntryLink
from partners.states import ApiScope
from partners.use_cases import UnableToMakeLink, make_entry_link


class ApplicationViewSet(mixins.ListModelMixin, Versioned):
    """Applications that the caller's institution originated, while the customer lets it know.

    Anybody else's, and those whose consent ended, do not exist here.
    """

    scopes = {
        "list": ApiScope.APPLICATIONS_READ,
        "retrieve": ApiScope.APPLICATIONS_READ,
    }
    parameters = {"list": frozenset({"updated_since", "status"})}
    serializer_class = ApplicationSerializer
    lookup_field = "ref"
    ordering = ("-updated_at", "-id")

    def get_queryset(self) -> QuerySet[Application]:
        rows = Application.objects.shared_with(caller(self.request).partner.ref)
        if since := instant(self.request, "updated_since"):
            rows = rows.filter(updated_at__gte=since)
        if wanted := words(self.request, "status", TOLD_WORDS):
            rows = rows.filter(status__in=[own for own in Status if TOLD.get(own, own) in wanted])
        # Personal columns are not even read.
        return rows.only("ref", "status", "stage_since", "promised_at", "version", "updated_at")


class EntryViewSet(mixins.ListModelMixin, Versioned):
    """Links by which the caller's institution sends customers to us; a link never changes."""

    scopes = dict.fromkeys(("list", "create", "retrieve"), ApiScope.ENTRIES_WRITE)
    parameters = {"list": BY_REFERENCE}
    serializer_class = EntryLinkSerializer
    ordering = ("-id",)

    def get_queryset(self) -> QuerySet[EntryLink]:
        mine = EntryLink.objects.filter(partner=caller(self.request).partner)
        return with_reference(mine.select_related("code"), self.request)

    def tag(self, row: Any) -> str:
        return etag(row.ref, 1)

    def create(self, request: Request) -> Response:
        given = NewEntryLinkSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        try:
            link = make_entry_link(
                api_client=caller(request), at=clock.now(), **given.validated_data
            )
        except UnableToMakeLink as error:
            raise Problem("conflict", str(error)) from error
        headers = {"ETag": self.tag(link)}
        return Response(self.get_serializer(link).data, status.HTTP_201_CREATED, headers=headers)


class MeViewSet(PartnerViewSet):
    """Who the caller is, as we see it: the first thing to try."""

    scopes = {"retrieve": ""}
    serializer_class = MeSerializer

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return Response(self.get_serializer(caller(request)).data)
