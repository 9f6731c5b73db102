"""The dated figures of this app: their form, and how the release loads them."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from brokerage.reference.loading import Counts
from brokerage.reference.models import Rule
from brokerage.reference.schemas import Schema, Type, schemas
from brokerage.reference.use_cases.load_reference import loaders
from brokerage.reference.use_cases.load_rules import load_rules

REVIEW_MINUTES = "accounts.review_minutes"
DRAFT_LIFE = "accounts.draft_life"
FILE = Path(__file__).parent / "reference" / "rules.yaml"

SCHEMAS = (
    Schema(
        key=REVIEW_MINUTES,
        label=_("Desk time until an application is decided"),
        type=Type.INTEGER,
        unit="minutes",
        least=5,
        most=5 * 8 * 60,
    ),
    Schema(key=DRAFT_LIFE, label=_("How long an untouched draft stays open"), type=Type.PERIOD),
)


def register() -> None:
    """Make the figures known to the loader of dated rules."""
    for schema in SCHEMAS:
        schemas.register(schema.key, schema)
    loaders.register("accounts.rules", load)


def load(at: datetime, sandbox: bool) -> Counts:
    """Load rules.yaml; see `load_rules`."""
    return load_rules(FILE, at=at, sandbox=sandbox, model=Rule)
