"""Consent texts shipped as YAML become dated versions."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import yaml
from django.apps import apps
from django.conf import settings
from django.db import transaction

from brokerage.core.clock import day_begins
from brokerage.customers.models import ConsentText
from brokerage.customers.purposes import PURPOSES


class BadConsentTexts(Exception):
    """A file is malformed; the message names file and purpose."""


def load_consent_texts(*, at: datetime) -> int:
    """Load `reference/consents.yaml` of every app; a changed text becomes a new version.

    Returns:
        How many versions were added.

    Raises:
        BadConsentTexts: when a file is malformed; nothing is loaded then.
    """
    added = 0
    with transaction.atomic():
        for path in consent_files():
            for entry in yaml.safe_load(path.read_text()):
                added += _load_entry(entry, path, at)
    return added


def consent_files() -> Iterable[Path]:
    """The files of all apps."""
    found = (Path(app.path) / "reference" / "consents.yaml" for app in apps.get_app_configs())
    return [path for path in found if path.exists()]


def text_hash(title: str, body: str) -> str:
    """SHA-256 of what is shown."""
    return hashlib.sha256(f"{title}\n\n{body}".encode()).hexdigest()


def _valid_from(entry: dict[str, Any], last: ConsentText | None, at: datetime) -> datetime:
    """The date of the file; a text that replaces another cannot start before it is loaded."""
    dated = day_begins(entry["valid_from"])
    return max(dated, at) if last else dated


def _load_entry(entry: dict[str, Any], path: Path, at: datetime) -> int:
    purpose = str(entry.get("purpose"))
    texts = entry.get("texts", {})
    if not isinstance(entry.get("valid_from"), date):
        raise BadConsentTexts(f"{path}: {purpose!r} lacks valid_from.")
    if purpose not in PURPOSES or set(texts) != {code for code, _ in settings.LANGUAGES}:
        raise BadConsentTexts(f"{path}: {purpose!r} is unknown or lacks a language.")
    added = 0
    for language, text in texts.items():
        title, body = text["title"].strip(), text["body"].strip()
        last = (
            ConsentText.objects.filter(purpose=purpose, language=language)
            .order_by("-version")
            .first()
        )
        sha256 = text_hash(title, body)
        if last is None or last.sha256 != sha256:
            ConsentText.objects.create(
                purpose=purpose,
                language=language,
                version=last.version + 1 if last else 1,
                title=title,
                body=body,
                sha256=sha256,
                valid_from=_valid_from(entry, last, at),
            )
            added += 1
    return added
