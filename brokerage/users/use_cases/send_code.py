"""Send a code by SMS, within the limits, telling the page nothing about the number."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection, transaction

from brokerage.core.crypto import accepted_hashes, keyed_hash
from brokerage.core.saving import write_of
from brokerage.journal.record import together, write_along
from brokerage.users import codes, limits
from brokerage.users.models import Kind, PhoneCode, Purpose, User
from brokerage.users.models.code import LIFETIME

# Codes are numbered one after the other: where the thousandth before the next one is younger than
# a minute, the minute is full. Counting those of an hour would take longer the more are sent.
# Of the owner's number those count that were sent since staff let them begin anew.
LATELY = """
WITH newest AS (SELECT max(id) AS id FROM users_phonecode),
owner AS (
    SELECT kind, is_active, codes_counted_from, EXISTS (SELECT FROM users_device
        WHERE user_id = users_user.id AND cookie_hash = %(device)s) AS has_device
    FROM users_user WHERE phone_hash = ANY(%(mine)s) ORDER BY id LIMIT 1
)
SELECT owner.kind, owner.is_active, owner.has_device, number.*, here.made_at,
    (SELECT made_at > %(minute)s FROM users_phonecode
     WHERE id <= newest.id - %(most_minute)s + 1 ORDER BY id DESC LIMIT 1),
    (SELECT made_at > %(hour)s FROM users_phonecode
     WHERE id <= newest.id - %(most_hour)s + 1 ORDER BY id DESC LIMIT 1)
FROM newest,
    (SELECT array_agg(made_at ORDER BY made_at, id) AS made_at,
        array_agg(known_device ORDER BY made_at, id) AS known_device,
        array_agg(address_hash ORDER BY made_at, id) AS address_hash
     FROM users_phonecode WHERE phone_hash = ANY(%(mine)s)
     AND made_at > greatest(%(day)s, (SELECT codes_counted_from FROM owner))) AS number,
    (SELECT array_agg(made_at ORDER BY made_at) AS made_at
     FROM users_phonecode WHERE address_hash = %(address)s AND made_at > %(hour)s) AS here
LEFT JOIN owner ON true
"""


class Owner(NamedTuple):
    """Whose number it is; all None where nobody has it.

    Attributes:
        kind: of the log-in.
        is_active: whether it may be used.
        has_device: whether they signed in with the device that asks before.
    """

    kind: str | None
    is_active: bool | None
    has_device: bool | None


class CodeRefused(Exception):
    """A limit was met; `again_at` is the instant of the next chance."""

    def __init__(self, refused: limits.Refused) -> None:
        super().__init__(refused.limit.value)
        self.limit = refused.limit
        self.again_at = refused.again_at


def send_code(
    *,
    phone: str,
    purpose: Purpose,
    at: datetime,
    address: str = "",
    cookie_hash: str = "",
    language: str = "zh-hans",
    user: User | None = None,
) -> PhoneCode:
    """Send a code to `phone`, or a notice where the number may not use one.

    Whether the number is known shows only in the SMS: the same row is written either way.

    Args:
        phone: E.164.
        purpose: what the code shall prove; beyond sign-in it needs `user`.
        at: now.
        address: the client's address; kept as a keyed hash.
        cookie_hash: hash of the device cookie, empty without one.
        language: of the text.
        user: the log-in that asks, where it is signed in.

    Returns:
        The row; the session must keep its `ref`, which alone can use it.

    Raises:
        CodeRefused: when a limit is met.
    """
    with transaction.atomic():
        code = PhoneCode(purpose=purpose, user=user, made_at=at, expires_at=at + LIFETIME)
        code.set_phone(phone)
        _one_at_a_time(phone)
        code.address_hash = keyed_hash(address, purpose="users.address") if address else ""
        owner, past, load = _lately(code, phone, cookie_hash, at)
        code.known_device = bool(owner.has_device)
        refused = limits.refusal(
            past=past,
            asker=limits.Asker(code.known_device, code.address_hash),
            load=limits.Load() if code.known_device else load,
            at=at,
        )
        if refused:
            raise CodeRefused(refused)
        text_key = _text_key(purpose, owner)
        digits = f"{secrets.randbelow(1_000_000):06d}" if text_key.startswith("users.code") else ""
        if digits:
            code.set_code(digits)
        with together(with_rows=True):
            write_along(write_of(code))
            codes.code_sender().send(
                phone=phone, text_key=text_key, code=digits, language=language, purpose=purpose
            )
    return code


def _one_at_a_time(phone: str) -> None:
    """Serialise requests for one number, so that the limits count every row.

    While the look-up key changes, processes write different hashes and accept the same ones.
    """
    accepted = min(accepted_hashes(phone, purpose="users.phone"))
    key = int(accepted[:15], 16)  # 60 bits fit PostgreSQL's signed bigint
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", [key])


def _lately(
    code: PhoneCode, phone: str, device: str, at: datetime
) -> tuple[Owner, list[limits.Past], limits.Load]:
    """Whose number it is, what was sent to it, and how many codes are sent in all."""
    given: dict[str, Any] = {
        "mine": accepted_hashes(phone, purpose="users.phone"),
        "device": device,
        "address": code.address_hash,
        "day": at - limits.DAY,
        "hour": at - limits.HOUR,
        "minute": at - limits.MINUTE,
        "most_minute": limits.ALL_PER_MINUTE,
        "most_hour": limits.ALL_PER_HOUR,
    }
    with connection.cursor() as cursor:
        cursor.execute(LATELY, given)
        kind, active, known, *to_number, here, minute_is_full, hour_is_full = cursor.fetchone()
    past = zip(*(each or () for each in to_number), strict=True)
    load = limits.Load(here or (), bool(minute_is_full), bool(hour_is_full))
    return Owner(kind, active, known), [limits.Past(*each) for each in past], load


def _text_key(purpose: Purpose, owner: Owner) -> str:
    if purpose == Purpose.STEP_UP:
        return codes.STEP_UP
    if purpose == Purpose.NEW_PHONE:
        return codes.TAKEN if owner.kind else codes.NEW_PHONE
    if owner.kind is None:
        return codes.SIGN_UP
    if owner.kind != Kind.CUSTOMER:
        return codes.STAFF_ENTRY
    return codes.SIGN_IN if owner.is_active else codes.CLOSED
