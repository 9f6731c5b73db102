"""A customer wakes an account at rest with a code; it is open from the next trading day on."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.dormancy.dated import opens_on
from accounts.dormancy.events import AccountOpenAgain, AccountWoken
from accounts.dormancy.states import DormancyStatus
from accounts.gateways.base import Person
from accounts.life.states import DocumentStatus
from accounts.models import Dormancy, IdDocument
from accounts.signing import codes
from accounts.use_cases.rest_account import ACTOR, locked_rest
from accounts.use_cases.send_limits import send_limits
from brokerage.core.clock import business_date
from brokerage.journal.actors import Actor
from brokerage.journal.record import record

CODE_TEXT = "accounts.code.wake"
OVER = (DocumentStatus.EXPIRED, DocumentStatus.LIMITED)


class UnableToWake(codes.UnableToSign):
    """A waking is refused; the message is translated and may be shown."""


def document_is_over(dormancy: Dormancy) -> bool:
    """Whether the customer has to renew the document first; one query."""
    rows = IdDocument.objects.filter(application=dormancy.application_id, status__in=OVER)
    return rows.exists()


def send_waking_code(*, dormancy: Dormancy, phone: str, language: str, at: datetime) -> None:
    """Send a code that counts for exactly this waking; an earlier one stops counting.

    Args:
        dormancy: locked here.
        phone: the customer's number, E.164.
        language: of the message.
        at: the instant.

    Raises:
        UnableToWake: when the account is not at rest, or its document has run out.
        codes.UnableToSign: when the pause is not over, or too many were sent.
    """
    with transaction.atomic():
        row = locked_rest(dormancy)
        _refuse(row)
        codes.send_code(row, phone=phone, language=language, at=at, text_key=CODE_TEXT)


def wake_account(
    *, dormancy: Dormancy, code: str, signer: Person, actor: Actor, at: datetime
) -> Dormancy:
    """The customer proves with the code that they use the account; waking twice changes nothing.

    Call it outside a transaction: a wrong code is counted whatever the caller does.

    Args:
        dormancy: locked here, after its application.
        code: as typed.
        signer: who wakes, as the account knows them.
        actor: the customer.
        at: the instant.

    Raises:
        codes.CodeWrong: wrong or old; after `codes.TRIES_MOST` wrong ones another is needed.
        UnableToWake: when its document ran out meanwhile.
    """
    with transaction.atomic():
        row = locked_rest(dormancy)
        if row.status in (DormancyStatus.WAKING, DormancyStatus.WOKEN):
            return row
        _refuse(row)
        if fits := codes.fits(row, code, at):
            row.signer = json.dumps(asdict(signer), ensure_ascii=False)
            _wake(row, actor, at)
        else:
            codes.count_wrong(row)
    if not fits:
        raise codes.wrong()
    return row


def open_again(*, dormancy: Dormancy, at: datetime) -> Dormancy:
    """The day has come on which a woken account is open; a second call changes nothing.

    Args:
        dormancy: locked here, after its application.
        at: the instant.
    """
    with transaction.atomic():
        row = locked_rest(dormancy)
        due = row.opens_on is not None and row.opens_on <= business_date(at)
        if row.status == DormancyStatus.WAKING and due:
            lifted = tuple(sorted(row.stopped))
            _end(row, at)
            again = AccountOpenAgain(subject=row.application.ref, lifted=lifted)
            record(again, actor=ACTOR, at=at, rule_version=row.rule_version)
        return row


def _wake(row: Dormancy, actor: Actor, at: datetime) -> None:
    """What was closed opens by the rule; where the rest had not begun, nothing was."""
    on = business_date(at)
    row.woken_at, row.opens_on, row.code_hash = at, on, ""
    if row.stopped:
        row.opens_on = opens_on(on)
        row.move_to(DormancyStatus.WAKING)
        row.save()
    lifted, day = tuple(sorted(row.stopped)), row.opens_on.isoformat()
    woken = AccountWoken(subject=row.application.ref, lifted=lifted, opens_on=day)
    record(woken, actor=actor, at=at, rule_version=row.rule_version)
    if row.opens_on <= on:
        _end(row, at)


def _end(row: Dormancy, at: datetime) -> None:
    row.move_to(DormancyStatus.WOKEN)
    row.stopped, row.ended_at = [], at
    row.save()
    send_limits(application=row.application, at=at)


def _refuse(row: Dormancy) -> None:
    if row.status not in (DormancyStatus.TOLD, DormancyStatus.DORMANT):
        raise UnableToWake(_("Your account is not at rest. Load the page again."))
    if document_is_over(row):
        raise UnableToWake(_("Renew your identity document first."))
