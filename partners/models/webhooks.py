"""Webhook endpoints, what is to be delivered to them, and the log of every try."""

from __future__ import annotations

import base64
import secrets
from datetime import datetime, timedelta
from typing import Any, ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from brokerage.core.fields import EncryptedTextField
from brokerage.core.models import Referenced, Timestamped
from brokerage.core.states import Stateful, StateTable
from partners.models.feed import PartnerEvent
from partners.models.institutions import Partner
from partners.states import CHANGES, WEBHOOK_TRANSITIONS, DeliveryState, WebhookStatus

KINDS = [(each.value, each.label) for each in CHANGES]


def new_secret() -> str:
    """A signing secret in the form of the Standard Webhooks specification."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()


class WebhookEndpoint(Referenced, Timestamped, Stateful):
    """An address of an institution that hears of its events.

    Life: active → paused by the institution, or disabled by us after lasting failure or by our
    people → enabled again by the institution → removed. Two secrets sign for a day while one is
    changed.
    """

    TRANSITIONS: ClassVar[StateTable] = WEBHOOK_TRANSITIONS

    partner = models.ForeignKey(
        Partner, models.PROTECT, related_name="webhooks", verbose_name=_("partner")
    )
    url = models.CharField(_("address"), max_length=300)
    kinds = ArrayField(
        models.CharField(max_length=40, choices=KINDS),
        verbose_name=_("kinds"),
        default=list,
        blank=True,
        help_text=_("Empty: everything."),
    )
    secret = EncryptedTextField(_("secret"))
    former_secret = EncryptedTextField(_("former secret"), null=True, blank=True)
    former_until = models.DateTimeField(_("former secret until"), null=True, blank=True)
    status = models.CharField(
        _("status"), max_length=8, choices=WebhookStatus, default=WebhookStatus.ACTIVE
    )
    failing_since = models.DateTimeField(_("failing since"), null=True, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("webhook endpoint")
        verbose_name_plural = _("webhook endpoints")
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=WebhookStatus.values), name="a_webhook_has_a_known_status"
            ),
            models.UniqueConstraint(
                fields=["partner", "url"],
                condition=~Q(status=WebhookStatus.REMOVED),
                name="one_webhook_for_each_address",
            ),
        ]

    def __str__(self) -> str:
        return self.url

    def signing_secrets(self, at: datetime) -> list[str]:
        """The secrets that sign at `at`: the present one, and a former one for its last day."""
        found = [str(self.secret)]
        if self.former_secret and self.former_until and self.former_until > at:
            found.append(str(self.former_secret))
        return found


class DeliveryQuerySet(models.QuerySet["WebhookDelivery"]):
    def due(self, at: datetime) -> Self:
        """Deliveries that may be tried now: no earlier one of the same object is pending.

        Nothing leaves for an institution that is suspended, or whose contract or licence ended.
        """
        earlier = WebhookDelivery.objects.filter(
            endpoint=OuterRef("endpoint"),
            object_ref=OuterRef("object_ref"),
            number__lt=OuterRef("number"),
            state=DeliveryState.PENDING,
        )
        return self.filter(
            ~Exists(earlier),
            state=DeliveryState.PENDING,
            next_at__lte=at,
            endpoint__status=WebhookStatus.ACTIVE,
            endpoint__partner__in=Partner.objects.working(at).values("pk"),
        )


class WebhookDelivery(models.Model):
    """One event on its way to one endpoint; a replay puts it on its way again."""

    endpoint = models.ForeignKey(
        WebhookEndpoint, models.PROTECT, related_name="deliveries", verbose_name=_("endpoint")
    )
    event = models.ForeignKey(
        PartnerEvent, models.PROTECT, related_name="deliveries", verbose_name=_("event")
    )
    # Repeat the event's own, so that order per object is one index.
    object_ref = models.UUIDField(editable=False)
    number = models.PositiveBigIntegerField(_("number"))
    state = models.CharField(
        _("state"), max_length=9, choices=DeliveryState, default=DeliveryState.PENDING
    )
    attempts = models.PositiveSmallIntegerField(_("tries"), default=0)
    next_at = models.DateTimeField(_("next try"))
    delivered_at = models.DateTimeField(_("delivered at"), null=True, blank=True)

    objects: Any = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = _("webhook delivery")
        verbose_name_plural = _("webhook deliveries")
        indexes = [
            models.Index(
                fields=["endpoint", "object_ref", "number"],
                condition=Q(state=DeliveryState.PENDING),
                name="webhooks_on_their_way",
            ),
            models.Index(
                fields=["next_at"],
                condition=Q(state=DeliveryState.PENDING),
                name="webhooks_by_next_try",
            ),
            models.Index(fields=["endpoint", "-number"], name="webhook_log_of_an_endpoint"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["endpoint", "event"], name="an_event_goes_to_an_endpoint_once"
            ),
            models.CheckConstraint(
                condition=Q(state=DeliveryState.DELIVERED, delivered_at__isnull=False)
                | (~Q(state=DeliveryState.DELIVERED) & Q(delivered_at=None)),
                name="a_delivered_webhook_says_when",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.endpoint_id}/{self.number}"


class WebhookAttempt(models.Model):
    """One try: what came back and how long it took, never a body. Kept for thirty days."""

    KEPT: ClassVar[timedelta] = timedelta(days=30)

    delivery = models.ForeignKey(WebhookDelivery, models.PROTECT, related_name="tries")
    at = models.DateTimeField(_("at"), db_index=True)
    status = models.PositiveSmallIntegerField(_("HTTP status"), null=True, blank=True)
    failure = models.CharField(_("failure"), max_length=20, blank=True)
    milliseconds = models.PositiveIntegerField(_("milliseconds"))

    class Meta:
        verbose_name = _("webhook try")
        verbose_name_plural = _("webhook tries")
        ordering = [F("pk").asc()]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M:%S} {self.status or self.failure}"
