"""Lists of the back office over very many customers, opened by a manager and by head office.

    BENCH_ROWS=50000 python -m bench rows

Rows are made by SQL beside a fresh demonstration, each customer with one application, copied from
those of the demonstration. Six of ten are at one outlet, so that its list has thousands of pages,
one outlet has next to none, the others share the rest. A million is the aim and the default. The
figures are milliseconds of the server for one whole page, best of seven, without the network.
"""

from __future__ import annotations

import json
import os
import time
from typing import Any

from bench.portal import figures_from, running_portal

ROWS = int(os.environ.get("BENCH_ROWS", "1000000"))
GOAL_MS = 100
ROUNDS = 7
SEALED = 120
"""Rows at the top of each list that get a sealed name of their own; more than a page shows."""
DEEP = 5_000
"""Page that is opened by its key; the last one where there are fewer."""
LARGE, SMALL = "JH-01", "JH-PJ"
"""Codes of the outlet with six of ten customers, and of the one with a few dozen."""
NAME, SHARE = "王小明", 4_000
"""One customer in so many has this name."""
Figures = dict[str, float | int | str]

CUSTOMERS = """
insert into customers_customer
select made.*
from (select * from customers_customer order by id limit 1) as model,
    (select array_agg(ref order by id) as refs from branches_orgunit
     where kind = 'outlet' and closed_on is null and code not in (%(large)s, %(small)s)) as others,
    (select ref from branches_orgunit where code = %(large)s) as large,
    (select ref from branches_orgunit where code = %(small)s) as small,
    generate_series(1, %(rows)s) as number,
    lateral jsonb_populate_record(null::customers_customer, to_jsonb(model) || jsonb_build_object(
        'id', nextval(pg_get_serial_sequence('customers_customer', 'id')),
        'ref', gen_random_uuid(), 'user_id', null, 'closed_at', null,
        'name', null, 'id_number', null, 'birth_date', null, 'id_type', '', 'id_hash', null,
        'name_hash', case when number %% %(share)s = 0 then %(name_hash)s
            else encode(sha256(int4send(number %% 200000)), 'hex') end,
        'home_outlet_ref', case
            when number %% 30000 = 1 then small.ref when number %% 10 < 6 then large.ref
            else others.refs[1 + number / 10 %% cardinality(others.refs)] end
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
) as models on models.place = case
    when customer.id %% 2 = 0 then 0 else customer.id %% all_models.number end,
    lateral jsonb_populate_record(null::accounts_application, models.model || jsonb_build_object(
        'id', nextval(pg_get_serial_sequence('accounts_application', 'id')),
        'ref', gen_random_uuid(), 'customer_id', customer.id, 'outlet_id', outlet.id,
        'applicant_name_hash', customer.name_hash
    )) as made
where not exists (
    select from accounts_application as held where held.customer_id = customer.id)
"""


def measure() -> dict[str, Figures]:
    """Milliseconds of each list and search."""
    with running_portal() as (_address, environment):
        found: dict[str, Figures] = figures_from("bench.rows", environment=environment)
    return found


def build(rows: int) -> float:
    """Add `rows` customers with an application each; returns the seconds that it took."""
    from django.db import connection, transaction

    from brokerage.customers.models.customers import name_hash

    given: dict[str, Any] = {"rows": rows, "large": LARGE, "small": SMALL, "share": SHARE}
    begun = time.perf_counter()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("set local session_replication_role = replica")  # no trigger for each row
        cursor.execute("set local statement_timeout = 0")
        cursor.execute(CUSTOMERS, given | {"name_hash": name_hash(NAME)})
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
    from branches.models import OrgUnit, StaffAssignment
    from branches.states import HEAD
    from brokerage.customers.models import Customer
    from brokerage.customers.models.customers import name_hash

    customers = reverse("admin:customers_customer_changelist")
    applications = reverse("admin:accounts_application_changelist")
    outlet, small = (OrgUnit.objects.get(code=code) for code in (LARGE, SMALL))
    sent = Application.objects.filter(outlet=outlet).exclude(status="draft").order_by("pk")
    status = sent.values_list("status", flat=True)[sent.count() - 1]
    filtered = f"{applications}?status__exact={status}&outlet__id__exact={outlet.pk}"
    here = Application.objects.filter(outlet=outlet, status=status)
    _seal(here.order_by("-pk")[:SEALED], "applicant_name")
    _seal(Customer.objects.filter(home_outlet_ref=outlet.ref).order_by("-pk")[:SEALED], "name")
    _seal(Customer.objects.order_by("-pk")[:SEALED], "name")
    called = name_hash(NAME)
    _seal(
        Application.objects.filter(applicant_name_hash=called).order_by("-pk")[:SEALED],
        "applicant_name",
    )
    _seal(Customer.objects.filter(name_hash=called).order_by("-pk")[:SEALED], "name")
    deep_customers = _deep(Customer.objects.all(), "name")
    deep_here = _deep(here, "applicant_name")
    head = StaffAssignment.objects.filter(unit=small, role=HEAD, acting=False).get().user
    clients = {"manager": _client("branch_manager"), "head office": _client("head_office")}
    clients["manager of a small outlet"] = _of(head)
    found: dict[str, Figures] = {}
    for who, client in clients.items():
        found[f"customers, {who}"] = _timed(client, customers)
    clients["reviewer"] = _client("reviewer")
    for who in ("manager", "head office", "reviewer"):
        client = clients[who]
        found[f"applications by outlet and status, {who}"] = _timed(client, filtered)
        number, ref = deep_here
        found[f"the same, page {number:,}, {who}"] = _timed(client, f"{filtered}&after={ref}")
    client = clients["head office"]
    number, ref = deep_customers
    found[f"customers, page {number:,}"] = _timed(client, f"{customers}?after={ref}")
    for name, term in _terms().items():
        for shown, label in ((customers, "customers"), (applications, "applications")):
            url = client.post(f"{shown}search/", {"term": term})["Location"]
            found[f"{label}, search by {name}"] = _timed(client, url)
    return found


def _seal(rows: Any, field: str) -> None:
    """Names on the rows that are shown: opening them is part of a page."""
    for row in rows:
        setattr(row, field, NAME)
        row.save(update_fields=[field])


def _deep(rows: Any, field: str) -> tuple[int, Any]:
    """The number of a page far down a list, and the row after which it begins."""
    from brokerage.backoffice.admin.base import ScopedAdmin

    size = ScopedAdmin.list_per_page
    page = min(DEEP, max(1, rows.count() // size - 1))
    start = size * (page - 1)
    shown = list(rows.order_by("-pk")[start : start + SEALED])
    _seal(shown, field)
    return page, shown[0].ref


def _terms() -> dict[str, str]:
    """A whole phone number, a reference, a number that nobody has, and a name that many have."""
    from brokerage.customers.models import Customer
    from brokerage.demo.logins import CUSTOMER_PHONE

    middle = Customer.objects.order_by("pk")[Customer.objects.count() // 2]
    return {
        "phone": CUSTOMER_PHONE,
        "reference": str(middle.ref),
        "document": "330702199001011234",
        "name": NAME,
    }


def _client(role: str) -> Any:
    from bench.lists import _staff

    return _of(_staff(role))


def _of(user: Any) -> Any:
    from bench.session import staff_client

    return staff_client(user)


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
