"""The facts of an investor that matching needs: the class, and the status of a professional."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from itertools import islice

from brokerage.customers.models import Customer
from suitability.models import Assessment, InvestorStatus, Questionnaire
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
    """What counts of `customer` on the business date `on`; two queries.

    Args:
        met: entry requirements that the caller checked and found met.
        failed: those it checked and found not met. What is in neither counts as failed too.
    """
    assessment = counting_assessment(customer, on)
    status = InvestorStatus.objects.in_force(on).filter(customer=customer).first()
    lowest = bool(status) and not assessment and bool(_lowest_before([customer.pk]))
    return _facts(assessment, status, met, failed, lowest=lowest)


def investors_of(
    customers: Iterable[int], on: date, *, size: int = BATCH
) -> Iterator[tuple[int, InvestorFacts]]:
    """The same for many, by key of the customer: two queries for each `size` of them.

    A version of a paper is read and built once, however many answered it. Entry requirements are
    proved by nobody here, so items that have some are refused.
    """
    waiting, papers = iter(customers), dict[int, Questionnaire]()
    while keys := list(islice(waiting, size)):
        rows = Assessment.objects.filter(customer__in=keys).counting_on(on)
        newest = rows.order_by("customer_id", "-submitted_at", "-pk").distinct("customer_id")
        found = {row.customer_id: row for row in newest.defer("inputs", "reasons", "changed")}
        _share_papers(found.values(), papers)
        statuses = InvestorStatus.objects.in_force(on).filter(customer__in=keys)
        held = {row.customer_id: row for row in statuses}
        lowest = _lowest_before([key for key in held if key not in found])
        for key in keys:
            yield (
                key,
                _facts(found.get(key), held.get(key), NONE, NONE, lowest=key in lowest),
            )


def _share_papers(rows: Iterable[Assessment], known: dict[int, Questionnaire]) -> None:
    """Give the rows of one version one paper: building it costs more than all else of a row."""
    rows = list(rows)
    new = {row.questionnaire_id for row in rows} - known.keys()
    if new:
        known.update(Questionnaire.objects.in_bulk(new))
    for row in rows:
        row.questionnaire = known[row.questionnaire_id]


def _lowest_before(keys: list[int]) -> set[int]:
    """Those among customers, by key, whose newest confirmed class is the lowest, though it ended.

    The status of a professional investor needs no assessment; the bar of the lowest class stays.
    """
    if not keys:
        return set()
    rows = Assessment.objects.filter(customer__in=keys, confirmed_at__isnull=False)
    newest = rows.order_by("customer_id", "-submitted_at", "-pk").distinct("customer_id")
    pairs = newest.values_list("customer_id", "lowest")
    return {key for key, lowest in pairs if lowest}


def _facts(
    assessment: Assessment | None,
    status: InvestorStatus | None,
    met: frozenset[str],
    failed: frozenset[str],
    *,
    lowest: bool = False,
) -> InvestorFacts:
    kind = status.professional if status else None
    until = status.until if status else None
    if assessment is None:
        return InvestorFacts(
            professional=kind, professional_until=until, lowest=lowest, met=met, failed=failed
        )
    given = assessment.given
    chosen = [
        option
        for question in assessment.questionnaire.paper.questions
        for option in question.options
        if option.key in given.get(question.key, [])
    ]
    return InvestorFacts(
        professional=kind,
        professional_until=until,
        investor_class=InvestorClass(assessment.investor_class),
        lowest=assessment.lowest,
        valid_until=assessment.valid_until,
        horizon=next((each.horizon for each in chosen if each.horizon), None),
        types=frozenset(kind for each in chosen for kind in each.types),
        met=met,
        failed=failed,
    )
