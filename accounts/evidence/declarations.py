"""The evidence of later tax declarations: signed as they stand, one after the other, agreed to."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict
from datetime import datetime
from itertools import pairwise
from typing import Any
from uuid import UUID

from accounts.evidence.signed_files import Problem, lacks_of_signed_file
from accounts.models import Application, TaxDeclaration
from accounts.signing.signed_later import signer_of
from accounts.tax_changes.states import COUNTED
from brokerage.reference.models import Rule

Told = Callable[..., bool]


def lacks_of_declarations(application: Application, told: Told) -> Iterator[Problem]:
    """What does not agree: a word, and which.

    Args:
        application: whose later declarations.
        told: whether the journal has an entry of a kind with facts.
    """
    rows = TaxDeclaration.objects.signed().filter(application=application)
    signed = list(rows.select_related("application", "proposed_by", "decided_by").order_by("pk"))
    for row in signed:
        yield from _signed(row, told)
        yield from _sealed(row, told)
    yield from _one_after_the_other([row for row in signed if row.status in COUNTED])


def _signed(row: TaxDeclaration, told: Told) -> Iterator[Problem]:
    if not told("accounts.tax_declared", declared=row.ref, fingerprint=row.fingerprint):
        yield "declaration_changed", str(row.ref)
    try:
        Rule.objects.of_version(str(row.answers.get("form_version")))
    except (Rule.DoesNotExist, ValueError):
        yield "declaration_form_unknown", str(row.ref)
    if row.status not in COUNTED:
        return
    if not told("accounts.tax_declaration_counts", declared=row.ref):
        yield "not_in_journal", str(row.ref)
    if row.explained and not told("accounts.tax_declaration_agreed", declared=row.ref):
        yield "one_pair_of_eyes", str(row.ref)


def _one_after_the_other(counted: list[TaxDeclaration]) -> Iterator[Problem]:
    """Each ends in the instant in which the next one begins; the last one counts."""
    ends: dict[int, datetime | None] = {
        one.pk: following.counts_from for one, following in pairwise(counted)
    }
    for row in counted:
        if row.counts_to != ends.get(row.pk):
            yield "declaration_period", str(row.ref)


def _sealed(row: TaxDeclaration, told: Told) -> Iterator[Problem]:
    if row.file_ref is None:
        yield "not_sealed", row.seal_problem or str(row.ref)
        return
    if not told("accounts.tax_declaration_sealed", declared=row.ref, file_hash=row.file_sha256):
        yield "not_in_journal", str(row.ref)
    yield from lacks_of_signed_file(row)


def files_of_declarations(application: Application) -> list[tuple[str, UUID, str]]:
    """Each signed file: its name in the archive, its ref, its SHA-256."""
    rows = TaxDeclaration.objects.filter(application=application, file_ref__isnull=False)
    return [
        (f"tax-declaration-{row.short_ref}.pdf", row.file_ref, row.file_sha256)
        for row in rows.order_by("pk")
        if row.file_ref
    ]


def facts_of_declarations(application: Application) -> list[dict[str, Any]]:
    """Each signed one, for the archive."""
    rows = TaxDeclaration.objects.signed().filter(application=application)
    return [
        {
            "ref": str(row.ref),
            "status": row.status,
            "declaration": row.declaration,
            "fingerprint": row.fingerprint,
            "changed_on": row.changed_on,
            "signed_at": row.signed_at,
            "signer": asdict(signer_of(row)),
            "late": row.late,
            "rule": row.rule_version,
            "counts_from": row.counts_from,
            "counts_to": row.counts_to,
            "proposed_by": str(row.proposed_by.ref) if row.proposed_by else None,
            "decided_by": str(row.decided_by.ref) if row.decided_by else None,
            "decided_at": row.decided_at,
            "note": row.note,
            "certificate": row.certificate,
            "sha256": row.file_sha256,
        }
        for row in rows.select_related("proposed_by", "decided_by").order_by("pk")
    ]
