"""Agreement texts shipped as YAML become dated versions; which of them make a pack."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings
from django.db import connection, transaction
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from accounts.models.signing import AgreementText
from brokerage.core.clock import day_begins

OF_PERMISSIONS = "permission."
"""Risk disclosures of trading permissions are signed one by one, never in the pack."""
OF_MARKETS = "market."
"""What is signed for a market that is opened later (accounts/later_markets), one by one, too."""
PROSE = {"heading": "h2", "paragraph": "p"}
FOLDER = Path(__file__).parents[1] / "reference" / "agreements"


class BadAgreements(Exception):
    """The file is malformed; the message names the agreement."""


def load_agreements(*, at: datetime, path: Path = FOLDER / "agreements.yaml") -> int:
    """Load the shipped texts; a changed text becomes a new version, some seconds from `at` on.

    Returns:
        How many versions were added.

    Raises:
        BadAgreements: nothing is loaded then.
    """
    added = 0
    with transaction.atomic():
        for position, entry in enumerate(yaml.safe_load(path.read_text()), start=1):
            for language, _name in settings.LANGUAGES:
                added += _load(entry, language, position, at)
    return added


OF_PACKS = """
SELECT id FROM accounts_agreementtext
WHERE language = %s AND NOT (key ^@ %s OR key ^@ %s)
ORDER BY version
"""
_kept: dict[str, tuple[datetime, list[int]]] = {}


def texts_at(at: datetime, language: str) -> list[AgreementText]:
    """The version in force of each agreement in a language, in the order of the pack.

    Which versions there are is asked again after some seconds (`REFERENCE_KEPT_SECONDS`); a newer
    one of an agreement counts no sooner than these are over: all processes change at once.
    """
    found = {}
    for key in _versions(at, language):
        text = text_of(key)
        if text.valid_from <= at:
            found[text.key] = text
    return sorted(found.values(), key=lambda text: (text.position, text.pk))


def _versions(at: datetime, language: str) -> list[int]:
    """The keys of all versions of all agreements of a pack, older ones first."""
    asked_at, keys = _kept.get(language, (None, []))
    if asked_at is None or not asked_at <= at < asked_at + _trusted():
        with connection.cursor() as cursor:
            cursor.execute(OF_PACKS, [language, OF_PERMISSIONS, OF_MARKETS])
            keys = [key for (key,) in cursor.fetchall()]
        _kept[language] = at, keys
    return keys


def _trusted() -> timedelta:
    return timedelta(seconds=settings.REFERENCE_KEPT_SECONDS)


def text_at(key: str, at: datetime, language: str) -> AgreementText | None:
    """The version of one text in force, or None where there is none."""
    rows = AgreementText.objects.filter(key=key, language=language, valid_from__lte=at)
    return rows.order_by("-version").first()


def text_hash(title: str, body: str) -> str:
    """SHA-256 of what is shown."""
    return hashlib.sha256(f"{title}\n\n{body}".encode()).hexdigest()


def fingerprint(texts: Iterable[AgreementText]) -> str:
    """SHA-256 over agreement, language, version and hash of each text, in order."""
    lines = (f"{row.key} {row.language} {row.version} {row.sha256}\n" for row in texts)
    return hashlib.sha256("".join(lines).encode()).hexdigest()


@lru_cache(maxsize=256)
def text_of(key: int) -> AgreementText:
    """The agreement text with this key; kept, because a version never changes."""
    return AgreementText.objects.get(pk=key)


@lru_cache(maxsize=256)
def prose_of(key: int) -> SafeString:
    """The same as a page shows it."""
    parts = ((PROSE[block["kind"]], block["text"]) for block in blocks(text_of(key).body))
    return format_html_join("\n", "<{0}>{1}</{0}>", parts)


def blocks(body: str) -> list[dict[str, str]]:
    """Headings and paragraphs of a body, for pages and for the PDF."""
    found = []
    for part in body.split("\n\n"):
        for line in filter(None, (line.strip() for line in part.splitlines())):
            heading = line.startswith("## ")
            found.append(
                {
                    "kind": "heading" if heading else "paragraph",
                    "text": line.removeprefix("## "),
                }
            )
    return found


def _load(entry: dict[str, Any], language: str, position: int, at: datetime) -> int:
    key = str(entry.get("key"))
    if not isinstance(entry.get("valid_from"), date) or language not in entry:
        raise BadAgreements(f"{key!r} lacks valid_from or {language}.")
    title, body = entry[language]["title"].strip(), entry[language]["body"].strip()
    sha256 = text_hash(title, body)
    rows = AgreementText.objects.filter(key=key, language=language).order_by("-version")
    last = rows.first()
    if last and last.sha256 == sha256:
        return 0
    dated = day_begins(entry["valid_from"])
    AgreementText.objects.create(
        key=key,
        language=language,
        version=last.version + 1 if last else 1,
        position=position,
        title=title,
        body=body,
        sha256=sha256,
        least_seconds=int(entry["least_seconds"]),
        valid_from=max(dated, at + _trusted()) if last else dated,
    )
    return 1
