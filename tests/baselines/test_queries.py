"""Each page asks the database as often as tests/baselines/queries.json says, and no more.

A page that needs fewer or more queries on purpose: `REWRITE=1 pytest tests/baselines` writes the
file anew; the change is read in review. Lists are asked with 3 and with 9 rows.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from django.contrib import admin
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from branches.models import OrgUnit
from brokerage.core.roles import Role, sync_roles
from brokerage.customers.use_cases import load_consent_texts
from brokerage.messaging import send
from brokerage.messaging.use_cases.load_texts import load_texts
from tests import records
from tests.accounts.factories import a_complete_draft
from tests.backoffice.factories import desk_of, staff
from tests.branches.factories import make_unit
from tests.customers.factories import an_identified_customer
from tests.messaging.factories import a_text
from tests.partners.factories import Api, a_client, a_partner, token_for
from tests.suitability.factories import an_open_assessment
from tests.users.factories import sign_in
from tests.visits.factories import an_outlet

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
FILE = Path(__file__).with_name("queries.json")
FEW, MANY = 3, 9
HOME_QUERIES = 8
FINDER = ["/branches/", "/branches/?q=x&open=1&service=open_account", "/branches/OUTLET-1/"]
VISITOR = ["/", "/style-guide/", "/risk-notice/", "/costs/", "/login/", "/staff/login/", "/open/"]
VISITOR += ["/insights/", "/products/"]
CUSTOMER = ["/", "/me/", "/me/correct/", "/me/agreements/", "/me/export/", "/me/looks/"]
CUSTOMER += ["/me/timeline/", "/messages/", "/messages/settings/", "/account/security/"]
CUSTOMER += ["/account/sessions/", "/suitability/", "/suitability/permissions/", "/visits/"]
CUSTOMER += ["/assets/", "/products/", "/products/orders/"]
CUSTOMER += [
    "/insights/",
    "/insights/following/",
    "/insights/reminders/",
    "/insights/cooling-off/",
]
PROVED = ("video/", "agreements/", "passwords/")
LISTS = sorted(model._meta.label for model in admin.site._registry)
EVERYTHING = Role.COMPLIANCE  # reads every list but a few, which head office and others read
READERS = (EVERYTHING, Role.HEAD_OFFICE, Role.OPERATIONS, Role.BRANCH_MANAGER)


def queries(client: Any, path: str) -> int:
    """How many queries the page needs when it is opened a second time."""
    client.get(path)
    with CaptureQueriesContext(connection) as caught:
        answer = client.get(path)
    assert answer.status_code == 200, path
    return len(caught)


def compare(part: str, measured: dict[str, int]) -> None:
    """Compare with the file, or write it."""
    kept: dict[str, dict[str, int]] = json.loads(FILE.read_text()) if FILE.exists() else {}
    if os.environ.get("REWRITE"):
        kept[part] = measured
        FILE.write_text(json.dumps(kept, indent=2, sort_keys=True) + "\n")
    assert measured == kept.get(part), "REWRITE=1 accepts these numbers"


@pytest.fixture
def house(at) -> None:
    """Roles and texts."""
    sync_roles()
    load_consent_texts(at=at)
    load_texts(at=at)


def test_pages_of_a_visitor() -> None:
    compare("visitor", {path: queries(Client(), path) for path in VISITOR})


def test_pages_of_the_finder_and_of_booking() -> None:
    for number in range(FEW):
        an_outlet(code=f"OUTLET-{number}")
    booking = ["/visits/new/", "/visits/new/?purpose=finish_step"]
    booking += ["/visits/new/?purpose=finish_step&outlet=OUTLET-1"]
    measured = {path: queries(Client(), path) for path in FINDER + booking}
    assert measured["/branches/"] <= 4
    for number in range(FEW, 2 * FEW):
        an_outlet(code=f"OUTLET-{number}")
    assert {path: queries(Client(), path) for path in FINDER + booking} == measured
    compare("finder", measured)


def test_pages_of_a_customer(house: None, at) -> None:
    customer = an_identified_customer()
    draft = a_complete_draft(customer)
    paper = an_open_assessment(customer, changed="换了工作")
    client = sign_in(Client(), customer.user, stepped_up=True)
    measured = {path: queries(client, path) for path in CUSTOMER}
    for part in ("", "identity/", "outlet/", "send/", "withdraw/", "elsewhere/", *PROVED):
        measured[f"/open/<ref>/{part}"] = queries(client, f"/open/{draft.ref}/{part}")
    for part in ("1/", "check/"):
        measured[f"/suitability/<ref>/{part}"] = queries(
            client, f"/suitability/{paper.ref}/{part}"
        )
    compare("customer", measured)
    assert measured["/"] <= HOME_QUERIES


def test_task_homes(house: None) -> None:
    measured = {}
    for role in READERS:
        unit = make_unit()
        user = staff(role, unit)
        records.application(unit, user)
        measured[str(role)] = queries(desk_of(user), reverse("admin:index"))
    compare("task home", measured)


@pytest.mark.parametrize("label", LISTS)
def test_lists_of_the_back_office_do_not_grow_with_their_rows(house: None, label: str) -> None:
    unit = make_unit()
    maker = staff(Role.BRANCH_MANAGER, unit)
    client = desk_of(next(user for user in map(staff, READERS) if may_list(user, label)))
    path = reverse(f"admin:{label.lower().replace('.', '_')}_changelist")
    add(label, unit, maker, FEW)
    few = queries(client, path)
    add(label, unit, maker, MANY - FEW)
    assert queries(client, path) == few
    compare(f"list {label}", {"queries": few})


def may_list(user: Any, label: str) -> bool:
    path = reverse(f"admin:{label.lower().replace('.', '_')}_changelist")
    return desk_of(user).get(path).status_code == 200


def add(label: str, unit: OrgUnit, maker: Any, rows: int) -> None:
    """More records of a kind; those that hang together are one anyway."""
    for _row in range(rows):
        if label == "branches.OrgUnit":
            make_unit()
        else:
            records.RECORDS[label](unit, maker)


def test_the_inbox_does_not_grow_with_its_messages(house: None, at) -> None:
    customer = an_identified_customer()
    client = sign_in(Client(), customer.user)
    a_text()
    found = []
    for start, stop in ((0, FEW), (FEW, MANY)):
        for number in range(start, stop):
            send(kind="tests.note", customer=customer, context={}, at=at, dedupe_key=f"q:{number}")
        found.append([queries(client, path) for path in ("/", "/messages/", "/me/timeline/")])
    assert found[0] == found[1]


def test_lists_of_the_api_do_not_grow_with_their_rows(house: None) -> None:
    partner = a_partner()
    api = Api(token_for(a_client(partner)[1]))
    measured = []
    for start, stop in ((0, FEW), (FEW, MANY)):
        for number in range(start, stop):
            body = json.dumps({"partner_reference": f"r{number}"})
            assert api.post("entries", body, f"k{number}").status_code == 201
        measured.append(queries(api, "entries"))
    assert measured[0] == measured[1]
    compare("api", {"entries": measured[0], "me": queries(api, "me")})
