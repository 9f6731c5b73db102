"""A customer wakes an account at rest: a valid document, and a code for exactly this."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.dormancy.events import AccountWoken
from accounts.dormancy.states import DORMANCY_OPEN, DormancyStatus
from accounts.gateways.base import Person
from accounts.life.states import DocumentStatus
from accounts.models import Dormancy, IdDocument
from accounts.signing import codes
from accounts.use_cases.rest_account import locked_rest
from accounts.use_cases.send_limits import send_limits
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
        if row.status == DormancyStatus.WOKEN:
            return row
        _refuse(row)
        if fits := codes.fits(row, code, at):
            lifted = tuple(sorted(row.stopped))
            row.move_to(DormancyStatus.WOKEN)
            row.signer = json.dumps(asdict(signer), ensure_ascii=False)
            row.stopped, row.code_hash, row.ended_at = [], "", at
            row.save()
            woken = AccountWoken(subject=row.application.ref, lifted=lifted)
            record(woken, actor=actor, at=at, rule_version=row.rule_version)
            send_limits(application=row.application, at=at)
        else:
            codes.count_wrong(row)
    if not fits:
        raise codes.wrong()
    return row


def _refuse(row: Dormancy) -> None:
    if row.status not in DORMANCY_OPEN:
        raise UnableToWake(_("Your account is not at rest. Load the page again."))
    if document_is_over(row):
        raise UnableToWake(_("Renew your identity document first."))
