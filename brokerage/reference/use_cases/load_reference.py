"""Load everything that the release ships; twice changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

from django.db import transaction

from brokerage.core.registry import Registry
from brokerage.reference.loading import SHIPPED, Counts
from brokerage.reference.models import Origin, Rule
from brokerage.reference.schemas import Schema, schemas
from brokerage.reference.use_cases.load_calendar import load_calendar
from brokerage.reference.use_cases.load_divisions import load_divisions
from brokerage.reference.use_cases.load_lists import load_banks, load_codes
from brokerage.reference.use_cases.load_rules import load_rules

DIVISIONS_AS_OF = date(2025, 1, 1)
DIVISIONS_SOURCE = (
    "codes: MCA list of 2023-04 and Tencent list of 2024-03; centres rounded to 0.01 degree; "
    "population: census of 2020"
)

Loader = Callable[[datetime, bool], Counts]
# Higher apps register their shipped rules and texts here: (at, sandbox) -> Counts.
loaders: Registry[Loader] = Registry("reference.loaders")


def ship(name: str, file: Path, *given: Schema) -> None:
    """Make dated rules known: what each may be, and the file whose rows the release loads.

    Args:
        name: of the loader.
        file: YAML; see `load_rules`.
        given: the schemas of its keys.
    """
    for schema in given:
        schemas.register(schema.key, schema)
    loaders.register(
        name, lambda at, sandbox: load_rules(file, at=at, sandbox=sandbox, model=Rule)
    )


@transaction.atomic
def load_reference(*, at: datetime, sandbox: bool) -> dict[str, Counts]:
    """Load the shipped files of this app, then those of the registered loaders.

    Args:
        at: the present instant.
        sandbox: whether rules from memory are approved for the demonstration.

    Returns:
        What each loader did, by its name.

    Raises:
        BadFile: when a shipped file is wrong; nothing is stored then.
    """
    done = {
        "reference.calendar": load_calendar(SHIPPED / "calendar.csv", origin=Origin.RELEASE),
        "reference.divisions": load_divisions(
            SHIPPED / "divisions.csv",
            changes=SHIPPED / "division_changes.csv",
            as_of=DIVISIONS_AS_OF,
            complete=False,
            source=DIVISIONS_SOURCE,
            origin=Origin.RELEASE,
        ),
        "reference.banks": load_banks(SHIPPED / "banks.csv", origin=Origin.RELEASE),
        "reference.codes": load_codes(SHIPPED / "codes.csv", origin=Origin.RELEASE),
        "reference.rules": load_rules(SHIPPED / "rules.yaml", at=at, sandbox=sandbox, model=Rule),
    }
    for name, loader in loaders.items():
        done[name] = loader(at, sandbox)
    return done
