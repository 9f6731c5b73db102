"""Open a customer's log-in with an SMS code, making it at the first time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple, TypeVar
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import IntegrityError
from django.db.models import CharField

from brokerage.core.crypto import accepted_hashes
from brokerage.core.written import Given, Written, any_of
from brokerage.journal.actors import Actor
from brokerage.journal.record import record, together
from brokerage.users.events import SignedUp
from brokerage.users.models import Kind, PhoneCode, Purpose, User
from brokerage.users.use_cases.use_code import Why, WrongCode, use_code

T = TypeVar("T")

OF_NUMBER = Written(
    lambda: User.objects.filter(
        any_of("phone_hash", Given("mine", ArrayField(CharField(max_length=64))))
    ).order_by("pk")
)


class Opened(NamedTuple):
    """The log-in that a code opened, and whether it is new."""

    user: User
    created: bool


def sign_in_with_code(
    *,
    ref: UUID | str | None,
    code: str,
    at: datetime,
    begin: Callable[[Opened], T],
    language: str = "",
) -> T:
    """The customer whose number the code proves; a number not known yet gets its log-in now.

    Where somebody proves the same number at the same moment, all is undone and done again with
    the log-in that is there by then.

    Args:
        ref: which code, as the session holds it.
        code: six digits as entered.
        at: now.
        begin: begins the session; in the transaction that uses the code, and what both tell the
            journal is told together.
        language: of the page, for a new log-in.

    Returns:
        What `begin` returns.

    Raises:
        WrongCode: as `use_code`; also when the log-in may not use codes any more.
    """

    def open_log_in(row: PhoneCode) -> Opened:
        mine = accepted_hashes(str(row.phone), purpose="users.phone")
        user = OF_NUMBER.first(mine=mine)
        opened = Opened(user, False) if user else _sign_up(str(row.phone), at, language)
        if opened.user.kind != Kind.CUSTOMER or not opened.user.is_active:
            raise WrongCode(Why.OVER)  # changed since the code was sent
        return opened

    def come_in(row: PhoneCode) -> T:
        with together(with_rows=True):
            return begin(open_log_in(row))

    def use() -> T:
        return use_code(ref=ref, purpose=Purpose.SIGN_IN, code=code, at=at, then=come_in)

    try:
        return use()
    except IntegrityError:
        return use()


def _sign_up(phone: str, at: datetime, language: str) -> Opened:
    values = {"language": language, "created_at": at, "last_login": at}
    user = User.objects.create_customer(phone, **values)
    record(SignedUp(subject=user.ref), actor=Actor.of(user), at=at)
    return Opened(user, True)
