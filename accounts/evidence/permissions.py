"""The evidence of one application for a permission: checked offline, and written as an archive.

As for the opening of an account (`verification`, `archive`), part by part and against the journal.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.db import transaction

from accounts.evidence.chain import broken_entries
from accounts.evidence.verification import Finding, broken_file
from accounts.evidence.zipped import Contents, write_zip
from accounts.models import PermissionApplication, TestAttempt
from accounts.permissions.events import PermissionEvidenceExported
from accounts.permissions.grounds import attempts_of, unproved
from accounts.permissions.rules import draw, score
from accounts.permissions.states import AttemptStatus, ReviewRoute
from accounts.permissions.use_cases.agreeing import fingerprint, signed_parts
from accounts.permissions.use_cases.sealing import signer_of
from accounts.signing import sealing
from accounts.signing.authority import authority, common_name
from accounts.signing.texts import text_hash
from brokerage.files import api as files
from brokerage.journal.actors import Actor
from brokerage.journal.models import Entry
from brokerage.journal.record import record
from holdings.models import AssetEvidence
from holdings.selectors.averages import DayAmount, average
from suitability.rules.permission_rules import Kind

SUBJECT = "accounts.permissionapplication"
README = """Evidence of the application {ref} for a trading permission

permission.pdf  what the customer signed, with a PAdES signature and a time stamp. Common readers
                check it once roots.pem is trusted.
evidence.json   the disclosure, the frozen average, the tests with their papers, the review
journal.json    the journal's entries about the application, as they were sealed, and the
                digests of all rows of their seals. Compare the seals' hashes with the firm's
                daily anchors.
manifest.json   SHA-256 of every file
check.py        checks all of that: python check.py

The archive holds personal data: keep it as such, and delete it when the inspection is over.
"""


def verify_case(case: PermissionApplication) -> list[Finding]:
    """Everything that does not agree, part by part; empty for complete evidence."""
    return [finding for part in PARTS for finding in part(case)]


def write_case_archive(
    case: PermissionApplication, path: Path, *, actor: Actor, at: Any
) -> list[str]:
    """Write the archive to `path` (a .zip that does not exist yet); the export is journalled.

    Args:
        case: whose evidence.
        path: a new file, readable by this account only.
        actor: who exports.
        at: now.

    Returns:
        What the verification found, one line each; the archive is written all the same.
    """
    findings = [str(finding) for finding in verify_case(case)]
    contents = Contents(
        readme=README,
        facts=_facts(case, findings),
        subject=SUBJECT,
        ref=case.ref,
        copies={"permission.pdf": case.file_ref} if case.file_ref else {},
    )
    write_zip(path, contents)
    with transaction.atomic():
        exported = PermissionEvidenceExported(
            subject=case.ref, customer=case.customer.ref, permission=case.key
        )
        record(exported, actor=actor, at=at)
    return findings


def _disclosure(case: PermissionApplication) -> Iterator[Finding]:
    text = case.text
    if text is None or case.text_opened_at is None or case.text_read_at is None:
        yield Finding("disclosure", "not_read")
        return
    if text.sha256 != text_hash(text.title, text.body):
        yield Finding("disclosure", "text_changed", str(text))
    if (case.text_read_at - case.text_opened_at).total_seconds() < text.least_seconds:
        yield Finding("disclosure", "not_read", str(text))


def _signature(case: PermissionApplication) -> Iterator[Finding]:
    if case.signed_at is None or case.text is None:
        yield Finding("signature", "missing")
        return
    if fingerprint(case) != case.fingerprint:
        yield Finding("signature", "fingerprint", str(case.ref))
    if not _told(case, "accounts.permission_signed", fingerprint=case.fingerprint):
        yield Finding("signature", "not_in_journal")
    if case.file_ref is None:
        yield Finding("signature", "not_sealed", case.seal_problem)
        return
    yield from broken_file("signature", case.file_ref, case.file_sha256)
    yield from _sealed(case)
    if not _told(case, "accounts.permission_sealed", file_hash=case.file_sha256):
        yield Finding("signature", "not_in_journal", "accounts.permission_sealed")


def _sealed(case: PermissionApplication) -> Iterator[Finding]:
    try:
        with files.open_stream(files.StoredFile.objects.get(ref=str(case.file_ref))) as plain:
            found = sealing.check(plain.read(), roots=authority().roots())
    except (files.FileDamaged, files.StoredFile.DoesNotExist, ValueError):
        return  # the file's own check has said so
    if not found.valid:
        yield Finding("signature", f"signature_{found.problem}", str(case.ref))
    name = common_name(signer_of(case).name)
    if (found.signer, found.serial) != (name, case.certificate_serial):
        yield Finding("signature", "other_signer", str(case.ref))


def _assets(case: PermissionApplication) -> Iterator[Finding]:
    if case.evidence_ref is None:
        return
    kept = AssetEvidence.objects.filter(ref=case.evidence_ref).first()
    if kept is None or kept.customer_id != case.customer_id:
        yield Finding("assets", "missing", str(case.evidence_ref))
    elif not _told(case, "accounts.permission_applied", evidence=case.evidence_ref):
        yield Finding("assets", "not_in_journal", str(case.evidence_ref))
    elif average([_day(each) for each in kept.amounts], kept.days) != kept.average:
        yield Finding("assets", "sum", str(case.evidence_ref))


def _day(kept: list[str]) -> DayAmount:
    day, amount = kept
    return DayAmount(date.fromisoformat(day), Decimal(amount))


def _conditions(case: PermissionApplication) -> Iterator[Finding]:
    """Each condition of the rule that was decided on has its proof in the evidence of this case.

    `below` where the kept amounts do not reach the threshold, `no_proof` for the others.
    """
    if case.signed_at is None:
        return
    for kind in unproved(case):
        below = kind == Kind.AVERAGE and case.evidence_ref is not None
        yield Finding("conditions", "below" if below else "no_proof", kind)


def _tests(case: PermissionApplication) -> Iterator[Finding]:
    """Each paper is drawn anew from its bank, each score counted anew from its answers."""
    for attempt in attempts_of(case):
        if not _as_drawn(attempt):
            yield Finding("tests", "paper_changed", str(attempt.number))
        counted = attempt.status in (AttemptStatus.PASSED, AttemptStatus.FAILED)
        if counted and attempt.score != score(attempt.drawn, attempt.bank.right, attempt.answers):
            yield Finding("tests", "score_changed", str(attempt.number))
        facts = {"number": attempt.number, "outcome": attempt.status}
        told = _told(attempt.application, "accounts.permission_test_ended", **facts)
        if counted and not told:
            yield Finding("tests", "not_in_journal", str(attempt.number))


def _as_drawn(attempt: TestAttempt) -> bool:
    kept = [(key, list(options)) for key, options in attempt.drawn]
    return kept == draw(attempt.bank.content, many=len(kept), seed=str(attempt.ref))


def _review(case: PermissionApplication) -> Iterator[Finding]:
    if case.route != ReviewRoute.HAND or not case.report_number:
        return
    if case.proposed_by_id is None or case.decided_by_id is None:
        yield Finding("review", "one_pair_of_eyes")
    proposed = _entries(case, "accounts.permission_verdict_proposed")
    reported = _entries(case, "accounts.permission_reported")
    if not set(proposed) - set(reported):
        yield Finding("review", "not_in_journal")


def _journal(case: PermissionApplication) -> Iterator[Finding]:
    for problem, detail in broken_entries(SUBJECT, case.ref):
        yield Finding("journal", problem, detail)


PARTS: tuple[Callable[[PermissionApplication], Iterator[Finding]], ...] = (
    _assets,
    _conditions,
    _tests,
    _disclosure,
    _signature,
    _review,
    _journal,
)


def _entries(case: PermissionApplication, kind: str) -> list[Any]:
    rows = Entry.objects.filter(subject_type=SUBJECT, subject_ref=case.ref, kind=kind)
    return list(rows.values_list("actor_ref", flat=True))


def _told(case: PermissionApplication, kind: str, **facts: object) -> bool:
    """Whether the journal has an entry of this kind with these facts."""
    rows = Entry.objects.filter(subject_type=SUBJECT, subject_ref=case.ref, kind=kind)
    wanted = {name: str(value) for name, value in facts.items()}
    return any(
        all(str(payload.get(name)) == value for name, value in wanted.items())
        for payload in rows.values_list("payload", flat=True)
    )


def _facts(case: PermissionApplication, findings: list[str]) -> dict[str, Any]:
    frozen = AssetEvidence.objects.filter(ref=case.evidence_ref) if case.evidence_ref else None
    kept = frozen.first() if frozen is not None else None
    text = case.text
    return {
        "application": str(case.ref),
        "permission": case.key,
        "status": case.status,
        "rule": case.rule_version,
        "applied_at": case.applied_at,
        "carried": case.carried,
        "first_trade": case.first_trade,
        "assets": {"average": kept.average, "days": kept.days, "on": kept.on, "each": kept.amounts}
        if kept
        else None,
        "tests": [
            {
                "number": each.number,
                "bank": str(each.bank),
                "questions": each.bank.content,
                "drawn": each.drawn,
                "answers": each.answers,
                "score": each.score,
                "mark": each.mark,
                "status": each.status,
                "ended_at": each.ended_at,
            }
            for each in attempts_of(case)
        ],
        "test_that_counts": str(case.test_ref or ""),
        "opinion": str(case.opinion_ref or ""),
        "route": case.route,
        "route_rule": case.route_rule,
        "report": case.report_number,
        "effective_on": case.effective_on,
        "verification": findings,
        "disclosure": {
            "fingerprint": case.fingerprint,
            "signed_parts": signed_parts(case) if text else [],
            "signed_at": case.signed_at,
            "signer": json.loads(case.signer or "{}"),
            "certificate": case.certificate,
            "sha256": case.file_sha256,
            "opened_at": case.text_opened_at,
            "read_at": case.text_read_at,
            "text": {
                "key": text.key,
                "language": text.language,
                "version": text.version,
                "title": text.title,
                "body": text.body,
                "sha256": text.sha256,
            }
            if text
            else None,
        },
    }
