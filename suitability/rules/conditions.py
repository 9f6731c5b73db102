"""Conditions written as data: an amount reached, a fact that holds, all of them, one of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from brokerage.reference.periods import Period
from suitability.rules.reasons import Code, Reason, because
from suitability.rules.records import Recorded

LAST_YEAR_END = "last_year_end"


class BadCondition(ValueError):
    """A condition in the data says nothing that can be checked."""


@dataclass(frozen=True, kw_only=True)
class Proof(Recorded):
    """One proved fact: an amount (yuan or months) or that it holds, and as of which date."""

    amount: Decimal | None = None
    holds: bool = False
    as_of: date


Facts = Mapping[str, Proof]


@dataclass(frozen=True, kw_only=True)
class Condition:
    """A leaf names a `fact`; a knot has `parts`, all or one of which must be met.

    Attributes:
        at_least: smallest amount; None where the fact only has to hold.
        as_of: LAST_YEAR_END where the proof must be of 31 December of last year.
    """

    fact: str = ""
    at_least: Decimal | None = None
    as_of: str = ""
    parts: tuple[Condition, ...] = ()
    one_is_enough: bool = False

    @property
    def facts(self) -> frozenset[str]:
        """Every fact that it asks about."""
        return frozenset({self.fact} - {""}).union(*(part.facts for part in self.parts))

    def __post_init__(self) -> None:
        if bool(self.fact) == bool(self.parts):
            raise BadCondition("a condition is either a fact or has parts")
        if self.as_of not in ("", LAST_YEAR_END):
            raise BadCondition(f"as_of: {self.as_of!r} is unknown")


@dataclass(frozen=True)
class Finding:
    """Whether a condition is met, and the reasons either way."""

    met: bool
    reasons: tuple[Reason, ...]


def build_condition(content: Mapping[str, Any]) -> Condition:
    """A condition of `all`, `any` or `fact` with perhaps `at_least` (decimal as text).

    Raises:
        BadCondition: when it is none of them, or has an unknown part.
    """
    if unknown := content.keys() - {"all", "any", "fact", "at_least", "as_of"}:
        raise BadCondition(f"unknown: {sorted(unknown)}")
    if "all" in content or "any" in content:
        if len(content) != 1:
            raise BadCondition("all and any stand alone")
        ((name, parts),) = content.items()
        return Condition(
            parts=tuple(build_condition(each) for each in parts), one_is_enough=name == "any"
        )
    least = content.get("at_least")
    try:
        if least is not None and not isinstance(least, str):
            raise BadCondition(f"at_least: {least!r} is no text")
        return Condition(
            fact=str(content.get("fact", "")),
            at_least=None if least is None else Decimal(least),
            as_of=str(content.get("as_of", "")),
        )
    except InvalidOperation:
        raise BadCondition(f"at_least: {least!r} is no decimal number") from None


def evaluate(
    condition: Condition, facts: Facts, *, on: date, proof_months: int | None = None
) -> Finding:
    """Check a condition.

    Args:
        facts: what was proved; what is absent counts as not proved.
        on: business date.
        proof_months: how old a proof may be; None for any age. Proofs of the last year-end are
            of that date, whatever their age.
    """
    if not condition.parts:
        return _leaf(condition, facts.get(condition.fact), on, proof_months)
    found = [evaluate(each, facts, on=on, proof_months=proof_months) for each in condition.parts]
    if condition.one_is_enough:
        return _one_of(found)
    return Finding(all(each.met for each in found), _reasons(found))


def _one_of(found: Sequence[Finding]) -> Finding:
    for each in found:
        if each.met:
            return each
    return Finding(False, (because(Code.ONE_IS_ENOUGH), *_reasons(found)))


def _reasons(found: Sequence[Finding]) -> tuple[Reason, ...]:
    return tuple(reason for each in found for reason in each.reasons)


def _leaf(
    condition: Condition, proof: Proof | None, on: date, proof_months: int | None
) -> Finding:
    fact = condition.fact
    if proof is None or (condition.at_least is not None and proof.amount is None):
        return _no(because(Code.UNPROVEN, fact=fact))
    if wrong := _date_of(condition, proof, on, proof_months):
        return _no(wrong)
    if condition.at_least is None:
        code = Code.FACT_HOLDS if proof.holds else Code.FACT_LACKS
        return Finding(proof.holds, (because(code, fact=fact),))
    assert proof.amount is not None
    amount, needed = proof.amount, condition.at_least
    if amount >= needed:
        return Finding(True, (because(Code.ENOUGH, fact=fact, amount=amount, needed=needed),))
    return _no(
        because(Code.TOO_LITTLE, fact=fact, amount=amount, needed=needed, missing=needed - amount)
    )


def _date_of(
    condition: Condition, proof: Proof, on: date, proof_months: int | None
) -> Reason | None:
    fact = condition.fact
    if condition.as_of == LAST_YEAR_END:
        end = date(on.year - 1, 12, 31)
        if proof.as_of == end:
            return None
        return because(Code.PROOF_OF_OTHER_DATE, fact=fact, date=end)
    if proof.as_of > on:
        return because(Code.PROOF_OF_OTHER_DATE, fact=fact, date=on)
    if proof_months is not None:
        oldest = Period(months=proof_months).before(on)
        if proof.as_of < oldest:
            return because(Code.PROOF_TOO_OLD, fact=fact, date=oldest)
    return None


def _no(reason: Reason) -> Finding:
    return Finding(False, (reason,))
