"""The archive that a customer carries away: one JSON file for machines, one page for people."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import datetime
from typing import Any

from django.template.loader import render_to_string
from django.utils import translation
from django.utils.dateparse import parse_datetime
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from brokerage.core.data_export import Person, collect_all
from brokerage.core.display import formats
from brokerage.customers.archive_labels import LABELS
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


def _table(rows: list[dict[str, Any]]) -> list[list[tuple[str | Promise, str]]]:
    """The rows as people read them: named values, empty ones left out."""
    return [
        [
            (LABELS.get(name, name), _readable(value))
            for name, value in row.items()
            if _is_set(value)
        ]
        for row in rows
    ]


def _is_set(value: Any) -> bool:
    return value not in (None, "", [])


def _readable(value: Any) -> str:
    match value:
        case bool():
            return _("Yes") if value else _("No")
        case list() | tuple():
            return "; ".join(_readable(item) for item in value)
        case str() if "T" in value[:11] and (instant := _instant(value)):
            return formats.moment(instant)
    return str(value)


def _instant(text: str) -> datetime | None:
    try:
        return parse_datetime(text)
    except ValueError:
        return None
