"""Holdings at scale: a position file and a trade file of a million rows, averages of a million.

    python -m bench holdings            (BENCH_ROWS=100000 for a smaller one)

The files lie on the disk before the clock starts. Each import runs in a process of its own, so
that the peak of its memory is the file's alone.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

from bench.copies import run
from bench.in_process import asked, signed_in, with_assets
from bench.portal import figures_from, running_portal

ROWS = int(os.environ.get("BENCH_ROWS", "1000000"))
EACH = 5
"""Positions of an account; thus ROWS / EACH accounts."""
DAYS = 20
FIRST_CODE = 690_000
PORTION = 256 * 1024
Figures = dict[str, float | int | str]


def measure() -> dict[str, Figures]:
    """Seconds of both imports, of the averages and of a customer's page."""
    with running_portal() as (_address, environment):
        return {name: _apart(name, environment) for name in WORK}


def _apart(name: str, environment: dict[str, str]) -> Figures:
    rows = {**environment, "BENCH_ROWS": str(ROWS)}
    found: Figures = figures_from("bench.holdings", name, environment=rows)
    return found


def _day() -> date:
    from brokerage.core import clock
    from holdings.selectors.averages import days_before

    return days_before(clock.today(), 1)[0]


def _customers(many: int) -> None:
    """Customers without a log-in, each with an account; those of an earlier part are kept."""
    from holdings.models import Account

    lacking = many - Account.objects.filter(opened_on="2020-01-02").count()
    if lacking <= 0:
        return
    run(
        "WITH fresh AS (INSERT INTO customers_customer (ref, kind, id_type, language, created_at)"
        " SELECT gen_random_uuid(), 'person', '', 'zh-hans', now() FROM generate_series(1, %s)"
        " RETURNING id)"
        " INSERT INTO holdings_account (ref, customer_id, kind, opened_on, told_by)"
        " SELECT gen_random_uuid(), id, 'ordinary', '2020-01-02', '' FROM fresh",
        lacking,
        triggers=False,
    )
    run("ANALYZE customers_customer, holdings_account")


def _securities() -> None:
    run(
        "INSERT INTO reference_instrument (market, code, generation, kind, board, name_zh,"
        " name_en, is_delisted, source, matures_source, origin) SELECT 'SH', (%s + n)::text, 0,"
        " 'stock', '', 'BENCH ' || n, '', false, 'bench', '', 'firm'"
        " FROM generate_series(0, 4999) n ON CONFLICT DO NOTHING",
        FIRST_CODE,
    )


def _write(kind: str, path: Path) -> None:
    """A file of ROWS rows in the documented form."""
    from holdings.importing.layouts import LAYOUTS
    from holdings.models import Account
    from holdings.states import FileKind

    refs = Account.objects.filter(opened_on="2020-01-02").order_by("pk")
    total = Decimal()
    with path.open("w", encoding="utf-8") as out:
        out.write(f"H,{kind},{_day().isoformat()},9\n{','.join(LAYOUTS[FileKind(kind)].names)}\n")
        number = 0
        for ref in refs.values_list("ref", flat=True)[: ROWS // EACH].iterator():
            for n in range(EACH):
                code = FIRST_CODE + (number * 7 + n) % 5000
                worth = Decimal(100 * (number % 977 + 1))
                total += worth
                if kind == "positions":
                    out.write(f"{ref},SH,{code},100,{worth / 100},{worth},{worth},,\n")
                else:
                    price = worth / 100
                    out.write(f"B{number}-{n},{ref},SH,{code},buy,100,{price},{worth},5,,\n")
            number += 1
        out.write(f"T,{number * EACH},{total}\n")


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while portion := file.read(PORTION):
            yield portion


def _import(kind: str) -> Figures:
    from brokerage.core import clock
    from holdings.importing.reading import Announced
    from holdings.states import FileKind
    from holdings.use_cases.take_file import take_file

    _customers(ROWS // EACH)
    _securities()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "file.csv"
        _write(kind, path)
        announced = Announced(f"{kind}.csv", FileKind(kind), _day(), 9)
        before, begun = _megabytes(), time.perf_counter()
        file = take_file(announced=announced, chunks=_chunks(path), at=clock.now())
        seconds = time.perf_counter() - begun
        assert (file.status, file.added) == ("taken", ROWS), (file.status, file.added)
        size = path.stat().st_size
    return {
        "rows": ROWS,
        "seconds": round(seconds, 1),
        "file_mb": round(size / 1e6),
        "mb_before": before,
        "mb_at_most": _megabytes(),
    }


def _averages() -> Figures:
    """Every customer has a snapshot on each of DAYS days; then all are measured at once."""
    from brokerage.core import clock
    from holdings.selectors.averages import days_before
    from holdings.use_cases.measure_assets import measure_assets

    _customers(ROWS)
    for day in days_before(_day() + timedelta(days=1), DAYS):
        run(
            "INSERT INTO holdings_assetsnapshot (customer_id, day, securities, cash,"
            " borrowed_cash, borrowed_securities, counted)"
            " SELECT customer_id, %s, id %% 300000, 1000, 0, 0, id %% 300000 + 1000"
            " FROM holdings_account WHERE opened_on = '2020-01-02'"
            " ON CONFLICT DO NOTHING",
            day,
            triggers=False,
        )
    run("ANALYZE holdings_assetsnapshot")
    begun = time.perf_counter()
    measured = measure_assets(at=clock.now())
    seconds = time.perf_counter() - begun
    assert measured >= ROWS, measured
    return {"customers": measured, "days": DAYS, "seconds": round(seconds, 1)}


def _page() -> Figures:
    """A customer's page in the process, without a network: median of thirty."""
    found = asked(signed_in(with_assets()), "/assets/", times=30)
    return {"ms_median": found["ms_p50"], "queries": found["queries"]}


def _megabytes() -> int:
    """The most memory that this process has held so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


WORK = {
    "asset page": _page,
    "import of positions": lambda: _import("positions"),
    "import of trades": lambda: _import("trades"),
    "averages": _averages,
}


def main(name: str) -> None:
    """One part in this process; prints its figures as JSON."""
    import django

    django.setup()
    print(json.dumps(WORK[name]()))


if __name__ == "__main__":
    main(sys.argv[1])
