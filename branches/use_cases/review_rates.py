"""Look at released rates again when fees change: which ones the fees do not allow any more."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q

from branches.commission.dated import CAP, REVIEW, fees_of
from branches.commission.quoting import FEES, Fees, breaches
from branches.events import RateFound
from branches.models import CommissionRate, RateReview
from brokerage.core.clock import business_date
from brokerage.journal.actors import Actor
from brokerage.journal.record import record
from brokerage.reference.dated import NoRuleInForce
from brokerage.reference.models import Rule

BATCH = 500


@dataclass(frozen=True)
class Span:
    """Fees of one cell of the grid and the days on which they count, from today on."""

    market: str
    product: str
    fees: Fees
    cap: Decimal
    first: date
    until: date | None


def review_rates(*, actor: Actor, at: datetime) -> int:
    """Find every released rate that the fees in force, or announced ones, do not allow.

    Rates for everybody and customers' own alike; each once for a change of fees. Runs daily, in
    batches, and goes on where it stopped.

    Returns:
        How many were found now.
    """
    today = business_date(at)
    figure = Rule.objects.in_force(REVIEW, today).figure
    found = 0
    for span in _spans(today, today + timedelta(days=figure["ahead"])):
        due_on = span.first if span.first > today else today + timedelta(days=figure["days"])
        for rates in _batches(span, today):
            found += _keep(rates, span, due_on, actor, at)
    return found


def breaks_fees(rate: CommissionRate, on: date) -> bool:
    """Whether the fees of `on` forbid the rate; False where no fees are known for that day."""
    try:
        fees = fees_of(Rule.objects.in_force(FEES, on, f"{rate.market}:{rate.product}"))
        cap = Rule.objects.in_force(CAP, on).figure
    except NoRuleInForce:
        return False
    return any(breaches(rate.terms, fees, cap=cap))


def _spans(today: date, ahead: date) -> Iterator[Span]:
    rows = Rule.objects.approved().filter(
        Q(valid_to=None) | Q(valid_to__gt=today), key=FEES, valid_from__lte=ahead
    )
    withdrawn = Q(valid_to=F("valid_from"))
    for row in rows.exclude(withdrawn).order_by("scope", "valid_from"):
        market, _colon, product = row.scope.partition(":")
        first = max(row.valid_from, today)
        cap = Rule.objects.in_force(CAP, first).figure
        yield Span(market, product, fees_of(row), cap, row.valid_from, row.valid_to)


def _batches(span: Span, today: date) -> Iterator[list[CommissionRate]]:
    """Released rates that run while these fees count and were not found by them before."""
    first = max(span.first, today)
    known = RateReview.objects.filter(rate=OuterRef("pk"), fees_version=span.fees.version)
    rows = CommissionRate.objects.approved().overlapping(first, span.until)
    rows = rows.filter(market=span.market, product=span.product, rate__isnull=False)
    last = 0
    while True:
        found = list(rows.filter(~Exists(known), pk__gt=last).order_by("pk")[:BATCH])
        if not found:
            return
        yield found
        last = found[-1].pk


@transaction.atomic
def _keep(
    rates: list[CommissionRate], span: Span, due_on: date, actor: Actor, at: datetime
) -> int:
    found = 0
    for rate in rates:
        for breach in breaches(rate.terms, span.fees, cap=span.cap):
            review, made = RateReview.objects.get_or_create(
                rate=rate,
                breach=breach,
                fees_version=span.fees.version,
                defaults={
                    "limit": span.cap if breach == "above_cap" else span.fees.floor,
                    "fees_from": span.first,
                    "due_on": due_on,
                    "created_at": at,
                },
            )
            if made:
                found += 1
                record(
                    RateFound(subject=rate.ref, breach=review.breach, fees=span.fees.version),
                    actor=actor,
                    at=at,
                )
    return found
