"""Consent texts shipped as YAML become dated versions."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
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
    added: list[ConsentText] = []
    with transaction.atomic():
        rows = ConsentText.objects.order_by("version")
        newest = {(row.purpose, row.language): row for row in rows}
        for path in consent_files():
            for entry in yaml.load(path.read_text(), yaml.CSafeLoader):
                for text in _versions(entry, path, newest, at):
                    newest[text.purpose, text.language] = text
                    added.append(text)
        ConsentText.objects.bulk_create(added)
    return len(added)


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


def _versions(
    entry: dict[str, Any], path: Path, newest: dict[tuple[str, str], ConsentText], at: datetime
) -> Iterator[ConsentText]:
    """A version for each language whose text is another than the newest."""
    purpose = str(entry.get("purpose"))
    texts = entry.get("texts", {})
    if not isinstance(entry.get("valid_from"), date):
        raise BadConsentTexts(f"{path}: {purpose!r} lacks valid_from.")
    if purpose not in PURPOSES or set(texts) != {code for code, _ in settings.LANGUAGES}:
        raise BadConsentTexts(f"{path}: {purpose!r} is unknown or lacks a language.")
    for language, text in texts.items():
        title, body = text["title"].strip(), text["body"].strip()
        last = newest.get((purpose, language))
        sha256 = text_hash(title, body)
        if last is None or last.sha256 != sha256:
            yield ConsentText(
                purpose=purpose,
                language=language,
                version=last.version + 1 if last else 1,
                title=title,
                body=body,
                sha256=sha256,
                valid_from=_valid_from(entry, last, at),
            )
