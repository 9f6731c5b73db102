"""Lists of the back office over very many customers, opened by a manager and by head office.

    BENCH_ROWS=50000 python -m bench rows

Rows are made by SQL beside a fresh demonstration, each customer with one application, copied from
those of the demonstration and spread over all outlets. A million is the aim and the default. The
figures are milliseconds of the server for one whole page, best of seven, without the network.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from typing import Any
from urllib.parse import urlencode

from bench.portal import running_portal
from brokerage.settings.env import BASE_DIR

ROWS = int(os.environ.get("BENCH_ROWS", "1000000"))
GOAL_MS = 100
ROUNDS = 7
SEALED = 120
"""Rows at the top of each list that get a sealed name of their own; more than a page shows."""
DEEP = 5_000
"""Page that is opened by its key; the last one where there are fewer."""
Figures = dict[str, float | int | str]

CUSTOMERS = """
insert into customers_customer
select made.*
from (select * from customers_customer order by id limit 1) as model,
    (select array_agg(ref order by id) as refs from branches_orgunit
     where kind = 'outlet' and closed_on is null) as outlets,
    generate_series(1, %s) as number,
    lateral jsonb_populate_record(null::customers_customer, to_jsonb(model) || jsonb_build_object(
        'id', nextval(pg_get_serial_sequence('customers_customer', 'id')),
        'ref', gen_random_uuid(), 'user_id', null, 'closed_at', null,
        'name', null, 'id_number', null, 'birth_date', null, 'id_type', '', 'id_hash', null,
        'home_outlet_ref', outlets.refs[1 + number %% cardinality(outlets.refs)]
    )) as made
"""

APPLICATIONS = """
insert into accounts_application
select made.*
from customers_customer as customer
join branches_orgunit as outlet on outlet.ref = customer.home_outlet_ref
cross join (
    select count(*) as number from accounts_application where status <> 'draft') as all_models
join (
    select row_number() over (order by id) - 1 as place, to_jsonb(application) as model
    from accounts_application as application where status <> 'draft'
) as models on models.place = customer.id %% all_models.number,
    lateral jsonb_populate_record(null::accounts_application, models.model || jsonb_build_object(
        'id', nextval(pg_get_serial_sequence('accounts_application', 'id')),
        'ref', gen_random_uuid(), 'customer_id', customer.id, 'outlet_id', outlet.id
    )) as made
where not exists (
    select from accounts_application as held where held.customer_id = customer.id)
"""


def measure() -> dict[str, Figures]:
    """Milliseconds of each list and search."""
    with running_portal() as (_address, environment):
        done = subprocess.run(
            [sys.executable, "-m", "bench.rows"],
            cwd=BASE_DIR,
            env=environment,
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        )
    found: dict[str, Figures] = json.loads(done.stdout.splitlines()[-1])
    return found


def build(rows: int) -> float:
    """Add `rows` customers with an application each; returns the seconds that it took."""
    from django.db import connection, transaction

    begun = time.perf_counter()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("set local session_replication_role = replica")  # no trigger for each row
        cursor.execute("set local statement_timeout = 0")
        cursor.execute(CUSTOMERS, [rows])
        cursor.execute(APPLICATIONS, [])
    with connection.cursor() as cursor:
        cursor.execute("set statement_timeout = 0")
        cursor.execute("vacuum analyze customers_customer")
        cursor.execute("vacuum analyze accounts_application")
    return time.perf_counter() - begun


def pages() -> dict[str, Figures]:
    """Every list that the aims name, by who opens it."""
    from django.urls import reverse

    from accounts.models import Application
    from branches.models import OrgUnit
    from brokerage.customers.models import Customer

    customers = reverse("admin:customers_customer_changelist")
    applications = reverse("admin:accounts_application_changelist")
    outlet = OrgUnit.objects.get(code="JH-01")
    sent = Application.objects.filter(outlet=outlet).exclude(status="draft")
    status = sent.order_by("pk")[0].status
    filtered = f"{applications}?status__exact={status}&outlet__id__exact={outlet.pk}"
    shown = Application.objects.filter(outlet=outlet, status=status)
    _seal(shown.order_by("-pk")[:SEALED], "applicant_name")
    _seal(Customer.objects.filter(home_outlet_ref=outlet.ref).order_by("-pk")[:SEALED], "name")
    _seal(Customer.objects.order_by("-pk")[:SEALED], "name")
    found: dict[str, Figures] = {}
    for role in ("branch_manager", "head_office"):
        client = _client(role)
        found[f"customers, {role}"] = _timed(client, customers)
        found[f"applications by outlet and status, {role}"] = _timed(client, filtered)
    deep = _deep(Customer)
    client = _client("head_office")
    found[f"customers, page {deep[0]:,}"] = _timed(client, f"{customers}?after={deep[1]}")
    for name, term in _terms().items():
        found[f"customers, search by {name}"] = _timed(
            client, f"{customers}?{urlencode({'q': term})}"
        )
    return found


def _seal(rows: Any, field: str) -> None:
    """Names on the rows that are shown: opening them is part of a page."""
    for row in rows:
        setattr(row, field, "王小明")
        row.save(update_fields=[field])


def _deep(model: Any) -> tuple[int, Any]:
    """The number of a page far down, and the row after which it begins."""
    from brokerage.backoffice.admin.base import ScopedAdmin

    size = ScopedAdmin.list_per_page
    page = min(DEEP, max(1, model.objects.count() // size - 1))
    rows = model.objects.order_by("-pk")
    start = size * (page - 1)
    _seal(rows[start : start + SEALED], "name")
    return page, rows[start].ref


def _terms() -> dict[str, str]:
    """What is searched for: a whole phone number, a reference, a number that nobody has."""
    from brokerage.customers.models import Customer
    from brokerage.demo.logins import CUSTOMER_PHONE

    middle = Customer.objects.order_by("pk")[Customer.objects.count() // 2]
    return {
        "phone": CUSTOMER_PHONE,
        "reference": str(middle.ref),
        "document": "330702199001011234",
    }


def _client(role: str) -> Any:
    from bench.lists import _staff
    from bench.session import staff_client

    return staff_client(_staff(role))


def _timed(client: Any, url: str) -> Figures:
    best = processor = float("inf")
    for _round in range(ROUNDS):
        begun, worked = time.perf_counter(), time.process_time()
        answer = client.get(url)
        best = min(best, time.perf_counter() - begun)
        processor = min(processor, time.process_time() - worked)
        assert answer.status_code == 200, answer.status_code
    return {
        "ms": round(best * 1000, 1),
        "processor_ms": round(processor * 1000, 1),  # of the web process, the database's not in it
        "goal_ms": GOAL_MS,
        "rows": ROWS,
    }


def main() -> None:
    """Build and measure in this process; prints the figures as JSON."""
    import django

    django.setup()
    seconds = build(ROWS)
    found: dict[str, Figures] = {"built": {"seconds": round(seconds, 1), "rows": ROWS}}
    print(json.dumps(found | pages()))


if __name__ == "__main__":
    main()
