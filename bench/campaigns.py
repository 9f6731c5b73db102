"""Whom an offer reaches, counted over very many customers.

    BENCH_ROWS=100000 python -m bench campaigns

Customers are made by SQL beside a fresh demonstration: nine of ten have a log-in, eight of ten
agreed to offers, nine of ten have an assessment that was read, some hold the product, complain,
were offered something lately or have all the messages that the limit allows. Assessments are
narrow rows: counting asks only for those of customers whose assessment was not read.
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import time
from datetime import timedelta
from typing import Any

from bench.copies import copy, run
from bench.portal import figures_from, running_portal

ROWS = int(os.environ.get("BENCH_ROWS", "1000000"))
ROUNDS = 3
Figures = dict[str, float | int]
NUMBER = "generate_series(1, %s) n"
MADE = "(SELECT id, row_number() OVER (ORDER BY id) n FROM customers_customer WHERE id > %s) c"
WISHES = """
INSERT INTO products_statedwish
    (customer_id, assessment_id, investor_class, lowest, valid_until, horizon, types)
SELECT a.customer_id, a.id, 'C' || 1 + a.id %% 5, a.id %% 50 = 0, %s,
    (ARRAY['one_year', 'five_years', 'any'])[1 + a.id %% 3],
    CASE WHEN a.id %% 4 = 0 THEN ARRAY['fixed_income'] ELSE ARRAY['fixed_income', 'equity'] END
FROM suitability_assessment a WHERE a.customer_id > %s AND a.id %% 50 <> 7
ON CONFLICT DO NOTHING
"""


def measure() -> dict[str, Figures]:
    """Seconds of one preview of everybody, of one outlet's, and of the night's coverage."""
    with running_portal() as (_address, environment):
        sizes = {"BENCH_ROWS": str(ROWS)}
        found: dict[str, Figures] = figures_from(
            "bench.campaigns", environment={**environment, **sizes}
        )
    return found


def build(rows: int) -> None:
    """Add `rows` customers with all that a campaign looks at."""
    from brokerage.core import clock
    from brokerage.customers.models import Consent, ConsentText, Customer
    from brokerage.users.models import User
    from products.models import Holding, Mute, Product
    from suitability.models import Assessment

    today = clock.today()
    user = _first(User.objects.filter(kind="customer"))
    customer = _first(Customer.objects.all())
    paper = _first(Assessment.objects.exclude(confirmed_at=None))
    text = _first(ConsentText.objects.all())
    last, last_user = _last(Customer), _last(User)
    fresh = {"ref": "gen_random_uuid()"}
    phone = {"phone_hash": "'bench' || n", "phone": "'bench'", "email": "NULL"}
    run(copy(User, f"users_user s, {NUMBER} WHERE s.id = %s", **fresh, **phone), rows, user.pk)
    outlets = "(SELECT array_agg(ref) refs FROM branches_orgunit WHERE kind = 'outlet') o"
    mine = (
        f"customers_customer s, {NUMBER} LEFT JOIN (SELECT id, row_number() OVER (ORDER BY id) m"
        f" FROM users_user WHERE id > %s) u ON u.m = n AND n %% 10 > 0, {outlets} WHERE s.id = %s"
    )
    bare = dict.fromkeys(("name", "name_hash", "id_number", "id_hash", "birth_date"), "NULL")
    home = {"user_id": "u.id", "home_outlet_ref": "o.refs[1 + n %% cardinality(o.refs)]"}
    made = copy(Customer, mine, **fresh, **bare, **home, id_type="''")
    run(made, rows, last_user, customer.pk)
    for purpose in ("marketing", "personalisation"):
        given = {"ref": "gen_random_uuid()", "customer_id": "c.id", "purpose": f"'{purpose}'"}
        given |= {"text_id": str(text.pk), "given_at": "now()", "channel": "'portal'"}
        given |= {"withdrawn_at": "NULL", "withdrawn_channel": "''"}
        source = f"(SELECT 1) s, {MADE} WHERE c.n %% 5 > 0"
        run(copy(Consent, source, **given), last, triggers=False)
    bare = {"answers": "''", "inputs": "''", "changed": "''", "customer_id": "c.id"}
    papers = f"suitability_assessment s, {MADE} WHERE s.id = %s AND c.n %% 10 <> 3"
    run(copy(Assessment, papers, **fresh, **bare), last, paper.pk, triggers=False)
    run(WISHES, today + timedelta(days=300), last)
    product = _product()
    one = f"(SELECT 1) s, {MADE} WHERE c.n %% 20 = 1"
    held = {"customer_id": "c.id", "product_id": str(product.pk), "units": "1", "reserved": "0"}
    run(copy(Holding, one, **held), last)
    muted = {"customer_id": "c.id", "family": "'plan'", "since": "now()"}
    run(copy(Mute, f"(SELECT 1) s, {MADE} WHERE c.n %% 30 = 2", **muted), last)
    _messages(last)
    run("ANALYZE")
    assert Product.objects.filter(pk=product.pk).exists()


def _messages(last: int) -> None:
    """Two messages of offers for everybody with a log-in, ten for one of thirty."""
    from brokerage.messaging.models import Message, TextVersion

    text = _first(TextVersion.objects.filter(purpose="marketing"))
    each = "generate_series(1, CASE WHEN c.id %% 30 = 4 THEN 10 ELSE 2 END) k"
    source = f"(SELECT 1) s, customers_customer c, {each}"
    given = {
        "ref": "gen_random_uuid()",
        "user_id": "c.user_id",
        "text_id": str(text.pk),
        "purpose": "'marketing'",
        "language": "'zh-hans'",
        "context": "NULL",
        "dedupe_key": "'bench:' || c.id || ':' || k",
        "rule_version": "'bench'",
        "created_at": "now() - interval '3 days'",
        "read_at": "NULL",
    }
    where = " WHERE c.id > %s AND c.user_id IS NOT NULL"
    run(copy(Message, source + where, **given), last)


def _product() -> Any:
    from brokerage.core import clock
    from products.models import Product

    rows = Product.objects.for_sale(clock.today()).openly().filter(item__requirements=[])
    product = rows.order_by("-item__months", "pk").first()
    assert product is not None, "the demonstration sells funds"
    return product


def _first(rows: Any) -> Any:
    """The oldest; the demonstration has some."""
    found = rows.order_by("pk").first()
    assert found is not None, rows.model
    return found


def _last(model: Any) -> int:
    newest: int = model.objects.order_by("-pk").values_list("pk", flat=True)[0]
    return newest


def count() -> dict[str, Figures]:
    """The preview of everybody and of one outlet, best and median of some rounds."""
    from branches.models import OrgUnit
    from brokerage.core import clock
    from products.selectors.reach import count_reach
    from products.use_cases.campaigning import audience_for

    found: dict[str, Figures] = {}
    outlet = _first(OrgUnit.objects.filter(kind="outlet"))
    whole = _first(OrgUnit.objects.filter(kind="head_office"))
    for name, unit in (("preview of everybody", whole), ("preview of one outlet", outlet)):
        audience = audience_for(unit=unit, product=_product(), kind="", on=clock.today())
        waited = []
        for _round in range(ROUNDS):
            begun = time.perf_counter()
            counts = count_reach(audience, clock.now())
            waited.append(time.perf_counter() - begun)
        found[name] = {
            "customers": counts.whole,
            "reached": counts.reached,
            **{f"against_{why}": number for why, number in sorted(counts.against.items())},
            "seconds": round(statistics.median(waited), 2),
            "seconds_first": round(waited[0], 2),
        }
    return found


def coverage() -> Figures:
    """The night's count of who holds a fund, by outlet, over the same customers."""
    from brokerage.core import clock
    from products.models import Coverage
    from products.use_cases.counting_coverage import count_coverage

    begun = time.perf_counter()
    outlets = count_coverage(at=clock.now())
    seconds = round(time.perf_counter() - begun, 2)
    customers = sum(Coverage.objects.values_list("customers", flat=True))
    return {"customers": customers, "outlets": outlets, "seconds": seconds}


def main() -> None:
    """Build and measure in this process; prints the figures as JSON."""
    import django

    django.setup()
    begun = time.perf_counter()
    build(ROWS)
    print(f"built in {time.perf_counter() - begun:.0f} s", file=sys.stderr)
    print(json.dumps(count() | {"coverage by outlet": coverage()}))


if __name__ == "__main__":
    main()
