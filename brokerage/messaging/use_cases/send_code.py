"""Codes for log-in: sent while the person waits, never stored, told to nobody else."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from brokerage.core import clock
from brokerage.core.clock import business_date
from brokerage.core.saving import write_of
from brokerage.journal.record import write_along
from brokerage.messaging.contact_rules import rules_on
from brokerage.messaging.gateways import GatewayRefused, GatewayUnavailable, gateway_for
from brokerage.messaging.models import Channel, Delivery, Purpose
from brokerage.messaging.states import DeliveryStatus
from brokerage.messaging.texts import just_now
from brokerage.messaging.texts import words as worded
from brokerage.messaging.use_cases.deliver import mark_sent
from brokerage.messaging.use_cases.send_message import address_hash

log = logging.getLogger("brokerage.messaging")


class SmsCodeSender:
    """The sender that the log-in app calls (`brokerage.users.codes.CodeSender`).

    The words exist in memory only: the row that proves the sending has neither code nor number
    in plain. The SMS leaves after the caller's commit and within three seconds; a gateway that
    does not answer is no error of the caller, who offers another code a minute later.
    """

    def send(
        self,
        *,
        phone: str,
        text_key: str,
        code: str,
        language: str,
        purpose: str,
        words: Mapping[str, str] | None = None,
    ) -> None:
        """Write the delivery now and hand the text over after the commit."""
        at = clock.now()
        text = just_now(text_key, at)
        values = {**({"code": code} if "code" in text.variables else {}), **(words or {})}
        found = worded(text, channel=Channel.SMS, language=language, values=values)
        assert found is not None, f"{text_key} has a text for SMS"
        body = found.body
        delivery = Delivery(
            kind=text_key,
            purpose=Purpose.CODE,
            channel=Channel.SMS,
            address=phone,
            address_hash=address_hash(phone),
            created_at=at,
            due_at=at,
            expires_at=at + rules_on(business_date(at)).lifetimes[Purpose.CODE],
        )
        write_along(write_of(delivery))
        transaction.on_commit(lambda: _hand_over(delivery, phone, body, at))


def _hand_over(delivery: Delivery, phone: str, body: str, at: datetime) -> None:
    try:
        number = gateway_for(Channel.SMS).send(
            address=phone, title="", body=body, key=delivery.ref, at=at
        )
    except (GatewayRefused, GatewayUnavailable) as error:
        reason = error.code if isinstance(error, GatewayRefused) else "unavailable"
        log.warning("code not sent", extra={"delivery": str(delivery.ref), "reason": reason})
        delivery.move_to(DeliveryStatus.FAILED)
        delivery.ended_at, delivery.reason = at, reason
        delivery.save()
    else:
        mark_sent(delivery, number=number, at=at)


def close_lost_codes(*, at: datetime) -> int:
    """End the codes whose process died before the gateway answered; returns how many."""
    return Delivery.objects.filter(
        purpose=Purpose.CODE, status=DeliveryStatus.QUEUED, expires_at__lte=at
    ).update(status=DeliveryStatus.EXPIRED, ended_at=at, reason="lost")
