"""Background entry points of the evidence: load, one call."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from procrastinate.exceptions import AlreadyEnqueued

from accounts.evidence.states import CheckKind, CheckStatus, PackStatus
from accounts.models.checks import OutsideCheck
from brokerage.core import clock
from brokerage.core.jobs import Lane, job, schedule

TOGETHER = 200
A_MINUTE = 1000
TURN = 16  # nights in which the whole stock is checked
log = logging.getLogger("accounts.evidence")


@job(Lane.INTERACTIVE)
def ask_outside(ref: str) -> None:
    """Ask a counterparty as soon as the question is committed."""
    from accounts.use_cases.outside_checks import ask

    check = OutsideCheck.objects.filter(ref=UUID(ref)).first()
    if check is not None:  # its draft may have ended meanwhile
        ask(check=check, at=clock.now())


@job(Lane.BULK)
def ask_in_turn(ref: str) -> None:
    """Ask what nobody waits for on a page, so that whoever does is served first."""
    from accounts.use_cases.outside_checks import ask

    check = OutsideCheck.objects.filter(ref=UUID(ref)).first()
    if check is not None:
        ask(check=check, at=clock.now())


@schedule("* * * * *")
def ask_again(timestamp: int) -> None:
    """Queue what waits and is due: after a failure, a killed worker, or when the window opens.

    The depository's questions of a record night (100,000) are queued within two of its seven
    hours. One that waits in the queue since a minute ago is not queued a second time.
    """
    at = clock.now()
    due = OutsideCheck.objects.due(at).order_by("next_attempt_at", "id")
    for ref in due.values_list("ref", flat=True)[:A_MINUTE]:
        try:
            with transaction.atomic():  # a savepoint where the caller has a transaction
                ask_in_turn.configure(queueing_lock=f"check:{ref}").defer(ref=str(ref))
        except AlreadyEnqueued:
            continue


@job(Lane.BULK)
def seal_in_turn(ref: str) -> None:
    """Make the signed file of a pack; where it has to wait, a later look comes back."""
    from accounts.models.signing import Pack
    from accounts.use_cases.signing import seal_pack

    pack = Pack.objects.filter(ref=UUID(ref)).first()
    if pack is not None:
        seal_pack(pack=pack, at=clock.now())


@schedule("*/5 * * * *")
def seal_again(timestamp: int) -> None:
    """Queue packs that were signed some minutes ago and have no file yet."""
    from accounts.models.signing import Pack

    waiting = Pack.objects.filter(
        status=PackStatus.SIGNED, signed_at__lte=clock.now() - timedelta(minutes=2)
    )
    for ref in waiting.order_by("signed_at").values_list("ref", flat=True)[:TOGETHER]:
        seal_in_turn.defer(ref=str(ref))


@job(Lane.READING)
def read_photograph(ref: str) -> None:
    """Read a photograph of a document, while the customer types."""
    from accounts.models.readings import Reading
    from accounts.use_cases.readings import read_document

    reading = Reading.objects.filter(ref=UUID(ref)).first()
    if reading is not None:
        read_document(reading=reading, at=clock.now())


@schedule("25 20 * * *")
def send_pins_again(timestamp: int) -> None:
    """Tell the counter once more what it did not answer in the time of the rule, at 04:25."""
    from accounts.use_cases.send_pins import send_pins

    at = clock.now()
    rows = OutsideCheck.objects.filter(kind=CheckKind.PINS, status=CheckStatus.UNANSWERED)
    for check in rows.select_related("application__customer").order_by("pk")[:A_MINUTE]:
        send_pins(customer=check.application.customer, at=at)


@schedule("20 18 * * *")  # 02:20 in Shanghai
def verify_nightly(timestamp: int) -> None:
    """Check the evidence of a sixteenth of the stock; findings go to the log.

    The stock is what was approved, and what was signed for a trading permission.

    An alarm watches the log's word "evidence" (docs/operations.md); refs are no personal data.
    """
    from accounts.evidence.permissions import verify_case
    from accounts.evidence.verification import verify
    from accounts.models import Application, PermissionApplication
    from accounts.states import ACCEPTED

    digit = f"{clock.today().toordinal() % TURN:x}"
    rows = Application.objects.filter(status__in=ACCEPTED, ref__startswith=digit)
    for application in rows.order_by("pk").iterator(chunk_size=200):
        _log(application.ref, verify(application))
    cases = PermissionApplication.objects.filter(ref__startswith=digit).exclude(file_ref=None)
    for case in cases.select_related("text").order_by("pk").iterator(chunk_size=200):
        _log(case.ref, verify_case(case))


def _log(ref: UUID, findings: list[Any]) -> None:
    for finding in findings:
        log.error("evidence", extra={"application": str(ref), "finding": str(finding)})
