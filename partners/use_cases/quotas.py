"""How often a program may call: agreed by two people; braked by one, at once."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from brokerage.core.locking import lock_row
from brokerage.core.refusals import RefusedByField
from brokerage.journal.actors import Actor
from brokerage.journal.record import record
from brokerage.users.models import User
from partners.events import ClientThrottled, QuotaProposed
from partners.models import ApiClient, ClientQuota
from partners.models.quotas import MOST


class UnableToLimit(RefusedByField):
    """It cannot be limited so; `errors` gives the translated messages by field."""


@transaction.atomic
def propose_quota(*, maker: User, at: datetime, **values: Any) -> ClientQuota:
    """Propose how often a program may call from a day on; a second person decides.

    Args:
        values: the columns of ClientQuota that a person fills.

    Raises:
        UnableToLimit: naming the field.
    """
    row = ClientQuota(made_by_ref=maker.ref, made_at=at, **values)
    try:
        row.full_clean()
    except ValidationError as error:
        raise UnableToLimit(error.message_dict) from error
    row.save()
    record(
        QuotaProposed(subject=row.ref, api_client=row.api_client.ref, per_minute=row.per_minute),
        actor=Actor.of(maker),
        at=at,
        reason=row.reason,
    )
    return row


@transaction.atomic
def throttle(
    *, api_client: ApiClient, per_minute: int | None, reason: str, actor: Actor, at: datetime
) -> ApiClient:
    """Let a program call at most so often from its next request on; None takes the brake off.

    It never allows more than was agreed: the smaller figure counts.

    Raises:
        UnableToLimit: for a figure outside 1 to 10,000, or without a reason.
    """
    if per_minute is not None and not 1 <= per_minute <= MOST:
        raise UnableToLimit({"per_minute": [_("Give a number from 1 to 10,000.")]})
    if not reason.strip():
        raise UnableToLimit({"reason": [_("Say why.")]})
    locked = lock_row(ApiClient, api_client.pk)
    locked.throttled_to = per_minute
    locked.save(update_fields=["throttled_to"])
    record(
        ClientThrottled(subject=locked.ref, per_minute=per_minute),
        actor=actor,
        at=at,
        reason=reason.strip(),
    )
    return locked
