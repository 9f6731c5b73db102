"""The signed file of a wish for another market: one PDF with a PAdES signature."""

from __future__ import annotations

import io
import json
from datetime import datetime

from django.db import transaction

from accounts.files import AGREEMENT
from accounts.gateways.base import Person
from accounts.later_markets.events import MarketSealed
from accounts.later_markets.paper import paper_data
from accounts.models import MarketWish
from accounts.signing.authority import Subject
from accounts.signing.filing import CannotFileYet, Signed, make_signed
from accounts.use_cases.go_on_with_market import ACTOR, tell
from accounts.use_cases.writing import lock
from brokerage.core.locking import lock_row
from brokerage.files import api as files


def seal_market(*, wish: MarketWish, at: datetime) -> MarketWish:
    """Make the signed file, whatever became of the wish. Not in a transaction; for the worker.

    Waits (`seal_problem`) while the authority does not answer or the font lacks a character of
    the name; the job comes back, and staff see what it waits for.
    """
    rows = MarketWish.objects.select_related("application__customer", "text")
    row = rows.get(pk=wish.pk)
    if row.signed_at is None or row.sealed_at is not None:
        return row
    signer = signer_of(row)
    try:
        signed = make_signed(
            lambda serial: paper_data(row, signer, serial=serial),
            subject=Subject(name=signer.name, reference=str(row.application.customer.ref)),
            key=row.ref,
            at=at,
        )
    except CannotFileYet as problem:
        MarketWish.objects.filter(pk=row.pk, sealed_at=None).update(seal_problem=str(problem)[:60])
        return rows.get(pk=row.pk)
    file = files.store(
        upload=io.BytesIO(signed.pdf),
        purpose=AGREEMENT,
        owner_ref=row.application.ref,
        actor=ACTOR,
        at=at,
    )
    if not _keep(row, file, signed, at):  # another worker was quicker: its file counts
        files.dispose(file=file, actor=ACTOR, at=at, reason="made twice")
    return rows.get(pk=row.pk)


def signer_of(wish: MarketWish) -> Person:
    """Who signed, with the document that they had then."""
    return Person(**json.loads(wish.signer or "{}"))


def _keep(wish: MarketWish, file: files.StoredFile, signed: Signed, at: datetime) -> bool:
    with transaction.atomic():
        lock(wish.application)
        row = lock_row(MarketWish, wish.pk)
        row.application = wish.application
        if row.sealed_at is not None:
            return False
        row.file_ref, row.file_sha256, row.seal_problem = file.ref, file.sha256, ""
        row.certificate, row.certificate_serial = signed.certificate, signed.serial
        row.sealed_at = at
        row.save()
        facts = {"file": file.ref, "file_hash": file.sha256, "certificate": signed.serial}
        tell(row, MarketSealed, ACTOR, at, **facts)
        return True
