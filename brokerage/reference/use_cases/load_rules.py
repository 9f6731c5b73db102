"""Load dated rules shipped as YAML.

Who signs a shipped rule? Its text was written and reviewed by two people of the release. That is
enough for a policy of the house and for figures seen in a source (S, C, P): they are approved on
loading. A figure from memory (M, M?) is not: it waits for compliance, and nothing decides by it
until then. Only a sandbox approves those too, under a name that says so, so that there is
something to try; a database with such approvals is refused in production (`reference.E001`).

A later release that changes a figure ships a new row with its own first day. If that day has
come already, the row waits: a rule in force is never changed behind the back of a decision.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import yaml
from django.core.exceptions import ValidationError
from django.db import transaction

from brokerage.core.four_eyes import FourEyesRefused, approve
from brokerage.reference.dated import Confidence, DatedRule
from brokerage.reference.loading import BadFile, CellError, Counts, Errors, take_turns
from brokerage.reference.models import Origin
from brokerage.reference.schemas import BadRuleValue, schemas
from brokerage.reference.signers import DEMONSTRATION, RELEASE_AUTHOR, RELEASE_REVIEWER

SIGNED_BY_THE_RELEASE = {Confidence.SEEN, Confidence.COMPUTED, Confidence.POLICY}
REQUIRED = {"key", "valid_from", "value", "source", "confidence"}
OPTIONAL = {"scope", "legal_basis", "change_note"}
FACTS = ("value", "legal_basis", "source", "confidence", "change_note")


@transaction.atomic
def load_rules(path: Path, *, at: datetime, sandbox: bool, model: type[DatedRule]) -> Counts:
    """Load rows of a dated-rule table from a YAML list; a rule ends where the next one begins.

    Args:
        path: a list of mappings with REQUIRED and OPTIONAL keys.
        at: the present instant.
        sandbox: whether rules from memory are approved for the demonstration.
        model: the table; it has a column `origin`.

    Raises:
        BadFile: with the number of each wrong row; nothing is stored then.
    """
    take_turns()
    errors = Errors()
    rows = list(_read(path, errors))
    errors.refuse_any()
    counts = Counts()
    for number, row in rows:
        _store(model, number, row, at, sandbox, counts, errors)
    errors.refuse_any()
    return counts


def _read(path: Path, errors: Errors) -> Iterator[tuple[int, dict[str, Any]]]:
    try:
        found = yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader)
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise BadFile([CellError(0, "file", f"cannot be read: {error}")]) from None
    if not isinstance(found, list):
        raise BadFile([CellError(0, "file", "is no list of rules")])
    good = [
        (number, row)
        for number, row in enumerate(found, start=1)
        if _is_right(number, row, errors)
    ]
    good.sort(key=lambda pair: (_name(pair[1]), pair[1]["valid_from"]))
    for (_, row), (after, following) in pairwise(good):
        if _name(row) == _name(following):
            if row["valid_from"] == following["valid_from"]:
                errors.add(after, "valid_from", "is the same in two rows of one rule")
            row["valid_to"] = following["valid_from"]
    yield from good


def _name(row: dict[str, Any]) -> tuple[str, str]:
    return row["key"], row.get("scope", "")


def _is_right(number: int, row: Any, errors: Errors) -> bool:
    if not isinstance(row, dict):
        errors.add(number, "row", "is no mapping")
        return False
    for name in sorted(REQUIRED - row.keys()):
        errors.add(number, name, "is missing")
    for name in sorted(row.keys() - REQUIRED - OPTIONAL, key=str):
        errors.add(number, str(name), "is no column of a rule")
    if REQUIRED - row.keys():
        return False
    if row["confidence"] not in Confidence.values:
        errors.add(number, "confidence", f"is none of {', '.join(Confidence.values)}")
    if type(row["valid_from"]) is not date:
        errors.add(number, "valid_from", "is no date such as 2026-03-02")
        return False
    if not isinstance(row["key"], str) or row["key"] not in schemas:
        errors.add(number, "key", f"{row['key']!r} is registered by no app")
        return False
    try:
        schemas.get(row["key"]).read(row["value"])
    except BadRuleValue as error:
        errors.add(number, "value", str(error))
    return True


def _store(
    model: type[DatedRule],
    number: int,
    row: dict[str, Any],
    at: datetime,
    sandbox: bool,
    counts: Counts,
    errors: Errors,
) -> None:
    facts = {name: row.get(name, "") for name in FACTS}
    mine = model._default_manager.filter(
        key=row["key"],
        scope=row.get("scope", ""),
        valid_from=row["valid_from"],
        origin=Origin.RELEASE,
    )
    rule = mine.first()
    if rule is None:
        rule = model(
            key=row["key"],
            scope=row.get("scope", ""),
            valid_from=row["valid_from"],
            valid_to=row.get("valid_to"),
            made_by_ref=RELEASE_AUTHOR,
            made_at=at,
            origin=Origin.RELEASE,
            **facts,
        )
        try:
            rule.full_clean()
        except ValidationError as wrong:
            for column, messages in wrong.message_dict.items():
                errors.add(number, column, " ".join(messages))
            return
        rule.save()
        counts.added += 1
    elif different := [name for name, value in facts.items() if getattr(rule, name) != value]:
        if not rule.is_pending:
            errors.add(
                number, different[0], "differs from the approved row: give it its own valid_from"
            )
            return
        for name in different:
            setattr(rule, name, facts[name])
        rule.save()
        counts.changed += 1
    else:
        counts.unchanged += 1
    if rule.is_pending and not _sign(rule, at, sandbox):
        counts.waiting += 1


def _sign(rule: DatedRule, at: datetime, sandbox: bool) -> bool:
    """Approve a shipped row if the release or the sandbox may; False where it has to wait."""
    if rule.confidence in SIGNED_BY_THE_RELEASE:
        signer = RELEASE_REVIEWER
    elif sandbox:
        signer = DEMONSTRATION
    else:
        return False
    try:
        approve(rule, signer, at)
    except FourEyesRefused:
        return False
    rule.save()
    return True
