"""What a person's own copy of their data says of trading permissions."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import PermissionApplication, PermissionProof
from accounts.permissions.wording import labels
from brokerage.core import clock, data_export
from brokerage.core.data_export import Person
from brokerage.customers.models import Customer
from brokerage.customers.subjects import RECORDS


def register() -> None:
    """Called once when the app is ready."""
    data_export.register(
        "trading_permissions",
        title=_("Trading permissions"),
        collect=_permissions,
        order=55,
        covers=(
            "accounts.TradingPermission",
            "accounts.PermissionApplication",
            "accounts.PermissionProof",
            "accounts.PermissionRelease",
            "accounts.TestAttempt",
        ),
    )
    RECORDS.register("accounts.permissions", _refs)
    RECORDS.register("accounts.permission_proofs", _proof_refs)


def _refs(customer: Customer) -> QuerySet[Any, UUID]:
    return PermissionApplication.objects.of(customer).values_list("ref", flat=True)


def _proof_refs(customer: Customer) -> QuerySet[Any, UUID]:
    return PermissionProof.objects.filter(customer=customer).values_list("ref", flat=True)


def _permissions(person: Person) -> list[dict[str, Any]]:
    rows = (
        PermissionApplication.objects.filter(customer__ref=person.customer)
        .select_related("permission", "text")
        .prefetch_related("attempts", "releases__outlet")
    )
    names = labels(clock.today())
    proofs = PermissionProof.objects.filter(customer__ref=person.customer)
    return [
        *(
            {
                "name": row.get_fact_display(),
                "since": row.as_of.isoformat(),
                "proofs": [f"{row.document} ({row.months})" if row.months else row.document],
            }
            for row in proofs.order_by("as_of", "pk")
        ),
        *_cases(rows, names),
    ]


def _cases(rows: QuerySet[PermissionApplication], names: dict[str, str]) -> list[dict[str, Any]]:
    return [
        {
            "name": names.get(row.key, row.key),
            "number": str(row.ref),
            "status": row.get_status_display(),
            "stands": row.permission.get_status_display(),
            "since": row.applied_at.isoformat(),
            "first_trade": row.first_trade.isoformat() if row.first_trade else None,
            "texts": [f"{row.text} {row.text.sha256}"] if row.text and row.text_read_at else [],
            "signed_at": _instant(row.signed_at),
            "certificate": row.certificate_serial,
            "file": row.file_sha256,
            "opened_at_outlets": [
                {
                    "outlet": each.outlet.name if each.outlet else None,
                    "opened_at": _instant(each.taken_at),
                    "ended_at": _instant(each.ended_at),
                    "steps": [str(each.get_step_display())] if each.done_at else [],
                }
                for each in row.releases.all()
            ],
            "reason": row.get_refusal_display() if row.refusal else "",
            "counts_from": row.effective_on.isoformat() if row.effective_on else None,
            "ended_at": _instant(row.ended_at),
            "tests": [
                {
                    "number": each.number,
                    "status": each.get_status_display(),
                    "score": each.score,
                    "ended_at": _instant(each.ended_at),
                    "answers": [
                        f"{key}: {chosen}" for key, chosen in sorted(each.answers.items())
                    ],
                }
                for each in row.attempts.all()
            ],
        }
        for row in rows.order_by("applied_at")
    ]


def _instant(value: Any) -> str | None:
    return value.isoformat() if value else None
