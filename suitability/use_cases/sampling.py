"""The yearly sample: a share of last year's ordinary buyers is called, drawn once."""

from __future__ import annotations

from datetime import date, datetime

from django.db import IntegrityError, transaction

from brokerage.core.clock import business_date, day_begins
from brokerage.journal.actors import Actor
from brokerage.journal.record import record
from suitability.models import InvestorStatus, SaleFollowUp
from suitability.rules.sampling import in_order, number_drawn
from suitability.sale_events import FollowUpPlanned
from suitability.sampling import Purchase, purchases, resting
from suitability.selectors.rules import sample_rules_on

ACTOR = Actor.system("suitability.sampling")


def draw_sample(*, at: datetime) -> int:
    """Draw the sample of the year before, once; before its day, and a second time, nothing.

    Of each buyer the last purchase of that year is asked about. Left out are professional
    investors of the year's last day, and who has no account in use now.

    Returns:
        How many buyers were drawn.
    """
    on = business_date(at)
    rules, year = sample_rules_on(on), on.year - 1
    if not rules.is_drawn_on(on) or SaleFollowUp.objects.filter(year=year).exists():
        return 0
    found = ordinary_buyers(year)
    order = in_order((each.buyer for each in found), year)
    bought = {each.buyer: each for each in found}
    drawn = order[: number_drawn(len(order), rules.percent)]
    try:
        with transaction.atomic():
            for place, buyer in enumerate(drawn, start=1):
                last = bought[buyer]
                row = SaleFollowUp.objects.create(
                    sale_ref=last.sale,
                    year=year,
                    place_drawn=place,
                    drawn_of=len(order),
                    drawn_at=at,
                    record_id=last.decision,
                    customer_id=last.customer,
                    seller_id=last.seller,
                    rule_version=rules.version,
                    text=rules.text,
                    sold_at=last.sold_at,
                    due_at=at + rules.due,
                )
                record(
                    FollowUpPlanned(subject=row.ref, customer=buyer, sale=last.sale),
                    actor=ACTOR,
                    at=at,
                    rule_version=rules.version,
                )
    except IntegrityError:
        if not SaleFollowUp.objects.filter(year=year).exists():
            raise
        return 0  # another worker drew the very same buyers
    return len(drawn)


def ordinary_buyers(year: int) -> list[Purchase]:
    """The last purchase in `year` of each ordinary investor whose account is in use."""
    start, end = day_begins(date(year, 1, 1)), day_begins(date(year + 1, 1, 1))
    last: dict[int, Purchase] = {}
    for source in purchases:
        for each in source(start, end):
            known = last.get(each.customer)
            if known is None or (known.sold_at, known.sale) < (each.sold_at, each.sale):
                last[each.customer] = each
    held = InvestorStatus.objects.in_force(date(year, 12, 31))
    out = set(held.values_list("customer_id", flat=True))
    for keys in resting:
        out.update(keys())
    return [each for key, each in last.items() if key not in out]
