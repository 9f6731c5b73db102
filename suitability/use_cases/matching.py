"""Match customers with items; keep what was decided, and what was shown."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from brokerage.core.clock import business_date
from brokerage.customers.models import Customer
from brokerage.journal.actors import Actor
from brokerage.journal.record import record
from suitability.events import MatchDecided
from suitability.models import Exposure, GradedItem, MatchRecord, digest_of_match
from suitability.rules import matching as rules_of_matching
from suitability.rules.matching import (
    InvestorFacts,
    ItemFacts,
    MatchDecision,
    MatchingRules,
    MatchInputs,
)
from suitability.selectors.investor import NONE, investor_of, investors_of
from suitability.selectors.items import exposures_of, shelf_on
from suitability.selectors.rules import matching_rules_on

NEAREST = 3


class UnableToMatch(Exception):
    """The item has no grade on that day; the message is translated and may be shown."""


@dataclass(frozen=True, kw_only=True)
class Matched:
    """An opinion that is not kept yet."""

    inputs: MatchInputs
    decision: MatchDecision


def match_many(
    *, customer: Customer, on: date, refs: Iterable[object] | None = None
) -> dict[str, Matched]:
    """One customer against a shelf, in five queries whatever its length; writes nothing.

    Args:
        on: business date of the decision.
        refs: of the items; None for every item that has a grade. One without a grade is left out.

    Returns:
        Opinions by ref of the item.
    """
    return _match(
        customer, investor_of(customer, on), shelf_on(on, refs), on, matching_rules_on(on)
    )


def match_customers(
    *, item: GradedItem, customers: Iterable[int], on: date
) -> Iterator[tuple[int, MatchDecision]]:
    """One item against many customers, streamed: a query for each two thousand.

    Exposures are left out: they decide only whether a mismatch can be insisted on, which is
    asked again when somebody does. Entry requirements count as unproved.

    Raises:
        UnableToMatch: when the item has no grade on that day.
    """
    facts, rules = _only(item, on), matching_rules_on(on)
    for key, investor in investors_of(customers, on):
        inputs = MatchInputs(rules=rules.version, investor=investor, item=facts, on=on)
        yield key, rules_of_matching.match(inputs, rules)


def decide_match(
    *,
    customer: Customer,
    item: GradedItem,
    language: str,
    actor: Actor,
    at: datetime,
    met: frozenset[str] = NONE,
    failed: frozenset[str] = NONE,
    offered: Callable[[], Iterable[object]] | None = None,
) -> MatchRecord:
    """Match one customer with one item now and keep the decision with all it rests on.

    Args:
        language: in which the customer reads the result.
        met: entry requirements that the caller checked and found met.
        failed: those it checked and found not met.
        offered: refs of the items that may be named beside a mismatch, asked for only then; None
            for every item that has a grade.

    Raises:
        UnableToMatch: when the item has no grade today.
    """
    on = business_date(at)
    wanted, rules = _only(item, on), matching_rules_on(on)
    investor = investor_of(customer, on, met=met, failed=failed)
    found = _match(customer, investor, [wanted], on, rules)[wanted.key]
    nearest: list[str] = []
    if found.decision.outcome is not rules_of_matching.MatchOutcome.MATCH:
        shelf = shelf_on(on, None if offered is None else offered())
        near = rules_of_matching.alternatives(wanted, shelf, investor, rules, on=on, limit=NEAREST)
        nearest = [each.key for each in near]
    inputs, result = found.inputs.to_json(), found.decision.to_json()
    with transaction.atomic():
        kept = MatchRecord.objects.create(
            customer=customer,
            item=item,
            outcome=found.decision.outcome.value,
            inputs=inputs,
            result=result,
            digest=digest_of_match(inputs, result),
            rule_version=found.decision.rules,
            language=language,
            nearest=nearest,
            decided_on=on,
            decided_at=at,
        )
        record(
            MatchDecided(subject=kept.ref, customer=customer.ref, item=item.ref),
            actor=actor,
            at=at,
            rule_version=kept.rule_version,
        )
    return kept


def match_again(decision: MatchRecord, on: date, rules: MatchingRules) -> MatchInputs:
    """What matching depends on now, with the requirements that a kept decision found met.

    Raises:
        UnableToMatch: when the item has lost its grade.
    """
    item = _only(decision.item, on)
    before = MatchInputs.from_json(decision.inputs or "").investor
    shown = exposures_of(decision.customer, on, days=rules.exposure_days)
    return MatchInputs(
        rules=rules.version,
        investor=investor_of(decision.customer, on, met=before.met, failed=before.failed),
        item=item,
        exposures=shown.get(item.key, ()),
        on=on,
    )


def record_exposures(
    *, customer: Customer, refs: Iterable[object], way: Exposure.Way, at: datetime
) -> None:
    """Keep that we showed or offered these items to a customer, in one insert.

    Showing the same again on one day adds nothing.
    """
    on = business_date(at)
    keys = GradedItem.objects.filter(ref__in=list(refs)).values_list("pk", flat=True)
    Exposure.objects.bulk_create(
        [Exposure(customer=customer, item_id=key, on=on, way=way) for key in keys],
        ignore_conflicts=True,
    )


def _only(item: GradedItem, on: date) -> ItemFacts:
    found = shelf_on(on, [item.ref])
    if not found:
        raise UnableToMatch(_("This has no grade of risk today, so it cannot be sold."))
    return found[0]


def _match(
    customer: Customer,
    investor: InvestorFacts,
    shelf: list[ItemFacts],
    on: date,
    rules: MatchingRules,
) -> dict[str, Matched]:
    shown = exposures_of(customer, on, days=rules.exposure_days)
    found = {}
    for item in shelf:
        inputs = MatchInputs(
            rules=rules.version,
            investor=investor,
            item=item,
            exposures=shown.get(item.key, ()),
            on=on,
        )
        found[item.key] = Matched(inputs=inputs, decision=rules_of_matching.match(inputs, rules))
    return found
