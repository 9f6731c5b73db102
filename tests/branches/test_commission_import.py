"""A commission grid by the import desk: errors beside cells, authority of who releases it."""

from __future__ import annotations

from decimal import Decimal

import pytest

from branches.imports.commission import COMMISSION, RateField
from branches.models import CommissionRate
from branches.states import Kind
from brokerage.backoffice.imports.states import Status
from brokerage.backoffice.imports.template_file import template_file
from brokerage.backoffice.models import ImportRow
from brokerage.core.roles import Role
from tests.backoffice.factories import staff
from tests.backoffice.test_import_desk import bring, release
from tests.branches.factories import make_unit
from tests.branches.test_imports import errors, sheet

pytestmark = pytest.mark.django_db
GOOD = {
    "unit": "JH-01",
    "market": "SH",
    "product": "stock",
    "business": "ordinary",
    "rate": "0.025%",
    "minimum": "5",
    "includes_handling": "yes",
    "includes_regulatory": "是",
    "includes_transfer": "no",
    "valid_from": "2026-06-01",
}


@pytest.fixture
def outlet():
    return make_unit(code="JH-01", under=make_unit(Kind.BRANCH_COMPANY))


@pytest.mark.parametrize(
    ("text", "share"),
    [
        ("0.00025", "0.00025"),
        ("0.025%", "0.00025"),
        ("0.25‰", "0.00025"),
        ("万2.5", "0.00025"),
        ("万分之2.5", "0.00025"),
        ("０．０２５％", "0.00025"),
    ],
)
def test_a_rate_is_read_as_people_write_it(text, share):
    assert RateField(max_digits=12, decimal_places=8).clean(text) == Decimal(share)


def test_a_row_becomes_a_released_rate(outlet):
    maker, checker = staff(Role.HEAD_OFFICE), staff(Role.HEAD_OFFICE)
    run = release(bring(COMMISSION, maker, sheet(GOOD)), maker, checker)
    assert run.status == Status.TAKEN
    rate = CommissionRate.objects.approved().get(unit=outlet)
    assert (rate.rate, rate.includes_transfer) == (Decimal("0.00025"), False)
    assert (rate.made_by_ref, rate.checked_by_ref) == (maker.ref, checker.ref)


def test_who_releases_needs_the_authority_for_each_rate(outlet):
    maker = staff(Role.HEAD_OFFICE)
    checker = staff(Role.OPERATIONS)  # releases lists, but no rates
    release(bring(COMMISSION, maker, sheet(GOOD)), maker, checker)
    assert not CommissionRate.objects.exists()
    assert "You do not release rates" in str(ImportRow.objects.get().content)


@pytest.mark.parametrize(
    ("change", "column"),
    [
        ({"unit": "XX-1"}, "unit"),
        ({"market": "HK"}, "market"),
        ({"rate": "0.4%"}, "rate"),
        ({"rate": "0.00001"}, "rate"),
        ({"rate": ""}, "rate"),
        ({"rate": "=1+1"}, "rate"),
        ({"minimum": "6"}, "minimum"),
        ({"includes_handling": "vielleicht"}, "includes_handling"),
    ],
)
def test_an_error_stands_beside_its_cell(outlet, change, column):
    run = bring(COMMISSION, staff(Role.HEAD_OFFICE), sheet(GOOD | change))
    assert column in errors(run)


def test_the_template_reads_back_as_it_is(outlet):
    run = bring(COMMISSION, staff(Role.HEAD_OFFICE), template_file(COMMISSION))
    assert errors(run) == {}
