"""Webhook endpoints of an institution, their secrets, their log, and the way back in time."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404
from rest_framework import mixins, serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from brokerage.core import clock
from brokerage.core.api.etags import etag, match_if_given, require_match
from brokerage.core.api.problems import Problem
from brokerage.core.api.serializers import StrictSerializer, TrueOrFalse
from brokerage.journal.actors import Actor
from partners.api.base import (
    PartnerViewSet,
    Versioned,
    caller,
    problem_of,
    refuse_fields,
)
from partners.api.serializers import Utc
from partners.models import WebhookDelivery, WebhookEndpoint
from partners.models.webhooks import KINDS
from partners.rules.webhooks import MOST_LENGTH
from partners.states import ApiScope, WebhookStatus
from partners.use_cases.ping_webhook import WITHIN, PingedTooOften, ping_webhook
from partners.use_cases.webhooks import (
    UnableToKeepWebhook,
    add_webhook,
    change_secret,
    change_webhook,
    replay,
    set_webhook_status,
)


class NewWebhookSerializer(StrictSerializer):
    """What a partner sends to keep an endpoint."""

    url = serializers.CharField(max_length=MOST_LENGTH)
    kinds = serializers.ListField(
        child=serializers.ChoiceField(KINDS), required=False, max_length=20
    )


class ChangedWebhookSerializer(StrictSerializer):
    """What a partner changes of an endpoint; what is not sent stays."""

    url = serializers.CharField(max_length=MOST_LENGTH, required=False)
    kinds = serializers.ListField(
        child=serializers.ChoiceField(KINDS), required=False, max_length=20
    )
    paused = TrueOrFalse(required=False)


class ReplaySerializer(StrictSerializer):
    """From where on events are sent again."""

    after = serializers.IntegerField(min_value=0, max_value=10**15)


class WebhookSerializer(serializers.ModelSerializer[WebhookEndpoint]):
    """An endpoint as its institution sees it; the secret has an address of its own."""

    failing_since = Utc(read_only=True)
    created_at = Utc(read_only=True)

    class Meta:
        model = WebhookEndpoint
        fields = ["ref", "url", "kinds", "status", "failing_since", "version", "created_at"]
        read_only_fields = fields


class WebhookViewSet(mixins.ListModelMixin, Versioned):
    """Endpoints of the caller's institution."""

    scopes = dict.fromkeys(
        [
            *("list", "create", "retrieve", "partial_update", "destroy"),
            *("secret", "rotate", "enable", "replay", "ping"),
        ],
        ApiScope.WEBHOOKS_WRITE,
    )
    serializer_class = WebhookSerializer
    ordering = ("-id",)

    def get_queryset(self) -> QuerySet[WebhookEndpoint]:
        mine = WebhookEndpoint.objects.filter(partner=caller(self.request).partner)
        return mine.exclude(status=WebhookStatus.REMOVED)

    def create(self, request: Request) -> Response:
        given = NewWebhookSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        values = {"kinds": [], **given.validated_data}
        made = self.done(add_webhook, partner=caller(request).partner, **values)
        return self.answer(made, status.HTTP_201_CREATED)

    def partial_update(self, request: Request, ref: UUID) -> Response:
        """Another address, other kinds, a pause or its end; needs If-Match."""
        given = ChangedWebhookSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        values = dict(given.validated_data)
        is_paused = values.pop("paused", None)
        with transaction.atomic():  # of two changes on the same version one is refused
            rows = self.get_queryset().select_for_update(no_key=True)
            webhook = get_object_or_404(rows, ref=ref)
            require_match(request, etag(webhook.ref, webhook.version))
            webhook = self.done(change_webhook, endpoint=webhook, **values)
            if is_paused is not None and is_paused != (webhook.status == WebhookStatus.PAUSED):
                webhook = self.paused(webhook, is_paused)
        return self.answer(webhook)

    def paused(self, webhook: WebhookEndpoint, is_paused: bool) -> WebhookEndpoint:
        """Pause it, or go on. One that we disabled is not paused: `enable` is for that."""
        if webhook.status == WebhookStatus.DISABLED and not is_paused:
            return webhook
        status = WebhookStatus.PAUSED if is_paused else WebhookStatus.ACTIVE
        row: WebhookEndpoint = self.done(set_webhook_status, endpoint=webhook, status=status)
        return row

    def destroy(self, request: Request, ref: UUID) -> Response:
        """Remove it; needs If-Match."""
        webhook = self.own(ref)
        require_match(request, etag(webhook.ref, webhook.version))
        self.done(set_webhook_status, endpoint=webhook, status=WebhookStatus.REMOVED)
        return Response(status=status.HTTP_204_NO_CONTENT)

    def secret(self, request: Request, ref: UUID) -> Response:
        """The secret that signs. Not part of any answer that is kept for repetition."""
        return Response({"secret": str(self.own(ref).secret)})

    def rotate(self, request: Request, ref: UUID) -> Response:
        """A new secret beside the present one; If-Match counts where it is sent."""
        return self.answer(self.done(change_secret, endpoint=self.plainly(request, ref)))

    def enable(self, request: Request, ref: UUID) -> Response:
        """Let it hear again; If-Match counts where it is sent."""
        webhook = self.plainly(request, ref)
        return self.answer(
            self.done(set_webhook_status, endpoint=webhook, status=WebhookStatus.ACTIVE)
        )

    def replay(self, request: Request, ref: UUID) -> Response:
        given = ReplaySerializer(data=request.data)
        given.is_valid(raise_exception=True)
        number = self.done(replay, endpoint=self.own(ref), **given.validated_data)
        return Response({"events": number})

    def ping(self, request: Request, ref: UUID) -> Response:
        """Send a test, which the log of deliveries tells of."""
        event = self.done(ping_webhook, endpoint=self.plainly(request, ref))
        return Response({"event": event.ref, "number": event.number}, status.HTTP_202_ACCEPTED)

    def plainly(self, request: Request, ref: UUID) -> WebhookEndpoint:
        """The endpoint of an act without a body."""
        webhook: WebhookEndpoint = self.own(ref)
        refuse_fields(request)
        match_if_given(request, etag(webhook.ref, webhook.version))
        return webhook

    def done(self, act: Any, **values: Any) -> Any:
        """Run a use case as the caller; its refusal is a problem."""
        try:
            return act(actor=Actor.client(caller(self.request)), at=clock.now(), **values)
        except PingedTooOften as error:
            wait = {"Retry-After": str(int(WITHIN.total_seconds()))}
            raise Problem("rate-limited", str(error), headers=wait) from error
        except UnableToKeepWebhook as error:
            raise problem_of(error) from error

    def answer(self, row: WebhookEndpoint, code: int = status.HTTP_200_OK) -> Response:
        tag = etag(row.ref, row.version)
        return Response(self.get_serializer(row).data, code, headers={"ETag": tag})


class DeliverySerializer(serializers.ModelSerializer[WebhookDelivery]):
    """One event on its way, with every try of the last thirty days."""

    event = serializers.UUIDField(source="event.ref", read_only=True)
    type = serializers.CharField(source="event.kind", read_only=True)
    next_at = Utc(read_only=True)
    delivered_at = Utc(read_only=True)
    tries = serializers.SerializerMethodField()

    class Meta:
        model = WebhookDelivery
        fields = ["event", "number", "type", "state", "next_at", "delivered_at", "tries"]
        read_only_fields = fields

    def get_tries(self, delivery: WebhookDelivery) -> list[dict[str, Any]]:
        when = Utc()
        return [
            {
                "at": when.to_representation(each.at),
                "status": each.status,
                "failure": each.failure or None,
                "milliseconds": each.milliseconds,
            }
            for each in delivery.tries.all()
        ]


class DeliveryViewSet(mixins.ListModelMixin, PartnerViewSet):
    """The log of one endpoint, the newest event first."""

    scopes = {"list": ApiScope.WEBHOOKS_WRITE}
    serializer_class = DeliverySerializer
    ordering = ("-number",)

    def get_queryset(self) -> QuerySet[WebhookDelivery]:
        mine = WebhookEndpoint.objects.filter(partner=caller(self.request).partner)
        endpoint = mine.filter(ref=self.kwargs["ref"]).first()
        if endpoint is None:
            raise Http404
        rows = WebhookDelivery.objects.filter(endpoint=endpoint)
        return rows.select_related("event").prefetch_related("tries")
