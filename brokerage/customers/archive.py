"""The archive that a customer carries away: one JSON file for machines, one page for people."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import datetime
from typing import Any

from django.template.loader import render_to_string
from django.utils import translation

from brokerage.core.data_export import Person, collect_all
from brokerage.customers.models import Customer


def make_archive(*, customer: Customer, at: datetime) -> bytes:
    """A ZIP file with `data.json` and `data.html`, in the customer's language."""
    user = customer.user
    person = Person(customer=customer.ref, user=user.ref if user else None)
    with translation.override(customer.language):
        found = collect_all(person)
        page = render_to_string(
            "customers/archive.html",
            {
                "at": at,
                "sections": [(str(section.title), _table(rows)) for _, section, rows in found],
            },
        )
    data = {"made_at": at.isoformat(), **{key: rows for key, _, rows in found}}
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("data.json", json.dumps(data, ensure_ascii=False, indent=1, default=str))
        archive.writestr("data.html", page)
    return packed.getvalue()


def _table(rows: list[dict[str, Any]]) -> list[list[tuple[str, Any]]]:
    return [list(row.items()) for row in rows]
