"""The holder of a number that was given up hears of it too."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from brokerage.core.clock import business_date
from brokerage.core.locking import lock_row
from brokerage.messaging.contact_rules import rules_on
from brokerage.messaging.models import Channel, Delivery, Message
from brokerage.messaging.use_cases.deliver import schedule_delivery
from brokerage.messaging.use_cases.send_message import address_hash, address_hashes
from brokerage.users.models import PastPhone


def send_to_past_phone(*, message: Message, past_phone: UUID, at: datetime) -> Delivery | None:
    """Queue a second SMS of `message`, to the number before; once for each message.

    Returns:
        The delivery; None where the number is no longer kept.
    """
    number = PastPhone.objects.filter(ref=past_phone).first()
    if number is None or not number.phone:
        return None
    with transaction.atomic():
        lock_row(Message, message.pk)
        if known := _delivery_to(message, number.phone):
            return known
        delivery = Delivery.objects.create(
            message=message,
            kind=message.text.kind,
            purpose=message.purpose,
            channel=Channel.SMS,
            address=number.phone,
            address_hash=address_hash(number.phone),
            created_at=at,
            due_at=at,
            expires_at=at + rules_on(business_date(at)).lifetimes[message.purpose],
        )
        schedule_delivery(delivery)
    return delivery


def _delivery_to(message: Message, phone: str) -> Delivery | None:
    found = address_hashes(phone)
    return message.deliveries.filter(channel=Channel.SMS, address_hash__in=found).first()
