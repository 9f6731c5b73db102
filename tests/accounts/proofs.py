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


def prove_steps(application: Application, *, at: datetime) -> None:
    """Recording, signed pack and passwords of a draft."""
    Witnessing.objects.create(
        application=application,
        mode=WitnessingMode.values[0],
        script_version="tests",
        language="zh-hans",
        status=WitnessingStatus.COMPLETE,
        begun_at=at,
        completed_at=at,
    )
    sign(application, at=at)
    for kind in PinKind:
        Pin.objects.update_or_create(
            customer=application.customer,
            kind=kind,
            defaults={"kept": "tests:$argon2id$none", "set_at": at},
        )


def unprove_steps(application: Application) -> None:
    """Take back recording and pack of `prove_steps`, for a test that makes its own."""
    Witnessing.objects.filter(application=application).delete()
    Pack.objects.filter(application=application).delete()


def sign(application: Application, *, at: datetime) -> None:
    """A signed pack without its texts."""
    pack = Pack(
        application=application,
        language="zh-hans",
        fingerprint="0" * 64,
        status=PackStatus.SIGNED,
        presented_at=at,
        signed_at=at,
    )
    pack.signer = "{}"
    pack.save()


def prove(application: Application, *, at: datetime) -> None:
    """What comes after sending: the police agree, where they are asked, and the file is there."""
    identify(application, at=at)
    Pack.objects.filter(application=application, status=PackStatus.SIGNED).update(
        status=PackStatus.SEALED,
        sealed_at=at,
        certificate_serial="1",
        file_ref=uuid4(),
        file_sha256="0" * 64,
    )


def identify(application: Application, *, at: datetime) -> None:
    """The police agree, where they are asked and have not answered yet."""
    checks = OutsideCheck.objects.current().filter(application=application)
    for check in checks.filter(kind=CheckKind.IDENTITY, status=CheckStatus.ASKED):
        check.move_to(CheckStatus.ANSWERED)
        check.result, check.ended_at, check.next_attempt_at = CheckResult.MATCH, at, None
        check.save()
