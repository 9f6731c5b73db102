"""Home and shelf of one customer, within the process; and the open shelf, over HTTP.

    python -m bench own_pages

The shelf holds 500 products. What is measured of a customer's page is what the server takes for
all of it, middleware and session included.
"""

from __future__ import annotations

import json
import sys
from typing import Any

from bench.copies import copy, run
from bench.in_process import asked, signed_in
from bench.load import drive
from bench.portal import figures_from, running_portal

PRODUCTS = 500
ASKED = 60
"""Times that the customer's page is asked."""
SHELF = "/products/"


def measure(*, seconds: float = 8.0) -> dict[str, Any]:
    """Figures of home and shelf for a customer, of the shelf for visitors."""
    with running_portal() as (address, environment):
        found: dict[str, Any] = {
            name: figures_from("bench.own_pages", name, environment=environment) for name in WORK
        }
        headers = {"Accept-Language": "zh-CN"}
        found["open_shelf"] = drive(address + SHELF, headers=headers, seconds=seconds).as_dict()
        return found


def _products() -> None:
    """Copies of a fund, each with an item, a grade and terms of its own."""
    from products.models import Product, Terms
    from suitability.models import GradedItem, ItemGrade

    lacking = PRODUCTS - Product.objects.count()
    if lacking <= 0:
        return
    first = Product.objects.filter(on_open_shelf=True, family="fund").order_by("pk").first()
    assert first is not None, "the demonstration sells funds"
    fresh = {"ref": "gen_random_uuid()"}
    numbers = "generate_series(1, %s) n"
    items = f"suitability_gradeditem s, {numbers} WHERE s.id = %s"
    code = {"code": "'BENCH-' || lpad(n::text, 4, '0')"}
    run(copy(GradedItem, items, **fresh, **code), lacking, first.item_id, triggers=False)
    ours = "suitability_gradeditem i WHERE i.code LIKE 'BENCH-%%'"
    grades = f"(SELECT * FROM suitability_itemgrade WHERE item_id = %s) s, {ours}"
    run(copy(ItemGrade, grades, **fresh, item_id="i.id"), first.item_id, triggers=False)
    made = f"(SELECT * FROM products_product WHERE id = %s) s, {ours}"
    run(copy(Product, made, **fresh, item_id="i.id"), first.pk, triggers=False)
    terms = (
        "(SELECT * FROM products_terms WHERE product_id = %s) s, products_product p"
        " JOIN suitability_gradeditem i ON i.id = p.item_id WHERE i.code LIKE 'BENCH-%%'"
    )
    run(copy(Terms, terms, **fresh, product_id="p.id"), first.pk, triggers=False)
    run("ANALYZE products_product, products_terms, suitability_gradeditem, suitability_itemgrade")


def _own_home() -> dict[str, float | int]:
    return asked(_customer(), "/", times=ASKED)


def _own_shelf() -> dict[str, float | int]:
    _products()
    return asked(_customer(), SHELF, times=ASKED)


def _customer() -> Any:
    """The customer whose log-in is printed, signed in."""
    from brokerage.demo.logins import CUSTOMER_PHONE
    from brokerage.users.models import User

    return signed_in(User.objects.with_phone("+86" + CUSTOMER_PHONE.replace(" ", "")).get())


WORK = {"own_home": _own_home, "own_shelf": _own_shelf}

if __name__ == "__main__":
    import django

    django.setup()
    print(json.dumps(WORK[sys.argv[1]]()))
