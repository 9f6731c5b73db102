"""Suggestions of the demonstration: filed, joined, answered, released and measured."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

import yaml

from branches.models import OrgUnit, StaffAssignment, Suggestion
from branches.suggestions.states import Device
from branches.use_cases.answer_suggestion import accept, decline, join, measure, release
from branches.use_cases.file_suggestion import Place, file_suggestion
from branches.use_cases.give_ownership import give_ownership
from brokerage.core.clock import SHANGHAI, business_date
from brokerage.core.roles import Role
from brokerage.demo.network import BUILDER
from brokerage.users.models import User

FILE = Path(__file__).parent / "data" / "suggestions.yaml"
ANSWERED_AFTER = timedelta(days=3)


def build_suggestions(*, at: datetime) -> int:
    """File and answer the suggestions of suggestions.yaml once; returns how many."""
    if Suggestion.objects.exists():
        return 0
    plan = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    _owners(plan["owners"], at)
    officer = User.objects.filter(groups__name=Role.HEAD_OFFICE).order_by("pk").first()
    for row in plan["suggestions"]:
        filed = file_suggestion(
            author=_author(row),
            place=Place(step=row["step"], device=Device(row["device"])),
            title=row["title"],
            text=row["text"],
            at=_days_before(at, row["days"]),
        )
        if officer is not None:
            _answer(filed, row.get("then", {}), officer, at)
    return len(plan["suggestions"])


def _owners(owners: dict[str, str], at: datetime) -> None:
    departments = {unit.code: unit for unit in OrgUnit.objects.filter(code__in=owners.values())}
    for subject, code in owners.items():
        department = departments[code]
        give_ownership(
            subject=subject,
            department=department,
            valid_from=department.opened_on,
            actor=BUILDER,
            at=at,
        )


def _author(row: dict[str, Any]) -> User:
    found = StaffAssignment.objects.filter(unit__code=row["unit"], role=row["role"])
    return found.select_related("user").order_by("pk")[0].user


def _answer(filed: Suggestion, then: dict[str, Any], officer: User, at: datetime) -> None:
    when = filed.created_at + ANSWERED_AFTER
    common: dict[str, Any] = {"suggestion": filed, "officer": officer, "at": when}
    if answer := then.get("accept"):
        accept(answer=answer, **common)
    if answer := then.get("decline"):
        decline(answer=answer, **common)
    if title := then.get("join"):
        join(other=Suggestion.objects.get(title=title), **common)
    if out := then.get("release"):
        on = business_date(_days_before(at, out["days"]))
        release(suggestion=filed, officer=officer, on=on, name=out["name"], at=at)
    if then.get("measure"):
        measure(suggestion=filed, at=at)


def _days_before(at: datetime, days: int) -> datetime:
    """Ten in the morning of the day so many days before."""
    day = business_date(at) - timedelta(days=days)
    return datetime.combine(day, time(10, 0), SHANGHAI)
