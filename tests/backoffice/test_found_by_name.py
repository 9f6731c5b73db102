"""Customers and their applications are found by a whole name, which no column shows in plain."""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import Application
from branches.models import OrgUnit
from brokerage.core.lookup_rotation import columns, rehash
from brokerage.core.roles import Role
from brokerage.customers.models import Customer
from brokerage.customers.models.customers import name_hash
from brokerage.customers.rules.names import BETWEEN, search_form
from tests import records
from tests.backoffice.factories import desk
from tests.branches.factories import make_unit
from tests.customers.factories import PHONE, a_customer, an_identified_customer

NAMES = columns.get("customers.Customer.name_hash")


def found(client: Client, model: str, term: str) -> str:
    answer = client.post(reverse(f"admin:{model}_search"), {"term": term}, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


@given(st.text(), st.sampled_from(sorted(BETWEEN)), st.sampled_from(" \u3000\t\u00a0"))
def test_however_it_is_typed_it_is_the_same_name(name: str, mark: str, blank: str) -> None:
    form = search_form(name)
    assert search_form(form) == form
    assert search_form(f"{blank}{mark}{name}{mark}{blank}") == form
    assert search_form(name.upper()) == search_form(name.upper().lower())


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("张 三", "张三"),
        ("阿依古丽・买买提", "阿依古丽·买买提"),
        ("ＷＡＮＧ　Xiaoming", "Wang Xiaoming"),
        ("o’neill-smith", "O'Neill Smith"),
    ],
)
def test_names_that_are_the_same(typed: str, kept: str) -> None:
    assert search_form(typed) == search_form(kept) != ""


def test_another_name_is_another() -> None:
    assert search_form("张三") != search_form("张三丰")


@pytest.fixture
def outlet(db: None) -> OrgUnit:
    return make_unit()


@pytest.fixture
def zhang(outlet: OrgUnit) -> Customer:
    customer = an_identified_customer(name="张三丰")
    customer.home_outlet_ref = outlet.ref
    customer.save()
    return Customer.objects.get(pk=customer.pk)


def test_one_finds_customers_of_ones_own_outlets_and_sees_them_masked(
    zhang: Customer, outlet: OrgUnit
) -> None:
    row = reverse("admin:customers_customer_change", args=[zhang.ref])
    own, other = desk(Role.BRANCH_MANAGER, outlet), desk(Role.BRANCH_MANAGER, make_unit())
    for term in ("张三丰", " 张 三丰 ", PHONE, str(zhang.id_number)):
        page = found(own, "customers_customer", term)
        assert row in page
        assert "张三丰" not in page.partition("<table")[2]
        assert row not in found(other, "customers_customer", term)
    for term in ("张三", "三丰", "张三丰1"):
        assert row not in found(own, "customers_customer", term)


def test_an_application_is_found_by_the_name_on_it_and_by_its_customer(
    zhang: Customer, outlet: OrgUnit
) -> None:
    application: Application = records.application(outlet, None)
    Application.objects.filter(pk=application.pk).update(customer=zhang)
    application.refresh_from_db()
    application.set_applicant_name("欧阳·映雪")
    application.save()
    row = reverse("admin:accounts_application_change", args=[application.ref])
    reviewer = desk(Role.REVIEWER, outlet)
    for term in ("欧阳映雪", "张三丰", PHONE, str(zhang.id_number), str(application.ref)):
        assert row in found(reviewer, "accounts_application", term)
    assert row not in found(reviewer, "accounts_application", "欧阳")
    stranger = desk(Role.REVIEWER, make_unit())
    assert row not in found(stranger, "accounts_application", "欧阳映雪")


def test_no_look_up_reads_the_table_from_end_to_end(zhang: Customer, outlet: OrgUnit) -> None:
    """Two conditions on two tables, said with one `or`, would read every row."""
    from brokerage.backoffice.admin.search import conditions, narrowed
    from brokerage.backoffice.lists.customers import WHO

    rows = narrowed(Customer.objects.order_by("-pk"), conditions(PHONE, WHO))
    assert list(rows) == [zhang]
    with connection.cursor() as cursor:
        cursor.execute("set local enable_seqscan = off")  # a handful of rows is always read whole
        query, values = rows.query.sql_with_params()
        cursor.execute(f"explain {query}", values)
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "Seq Scan" not in plan


def run(*words: str) -> str:
    out = StringIO()
    call_command("rotate_keys", "--lookup", *words, stdout=out, stderr=out)
    return out.getvalue()


def test_rows_older_than_the_column_are_filled_beside_the_load(
    zhang: Customer, outlet: OrgUnit
) -> None:
    records.application(outlet, None)
    Customer.objects.update(name_hash=None)
    Application.objects.update(applicant_name_hash=None)
    nameless = a_customer("+8613700009999")
    with pytest.raises(CommandError, match="run it again"):
        run("--check")

    assert "customers.Customer.name_hash: 2 made anew" in run("--batch", "1")

    assert run("--check")
    zhang.refresh_from_db()
    assert zhang.name_hash == name_hash("张三丰")
    assert Application.objects.get().applicant_name_hash is not None
    nameless.refresh_from_db()
    assert nameless.name_hash is None


def test_the_look_up_key_changes_for_names_too(zhang: Customer, settings: Any) -> None:
    from dataclasses import replace

    old = settings.KEYS
    settings.KEYS = replace(old, lookup=b"n" * 32, lookup_others=(old.lookup,))
    assert rehash(NAMES).changed == 1
    zhang.refresh_from_db()
    assert zhang.name_hash == name_hash("张三丰")
