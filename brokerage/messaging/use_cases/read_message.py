"""A person opens their messages."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from brokerage.messaging.models import Message
from brokerage.users.models import User


def read_message(*, user: User, ref: UUID, at: datetime) -> bool:
    """Mark one message as read; reading again changes nothing. Returns whether it changed."""
    return Message.objects.filter(user=user, ref=ref).unread().update(read_at=at) == 1


def read_all_messages(*, user: User, at: datetime) -> int:
    """Mark everything as read that was written by now; returns how many."""
    return Message.objects.filter(user=user, created_at__lte=at).unread().update(read_at=at)
