"""The dated rules of this app and what it ships: their schemas and their loader."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _

from branches.states import Kind, OutletType
from brokerage.reference import schemas
from brokerage.reference.loading import Counts
from brokerage.reference.models import Rule
from brokerage.reference.schemas import BadRuleValue, Schema, Type
from brokerage.reference.use_cases.load_reference import loaders
from brokerage.reference.use_cases.load_rules import load_rules

FOLDER = Path(__file__).parent / "reference"
MATRIX = "branches.service_matrix"
DISTANCES = "branches.coordinates"
MATRIX_KEYS = frozenset({*OutletType.values, Kind.BRANCH_COMPANY, Kind.SERVICE_POINT})


def register_all() -> None:
    """Make the rules known and have `load_reference` load what is shipped."""
    schemas.register(
        Schema(
            key=MATRIX,
            label=_("Services that each type of outlet may give"),
            type=Type.TABLE,
            check=check_matrix,
        )
    )
    schemas.register(
        Schema(
            key=DISTANCES,
            label=_("How far coordinates may lie from the centre of their division"),
            type=Type.TABLE,
            check=check_distances,
        )
    )
    loaders.register("branches.lists", load_for_release)


def load_for_release(at: datetime, sandbox: bool) -> Counts:
    """Load lists and rules of the release."""
    from branches.use_cases.load_lists import load_licence_kinds, load_services
    from brokerage.reference.models import Origin

    counts = load_licence_kinds(FOLDER / "licence_kinds.csv", origin=Origin.RELEASE)
    counts += load_services(FOLDER / "services.csv", origin=Origin.RELEASE)
    return counts + load_rules(FOLDER / "rules.yaml", at=at, sandbox=sandbox, model=Rule)


def check_matrix(value: Any) -> None:
    """Every type has a list of service codes.

    Raises:
        BadRuleValue: saying what is missing.
    """
    if not isinstance(value, dict) or set(value) != MATRIX_KEYS:
        raise BadRuleValue(f"The matrix has one list for each of {sorted(MATRIX_KEYS)}.")
    for key, codes in value.items():
        if not isinstance(codes, list) or not all(isinstance(code, str) for code in codes):
            raise BadRuleValue(f"{key} is no list of service codes.")


def check_distances(value: Any) -> None:
    """Kilometres for each level: where a doubt begins and where an error does.

    Raises:
        BadRuleValue: saying what is wrong.
    """
    try:
        pairs = [value[level] for level in ("county", "prefecture", "province")]
        good = all(0 < pair["doubt"] < pair["error"] for pair in pairs)
    except (KeyError, TypeError) as error:
        raise BadRuleValue(f"{type(error).__name__}: {error}") from error
    if not good:
        raise BadRuleValue("A doubt begins before an error does.")
