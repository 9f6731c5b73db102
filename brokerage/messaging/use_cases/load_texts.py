"""Message texts shipped as YAML become dated versions."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml
from django.apps import apps
from django.conf import settings
from django.db import transaction

from brokerage.messaging.models import Channel, Purpose, TextVersion
from brokerage.messaging.rules.text import TYPES, UnableToRender, slots

LONGEST_SMS = 300
KEYS = {"kind", "purpose", "variables", "link"}


class BadTexts(Exception):
    """A file is malformed; the message names file, kind and fault."""


def load_texts(*, at: datetime) -> int:
    """Load `reference/messages.yaml` of every app; a changed text becomes a new version.

    Returns:
        How many versions were added.

    Raises:
        BadTexts: when a file is malformed; nothing is loaded then.
    """
    added: list[TextVersion] = []
    with transaction.atomic():
        newest = {text.kind: text for text in TextVersion.objects.order_by("kind", "version")}
        for path in text_files():
            for entry in yaml.load(path.read_text(), yaml.CSafeLoader):
                values = parse(entry, where=str(path.name))
                last = newest.get(values["kind"])
                if last is None or last.sha256 != values["sha256"]:
                    number = last.version + 1 if last else 1
                    added.append(TextVersion(version=number, valid_from=at, **values))
        TextVersion.objects.bulk_create(added)
    return len(added)


def text_files() -> list[Path]:
    """The files of all apps."""
    found = (Path(app.path) / "reference" / "messages.yaml" for app in apps.get_app_configs())
    return sorted(path for path in found if path.exists())


def parse(entry: dict[str, Any], *, where: str) -> dict[str, Any]:
    """One entry of a file as the values of a version.

    Raises:
        BadTexts: when a language or channel is missing, or variables and text disagree.
    """
    kind = str(entry.get("kind", "?"))
    languages = [code for code, _ in settings.LANGUAGES]
    try:
        _require(set(entry) <= KEYS | set(languages), "has unknown keys")
        _require(entry["purpose"] in Purpose.values, "has an unknown purpose")
        variables: dict[str, str] = entry.get("variables") or {}
        _require(set(variables.values()) <= TYPES, "has a variable of unknown type")
        content = {language: _channels(entry[language]) for language in languages}
        link = str(entry.get("link", ""))
        _check_channels(entry["purpose"], [set(part) for part in content.values()])
        for part in content.values():
            _check_slots(part, variables, link)
    except (KeyError, TypeError, UnableToRender) as error:
        raise BadTexts(f"{where}: {kind}: {type(error).__name__} {error}") from None
    except _Fault as fault:
        raise BadTexts(f"{where}: {kind} {fault}") from None
    values = {
        "kind": kind,
        "purpose": entry["purpose"],
        "variables": variables,
        "content": content,
        "link": link,
    }
    canonical = json.dumps(values, ensure_ascii=False, sort_keys=True)
    return {**values, "sha256": hashlib.sha256(canonical.encode()).hexdigest()}


class _Fault(Exception):
    pass


def _require(holds: bool, otherwise: str) -> None:
    if not holds:
        raise _Fault(otherwise)


def _channels(raw: dict[str, Any]) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for channel, text in raw.items():
        _require(channel in Channel.values, f"has an unknown channel {channel}")
        parts = {"body": text} if isinstance(text, str) else dict(text)
        _require(set(parts) <= {"title", "body"} and "body" in parts, f"lacks words in {channel}")
        _require(channel == Channel.SMS or bool(parts.get("title")), f"lacks a title in {channel}")
        found[channel] = {name: str(part).strip() for name, part in parts.items()}
        long = channel == Channel.SMS and len(found[channel]["body"]) > LONGEST_SMS
        _require(not long, "is too long for SMS")
    return found


def _check_channels(purpose: str, languages: list[set[str]]) -> None:
    _require(languages[0] == languages[1], "has not the same channels in both languages")
    if purpose == Purpose.CODE:
        _require(languages[0] == {Channel.SMS}, "is a code and may only go by SMS")
    else:
        _require(Channel.INBOX in languages[0], "lacks a text for the inbox")


def _check_slots(part: dict[str, dict[str, str]], variables: dict[str, str], link: str) -> None:
    used = set(slots(link))
    for texts in part.values():
        for text in texts.values():
            used |= slots(text)
    _require(used == set(variables), "declares other variables than it uses")
    codes = {name for name, kind in variables.items() if kind == "code"}
    _require(not codes or set(part) == {Channel.SMS}, "shows a code outside SMS")
