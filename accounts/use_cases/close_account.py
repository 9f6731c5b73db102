"""A customer closes the account: asked, confirmed with a code, and taken back until it runs."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime, time, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.evidence.dated import DEPOSITORY_WINDOW
from accounts.gateways.base import Person
from accounts.life.dated import closing_terms
from accounts.life.events import ClosingAsked, ClosingConfirmed, ClosingEvent, ClosingWithdrawn
from accounts.life.obstacles import obstacles_of
from accounts.life.states import CLOSING_OPEN, WITHDRAWABLE, ClosingStatus
from accounts.models import Application, CashAccount, Closing
from accounts.signing import codes
from accounts.states import CashStatus, Status
from accounts.use_cases.writing import lock
from brokerage.core.clock import SHANGHAI, business_date
from brokerage.core.locking import lock_row
from brokerage.journal.actors import Actor
from brokerage.journal.record import record
from brokerage.reference.calendars import add_trading_days
from brokerage.reference.models import Rule

CODE_TEXT = "accounts.code.close"


class UnableToClose(codes.UnableToSign):
    """A closing is refused; the message is translated and may be shown."""


def ask_to_close(*, application: Application, actor: Actor, at: datetime) -> Closing:
    """The open closing of an account: the one there is, or a new one where nothing is in the way.

    Args:
        application: locked here, so that of two that ask at once one closing comes.
        actor: the customer.
        at: the instant.

    Raises:
        UnableToClose: when the account is not open, or something is in the way.
    """
    with transaction.atomic():
        row = lock(application)
        if found := _open_one(row):
            return found
        cash = CashAccount.objects.filter(application=row).first()
        opened = row.status in (Status.ACTIVE, Status.VISIT) and cash is not None
        if not opened or cash is None or cash.status == CashStatus.CLOSED:
            raise UnableToClose(_("There is no open account to close."))
        _refuse_obstacles(row)
        made = Closing.objects.create(application=row, asked_at=at)
        tell(made, ClosingAsked, actor, at)
        return made


def send_closing_code(*, closing: Closing, phone: str, language: str, at: datetime) -> None:
    """Send a code that counts for exactly this closing; an earlier one stops counting.

    Args:
        closing: locked here.
        phone: the customer's number, E.164.
        language: of the message.
        at: the instant.

    Raises:
        UnableToClose: when there is nothing to confirm.
        codes.UnableToSign: when the pause is not over, or too many were sent.
    """
    with transaction.atomic():
        row = locked(closing)
        _refuse_unless_asked(row)
        codes.send_code(row, phone=phone, language=language, at=at, text_key=CODE_TEXT)


def confirm_closing(
    *, closing: Closing, code: str, signer: Person, actor: Actor, at: datetime
) -> Closing:
    """The customer confirms with the code; the promise runs. Confirming twice changes nothing.

    Call it outside a transaction: a wrong code is counted whatever the caller does.

    Args:
        closing: locked here, after its application.
        code: as typed.
        signer: who confirms, as the account knows them.
        actor: the customer.
        at: the instant.

    Raises:
        codes.CodeWrong: wrong or old; after `codes.TRIES_MOST` wrong ones another is needed.
        UnableToClose: when something came in the way meanwhile, or it was taken back.
    """
    with transaction.atomic():
        row = locked(closing)
        if row.status in (ClosingStatus.CONFIRMED, ClosingStatus.RUNNING):
            return row
        _refuse_unless_asked(row)
        _refuse_obstacles(row.application)
        if fits := codes.fits(row, code, at):
            terms = closing_terms(business_date(at))
            row.move_to(ClosingStatus.CONFIRMED)
            row.signer = json.dumps(asdict(signer), ensure_ascii=False)
            row.confirmed_at, row.code_hash, row.rule_version = at, "", terms.version
            row.begins_at = at + timedelta(minutes=terms.take_back_minutes)
            row.due_at = _promise(at, terms.trading_days)
            row.save()
            tell(
                row,
                ClosingConfirmed,
                actor,
                at,
                rule_version=terms.version,
                due_at=row.due_at.isoformat(),
            )
        else:
            codes.count_wrong(row)
    if not fits:
        raise codes.wrong()
    return row


def withdraw_closing(*, closing: Closing, actor: Actor, at: datetime) -> Closing:
    """Take a closing back. Taking it back twice changes nothing.

    Raises:
        UnableToClose: when it runs or is done.
    """
    with transaction.atomic():
        row = locked(closing)
        if row.status == ClosingStatus.WITHDRAWN:
            return row
        if row.status not in WITHDRAWABLE:
            raise UnableToClose(_("Your account is being closed already."))
        row.move_to(ClosingStatus.WITHDRAWN)
        row.code_hash, row.problem, row.ended_at = "", "", at
        row.save()
        tell(row, ClosingWithdrawn, actor, at)
        return row


def locked(closing: Closing) -> Closing:
    """A closing as it stands, locked after its application until the transaction ends."""
    application = lock(closing.application)
    row = lock_row(Closing, closing.pk)
    row.application = application
    return row


def tell(
    row: Closing,
    event: type[ClosingEvent],
    actor: Actor,
    at: datetime,
    rule_version: str = "",
    **facts: Any,
) -> None:
    """Record what happened to a closing."""
    made = event(subject=row.application.ref, closing=row.ref, **facts)
    record(made, actor=actor, at=at, rule_version=rule_version)


def _open_one(application: Application) -> Closing | None:
    return Closing.objects.filter(application=application, status__in=CLOSING_OPEN).first()


def _refuse_obstacles(application: Application) -> None:
    found = obstacles_of(application)
    if found:
        raise UnableToClose(_("Something is in the way: {what}.").format(what=found[0].label))


def _refuse_unless_asked(row: Closing) -> None:
    if row.status != ClosingStatus.ASKED:
        raise UnableToClose(_("There is nothing to confirm any more. Load the page again."))


def _promise(at: datetime, days: int) -> datetime:
    on = business_date(at)
    closes = Rule.objects.in_force(DEPOSITORY_WINDOW, on).figure["closes"]
    return datetime.combine(add_trading_days(on, days), time.fromisoformat(closes), SHANGHAI)
