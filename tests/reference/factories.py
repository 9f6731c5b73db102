"""Makes reference rows for tests."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from brokerage.core.four_eyes import approve
from brokerage.reference.models import CalendarDay, Market, Origin, Rule, Switch

# Complete lists for development, read in place where they exist; not part of the repository.
SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"

MAKER = UUID("00000000-0000-4000-8000-000000000001")
CHECKER = UUID("00000000-0000-4000-8000-000000000002")


def make_rule(at: datetime, *, approved: bool = True, **values: Any) -> Rule:
    """A rule, approved at `at` unless said otherwise."""
    given = {
        "key": "test.limit",
        "value": 3,
        "valid_from": date(2024, 1, 1),
        "source": "test",
        "confidence": "P",
        "made_by_ref": MAKER,
        "made_at": at,
    }
    rule = Rule(**{**given, **values})
    rule.save()
    if approved:
        approve(rule, CHECKER, at)
        rule.save()
    return rule


def make_turn(at: datetime, key: str, is_on: bool, *, starts_at: datetime | None = None) -> Switch:
    """A turn of a switch, approved at `at`."""
    turn = Switch(
        key=key,
        is_on=is_on,
        starts_at=starts_at or at,
        reason="test",
        made_by_ref=MAKER,
        made_at=at,
    )
    approve(turn, CHECKER, at)
    turn.save()
    return turn


def make_days(
    first: date,
    last: date,
    *,
    closed: Iterable[date] = (),
    market: Market = Market.SOUTHBOUND,
    provisional: bool = False,
) -> None:
    """A calendar of Mondays to Fridays without `closed`."""
    shut = set(closed)
    days = [first + timedelta(n) for n in range((last - first).days + 1)]
    CalendarDay.objects.bulk_create(
        CalendarDay(
            market=market,
            day=day,
            is_working=day.weekday() < 5,
            is_trading=day.weekday() < 5 and day not in shut,
            is_provisional=provisional,
            source="test",
            origin=Origin.FIRM,
        )
        for day in days
    )


def write(folder: Path, text: str, name: str = "file.csv") -> Path:
    """A file with `text`, for a loader."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path
