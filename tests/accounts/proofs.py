"""Rows of the evidence that an account needs, without its files: what the database looks at."""

from __future__ import annotations

from datetime import datetime
from uuid import uuid4

from accounts.evidence.states import (
    CheckKind,
    CheckResult,
    CheckStatus,
    PackStatus,
    WitnessingMode,
    WitnessingStatus,
)
from accounts.models import Application, OutsideCheck, Pack, Pin, PinKind, Witnessing


def prove(application: Application, *, at: datetime) -> None:
    """Identity check, recording, sealed pack and passwords of an application."""
    check = OutsideCheck(
        application=application,
        kind=CheckKind.IDENTITY,
        status=CheckStatus.ANSWERED,
        result=CheckResult.MATCH,
        question_hash="0" * 64,
        ended_at=at,
    )
    check.question = check.answer = "{}"
    check.save()
    Witnessing.objects.create(
        application=application,
        mode=WitnessingMode.values[0],
        script_version="tests",
        language="zh-hans",
        status=WitnessingStatus.COMPLETE,
        begun_at=at,
        completed_at=at,
    )
    pack = Pack(
        application=application,
        language="zh-hans",
        fingerprint="0" * 64,
        status=PackStatus.SEALED,
        presented_at=at,
        signed_at=at,
        sealed_at=at,
        certificate_serial="1",
        file_ref=uuid4(),
        file_sha256="0" * 64,
    )
    pack.signer = "{}"
    pack.save()
    for kind in PinKind:
        Pin.objects.update_or_create(
            customer=application.customer,
            kind=kind,
            defaults={"kept": "tests:$argon2id$none", "set_at": at},
        )
