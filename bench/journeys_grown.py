"""What a journey costs when a million customers are there already, beside ten thousand.

    BENCH_CUSTOMERS=100000 python -m bench journeys_grown

The same customers, one after the other in one process (`bench.journeys_within`), before and after
log-ins, customers, consents and applications are copied by SQL. Processor time, so that what else
the machine does weighs little.
"""

from __future__ import annotations

import os
import sys
from typing import Any

from bench import journeys_usage as usage
from bench.copies import copy, run
from bench.portal import figures_from, running_portal

FEW, MANY = 10_000, int(os.environ.get("BENCH_CUSTOMERS", "1000000"))
TIMES = "20"
Figures = dict[str, float | int | str]
NUMBER = "generate_series(1, %s) n"


def measure() -> dict[str, Figures]:
    """Milliseconds of web and database for one journey, and their ratio."""
    rows: dict[str, Figures] = {}
    with running_portal(
        setup="bench.journeys_setup", before_web=usage.shorten_waits, BROKERAGE_PROXIES="1"
    ) as (_address, environment):
        figures_from("bench.journeys_within", "1", "--json", environment=environment)
        for customers in (FEW, MANY):
            figures_from("bench.journeys_grown", str(customers), environment=environment)
            rows[f"{customers:,} customers"] = figures_from(
                "bench.journeys_within", TIMES, "--json", environment=environment
            )
    few, many = rows.values()
    each = {
        name: round(float(many[name]) / float(few[name]), 2) for name in ("web_ms", "database_ms")
    }
    both = [float(row["web_ms"]) + float(row["database_ms"]) for row in (few, many)]
    return {**rows, "a hundred times as many": {**each, "cost_ratio": round(both[1] / both[0], 2)}}


def build(customers: int) -> None:
    """Copy until there are so many customers."""
    from accounts.models import Application
    from brokerage.customers.models import Consent, Customer
    from brokerage.users.models import User

    lacking = customers - Customer.objects.count()
    user, customer, consent, application = map(
        _newest,
        (
            User.objects.filter(kind="customer"),
            Customer.objects.all(),
            Consent.objects.all(),
            Application.objects.exclude(status="draft"),
        ),
    )
    fresh = {"ref": "gen_random_uuid()"}
    last_user, last = _newest(User.objects.all()).pk, customer.pk
    phone = {"phone_hash": "'bench' || n || s.ref", "phone": "'bench'", "email": "NULL"}
    run(copy(User, f"users_user s, {NUMBER} WHERE s.id = %s", **fresh, **phone), lacking, user.pk)
    mine = (
        f"customers_customer s, {NUMBER} JOIN (SELECT id, row_number() OVER (ORDER BY id) m"
        " FROM users_user WHERE id > %s) u ON u.m = n WHERE s.id = %s"
    )
    bare = dict.fromkeys(("name", "name_hash", "id_number", "id_hash", "birth_date"), "NULL")
    home = {"user_id": "u.id", "home_outlet_ref": "NULL"}
    run(copy(Customer, mine, **fresh, **bare, **home, id_type="''"), lacking, last_user, last)
    of_each = "s, customers_customer c WHERE s.id = %s AND c.id > %s"
    theirs = {**fresh, "customer_id": "c.id"}
    for model, row in ((Consent, consent), (Application, application)):
        source = f"{model._meta.db_table} {of_each}"
        run(copy(model, source, **theirs), row.pk, last, triggers=False)
    run("ANALYZE")


def _newest(rows: Any) -> Any:
    found = rows.order_by("-pk").first()
    assert found is not None, f"a journey was made: {rows.model}"
    return found


def main() -> None:
    """Grow the portal of the environment to so many customers."""
    import django

    django.setup()
    build(int(sys.argv[1]))
    sys.stdout.write("{}\n")


if __name__ == "__main__":
    main()
