"""One product against very many customers, in PostgreSQL: as when a grade moves.

    BENCH_CUSTOMERS=10000 python -m bench matching

Customers are made by SQL beside a fresh demonstration, each with a confirmed assessment of the
long paper. Their answers are sealed one by one, as the portal does it, so that opening them is
part of the measurement. Nothing is written while matching.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from typing import Any

from bench.portal import figures_from, running_portal

CUSTOMERS = int(os.environ.get("BENCH_CUSTOMERS", "100000"))
BATCH = 2_000
COPIED = (
    "answers",
    "inputs",
    "answers_digest",
    "started_at",
    "submitted_at",
    "language",
    "score",
    "investor_class",
    "lowest",
    "reasons",
    "valid_until",
    "confirmed_at",
)
"""What every copy of an assessment has of its model."""
Figures = dict[str, float | int | str]


def measure() -> dict[str, Figures]:
    """Seconds, queries and memory of one pass."""
    with running_portal() as (_address, environment):
        sizes = {"BENCH_CUSTOMERS": str(CUSTOMERS)}
        found: dict[str, Figures] = figures_from(
            "bench.matching", environment={**environment, **sizes}
        )
    return found


def build(number: int) -> None:
    """Add `number` customers with a confirmed assessment each, copied from the demonstration."""
    from django.db import connection, transaction

    from bench.rows import CUSTOMERS as SQL
    from brokerage.customers.models import Customer
    from suitability.models import Assessment

    models = list(Assessment.objects.exclude(confirmed_at=None).order_by("pk")[:20])
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("set local statement_timeout = 0")
        cursor.execute(SQL, [number])
    bare = Customer.objects.filter(assessments=None).order_by("pk").values_list("pk", flat=True)
    keys = list(bare)
    for start in range(0, len(keys), BATCH):
        rows = [
            _copy(models[key % len(models)], key, Assessment)
            for key in keys[start : start + BATCH]
        ]
        Assessment.objects.bulk_create(rows)
    with connection.cursor() as cursor:
        cursor.execute("vacuum analyze suitability_assessment")


def _copy(model: Any, customer: int, kind: Any) -> Any:
    """The answers of `model`, sealed for another customer."""
    values = {name: getattr(model, name) for name in COPIED}
    return kind(customer_id=customer, questionnaire_id=model.questionnaire_id, **values)


def one_against_all() -> Figures:
    """One pass over everybody who has a confirmed assessment."""
    from collections import Counter

    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from brokerage.core import clock
    from brokerage.customers.models import Customer
    from suitability.models import GradedItem
    from suitability.use_cases.matching import match_customers

    item = GradedItem.objects.filter(code__startswith="DEMO-").order_by("pk")[0]
    keys = list(Customer.objects.exclude(assessments=None).values_list("pk", flat=True).distinct())
    begun, worked = time.perf_counter(), time.process_time()
    with CaptureQueriesContext(connection) as queries:
        outcomes = Counter(
            str(found.outcome)
            for _key, found in match_customers(item=item, customers=keys, on=clock.today())
        )
    seconds = time.perf_counter() - begun
    return {
        "customers": sum(outcomes.values()),
        "seconds": round(seconds, 1),
        "processor_seconds": round(time.process_time() - worked, 1),
        "customers_a_second": round(len(keys) / seconds),
        "queries": len(queries),
        "memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


def main() -> None:
    """Build and measure in this process; prints the figures as JSON."""
    import django

    django.setup()
    begun = time.perf_counter()
    build(CUSTOMERS)
    print(f"built in {time.perf_counter() - begun:.0f} s", file=sys.stderr)
    print(json.dumps({"one product, all customers": one_against_all()}))


if __name__ == "__main__":
    main()
