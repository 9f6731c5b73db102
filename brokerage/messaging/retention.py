"""Messages and their deliveries end; texts and rules stay as evidence of what we say."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from brokerage.core.retention import Policy, Rows
from brokerage.messaging.models import Delivery, Message, Purpose, SandboxOutbox

RULE = "retention.message_outbox"


def _messages(before: datetime) -> Rows:
    return Message.objects.filter(created_at__lt=before)


def _codes(before: datetime) -> Rows:
    return Delivery.objects.filter(purpose=Purpose.CODE, created_at__lt=before)


def _sandbox(before: datetime) -> Rows:
    return SandboxOutbox.objects.filter(accepted_at__lt=before)


def forget_messages(rows: Rows) -> int:
    """Delete messages with their deliveries."""
    keys = list(rows.values_list("pk", flat=True))
    Delivery.objects.filter(message__in=keys).delete()
    Message.objects.filter(pk__in=keys).delete()
    return len(keys)


OLD_MESSAGES = Policy(
    key="messaging.messages",
    label=_("Messages to people"),
    rule=RULE,
    due=_messages,
    held_by={"customers.customer": "user__customer__ref", "users.user": "user__ref"},
    dispose=forget_messages,
)
OLD_CODES = Policy(
    key="messaging.codes",
    label=_("Proofs that a code was sent"),
    rule="retention.security_log",
    due=_codes,
    held_by={},
)
OLD_SANDBOX = Policy(
    key="messaging.sandbox",
    label=_("Texts that the sandbox played"),
    rule="retention.drafts",
    due=_sandbox,
    held_by={},
)
