"""Questions shipped as YAML become versions of a bank; which version a new attempt draws from."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings
from django.db import transaction

from accounts.models import QuestionBank
from brokerage.core.clock import SHANGHAI

CERTAINTIES = ("S", "P", "M", "M?")
"""Seen in a source, policy of the house, from memory, to be checked."""
FOLDER = Path(__file__).parents[1] / "reference" / "permissions" / "tests"


class BadBank(Exception):
    """A file is malformed; the message names the test and the question."""


@transaction.atomic
def load_banks(*, at: datetime, folder: Path = FOLDER) -> int:
    """Load the shipped questions; changed ones become a new version from `at` on.

    Returns:
        How many versions were added.

    Raises:
        BadBank: nothing is loaded then.
    """
    return sum(
        _load(yaml.safe_load(path.read_text()), at) for path in sorted(folder.glob("*.yaml"))
    )


def bank_at(at: datetime, key: str) -> QuestionBank | None:
    """The version in force of a test's questions; None where there are none."""
    rows = QuestionBank.objects.filter(key=key, valid_from__lte=at)
    return rows.order_by("-version").first()


def _load(entry: Mapping[str, Any], at: datetime) -> int:
    key = str(entry.get("key"))
    if not isinstance(entry.get("valid_from"), date):
        raise BadBank(f"{key!r} lacks valid_from.")
    content = [_question(key, each) for each in entry["questions"]]
    if len({each["key"] for each in content}) != len(content) or not content:
        raise BadBank(f"{key!r}: each question needs a key of its own.")
    written = json.dumps(content, ensure_ascii=False, sort_keys=True)
    sha256 = hashlib.sha256(written.encode()).hexdigest()
    last = QuestionBank.objects.filter(key=key).order_by("-version").first()
    if last and last.sha256 == sha256:
        return 0
    dated = datetime.combine(entry["valid_from"], time.min, SHANGHAI)
    QuestionBank.objects.create(
        key=key,
        version=last.version + 1 if last else 1,
        content=content,
        sha256=sha256,
        valid_from=max(dated, at) if last else dated,
    )
    return 1


def _question(test: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """A question whose languages have the same options, one of them right.

    How sure we are of the right answer stands in the file, for whoever signs it off.
    """
    key = given.get("key")
    if given.get("certainty") not in CERTAINTIES:
        raise BadBank(f"{test!r}, {key!r}: certainty is one of {', '.join(CERTAINTIES)}.")
    languages = [language for language, _name in settings.LANGUAGES]
    try:
        texts = {language: given[language] for language in languages}
        options = {tuple(sorted(each["options"])) for each in texts.values()}
        fits = len(options) == 1 and given["right"] in next(iter(options))
        complete = all(each["text"].strip() for each in texts.values())
    except (KeyError, TypeError, AttributeError):
        fits = complete = False
    if not fits or not complete or not isinstance(key, str):
        raise BadBank(f"{test!r}, {key!r}: texts, the same options in each language, one right.")
    found = {
        "key": key,
        "right": given["right"],
        "options": sorted(texts[languages[0]]["options"]),
    }
    return found | {"texts": texts}
