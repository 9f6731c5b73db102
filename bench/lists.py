"""Lists of 100,000 rows in files: read by the import desk, and written by an export.

    python -m bench lists

Each runs in a process of its own beside a fresh demonstration, so that the peak of its memory is
the list's alone. Of the imported rows nearly all have an error, which is the dearest case.
"""

from __future__ import annotations

import io
import json
import resource
import sys
import time
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from bench.portal import figures_from, running_portal

ROWS = 100_000
PORTION = 1_000
GOOD_FROM = date(2027, 1, 1)
Figures = dict[str, float | int | str]


def measure() -> dict[str, Figures]:
    """Both directions: seconds, rows a second, and how far the process grew."""
    with running_portal() as (_address, environment):
        return {name: _apart(name, environment) for name in WORK}


def _apart(name: str, environment: dict[str, str]) -> Figures:
    found: Figures = figures_from("bench.lists", name, environment=environment)
    return found


def _read(rows: int) -> None:
    """Receive and read a file of calendar days, most of them beyond the calendar."""
    from brokerage.backoffice.imports.calendar_days import CALENDAR_DAYS
    from brokerage.backoffice.imports.use_cases.read_file import read_file
    from brokerage.backoffice.imports.use_cases.receive_file import receive_file
    from brokerage.core import clock

    lines = ["market,day,working,trading,name_zh,name_en,source"]
    for number in range(rows):
        day = GOOD_FROM + timedelta(days=number)
        lines.append(f"CN,{day:%Y-%m-%d},1,0,,,示例公告")
    upload = io.BytesIO("\n".join(lines).encode())
    at = clock.now()
    run = receive_file(upload=upload, importer=CALENDAR_DAYS, maker=_staff("operations"), at=at)
    read = read_file(ref=run.ref, at=at)
    assert (read.row_count, read.status) == (rows, "read"), read.status


def _write(rows: int) -> None:
    """Make the file of an approved export of as many customers."""
    from brokerage.backoffice.exports import make_file, request_export
    from brokerage.backoffice.four_eyes import decide
    from brokerage.backoffice.models import Export, Purpose
    from brokerage.core import clock
    from brokerage.core.four_eyes import Decision

    at = clock.now()
    asked = request_export(
        model_label="customers.Customer",
        filters={},
        purpose=Purpose.INSPECTION,
        reason="bench",
        maker=_staff("compliance"),
        at=at,
    )
    decide(
        model=Export,
        ref=asked.ref,
        checker=_staff("head_office"),
        decision=Decision.APPROVED,
        at=at,
    )
    made = make_file(export_ref=asked.ref, at=at)
    assert (made.row_count or 0) >= rows, made.row_count


def _customers(rows: int) -> None:
    """As many customers with a sealed name and document number."""
    from brokerage.core.bulk import copy_in
    from brokerage.customers.models import Customer

    for first in range(0, rows, PORTION):
        fresh = [Customer(name="王小明") for _number in range(PORTION)]
        for number, customer in enumerate(fresh, first):
            customer.set_identity(id_type="id_card", number=f"BENCH{number:013}")
        copy_in(fresh)


def _staff(role: str) -> Any:
    from brokerage.demo.logins import printed_staff
    from brokerage.users.models import User

    return User.objects.get(email=next(s["email"] for s in printed_staff() if s["role"] == role))


def _nothing(rows: int) -> None:
    """An import needs nothing to stand there before."""


WORK: dict[str, tuple[Callable[[int], None], Callable[[int], None]]] = {
    "import of 100,000 rows": (_nothing, _read),
    "export of 100,000 rows": (_customers, _write),
}


def main(name: str) -> None:
    """One direction in this process; prints its figures as JSON."""
    import django

    django.setup()
    before, work = WORK[name]
    before(ROWS)
    around = _megabytes()
    begun = time.perf_counter()
    work(ROWS)
    seconds = time.perf_counter() - begun
    figures = {
        "seconds": round(seconds, 1),
        "rows_per_second": round(ROWS / seconds),
        "mb_before": around,
        "mb_at_most": _megabytes(),
    }
    print(json.dumps(figures))


def _megabytes() -> int:
    """The most memory that this process has held so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


if __name__ == "__main__":
    main(sys.argv[1])
