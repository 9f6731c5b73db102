"""The signed file of an application: what was read and signed, on one PDF with a PAdES signature.

As with the pack of an opening, the worker makes it, outside a transaction; the customer's key
lives for one signature. The file is made whatever becomes of the application.
"""

from __future__ import annotations

import io
import json
from dataclasses import asdict
from datetime import datetime

from django.db import transaction

from accounts.files import PERMISSION_PAPER
from accounts.gateways import Person
from accounts.models import PermissionApplication
from accounts.permissions.events import PermissionSealed
from accounts.permissions.paper import paper_data
from accounts.permissions.use_cases.steps import ACTOR, lock_case, tell
from accounts.signing.authority import Subject
from accounts.signing.filing import CannotFileYet, Signed, make_signed
from brokerage.files import api as files


def written(signer: Person) -> str:
    """The signer as a case keeps them; see `signer_of`."""
    return json.dumps(asdict(signer), ensure_ascii=False)


def signer_of(case: PermissionApplication) -> Person:
    """Who signed, with the document that they had then."""
    return Person(**json.loads(case.signer or "{}"))


def seal_case(*, case: PermissionApplication, at: datetime) -> PermissionApplication:
    """Make the signed file. Not in a transaction; for the worker.

    Waits (`seal_problem`) while the authority does not answer or the font lacks a character of
    the name; the job comes back, and staff see what it waits for.
    """
    rows = PermissionApplication.objects.select_related("customer", "text")
    row = rows.get(pk=case.pk)
    if row.signed_at is None or row.sealed_at is not None or row.signer is None:
        return row
    signer = signer_of(row)
    subject = Subject(name=signer.name, reference=str(row.customer.ref))
    try:
        signed = make_signed(
            lambda serial: paper_data(row, signer, serial=serial),
            subject=subject,
            key=row.ref,
            at=at,
        )
    except CannotFileYet as problem:
        return _waits(row, str(problem))
    file = files.store(
        upload=io.BytesIO(signed.pdf),
        purpose=PERMISSION_PAPER,
        owner_ref=row.ref,
        actor=ACTOR,
        at=at,
    )
    kept = _keep(row, file, signed, at)
    if kept is None:  # another worker was quicker: its file counts, this one goes
        files.dispose(file=file, actor=ACTOR, at=at, reason="made twice")
        return rows.get(pk=case.pk)
    return kept


def _keep(
    case: PermissionApplication, file: files.StoredFile, signed: Signed, at: datetime
) -> PermissionApplication | None:
    with transaction.atomic():
        row = lock_case(case)
        if row.sealed_at is not None:
            return None
        row.file_ref, row.file_sha256, row.seal_problem = file.ref, file.sha256, ""
        row.certificate_serial, row.sealed_at = signed.serial, at
        row.certificate = signed.certificate
        row.save()
        tell(
            PermissionSealed,
            row,
            actor=ACTOR,
            at=at,
            file=file.ref,
            file_hash=file.sha256,
            certificate=row.certificate_serial,
        )
        return row


def _waits(row: PermissionApplication, problem: str) -> PermissionApplication:
    PermissionApplication.objects.filter(pk=row.pk, sealed_at=None).update(
        seal_problem=problem[:60]
    )
    row.refresh_from_db(fields=["seal_problem", "sealed_at"])
    return row
