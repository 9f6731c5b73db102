"""One archive with the evidence of an application, for an inspector without our system."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import transaction

from accounts.evidence.declarations import facts_of_declarations, files_of_declarations
from accounts.evidence.events import EvidenceExported
from accounts.evidence.markets import facts_of_markets, files_of_markets
from accounts.evidence.paper import facts_of_paper, files_of_paper
from accounts.evidence.verification import SUBJECT, verify
from accounts.evidence.zipped import Contents, write_zip
from accounts.models import Application, OutsideCheck, Pack, Reading, Witnessing
from accounts.use_cases.photos import pictures_of
from brokerage.customers.models import Consent
from brokerage.files import api as files
from brokerage.journal.actors import Actor
from brokerage.journal.record import record

README = """Evidence of the application {ref}

agreements.pdf  what the customer signed, with a PAdES signature and a time stamp. Common readers
                check it once roots.pem is trusted.
market-*.pdf    what they signed for each market that was opened later
evidence.json   consents, agreements with their texts, checks by others, video, decisions
journal.json    the journal's entries about the application, as they were sealed, and the
                digests of all rows of their seals. Compare the seals' hashes with the firm's
                daily anchors.
photos/         the pictures of the document that the customer sent
paper/          where the agreements were signed by hand: what was printed, and the signed pages.
                agreements.pdf then holds the pages under the seal of the firm.
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
    write_zip(path, _contents(application, findings))
    with transaction.atomic():
        record(EvidenceExported(subject=application.ref), actor=actor, at=at)
    return findings


def _contents(application: Application, findings: list[str]) -> Contents:
    pack = Pack.objects.current().filter(application=application).first()
    made = Witnessing.objects.current().filter(application=application).first()
    copies = {"agreements.pdf": pack.file_ref} if pack and pack.file_ref else {}
    copies |= {f"photos/{name}": ref for name, ref in _kept(pictures_of(application)).items()}
    copies |= {name: ref for name, ref, _sha256 in files_of_markets(application)}
    copies |= {name: ref for name, ref, _sha256 in files_of_declarations(application)}
    if pack and pack.on_paper:
        copies |= {name: ref for name, ref, _sha256 in files_of_paper(pack)}
    for chapter in made.chapters.all() if made else ():
        if chapter.file_ref:
            copies[f"recordings/{chapter.position}-{chapter.key}"] = chapter.file_ref
    return Contents(
        readme=README,
        facts=_facts(application, pack, made, findings),
        subject=SUBJECT,
        ref=application.ref,
        copies=copies,
    )


def _kept(pictures: dict[str, UUID]) -> dict[str, UUID]:
    """Those whose files are there; of the others the verification speaks."""
    rows = files.StoredFile.objects.filter(ref__in=[str(ref) for ref in pictures.values()])
    there = set(rows.exclude(name=None).values_list("ref", flat=True))
    return {name: ref for name, ref in pictures.items() if ref in there}


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
        "paper": application.paper,
        "originals": [
            {
                "paper": row.paper,
                "seen_by": _ref(row.seen_by),
                "outlet": str(row.outlet.ref),
                "looks": row.looks,
                "rule": row.rule_version,
                "seen_at": row.seen_at,
            }
            for row in application.sightings.select_related("seen_by", "outlet").order_by("pk")
        ],
        "documents": [
            {"side": row.side, "file": str(row.file_ref), "found": row.found, "flaws": row.flaws}
            for row in readings
        ],
        "agreements": _agreements(pack),
        "later_markets": facts_of_markets(application),
        "tax_declarations": facts_of_declarations(application),
        "without_face": application.without_face,
        "confirmed_in_person": _in_person(made),
        "photos": {name: str(ref) for name, ref in pictures_of(application).items()},
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


def _in_person(made: Witnessing | None) -> list[dict[str, Any]]:
    """Who stood before the customer: of a recording its witness, else the two who confirmed."""
    if made is None:
        return []
    return [
        {"person": _ref(person), "mode": made.mode, "completed_at": made.completed_at}
        for person in (made.witness, made.second_witness)
        if person
    ]


def _agreements(pack: Pack | None) -> dict[str, Any] | None:
    if pack is None:
        return None
    return {
        "fingerprint": pack.fingerprint,
        "signed_at": pack.signed_at,
        "signer": json.loads(pack.signer or "{}"),
        "certificate": pack.certificate,
        "sha256": pack.file_sha256,
        "declaration": pack.declaration,
        "signed_with": "hand" if pack.on_paper else "code",
        "paper": facts_of_paper(pack) if pack.on_paper else None,
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
