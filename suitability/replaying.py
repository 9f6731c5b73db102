"""Kept decisions are taken again from what was stored."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from brokerage.reference.models import Rule
from suitability.models import (
    Assessment,
    Disclosure,
    InsistCase,
    InvestorStatus,
    ItemGrade,
    MatchRecord,
    StatusRequest,
    digest_of_match,
)
from suitability.rules.insisting import InsistInputs, may_go_ahead
from suitability.rules.matching import MatchingRules
from suitability.rules.matrix import BadMatrix
from suitability.rules.records import BadRecord
from suitability.rules.replaying import RulesOf, replay
from suitability.rules.scoring import AnswersRefused
from suitability.rules.versions import WrongRules
from suitability.selectors.rules import (
    disclosure_rules_of,
    grading_rules_of,
    insist_rules_of,
    matching_rules_of,
    professional_rules_of,
)
from suitability.states import RequestStatus


@dataclass(frozen=True)
class Difference:
    """A decision that does not come out as it was kept; `why` is English, for engineers."""

    ref: str
    why: str


def differences(rows: Iterable[MatchRecord]) -> Iterator[Difference]:
    """Those among `rows` that differ; there must be none. Rules are read once a version."""
    known: dict[str, MatchingRules] = {}

    def rules_of(version: str) -> MatchingRules:
        if version not in known:
            known[version] = matching_rules_of(version)
        return known[version]

    for row in rows:
        if why := _why(row, rules_of):
            yield Difference(str(row.ref), why)


def insist_differences(rows: Iterable[InsistCase]) -> Iterator[Difference]:
    """Confirmed insist cases that do not come out as they were kept; there must be none."""
    for row in rows:
        if why := _why_insist(row):
            yield Difference(str(row.ref), why)


def status_differences(rows: Iterable[StatusRequest]) -> Iterator[Difference]:
    """Decided applications as professional investors that do not come out as they were kept."""
    for row in rows:
        if row.status in (RequestStatus.GRANTED, RequestStatus.REFUSED):
            kind = "conversion" if row.is_conversion else "recognition"
            if why := _why_kept(row, kind, professional_rules_of):
                yield Difference(str(row.ref), why)


def disclosure_differences(rows: Iterable[Disclosure]) -> Iterator[Difference]:
    """Finished disclosures that do not come out as they were kept."""
    for row in rows:
        if why := _why_kept(row, "disclosure", disclosure_rules_of):
            yield Difference(str(row.ref), why)


def notice_differences(rows: Iterable[InvestorStatus]) -> Iterator[Difference]:
    """Notices of customers who went back that do not come out as they were kept."""
    for row in rows:
        if row.ended_why == InvestorStatus.Why.NOTICE and (
            why := _why_kept(row, "step_back", professional_rules_of)
        ):
            yield Difference(str(row.ref), why)


def assessment_differences(rows: Iterable[Assessment]) -> Iterator[Difference]:
    """Submitted papers whose answers no longer lead to score, class and end that were kept."""
    for row in rows:
        if why := _why_assessment(row):
            yield Difference(str(row.ref), why)


def grade_differences(rows: Iterable[ItemGrade]) -> Iterator[Difference]:
    """Grades that do not come out of their factors as they were kept."""
    for row in rows:
        try:
            again = replay("grading", row.inputs, grading_rules_of)
        except (BadRecord, WrongRules, Rule.DoesNotExist) as error:
            yield Difference(str(row.ref), f"{type(error).__name__}: {error}")
            continue
        if again.to_json() != row.reasons or again.grade != row.grade:
            yield Difference(str(row.ref), "another grade")


def _why_assessment(row: Assessment) -> str:
    if not row.is_genuine:
        return "the stored text is not the one that was written"
    try:
        again = row.decision
    except (BadRecord, WrongRules, AnswersRefused) as error:
        return f"{type(error).__name__}: {error}"
    if again is None:
        return "no inputs are stored"
    now = (again.score, again.investor_class, again.lowest, again.valid_until)
    kept = (row.score, row.investor_class, row.lowest, row.valid_until)
    return "" if now == kept else "another result"


def _why_kept(
    row: StatusRequest | InvestorStatus | Disclosure, kind: str, rules_of: RulesOf
) -> str:
    if row.digest != digest_of_match(row.inputs or "", row.result or ""):
        return "the stored text is not the one that was written"
    try:
        again = replay(kind, row.inputs or "", rules_of)
    except (BadRecord, WrongRules, Rule.DoesNotExist) as error:
        return f"{type(error).__name__}: {error}"
    return "" if again.to_json() == row.result else "another result"


def _why_insist(row: InsistCase) -> str:
    if row.digest != digest_of_match(row.inputs or "", row.result or ""):
        return "the stored text is not the one that was written"
    try:
        inputs = InsistInputs.from_json(row.inputs or "")
        again = may_go_ahead(inputs, insist_rules_of(inputs.rules, inputs.match.rules))
    except (BadRecord, BadMatrix, WrongRules, Rule.DoesNotExist) as error:
        return f"{type(error).__name__}: {error}"
    return "" if again.to_json() == row.result else "another result"


def _why(row: MatchRecord, rules_of: RulesOf) -> str:
    if not row.is_genuine:
        return "the stored text is not the one that was written"
    try:
        again = replay("match", row.inputs or "", rules_of)
    except (BadRecord, BadMatrix, WrongRules, Rule.DoesNotExist) as error:
        return f"{type(error).__name__}: {error}"
    if again.to_json() != row.result or again.outcome != row.outcome:
        return "another result"
    return ""
