"""One archive with the evidence of an application, for an inspector without our system."""

from __future__ import annotations

import hashlib
import json
import shutil
import zipfile
from pathlib import Path
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives import serialization
from django.db import transaction

from accounts.evidence import inspector
from accounts.evidence.chain import excerpt
from accounts.evidence.events import EvidenceExported
from accounts.evidence.verification import SUBJECT, verify
from accounts.models import Application, OutsideCheck, Pack, Reading, Witnessing
from accounts.signing.authority import authority
from brokerage.customers.models import Consent
from brokerage.files import api as files
from brokerage.journal.actors import Actor
from brokerage.journal.record import record

README = """Evidence of the application {ref}

agreements.pdf  what the customer signed, with a PAdES signature and a time stamp. Common readers
                check it once roots.pem is trusted.
evidence.json   consents, agreements with their texts, checks by others, video, decisions
journal.json    the journal's entries about the application, as they were sealed, and the
                digests of all rows of their seals. Compare the seals' hashes with the firm's
                daily anchors.
recordings/     the chapters of the video
manifest.json   SHA-256 of every file
check.py        checks all of that: python check.py

The archive holds personal data: keep it as such, and delete it when the inspection is over.
"""


def write_archive(application: Application, path: Path, *, actor: Actor, at: Any) -> list[str]:
    """Write the archive to `path` (a .zip that does not exist yet); the export is journalled.

    Args:
        application: whose evidence.
        path: a new file, readable by this account only.
        actor: who exports.
        at: now.

    Returns:
        What the verification found, one line each; the archive is written all the same.
    """
    findings = [str(finding) for finding in verify(application)]
    with path.open("xb") as raw:
        path.chmod(0o600)
        with zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED) as archive:
            _fill(archive, application, findings)
    with transaction.atomic():
        record(EvidenceExported(subject=application.ref), actor=actor, at=at)
    return findings


def _fill(archive: zipfile.ZipFile, application: Application, findings: list[str]) -> None:
    manifest: dict[str, str] = {}

    def add(name: str, content: bytes) -> None:
        archive.writestr(name, content)
        manifest[name] = hashlib.sha256(content).hexdigest()

    pack = Pack.objects.current().filter(application=application).first()
    made = Witnessing.objects.current().filter(application=application).first()
    add("README.txt", README.format(ref=application.ref).encode())
    add("check.py", Path(inspector.__file__).read_bytes())
    add("evidence.json", as_json(_facts(application, pack, made, findings)))
    add("journal.json", as_json(excerpt(SUBJECT, application.ref)))
    roots = (root.public_bytes(serialization.Encoding.PEM) for root in authority().roots())
    add("roots.pem", b"".join(roots))
    if pack and pack.file_ref:
        manifest |= copy_file(archive, "agreements.pdf", pack.file_ref)
    for chapter in made.chapters.all() if made else ():
        if chapter.file_ref:
            name = f"recordings/{chapter.position}-{chapter.key}"
            manifest |= copy_file(archive, name, chapter.file_ref)
    archive.writestr("manifest.json", as_json(manifest))


def copy_file(archive: zipfile.ZipFile, name: str, ref: UUID) -> dict[str, str]:
    """Stream a stored file into the archive; returns its line of the manifest."""
    file = files.StoredFile.objects.get(ref=str(ref))
    suffix = {"video/webm": ".webm", "video/mp4": ".mp4"}.get(file.content_type, "")
    try:
        with files.open_stream(file) as plain, archive.open(name + suffix, "w") as out:
            shutil.copyfileobj(plain, out)
    except (files.FileDamaged, ValueError):
        return {name + suffix: f"damaged, was {file.sha256}"}
    return {name + suffix: file.sha256}


def _facts(
    application: Application, pack: Pack | None, made: Witnessing | None, findings: list[str]
) -> dict[str, Any]:
    consents = Consent.objects.filter(customer=application.customer_id).select_related("text")
    checks = OutsideCheck.objects.filter(application=application).order_by("pk")
    readings = Reading.objects.filter(application=application).order_by("pk")
    return {
        "application": str(application.ref),
        "status": application.status,
        "submitted_at": application.submitted_at,
        "proposed_by": _ref(application.recommended_by),
        "decided_by": _ref(application.decided_by),
        "decided_at": application.decided_at,
        "route": application.route,
        "route_rule": application.route_rule,
        "verification": findings,
        "consents": [
            {
                "purpose": row.purpose,
                "language": row.text.language,
                "version": row.text.version,
                "title": row.text.title,
                "body": row.text.body,
                "sha256": row.text.sha256,
                "given_at": row.given_at,
                "withdrawn_at": row.withdrawn_at,
            }
            for row in consents.order_by("pk")
        ],
        "checks": [
            {
                "kind": row.kind,
                "status": row.status,
                "result": row.result,
                "asked_with": row.asks,
                "answer": {name: value for name, value in row.facts.items() if name != "photo"},
                "asked_at": row.created_at,
                "answered_at": row.ended_at,
                "sandbox": row.sandbox,
            }
            for row in checks
        ],
        "documents": [
            {"side": row.side, "file": str(row.file_ref), "found": row.found, "flaws": row.flaws}
            for row in readings
        ],
        "agreements": _agreements(pack),
        "recording": [
            {
                "chapter": chapter.key,
                "shown": chapter.shown,
                "shown_at": chapter.shown_at,
                "recorded_at": chapter.kept_at,
                "sha256": chapter.file_sha256,
                "script": made.script_version if made else "",
            }
            for chapter in (made.chapters.all() if made else ())
        ],
    }


def _agreements(pack: Pack | None) -> dict[str, Any] | None:
    if pack is None:
        return None
    return {
        "fingerprint": pack.fingerprint,
        "signed_at": pack.signed_at,
        "signer": json.loads(pack.signer or "{}"),
        "certificate": pack.certificate,
        "sha256": pack.file_sha256,
        "texts": [
            {
                "key": row.text.key,
                "language": row.text.language,
                "version": row.text.version,
                "title": row.text.title,
                "body": row.text.body,
                "sha256": row.text.sha256,
                "opened_at": row.opened_at,
                "read_at": row.read_at,
            }
            for row in pack.documents.select_related("text")
        ],
    }


def _ref(user: Any) -> str | None:
    return str(user.ref) if user else None


def as_json(value: Any) -> bytes:
    """As the archive's files are written."""
    return json.dumps(value, ensure_ascii=False, indent=1, default=str).encode()
