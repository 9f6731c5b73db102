"""The contact rules in force on a date, read once from `reference/contact_rules.yaml`."""

from __future__ import annotations

from datetime import date, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from brokerage.messaging.rules.contact import Cap, ContactRules, Quiet

FILE = Path(__file__).parent / "reference" / "contact_rules.yaml"


def rules_on(day: date) -> ContactRules:
    """The newest version that is valid on the business date `day` (the first before that)."""
    versions = _versions()
    return max(
        (version for version in versions if version.valid_from <= day),
        key=lambda version: version.valid_from,
        default=versions[0],
    )


@cache
def _versions() -> tuple[ContactRules, ...]:
    raw = yaml.safe_load(FILE.read_text())
    return tuple(sorted((_read(one) for one in raw), key=lambda one: one.valid_from))


def _read(raw: dict[str, Any]) -> ContactRules:
    return ContactRules(
        version=str(raw["version"]),
        valid_from=raw["valid_from"],
        quiet=Quiet(
            time.fromisoformat(raw["quiet"]["from"]), time.fromisoformat(raw["quiet"]["to"])
        ),
        caps=tuple(Cap(**cap) for cap in raw["caps"]),
        lifetimes={
            purpose: timedelta(minutes=minutes)
            for purpose, minutes in raw["lifetime_minutes"].items()
        },
    )
