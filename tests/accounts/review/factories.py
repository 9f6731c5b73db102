"""Applications before the desk, with answers from outside."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any
from uuid import UUID

from accounts.evidence.states import (
    CardSide,
    CheckKind,
    CheckResult,
    CheckStatus,
    ReadingStatus,
)
from accounts.models import Application, OutsideCheck, Reading
from accounts.selectors import section_of
from accounts.states import Step
from branches.models import OrgUnit
from tests.accounts.factories import AT, an_application

GOOD = {
    CheckKind.IDENTITY: CheckResult.MATCH,
    CheckKind.FACE: CheckResult.SAME,
    CheckKind.PHONE: CheckResult.MATCH,
    CheckKind.CARD: CheckResult.OWN,
    CheckKind.HOLDINGS: CheckResult.NONE,
}


def answered(application: Application, results: dict[Any, Any], *, at: datetime = AT) -> None:
    """Questions outside with these results; an empty one still waits."""
    for kind, result in results.items():
        rows = OutsideCheck.objects.current().filter(application=application, kind=kind)
        check = rows.first() or OutsideCheck(
            application=application, kind=kind, question_hash="0" * 64, question="{}"
        )
        if result:
            check.status, check.result, check.ended_at = CheckStatus.ANSWERED, result, at
            check.next_attempt_at = None
        else:
            check.next_attempt_at = at
        check.save()


def readings(application: Application, *, at: datetime = AT, **changed: str) -> None:
    """Both sides read as they were typed, but for `changed`."""
    section = section_of(application, Step.IDENTITY)
    assert section is not None
    typed = section.answers
    front = {"name": typed["name"], "number": typed["id_number"], "address": typed["address"]}
    back = {
        "issuer": typed["id_issuer"],
        "valid_from": typed["id_valid_from"],
        "valid_to": typed["id_valid_to"],
    }
    for side, name, found in (
        (CardSide.PORTRAIT, "front", front),
        (CardSide.EMBLEM, "back", back),
    ):
        told = {key: {"value": changed.get(key, value)} for key, value in found.items()}
        reading = Reading(
            application=application,
            file_ref=UUID(typed[name]),
            side=side,
            status=ReadingStatus.READ,
            ended_at=at,
        )
        reading.fields = json.dumps(told)
        reading.save()


def a_clear_one(outlet: OrgUnit | None = None, **values: Any) -> Application:
    """Sent, every check answered well, nothing differs: of low risk."""
    application = an_application(outlet=outlet, **values)
    answered(application, GOOD)
    readings(application)
    return application
