"""What is signed by code after the opening, and how its signed file is kept with it."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from accounts.files import AGREEMENT
from accounts.gateways.base import Person
from accounts.signing.filing import Signed
from brokerage.files import api as files
from brokerage.journal.actors import Actor


class SignedLater(Protocol):
    """The columns that such rows have alike."""

    signer: Any
    certificate: str
    certificate_serial: str
    file_ref: UUID | None
    file_sha256: str
    sealed_at: datetime | None
    seal_problem: str

    @property
    def ref(self) -> UUID: ...


def signer_of(row: SignedLater) -> Person:
    """Who signed, with the document that they had then."""
    return Person(**json.loads(row.signer or "{}"))


def file_away(
    signed: Signed,
    keep: Callable[[files.StoredFile], bool],
    *,
    owner_ref: UUID,
    actor: Actor,
    at: datetime,
) -> None:
    """Store a signed file for its row; where another worker was quicker, its file counts.

    Args:
        signed: the file.
        keep: puts the stored file into the row, unless the row has one.
        owner_ref: of the application.
        actor: who stores it.
        at: the instant.
    """
    upload = io.BytesIO(signed.pdf)
    file = files.store(upload=upload, purpose=AGREEMENT, owner_ref=owner_ref, actor=actor, at=at)
    if not keep(file):
        files.dispose(file=file, actor=actor, at=at, reason="made twice")


def fill(row: SignedLater, file: files.StoredFile, signed: Signed, at: datetime) -> dict[str, Any]:
    """Put a stored file into its locked row; what the journal tells of it."""
    row.file_ref, row.file_sha256, row.seal_problem = file.ref, file.sha256, ""
    row.certificate, row.certificate_serial = signed.certificate, signed.serial
    row.sealed_at = at
    return {"file": file.ref, "file_hash": file.sha256, "certificate": signed.serial}
