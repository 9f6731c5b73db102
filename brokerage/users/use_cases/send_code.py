"""Send a code by SMS, within the limits, telling the page nothing about the number."""

from __future__ import annotations

import secrets
from datetime import datetime

from django.db import connection, transaction

from brokerage.core.crypto import accepted_hashes, keyed_hash
from brokerage.users import codes, limits
from brokerage.users.models import Device, Kind, PhoneCode, Purpose, User
from brokerage.users.models.code import LIFETIME


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
        code.known_device = Device.objects.filter(
            user__in=User.objects.with_phone(phone), cookie_hash=cookie_hash
        ).exists()
        code.address_hash = keyed_hash(address, purpose="users.address") if address else ""
        owner = User.objects.with_phone(phone).first()
        if refused := _refusal(code, phone, owner, at):
            raise CodeRefused(refused)
        text_key = _text_key(purpose, owner)
        digits = f"{secrets.randbelow(1_000_000):06d}" if text_key.startswith("users.code") else ""
        if digits:
            code.set_code(digits)
        code.save()
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


def _refusal(
    code: PhoneCode, phone: str, owner: User | None, at: datetime
) -> limits.Refused | None:
    start = at - limits.DAY
    if owner and owner.codes_counted_from:
        start = max(start, owner.codes_counted_from)
    to_number = PhoneCode.objects.for_phone(phone).since(start)
    past = [
        limits.Past(*row)
        for row in to_number.order_by("made_at", "id").values_list(
            "made_at", "known_device", "address_hash"
        )
    ]
    return limits.refusal(
        past=past,
        asker=limits.Asker(code.known_device, code.address_hash),
        load=limits.Load() if code.known_device else _load(code.address_hash, at),
        at=at,
    )


def _load(address_hash: str, at: datetime) -> limits.Load:
    here = PhoneCode.objects.filter(address_hash=address_hash).since(at - limits.HOUR)
    return limits.Load(
        address_hour=list(here.order_by("made_at").values_list("made_at", flat=True)),
        minute=PhoneCode.objects.since(at - limits.MINUTE).count(),
        hour=PhoneCode.objects.since(at - limits.HOUR).count(),
    )


def _text_key(purpose: Purpose, owner: User | None) -> str:
    if purpose == Purpose.STEP_UP:
        return codes.STEP_UP
    if purpose == Purpose.NEW_PHONE:
        return codes.TAKEN if owner else codes.NEW_PHONE
    if owner is None:
        return codes.SIGN_UP
    if owner.kind != Kind.CUSTOMER:
        return codes.STAFF_ENTRY
    return codes.SIGN_IN if owner.is_active else codes.CLOSED
