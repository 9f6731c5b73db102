"""Set and try trading and fund passwords. The digits live in memory only."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import TypedDict

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.evidence.dated import PIN_ATTEMPTS, PIN_PAUSE
from accounts.evidence.events import PinReplaced, PinsPaused, PinsSet
from accounts.models import StepTiming
from accounts.models.pins import Pin, PinKind
from accounts.pins import Weakness, agrees, hashed, is_current, weaknesses
from accounts.signing import codes
from brokerage.core.clock import business_date
from brokerage.core.saving import Write, write_of
from brokerage.customers.models import Customer
from brokerage.journal.actors import Actor
from brokerage.journal.record import record
from brokerage.reference.models import Rule

CODE_TEXT = "accounts.code.pin"


# One statement for both: of two who set them at once the later one's count, both of them.
KEEP = """
INSERT INTO accounts_pin
    (ref, customer_id, set_at, kind, kept, attempts, code_hash, codes_sent, code_tries)
SELECT gen_random_uuid(), %s, %s, pin.kind, pin.kept, 0, '', 0, 0
FROM unnest(%s::text[], %s::text[]) AS pin (kind, kept)
ON CONFLICT (customer_id, kind) DO UPDATE
SET kept = excluded.kept, set_at = excluded.set_at, attempts = 0, paused_until = NULL
RETURNING id
"""


class Known(TypedDict):
    """What others can find out about a customer: no password is part of it.

    Attributes:
        birth_date: of the customer, if known.
        document: identity number.
        phones: numbers of the customer.
    """

    birth_date: date | None
    document: str
    phones: tuple[str, ...]


class WeakPin(Exception):
    """A password was refused.

    Attributes:
        problems: for each refused kind the sentences to show beside its field.
    """

    def __init__(self, problems: dict[str, list[str]]) -> None:
        super().__init__()
        self.problems = problems


class PinRefused(Exception):
    """The password was wrong; the sentence is translated and may be shown."""


class PinPaused(PinRefused):
    """Too many wrong ones; nothing is tried until the pause is over.

    Attributes:
        until: when it may be tried again.
    """

    def __init__(self, until: datetime) -> None:
        super().__init__(_("Too many wrong passwords. Wait, or set a new one."))
        self.until = until


def sentence(weakness: Weakness) -> str:
    """Why a password is refused and what to do, for the customer."""
    return {
        Weakness.FORM: _("Enter six digits."),
        Weakness.REPEATS: _("Too many equal digits. Use at least three different ones."),
        Weakness.RUN: _("It counts up or down, such as 1234. Mix the digits."),
        Weakness.PATTERN: _("It repeats a pattern, such as 121212. Mix the digits."),
        Weakness.BIRTH_DATE: _("It is part of your birth date. Others can find that out."),
        Weakness.DOCUMENT: _("It is part of your identity number. Others can find that out."),
        Weakness.PHONE: _("It is part of your phone number. Others can find that out."),
        Weakness.SAME: _("Use another one than your trading password."),
    }[weakness]


def set_pins(
    *,
    customer: Customer,
    pins: Mapping[str, str],
    birth_date: date | None,
    document: str,
    phones: tuple[str, ...],
    actor: Actor,
    at: datetime,
    timed: StepTiming | None = None,
) -> None:
    """Set one or both passwords; both or none are kept.

    Args:
        customer: whose.
        pins: from PinKind to six digits; the fund password must differ from the trading one.
        birth_date: of the customer, if known.
        document: identity number.
        phones: numbers of the customer.
        actor: who set them: the customer, never staff.
        at: now.
        timed: how long the step took, to be kept with them.

    Raises:
        WeakPin: with the sentences for each field.
    """
    problems = {}
    for kind, pin in pins.items():
        other = pins.get(PinKind.TRADING, "") if kind == PinKind.FUND else ""
        found = weaknesses(
            pin, birth_date=birth_date, document=document, phones=phones, other=other
        )
        if found:
            problems[str(kind)] = [sentence(weakness) for weakness in found]
    if problems:
        raise WeakPin(problems)
    # hashed before the transaction: nobody waits for its locks meanwhile
    made = {
        PinKind(kind): hashed(pin, kind=PinKind(kind).value, owner=customer.ref)
        for kind, pin in pins.items()
    }
    with transaction.atomic():
        kinds = tuple(sorted(kind.value for kind in made))
        rows = [_keeping(customer, made, at), *([write_of(timed)] if timed else [])]
        record(PinsSet(subject=customer.ref, kinds=kinds), actor=actor, at=at, rows=rows)


def _keeping(customer: Customer, made: Mapping[PinKind, str], at: datetime) -> Write:
    kinds = sorted(made)
    hashes = [made[kind] for kind in kinds]
    return Write(KEEP, (customer.pk, at, [kind.value for kind in kinds], hashes))


def change_pin(
    *,
    customer: Customer,
    kind: PinKind,
    old: str,
    new: str,
    known: Known,
    actor: Actor,
    at: datetime,
) -> None:
    """Replace one password by somebody who knows it. Call it outside a transaction.

    Args:
        customer: whose.
        kind: which.
        old: the one that holds.
        new: six digits.
        known: what the new one must not be part of.
        actor: the customer, never staff.
        at: now.

    Raises:
        PinRefused, PinPaused: for a wrong old one, which is counted.
        WeakPin: with the sentences for the new one.
    """
    try_pin(customer=customer, kind=kind, pin=old, actor=actor, at=at)
    _replace(customer, kind, new, known, actor, at)


def send_pin_code(
    *, customer: Customer, kind: PinKind, phone: str, language: str, at: datetime
) -> None:
    """Send a code that replaces exactly this password, once.

    Raises:
        codes.UnableToSign: when none was set, the pause is not over, or too many were sent.
    """
    with transaction.atomic():
        row = Pin.objects.select_for_update().filter(customer=customer, kind=kind).first()
        if row is None or not phone:
            raise codes.UnableToSign(_("An outlet helps you with this password."))
        codes.send_code(row, phone=phone, language=language, at=at, text_key=CODE_TEXT)


def reset_pin(
    *,
    customer: Customer,
    kind: PinKind,
    code: str,
    id_number: str,
    new: str,
    known: Known,
    actor: Actor,
    at: datetime,
) -> None:
    """Replace a forgotten password with a code by SMS and the number of the document.

    Call it outside a transaction: what is wrong is counted whatever the caller does.

    Args:
        customer: whose.
        kind: which.
        code: as typed.
        id_number: as typed; with it somebody who only holds the telephone comes no further.
        new: six digits.
        known: what the new one must not be part of.
        actor: the customer, never staff.
        at: now.

    Raises:
        codes.CodeWrong: when one of both is wrong; it does not say which.
        WeakPin: with the sentences for the new one; the code counts on.
    """
    typed = "".join(id_number.split()).upper()
    with transaction.atomic():
        row = Pin.objects.select_for_update().filter(customer=customer, kind=kind).first()
        if row is None:
            raise codes.wrong()
        same = bool(customer.id_number) and hmac.compare_digest(
            typed.encode(), (customer.id_number or "").upper().encode()
        )
        if not (fits := codes.fits(row, code, at) and same):
            codes.count_wrong(row)
    if not fits:
        raise codes.wrong()
    _replace(customer, kind, new, known, actor, at)


def _replace(
    customer: Customer, kind: PinKind, new: str, known: Known, actor: Actor, at: datetime
) -> None:
    other = Pin.objects.filter(customer=customer).exclude(kind=kind).first()
    if other and agrees(new, other.kept, kind=other.kind, owner=customer.ref):
        raise WeakPin({str(kind): [sentence(Weakness.SAME)]})
    with transaction.atomic():
        set_pins(customer=customer, pins={kind: new}, actor=actor, at=at, **known)
        Pin.objects.filter(customer=customer, kind=kind).update(code_hash="", codes_sent=0)
        record(PinReplaced(subject=customer.ref, of_kind=kind), actor=actor, at=at)


def try_pin(*, customer: Customer, kind: PinKind, pin: str, actor: Actor, at: datetime) -> None:
    """Check a password; a wrong one is counted, whatever becomes of the caller's transaction.

    Call it outside a transaction.

    Raises:
        PinPaused: when it was wrong too often; also where this one would have been right.
        PinRefused: when it is wrong or none was set.
    """
    wrong = PinRefused(_("This password is wrong."))
    today = business_date(at)
    most = Rule.objects.in_force(PIN_ATTEMPTS, today).figure
    with transaction.atomic():
        row = Pin.objects.select_for_update().filter(customer=customer, kind=kind).first()
        if row is None:
            raise wrong
        if row.paused_until and at < row.paused_until:
            raise PinPaused(row.paused_until)
        right = agrees(pin, row.kept, kind=kind.value, owner=customer.ref)
        if right:
            row.attempts, row.paused_until = 0, None
            if not is_current(row.kept):
                row.kept = hashed(pin, kind=kind.value, owner=customer.ref)
        else:
            row.attempts += 1
            if row.attempts >= most:
                minutes = Rule.objects.in_force(PIN_PAUSE, today).figure
                row.attempts, row.paused_until = 0, at + timedelta(minutes=minutes)
                record(PinsPaused(subject=customer.ref, of_kind=kind), actor=actor, at=at)
        row.save()
    if not right:
        raise PinPaused(row.paused_until) if row.paused_until else wrong


def has_pins(customer: Customer) -> bool:
    """Whether both passwords are set."""
    return Pin.objects.filter(customer=customer).count() == len(PinKind)
