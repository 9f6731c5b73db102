"""What a customer follows or mutes."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from django.db import transaction
from django.utils.translation import gettext as _

from brokerage.customers.models import Customer
from brokerage.reference.models import Instrument
from content.models import Follow, Topic

MOST = 200
"""Wishes of one customer."""


class Wish(StrEnum):
    """What a customer wants of a subject."""

    FOLLOW = "follow"
    MUTE = "mute"
    NONE = "none"


class UnableToFollow(Exception):
    """The wish cannot be kept; the message is translated."""


@transaction.atomic
def follow(
    *,
    customer: Customer,
    topic: Topic | None = None,
    instrument: Instrument | None = None,
    wish: Wish,
    at: datetime,
) -> None:
    """Follow, mute or forget one topic or one security; doing it twice changes nothing.

    Raises:
        UnableToFollow: beyond MOST wishes.
    """
    Customer.objects.select_for_update(no_key=True, of=("self",)).get(pk=customer.pk)
    mine = Follow.objects.filter(customer=customer)
    one = mine.filter(topic=topic, instrument=instrument)
    if wish is Wish.NONE:
        one.delete()
        return
    if not one.exists() and mine.count() >= MOST:
        raise UnableToFollow(
            _("You follow or mute {most} things already. Take one away first.").format(most=MOST)
        )
    Follow.objects.update_or_create(
        customer=customer,
        topic=topic,
        instrument=instrument,
        defaults={"is_muted": wish is Wish.MUTE},
        create_defaults={"is_muted": wish is Wish.MUTE, "since": at},
    )
