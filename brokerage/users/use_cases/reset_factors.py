"""Take away the second factors of somebody who has lost them; they set up new ones."""

from __future__ import annotations

from datetime import datetime

from allauth.mfa.models import Authenticator
from django.db import transaction

from brokerage.journal.actors import Actor
from brokerage.journal.record import record
from brokerage.users.events import FactorRemoved
from brokerage.users.models import User
from brokerage.users.use_cases.end_sessions import sign_out_everywhere


def reset_factors(*, user: User, by: User, at: datetime, reason: str) -> None:
    """Remove all factors of `user` and end their sessions; the password stays as it is.

    Args:
        user: a member of staff or a partner operator.
        by: the administrator, who has made sure of the person; never the user.
        at: now.
        reason: how the person was identified.
    """
    assert by.pk != user.pk, "nobody resets their own factors"
    with transaction.atomic():
        for factor in Authenticator.objects.select_for_update().filter(user=user):
            factor.delete()
            event = FactorRemoved(subject=user.ref, factor=factor.type)
            record(event, actor=Actor.of(by), at=at, reason=reason)
        sign_out_everywhere(user=user, at=at, actor=Actor.of(by), reason=reason)
