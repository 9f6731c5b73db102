"""Replace a customer's number by another one, both proved."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from brokerage.core.locking import lock_row
from brokerage.journal.actors import Actor
from brokerage.journal.record import CHANGED, record
from brokerage.users import sessions
from brokerage.users.events import PhoneChanged
from brokerage.users.models import PastPhone, PhoneCode, Purpose, User
from brokerage.users.use_cases.use_code import Why, WrongCode, use_code


def change_phone(*, user: User, ref: UUID | str | None, code: str, at: datetime) -> User:
    """Take the code that the new number received and make it the log-in's number.

    The caller has made sure of the old number (a fresh step-up, which for customers is a code
    sent to it). All sessions end; the caller keeps its own alive.

    Args:
        user: the customer.
        ref: the code sent to the new number, as the session holds it.
        code: six digits as entered.
        at: now.

    Returns:
        The log-in with its new number and session epoch.

    Raises:
        WrongCode: as `use_code`; also when the number was taken meanwhile.
    """

    def replace(row: PhoneCode) -> User:
        locked = lock_row(User, user.pk)
        past = PastPhone(user=locked, phone=locked.phone, until=at)
        past.save()
        locked.set_phone(row.phone)
        try:
            with transaction.atomic():
                locked.save(update_fields=["phone", "phone_hash"])
        except IntegrityError:
            raise WrongCode(Why.OVER) from None
        sessions.end_all(locked)
        event = PhoneChanged(subject=locked.ref, past_phone=past.ref)
        record(
            event,
            actor=Actor.of(locked),
            at=at,
            before={"phone": CHANGED},
            after={"phone": CHANGED},
        )
        return locked

    return use_code(ref=ref, purpose=Purpose.NEW_PHONE, code=code, at=at, user=user, then=replace)
