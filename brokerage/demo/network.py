"""The tree of the demonstration brokerage: head office, departments, branch companies, outlets."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import yaml

from branches.models import OrgUnit
from branches.states import Kind
from branches.use_cases.open_unit import open_unit
from brokerage.journal.actors import Actor

FILE = Path(__file__).parent / "data" / "network.yaml"
BUILDER = Actor.system("demo.build")


def build_network(*, at: datetime) -> int:
    """Open every unit of network.yaml that is not there yet; returns how many."""
    plan = yaml.safe_load(FILE.read_text())
    before = OrgUnit.objects.count()
    head = _unit(plan["head_office"], kind=Kind.HEAD_OFFICE, parent=None, at=at)
    for department in plan["departments"]:
        _unit(department, kind=Kind.DEPARTMENT, parent=head, at=at)
    for company in plan["branch_companies"]:
        branch = _unit(company, kind=Kind.BRANCH_COMPANY, parent=head, at=at)
        for outlet in company["outlets"]:
            # an outlet older than its branch company stood under the company's predecessor,
            # which the demonstration leaves out
            opened = max(outlet["opened"], company["opened"])
            _unit({**outlet, "opened": opened}, kind=Kind.OUTLET, parent=branch, at=at)
    return OrgUnit.objects.count() - before


def _unit(row: dict[str, Any], *, kind: Kind, parent: OrgUnit | None, at: datetime) -> OrgUnit:
    known = OrgUnit.objects.filter(code=row["code"]).first()
    return known or open_unit(
        kind=kind,
        code=row["code"],
        name_zh=row["zh"],
        name_en=row["en"],
        parent=parent,
        opened_on=row["opened"],
        actor=BUILDER,
        at=at,
        outlet_type=row.get("type", ""),
        division_code=row.get("division", ""),
    )
