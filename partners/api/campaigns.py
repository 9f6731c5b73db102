"""Campaigns with their codes, QR images and counts."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.urls import reverse
from rest_framework import mixins, serializers, status
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from branches.entry_codes import qr_png, qr_svg
from brokerage.core import clock
from brokerage.core.api.etags import etag, require_match
from brokerage.core.api.serializers import StrictSerializer
from brokerage.journal.actors import Actor
from partners.api.base import REFERENCE, Versioned, caller, problem_of, refuse_fields
from partners.api.filters import BY_REFERENCE, with_reference
from partners.api.outlets import outlet_of
from partners.api.serializers import Utc
from partners.models import Campaign
from partners.selectors import told_counts_of
from partners.states import ApiScope
from partners.use_cases.campaigns import UnableToCampaign, end_campaign, make_campaign


class NewCampaignSerializer(StrictSerializer):
    """What a partner sends to begin a campaign."""

    partner_reference = serializers.RegexField(REFERENCE, max_length=64, trim_whitespace=False)
    name = serializers.CharField(max_length=60)
    outlet = serializers.UUIDField()
    ends_at = Utc()


class CampaignSerializer(serializers.ModelSerializer[Campaign]):
    """A campaign as its institution sees it."""

    outlet = serializers.UUIDField(source="unit.ref", read_only=True)
    code = serializers.CharField(source="code.code", read_only=True)
    url = serializers.SerializerMethodField()
    ends_at = Utc(source="code.ends_at", read_only=True)
    ended_at = Utc(source="code.ended_at", read_only=True)
    status = serializers.SerializerMethodField()
    created_at = Utc(read_only=True)

    class Meta:
        model = Campaign
        fields = ["ref", "partner_reference", "name", "outlet", "code", "url", "ends_at"]
        fields += ["status", "ended_at", "version", "created_at"]
        read_only_fields = fields

    def get_status(self, campaign: Campaign) -> str:
        """See `status_of`."""
        return status_of(campaign, self.context["living"])

    def get_url(self, campaign: Campaign) -> str:
        """Where code and QR image lead."""
        return address_of(campaign, self.context["request"])


class _Image(BaseRenderer):
    """An image; a problem stays JSON."""

    charset = None

    def render(self, data: Any, *args: Any, **kwargs: Any) -> bytes:
        return data if isinstance(data, bytes) else json.dumps(data).encode()


class Png(_Image):
    media_type, format = "image/png", "png"


class Svg(_Image):
    media_type, format = "image/svg+xml", "svg"


class CampaignViewSet(mixins.ListModelMixin, Versioned):
    """Campaigns of the caller's institution."""

    scopes = {
        "list": ApiScope.CAMPAIGNS_WRITE,
        "create": ApiScope.CAMPAIGNS_WRITE,
        "retrieve": ApiScope.CAMPAIGNS_WRITE,
        "counts": ApiScope.CAMPAIGNS_WRITE,
        "end": ApiScope.CAMPAIGNS_WRITE,
    }
    parameters = {"list": BY_REFERENCE}
    serializer_class = CampaignSerializer
    ordering = ("-id",)

    def get_queryset(self) -> QuerySet[Campaign]:
        mine = Campaign.objects.filter(partner=caller(self.request).partner)
        rows = mine.select_related("code", "unit", "partner")
        found: QuerySet[Campaign] = with_reference(rows, self.request)
        return found

    def get_serializer(self, *args: Any, **kwargs: Any) -> Any:
        """One query for what still leads somewhere of a whole page."""
        rows = args[0] if kwargs.get("many") else [args[0]]
        context = {**self.get_serializer_context(), "living": living_of(rows)}
        return CampaignSerializer(*args, context=context, **kwargs)

    def tag(self, row: Any) -> str:
        """Another one, too, when the place closed or the person left: the status tells it."""
        return etag(row.ref, row.version * len(STATUSES) + _place(row))

    def create(self, request: Request) -> Response:
        given = NewCampaignSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        values = dict(given.validated_data)
        client = caller(request)
        unit = outlet_of(client.partner.ref, values.pop("outlet"))
        try:
            made = make_campaign(
                partner=client.partner,
                api_client=client,
                unit=unit,
                actor=Actor.client(client),
                at=clock.now(),
                **values,
            )
        except UnableToCampaign as error:
            raise problem_of(error) from error
        headers = {"ETag": self.tag(made)}
        return Response(self.get_serializer(made).data, status.HTTP_201_CREATED, headers=headers)

    def counts(self, request: Request, ref: UUID) -> Response:
        """How many came, sent and were approved until the day began; never who, nor how few."""
        told = told_counts_of(self.own(ref), clock.now())
        as_of = Utc().to_representation(told.as_of)
        return Response({**told.figures, "least": told.least, "as_of": as_of})

    def end(self, request: Request, ref: UUID) -> Response:
        """Let the code lead nowhere from now on; needs If-Match."""
        campaign = self.own(ref)
        refuse_fields(request)
        require_match(request, self.tag(campaign))
        try:
            done = end_campaign(
                campaign=campaign, actor=Actor.client(caller(request)), at=clock.now()
            )
        except UnableToCampaign as error:
            raise problem_of(error) from error
        return Response(self.get_serializer(done).data, headers={"ETag": self.tag(done)})


class CampaignImageViewSet(CampaignViewSet):
    """The QR image of a campaign."""

    scopes = {"png": ApiScope.CAMPAIGNS_WRITE, "svg": ApiScope.CAMPAIGNS_WRITE}

    def get_renderers(self) -> list[Any]:
        return [Png() if self.action == "png" else Svg(), JSONRenderer()]

    def png(self, request: Request, ref: UUID) -> Response:
        return self._image(request, qr_png(address_of(self.own(ref), request)), "image/png")

    def svg(self, request: Request, ref: UUID) -> Response:
        drawn = qr_svg(address_of(self.own(ref), request))
        named = drawn.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)
        return self._image(request, named.encode(), "image/svg+xml")

    def _image(self, request: Request, image: bytes, kind: str) -> Response:
        request.accepted_renderer = Svg() if kind.endswith("xml") else Png()
        return Response(image, content_type=kind)


STATUSES = ("running", "ended", "dead")


def living_of(rows: Iterable[Campaign]) -> set[int]:
    """Keys of those campaigns whose code leads somewhere now."""
    keys = [row.pk for row in rows]
    return set(
        Campaign.objects.living(clock.now()).filter(pk__in=keys).values_list("pk", flat=True)
    )


def status_of(campaign: Campaign, living: Collection[int]) -> str:
    """`running`; `ended` by an act or by its period; `dead` when the outlet closed or the person
    at it left: then it leads nowhere, and a new campaign is needed."""
    if campaign.pk in living:
        return "running"
    over = campaign.code.ended_at is not None or campaign.code.ends_at <= clock.now()
    return "ended" if over else "dead"


def _place(campaign: Campaign) -> int:
    return STATUSES.index(status_of(campaign, living_of([campaign])))


def address_of(campaign: Campaign, request: Request) -> str:
    """The page of the code, absolute."""
    path = reverse("branches:entry", args=[campaign.code.code])
    return str(request.build_absolute_uri(path))
