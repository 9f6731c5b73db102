"""Product lists and daily values by the import desk: errors beside cells, nothing twice."""

from __future__ import annotations

from decimal import Decimal

import pytest

from brokerage.backoffice.imports.refusals import UnableToImport
from brokerage.backoffice.imports.states import Status
from brokerage.backoffice.imports.template_file import template_file
from brokerage.core import clock
from brokerage.core.roles import Role
from products.imports.lists import PRODUCT_LIST
from products.imports.values import DAILY_VALUES
from products.models import DailyValue, Product
from tests.backoffice.factories import staff
from tests.backoffice.test_import_desk import bring, release
from tests.branches.test_imports import errors, sheet
from tests.products.factories import a_listed_product, an_issuer, with_values
from tests.suitability.factories import AT
from tests.suitability.matching import a_graded_item

pytestmark = pytest.mark.django_db
FACTS = "manager: 沈知行 | Shen Zhixing; custodian：梧洲银行｜Wuzhou Bank；founded: 2021-04-12"


@pytest.fixture(autouse=True)
def on_monday(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: AT)


def product_row(**values: str) -> dict[str, str]:
    given = {
        "code": a_graded_item().code,
        "family": "fund",
        "issuer": an_issuer().credit_code,
        "registration": "备案 0001",
        "open": "yes",
        "summary_zh": "短期国债",
        "summary_en": "Short bills",
        "risk_zh": "会下跌",
        "risk_en": "It falls",
        "facts": FACTS,
    }
    return given | values


def test_a_row_registers_a_product_that_is_not_for_sale_yet():
    maker, checker = staff(Role.HEAD_OFFICE), staff(Role.HEAD_OFFICE)
    row = product_row()
    run = release(bring(PRODUCT_LIST, maker, sheet(row)), maker, checker)
    assert run.status == Status.TAKEN
    product = Product.objects.get(item__code=row["code"])
    assert product.attributes["custodian"] == {"zh": "梧洲银行", "en": "Wuzhou Bank"}
    assert not Product.objects.for_sale(AT.date()).exists()


@pytest.mark.parametrize(
    ("change", "column"),
    [
        ({"code": "NOT-THERE"}, "code"),
        ({"family": "lottery"}, "family"),
        ({"issuer": "9" * 18}, "issuer"),
        ({"open": "maybe"}, "open"),
        ({"facts": "coupon: 2% | 2%"}, "facts"),
        ({"facts": FACTS.replace("2021-04-12", "12.4.2021")}, "facts"),
        ({"family": "private", "facts": ""}, "open"),
        ({"risk_zh": ""}, "risk_zh"),
    ],
)
def test_an_error_stands_beside_its_cell(change: dict[str, str], column: str):
    run = bring(PRODUCT_LIST, staff(Role.HEAD_OFFICE), sheet(product_row(**change)))
    assert column in errors(run)


def test_a_product_is_registered_once():
    row = product_row(code=a_listed_product().item.code)
    assert "code" in errors(bring(PRODUCT_LIST, staff(Role.HEAD_OFFICE), sheet(row)))


def test_values_are_added_and_a_known_day_is_corrected_once():
    product = with_values(a_listed_product(), "1.0", "1.1")
    maker, checker = staff(Role.OPERATIONS), staff(Role.OPERATIONS)
    row = {"code": product.item.code, "day": "2026-02-27", "value": "1.2", "benchmark": "1"}
    release(bring(DAILY_VALUES, maker, sheet(row)), maker, checker)
    with pytest.raises(UnableToImport, match="This very file"):
        release(bring(DAILY_VALUES, maker, sheet(row)), maker, checker)
    assert DailyValue.objects.filter(product=product).count() == 2
    assert DailyValue.objects.get(product=product, day="2026-02-27").value == Decimal("1.2")


@pytest.mark.parametrize(
    ("change", "column"),
    [
        ({"day": "2026-03-03"}, "day"),
        ({"day": "30.2.2026"}, "day"),
        ({"value": "0"}, "value"),
        ({"value": "-1"}, "value"),
        ({"value": "1.1234567"}, "value"),
        ({"value": "1e9"}, "value"),
        ({"value": "2.5"}, "value"),
        ({"code": "NOT-THERE"}, "code"),
    ],
)
def test_a_bad_value_is_said_beside_its_cell(change: dict[str, str], column: str):
    product = with_values(a_listed_product(), "1.0", "1.1")
    row = {"code": product.item.code, "day": "2026-03-02", "value": "1.1", "benchmark": ""}
    run = bring(DAILY_VALUES, staff(Role.OPERATIONS), sheet(row | change))
    assert column in errors(run)
    assert DailyValue.objects.filter(product=product).count() == 2


def test_a_leap_that_was_checked_is_taken():
    product = with_values(a_listed_product(), "1.0", "1.1")
    maker, checker = staff(Role.OPERATIONS), staff(Role.OPERATIONS)
    row = {"code": product.item.code, "day": "2026-03-02", "value": "0.5", "benchmark": "1"}
    assert "value" in errors(bring(DAILY_VALUES, maker, sheet(row | {"checked": "no"})))
    release(bring(DAILY_VALUES, maker, sheet(row | {"checked": "是"})), maker, checker)
    assert DailyValue.objects.get(product=product, day="2026-03-02").value == Decimal("0.5")


@pytest.mark.parametrize("importer", [PRODUCT_LIST, DAILY_VALUES], ids=["products", "values"])
def test_the_template_has_every_column(importer):
    run = bring(importer, staff(Role.HEAD_OFFICE), template_file(importer))
    assert set(errors(run)) <= {"code", "issuer"}  # what the example names is not there
