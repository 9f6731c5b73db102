"""Open a customer's log-in with an SMS code, making it at the first time."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db import IntegrityError, transaction

from brokerage.journal.actors import Actor
from brokerage.journal.record import record
from brokerage.users.events import SignedUp
from brokerage.users.models import Kind, PhoneCode, Purpose, User
from brokerage.users.use_cases.use_code import Why, WrongCode, use_code


class Opened(NamedTuple):
    """The log-in that a code opened, and whether it is new."""

    user: User
    created: bool


def sign_in_with_code(
    *, ref: UUID | str | None, code: str, at: datetime, language: str = ""
) -> Opened:
    """The customer whose number the code proves; a number not known yet gets its log-in now.

    The session itself is begun by the caller.

    Raises:
        WrongCode: as `use_code`; also when the log-in may not use codes any more.
    """

    def open_log_in(row: PhoneCode) -> Opened:
        user = User.objects.with_phone(str(row.phone)).first()
        opened = Opened(user, False) if user else _sign_up(str(row.phone), at, language)
        if opened.user.kind != Kind.CUSTOMER or not opened.user.is_active:
            raise WrongCode(Why.OVER)  # changed since the code was sent
        return opened

    return use_code(ref=ref, purpose=Purpose.SIGN_IN, code=code, at=at, then=open_log_in)


def _sign_up(phone: str, at: datetime, language: str) -> Opened:
    try:
        with transaction.atomic():
            user = User.objects.create_customer(phone, language=language, created_at=at)
    except IntegrityError:  # somebody proved the same number a moment ago
        return Opened(User.objects.with_phone(phone).get(), False)
    record(SignedUp(subject=user.ref), actor=Actor.of(user), at=at)
    return Opened(user, True)
