"""The facts of an investor that matching needs, from the assessment that counts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from itertools import islice

from brokerage.customers.models import Customer
from suitability.models import Assessment
from suitability.rules.matching import InvestorFacts
from suitability.rules.paper import InvestorClass
from suitability.selectors.assessments import counting_assessment

NONE: frozenset[str] = frozenset()
BATCH = 2000


def investor_of(
    customer: Customer,
    on: date,
    *,
    met: frozenset[str] = NONE,
    failed: frozenset[str] = NONE,
) -> InvestorFacts:
    """What counts of `customer` on the business date `on`; one query.

    Args:
        met: entry requirements that the caller checked and found met.
        failed: those it checked and found not met. What is in neither counts as failed too.
    """
    return _facts(counting_assessment(customer, on), met, failed)


def investors_of(
    customers: Iterable[int], on: date, *, size: int = BATCH
) -> Iterator[tuple[int, InvestorFacts]]:
    """The same for many, by key of the customer: one query for each `size` of them.

    Entry requirements are proved by nobody here, so items that have some are refused.
    """
    waiting = iter(customers)
    while keys := list(islice(waiting, size)):
        rows = Assessment.objects.filter(customer__in=keys).counting_on(on)
        newest = rows.order_by("customer_id", "-submitted_at", "-pk").distinct("customer_id")
        found = {row.customer_id: row for row in newest.select_related("questionnaire")}
        for key in keys:
            yield key, _facts(found.get(key), NONE, NONE)


def _facts(
    assessment: Assessment | None, met: frozenset[str], failed: frozenset[str]
) -> InvestorFacts:
    if assessment is None:
        return InvestorFacts(met=met, failed=failed)
    given = assessment.given
    chosen = [
        option
        for question in assessment.questionnaire.paper.questions
        for option in question.options
        if option.key in given.get(question.key, [])
    ]
    return InvestorFacts(
        investor_class=InvestorClass(assessment.investor_class),
        lowest=assessment.lowest,
        valid_until=assessment.valid_until,
        horizon=next((each.horizon for each in chosen if each.horizon), None),
        types=frozenset(kind for each in chosen for kind in each.types),
        met=met,
        failed=failed,
    )
