"""The signed file of a wish for another market: one PDF with a PAdES signature."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts.later_markets.events import MarketSealed
from accounts.later_markets.paper import paper_data
from accounts.models import MarketWish
from accounts.signing.authority import Subject
from accounts.signing.filing import CannotFileYet, Signed, make_signed
from accounts.signing.signed_later import file_away, fill, signer_of
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
    file_away(
        signed,
        lambda file: _keep(row, file, signed, at),
        owner_ref=row.application.ref,
        actor=ACTOR,
        at=at,
    )
    return rows.get(pk=row.pk)


def _keep(wish: MarketWish, file: files.StoredFile, signed: Signed, at: datetime) -> bool:
    with transaction.atomic():
        lock(wish.application)
        row = lock_row(MarketWish, wish.pk)
        row.application = wish.application
        if row.sealed_at is not None:
            return False
        facts = fill(row, file, signed, at)
        row.save()
        tell(row, MarketSealed, ACTOR, at, **facts)
        return True
