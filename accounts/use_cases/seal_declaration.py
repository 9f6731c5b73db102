"""The signed file of a later tax declaration: one PDF with a PAdES signature."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import transaction

from accounts.models import TaxDeclaration
from accounts.signing.authority import Subject
from accounts.signing.filing import CannotFileYet, Signed, make_signed
from accounts.signing.signed_later import file_away, fill, signer_of
from accounts.tax_changes.events import TaxDeclarationSealed
from accounts.tax_changes.paper import paper_data
from accounts.use_cases.declare_tax import locked, tell
from brokerage.files import api as files
from brokerage.journal.actors import Actor

ACTOR = Actor.system("accounts.declare_tax")


def seal_declaration(*, declaration: TaxDeclaration, at: datetime) -> TaxDeclaration:
    """Make the signed file, whatever became of it. Not in a transaction; for the worker.

    Waits (`seal_problem`) while the authority does not answer; the job comes back.
    """
    rows = TaxDeclaration.objects.select_related("application__customer__user")
    row = rows.get(pk=declaration.pk)
    if row.signed_at is None or row.sealed_at is not None:
        return row
    signer = signer_of(row)
    try:
        signed = make_signed(
            lambda serial: paper_data(row, signer, language=_language(row), serial=serial),
            subject=Subject(name=signer.name, reference=str(row.application.customer.ref)),
            key=row.ref,
            at=at,
        )
    except CannotFileYet as problem:
        waiting = TaxDeclaration.objects.filter(pk=row.pk, sealed_at=None)
        waiting.update(seal_problem=str(problem)[:60])
        return rows.get(pk=row.pk)
    file_away(
        signed,
        lambda file: _keep(row, file, signed, at),
        owner_ref=row.application.ref,
        actor=ACTOR,
        at=at,
    )
    return rows.get(pk=row.pk)


def _language(row: TaxDeclaration) -> str:
    user = row.application.customer.user
    return (user.language if user else "") or settings.LANGUAGE_CODE


def _keep(row: TaxDeclaration, file: files.StoredFile, signed: Signed, at: datetime) -> bool:
    with transaction.atomic():
        kept = locked(row)
        if kept.sealed_at is not None:
            return False
        facts = fill(kept, file, signed, at)
        kept.save()
        tell(kept, TaxDeclarationSealed, ACTOR, at, **facts)
        return True
