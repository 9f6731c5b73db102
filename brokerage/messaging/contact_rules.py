"""When and how often we write to people: a dated rule that a second person releases.

A database without the rule (before `load_reference`) goes by the one that this release ships:
somebody who signs in first needs their code.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from django.utils.translation import gettext_lazy as _

from brokerage.messaging.models import Channel, Purpose
from brokerage.messaging.rules.contact import Cap, ContactRules, Quiet
from brokerage.reference.dated import NoRuleInForce
from brokerage.reference.loading import Counts
from brokerage.reference.models import Rule
from brokerage.reference.schemas import BadRuleValue, Schema, Type, schemas
from brokerage.reference.use_cases.load_reference import loaders
from brokerage.reference.use_cases.load_rules import load_rules

KEY = "messaging.contact_rules"
FILE = Path(__file__).parent / "reference" / "rules.yaml"
PARTS = {"quiet", "lifetime_minutes", "caps"}


def rules_on(day: date) -> ContactRules:
    """The contact rules in force on the business date `day`."""
    try:
        rule = Rule.objects.in_force(KEY, day)
    except NoRuleInForce:
        return _shipped()
    return _read(rule.value, version=rule.version, valid_from=rule.valid_from)


def register() -> None:
    """Make the rule known to its loader and to the people who propose a change."""
    schemas.register(KEY, SCHEMA)
    loaders.register("messaging.rules", load)


def load(at: datetime, sandbox: bool) -> Counts:
    """Load rules.yaml; see `load_rules`."""
    return load_rules(FILE, at=at, sandbox=sandbox, model=Rule)


@cache
def _shipped() -> ContactRules:
    (raw,) = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    version = f"{KEY}@{raw['valid_from']}"
    return _read(raw["value"], version=version, valid_from=raw["valid_from"])


def _read(value: Any, *, version: str, valid_from: date) -> ContactRules:
    return ContactRules(
        version=version,
        valid_from=valid_from,
        quiet=Quiet(
            time.fromisoformat(value["quiet"]["from"]), time.fromisoformat(value["quiet"]["to"])
        ),
        caps=tuple(Cap(**cap) for cap in value["caps"]),
        lifetimes={
            purpose: timedelta(minutes=minutes)
            for purpose, minutes in value["lifetime_minutes"].items()
        },
    )


def _check(value: Any) -> None:
    if not isinstance(value, dict) or set(value) != PARTS:
        raise BadRuleValue(f"The table names exactly {', '.join(sorted(PARTS))}.")
    try:
        rules = _read(value, version="", valid_from=date.min)
    except (TypeError, ValueError, KeyError, AttributeError) as error:
        raise BadRuleValue(f"The table cannot be read: {error}.") from None
    if set(rules.lifetimes) != set(Purpose.values):
        raise BadRuleValue(f"Each purpose has a lifetime: {', '.join(Purpose.values)}.")
    if any(life <= timedelta(0) for life in rules.lifetimes.values()):
        raise BadRuleValue("A lifetime is longer than nothing.")
    for cap in rules.caps:
        if cap.purpose not in Purpose.values or cap.channel not in Channel.values:
            raise BadRuleValue(f"No purpose {cap.purpose} through {cap.channel}.")
        if not all(isinstance(each, int) and each > 0 for each in (cap.limit, cap.days)):
            raise BadRuleValue("A limit and its days are whole numbers above zero.")


SCHEMA = Schema(
    key=KEY, label=_("When and how often we write to people"), type=Type.TABLE, check=_check
)
