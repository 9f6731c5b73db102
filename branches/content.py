"""The dated rules of this app and what it ships: their schemas and their loader."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _

from branches.states import Kind, OutletType, ProcedureKind
from brokerage.core.roles import STAFF
from brokerage.reference import schemas
from brokerage.reference.loading import Counts
from brokerage.reference.models import Rule
from brokerage.reference.schemas import BadRuleValue, Schema, Type
from brokerage.reference.use_cases.load_reference import loaders
from brokerage.reference.use_cases.load_rules import load_rules

FOLDER = Path(__file__).parent / "reference"
MATRIX = "branches.service_matrix"
DISTANCES = "branches.coordinates"
LADDER = "branches.licence_ladder"
FORCED_LEAVE = "branches.forced_leave"
PROCEDURES = "branches.procedures"
POINT_PROCEDURE = "branches.point_opening"
"""A rule of its own: that of outlets was in force before points had a checklist."""
OF_OUTLETS = frozenset(ProcedureKind) - {ProcedureKind.POINT}
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
    schemas.register(
        Schema(
            key=PROCEDURES,
            label=_("Steps of opening, moving, closing and changing a unit"),
            type=Type.TABLE,
            check=check_procedures,
        )
    )
    schemas.register(
        Schema(
            key=POINT_PROCEDURE,
            label=_("Steps of opening a service point at an institution"),
            type=Type.TABLE,
            check=check_point_procedure,
        )
    )
    schemas.register(
        Schema(
            key=LADDER,
            label=_("Days before the end of a licence on which to remind"),
            type=Type.TABLE,
            check=check_ladder,
        )
    )
    schemas.register(
        Schema(
            key=FORCED_LEAVE,
            label=_("Forced leave: how often, how long, and whom it binds"),
            type=Type.TABLE,
            check=check_forced_leave,
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


def check_ladder(value: Any) -> None:
    """Days, at least one, each once.

    Raises:
        BadRuleValue: saying what is wrong.
    """
    good = isinstance(value, list) and value and all(type(one) is int and one > 0 for one in value)
    if not good or len(set(value)) != len(value):
        raise BadRuleValue("A ladder is a list of different numbers of days.")


def check_forced_leave(value: Any) -> None:
    """Years, working days, months, a ladder and roles of staff.

    Raises:
        BadRuleValue: saying what is wrong.
    """
    try:
        numbers = [value[name] for name in ("years", "working_days", "audit_months")]
        check_ladder(value["ladder"])
        if any(type(one) is not int or one < 1 for one in numbers):
            raise BadRuleValue("Years, working days and months are whole numbers.")
        if not value["roles"] or set(value["roles"]) - STAFF:
            raise BadRuleValue("It binds roles of staff.")
    except (KeyError, TypeError) as error:
        raise BadRuleValue(f"{type(error).__name__}: {error}") from error


def procedure_rule(kind: str) -> str:
    """The key of the rule that lists the steps of this kind of procedure."""
    return POINT_PROCEDURE if kind == ProcedureKind.POINT else PROCEDURES


def check_procedures(value: Any) -> None:
    """Days of notice, and for each procedure steps with key, both titles, role and days.

    Raises:
        BadRuleValue: saying what is wrong.
    """
    _check_steps(value, sorted(OF_OUTLETS))


def check_point_procedure(value: Any) -> None:
    """The same for service points.

    Raises:
        BadRuleValue: saying what is wrong.
    """
    _check_steps(value, [ProcedureKind.POINT])


def _check_steps(value: Any, kinds: Iterable[str]) -> None:
    try:
        int(value["notice_days"])
        for kind in kinds:
            keys = [step["key"] for step in value[kind]]
            if len(set(keys)) != len(keys) or "announce" not in keys:
                raise BadRuleValue(f"{kind}: a key stands twice, or nothing is announced.")
            for step in value[kind]:
                if step["role"] not in STAFF or not step["zh"] or not step["en"]:
                    raise BadRuleValue(f"{kind}: {step} has no role or lacks a language.")
                int(step["days"])
    except (KeyError, TypeError, ValueError) as error:
        raise BadRuleValue(f"{type(error).__name__}: {error}") from error
