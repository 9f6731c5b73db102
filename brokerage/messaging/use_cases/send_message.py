"""Tell a person something, once: in the inbox, and outside where purpose and person allow."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from brokerage.core.clock import business_date
from brokerage.core.crypto import accepted_hashes, keyed_hash
from brokerage.core.reminders import silence_of
from brokerage.customers.models import Customer
from brokerage.customers.purposes import MARKETING as MARKETING_CONSENT
from brokerage.customers.selectors import has_consent_of_user
from brokerage.messaging.contact_rules import rules_on
from brokerage.messaging.models import (
    Channel,
    Delivery,
    Message,
    Preference,
    Purpose,
    TextVersion,
)
from brokerage.messaging.rules.contact import ContactRules, Quiet, earliest, is_capped
from brokerage.messaging.rules.text import check
from brokerage.messaging.states import DeliveryStatus
from brokerage.messaging.texts import current
from brokerage.users.models import Kind, User

DEDUPE_KEY = re.compile(r"[A-Za-z0-9_.:\-]{1,160}")


@dataclass(frozen=True)
class _Case:
    """What is known about one message on its way."""

    user: User
    text: TextVersion
    rules: ContactRules
    preference: Preference
    at: datetime


def send_message(
    *,
    kind: str,
    context: dict[str, Any],
    at: datetime,
    dedupe_key: str,
    customer: Customer | None = None,
    user: User | None = None,
) -> Message | None:
    """Write the message and queue its deliveries, in the caller's transaction.

    Args:
        kind: of a loaded text, such as "accounts.approved".
        context: exactly the variables that the text declares: texts, ISO dates and instants,
            decimals as text, whole numbers, portal paths.
        at: now (aware).
        dedupe_key: names the effect, such as "accounts.approved:<ref>"; a second call with the
            same key returns the first message. Public refs only.
        customer: whom to tell, or
        user: whom to tell.

    Returns:
        The message; None where this person is not to be told (an offer without consent, over
        its limit or while the customer wants silence, a customer without log-in). A closed
        log-in is told of its security only.

    Raises:
        UnknownKind: when no text of this kind is loaded.
        UnableToRender: when `context` does not fit the text.
    """
    if not DEDUPE_KEY.fullmatch(dedupe_key):
        raise ValueError("A dedupe key is made of refs and plain words.")
    text = current(kind, at)
    check(text.variables, context)
    person = user or (customer.user if customer else None)
    if person is None or not (person.is_active or text.purpose == Purpose.SECURITY):
        return None
    with transaction.atomic():
        _one_at_a_time(person)
        if known := Message.objects.filter(dedupe_key=dedupe_key).first():
            return known
        case = _Case(
            user=person,
            text=text,
            rules=rules_on(business_date(at)),
            preference=Preference.objects.filter(user=person).first() or Preference(user=person),
            at=at,
        )
        if text.purpose == Purpose.MARKETING and not _may_offer(case):
            return None
        message = Message.objects.create(
            dedupe_key=dedupe_key,
            user=person,
            text=text,
            purpose=text.purpose,
            language=person.language or "zh-hans",
            context=json.dumps(context, ensure_ascii=False),
            rule_version=case.rules.version,
            created_at=at,
        )
        for channel in _channels(case):
            _queue(message, channel, case)
    return message


def _one_at_a_time(user: User) -> None:
    """Messages to one person are decided in turn, so that limits and keys count every row."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtext('messaging'), %s)", [user.pk])


def _may_offer(case: _Case) -> bool:
    if not has_consent_of_user(case.user, MARKETING_CONSENT):
        return False
    customer = Customer.objects.filter(user=case.user).values_list("pk", flat=True).first()
    if customer is not None and silence_of([customer], case.at):
        return False
    past = Message.objects.filter(user=case.user, purpose=Purpose.MARKETING)
    recent = past.order_by("-created_at").values_list("created_at", flat=True)[:100]
    caps = case.rules.caps_of(Purpose.MARKETING, Channel.INBOX)
    return not is_capped(caps, sent_at=recent, at=case.at)


def _channels(case: _Case) -> Iterable[Channel]:
    """The outside channels that text, purpose and person ask for."""
    wants = {
        (Purpose.SECURITY, Channel.SMS): True,
        (Purpose.SECURITY, Channel.EMAIL): True,
        (Purpose.SERVICE, Channel.SMS): case.preference.service_sms,
        (Purpose.SERVICE, Channel.EMAIL): case.preference.service_email,
        (Purpose.MARKETING, Channel.SMS): case.preference.marketing_sms,
    }
    for channel in (Channel.SMS, Channel.EMAIL):
        if (
            wants.get((Purpose(case.text.purpose), channel))
            and address_of(case.user, channel)
            and case.text.of("zh-hans", channel)
        ):
            yield channel


def address_of(user: User, channel: str) -> str:
    """The number or mailbox of a person; staff get no SMS."""
    if channel == Channel.SMS:
        return (user.phone or "") if user.kind == Kind.CUSTOMER else ""
    return user.email or ""


def address_hash(address: str) -> str:
    """The keyed hash by which deliveries to one address are counted."""
    return keyed_hash(address, purpose="messaging.address")


def address_hashes(address: str) -> list[str]:
    """The hashes under which they may stand while the look-up key changes."""
    return accepted_hashes(address, purpose="messaging.address")


def _queue(message: Message, channel: Channel, case: _Case, *, address: str = "") -> Delivery:
    from brokerage.messaging.use_cases.deliver import schedule_delivery

    to = address or address_of(case.user, channel)
    own = Quiet(case.preference.quiet_from, case.preference.quiet_to)
    due = earliest(purpose=message.purpose, at=case.at, own=own, house=case.rules.quiet)
    delivery = Delivery(
        message=message,
        kind=case.text.kind,
        purpose=message.purpose,
        channel=channel,
        address=to,
        address_hash=address_hash(to),
        created_at=case.at,
        due_at=due,
        expires_at=due + case.rules.lifetimes[message.purpose],
    )
    if _over_limit(delivery, case):
        delivery.move_to(DeliveryStatus.SUPPRESSED)
        delivery.reason, delivery.ended_at = "limit", case.at
    delivery.save()
    if delivery.status == DeliveryStatus.QUEUED:
        schedule_delivery(delivery)
    return delivery


def _over_limit(delivery: Delivery, case: _Case) -> bool:
    past = Delivery.objects.filter(
        address_hash__in=address_hashes(delivery.address or ""),
        purpose=delivery.purpose,
        channel=delivery.channel,
    ).exclude(status=DeliveryStatus.SUPPRESSED)
    recent = past.order_by("-created_at").values_list("created_at", flat=True)[:100]
    caps = case.rules.caps_of(delivery.purpose, delivery.channel)
    return is_capped(caps, sent_at=recent, at=case.at)
