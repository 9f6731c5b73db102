"""Use a code that was sent by SMS: once, in time, at most five tries."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from enum import Enum
from functools import cache
from typing import TypeVar
from uuid import UUID

from django.db import connection, transaction

from brokerage.core.shapes import Shape
from brokerage.core.written import SOME_REF, Written
from brokerage.journal.actors import Actor
from brokerage.journal.record import record
from brokerage.users.events import SignInBlocked
from brokerage.users.models import PhoneCode, Purpose, User
from brokerage.users.models.code import MAX_TRIES

T = TypeVar("T")

BY_REF = Written(
    lambda ref, purpose: PhoneCode.objects.select_for_update().filter(ref=ref, purpose=purpose),
    ref=SOME_REF,
    purpose="some purpose",
)


# What makes a code count, as `PhoneCode.is_open` and whose it is.
USE = """
UPDATE users_phonecode SET used_at = %s
WHERE ref = %s AND purpose = %s AND user_id IS NOT DISTINCT FROM %s
AND code_hash = ANY(%s) AND used_at IS NULL AND tries < %s AND expires_at > %s
RETURNING {columns}
"""


class Why(Enum):
    """Why a code was refused."""

    WRONG = "wrong"
    OVER = "over"  # used, tried too often, too old, or not of this session


class WrongCode(Exception):
    """The code does not open anything.

    Attributes:
        why: whether another try makes sense.
        tries_left: how many tries this code still has.
    """

    def __init__(self, why: Why, tries_left: int = 0) -> None:
        super().__init__(why.value)
        self.why = why
        self.tries_left = tries_left


def use_code(
    *,
    ref: UUID | str | None,
    purpose: Purpose,
    code: str,
    at: datetime,
    then: Callable[[PhoneCode], T],
    user: User | None = None,
) -> T:
    """Take a code from the session that asked for it, and do what it opens.

    A wrong try is counted under the row's lock and committed before the call raises, so that
    parallel guesses share one count. Call it outside transactions.

    Args:
        ref: which code, as the session holds it.
        purpose: what it was sent for.
        code: six digits as entered.
        at: now.
        then: what the code opens; runs in the transaction that marks it used.
        user: whose code it must be, beyond sign-in.

    Returns:
        What `then` returns.

    Raises:
        WrongCode: when it is wrong, or can no longer be used.
    """
    if ref is None:
        raise WrongCode(Why.OVER)
    with transaction.atomic():
        if row := _used(UUID(str(ref)), purpose, code, at, user):
            return then(row)
        refused = _refused(UUID(str(ref)), purpose, at, user)
    raise refused


def _used(
    ref: UUID, purpose: Purpose, code: str, at: datetime, user: User | None
) -> PhoneCode | None:
    """The row, marked as used where all is in order: by one statement, which only one gets."""
    sql, shape = _use()
    given = (at, ref, purpose, user and user.pk, PhoneCode.hashes_of(ref, code), MAX_TRIES, at)
    found: list[PhoneCode] = shape.read(connection, sql, given)
    return found[0] if found else None


@cache
def _use() -> tuple[str, Shape]:
    columns = ", ".join(str(field.column) for field in PhoneCode._meta.concrete_fields)
    return USE.format(columns=columns), Shape.whole(PhoneCode)


def _refused(ref: UUID, purpose: Purpose, at: datetime, user: User | None) -> WrongCode:
    row = BY_REF.first(ref=ref, purpose=purpose)
    if row is None or row.user_id != (user and user.pk) or not row.is_open(at):
        return WrongCode(Why.OVER)
    return _count(row, at)


def _count(row: PhoneCode, at: datetime) -> WrongCode:
    row.tries += 1
    row.save(update_fields=["tries"])
    if left := MAX_TRIES - row.tries:
        return WrongCode(Why.WRONG, left)
    if owner := User.objects.with_phone(str(row.phone)).first():
        event = SignInBlocked(subject=owner.ref, bound="code")
        record(event, actor=Actor.system("users.sign_in"), at=at)
    return WrongCode(Why.OVER)
