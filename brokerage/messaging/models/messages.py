"""Messages to people, and their deliveries through SMS and e-mail."""

from __future__ import annotations

import json
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from brokerage.core.fields import EncryptedTextField
from brokerage.core.models import Referenced
from brokerage.core.states import Stateful, StateTable
from brokerage.messaging.models.texts import Purpose, TextVersion
from brokerage.messaging.states import DELIVERY_TRANSITIONS, DeliveryStatus


class Channel(models.TextChoices):
    """Where a text is read."""

    INBOX = "inbox", _("Inbox")
    SMS = "sms", _("Text message")
    EMAIL = "email", pgettext_lazy("channel", "E-mail")


class MessageQuerySet(models.QuerySet["Message"]):
    def unread(self) -> Self:
        """Not opened yet."""
        return self.filter(read_at=None)


class Message(Referenced):
    """One thing told to one person, once for each `dedupe_key`. It is the entry of their inbox.

    What fills the text stays encrypted; the text itself is a version, so the exact words can be
    shown again in either language.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="inbox"
    )
    text = models.ForeignKey(TextVersion, on_delete=models.PROTECT)
    purpose = models.CharField(_("purpose"), max_length=10, choices=Purpose)
    language = models.CharField(_("language"), max_length=10)
    context = EncryptedTextField(_("values"), null=True, blank=True)
    dedupe_key = models.CharField(max_length=160, unique=True)
    rule_version = models.CharField(_("contact rules"), max_length=60)
    created_at = models.DateTimeField(_("written at"))
    read_at = models.DateTimeField(_("read at"), null=True, blank=True)

    objects = MessageQuerySet.as_manager()

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        indexes = [
            models.Index(fields=["user", "-created_at", "-id"], name="messages_by_time"),
            models.Index(
                fields=["user", "purpose"], condition=Q(read_at=None), name="message_unread"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(purpose=Purpose.CODE), name="codes_are_no_messages"
            ),
            models.CheckConstraint(
                condition=Q(read_at=None) | Q(read_at__gte=F("created_at")),
                name="a_message_is_read_after_it_was_written",
            ),
        ]

    @property
    def values(self) -> dict[str, Any]:
        """What fills the text, by variable."""
        loaded: dict[str, Any] = json.loads(self.context or "{}")
        return loaded


class Delivery(Referenced, Stateful):
    """One SMS or e-mail. The address is encrypted; the words of a code are never kept.

    `ref` is the idempotency key at the gateway, so that a worker killed between the gateway's
    answer and our mark can ask again without sending twice.
    """

    TRANSITIONS: ClassVar[StateTable] = DELIVERY_TRANSITIONS

    message = models.ForeignKey(
        Message, on_delete=models.PROTECT, null=True, blank=True, related_name="deliveries"
    )
    kind = models.CharField(_("kind"), max_length=80)
    purpose = models.CharField(_("purpose"), max_length=10, choices=Purpose)
    channel = models.CharField(_("channel"), max_length=5, choices=Channel)
    address = EncryptedTextField(_("address"), null=True, blank=True)
    address_hash = models.CharField(max_length=64, editable=False)
    status = models.CharField(
        _("status"), max_length=10, choices=DeliveryStatus, default=DeliveryStatus.QUEUED
    )
    reason = models.CharField(_("reason"), max_length=40, blank=True)
    created_at = models.DateTimeField(_("written at"))
    due_at = models.DateTimeField(_("not before"))
    expires_at = models.DateTimeField(_("expires at"))
    claimed_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    gateway_id = models.CharField(_("number at the gateway"), max_length=80, blank=True)
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)

    class Meta:
        verbose_name = pgettext_lazy("message", "delivery")
        verbose_name_plural = pgettext_lazy("message", "deliveries")
        indexes = [
            models.Index(
                fields=["due_at"],
                condition=Q(status=DeliveryStatus.QUEUED),
                name="delivery_due",
            ),
            models.Index(fields=["address_hash", "created_at"], name="delivery_address"),
            models.Index(
                fields=["gateway_id"], condition=~Q(gateway_id=""), name="delivery_gateway"
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["message", "channel", "address_hash"],
                name="one_delivery_for_each_channel_and_address",
            ),
            models.CheckConstraint(
                condition=~Q(channel=Channel.INBOX), name="the_inbox_needs_no_delivery"
            ),
            models.CheckConstraint(
                condition=Q(message__isnull=False) | Q(purpose=Purpose.CODE),
                name="only_codes_have_no_message",
            ),
            models.CheckConstraint(
                condition=Q(status__in=[DeliveryStatus.SENT, DeliveryStatus.DELIVERED])
                & Q(sent_at__isnull=False)
                | ~Q(status__in=[DeliveryStatus.SENT, DeliveryStatus.DELIVERED]),
                name="what_was_sent_has_its_instant",
            ),
            models.CheckConstraint(
                condition=Q(status__in=[DeliveryStatus.QUEUED, DeliveryStatus.SENT], ended_at=None)
                | (
                    ~Q(status__in=[DeliveryStatus.QUEUED, DeliveryStatus.SENT])
                    & Q(ended_at__isnull=False)
                ),
                name="an_ended_delivery_has_its_instant",
            ),
        ]
