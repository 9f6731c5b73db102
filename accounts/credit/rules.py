"""Which part of an opening is whose. Values in, parts out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal

from accounts.credit.states import ShareKind

WHOLE = Decimal("100.00")
CENT = Decimal("0.01")


@dataclass(frozen=True)
class CreditTerms:
    """The dated rule `accounts.opening_credit`.

    Attributes:
        version: of the rule.
        entry: per cent for who brought the customer by a code of ours.
        assists: per cent for all help at outlets together.
        steps: how much the help with a step weighs beside others; without a weight it is recorded
            and has no share.
        dispute_days: so long after it was made a credit may be disputed.
        answer_days: so soon a dispute is to be answered.
    """

    version: str
    entry: Decimal
    assists: Decimal
    steps: Mapping[str, int]
    dispute_days: int
    answer_days: int


@dataclass(frozen=True)
class Part:
    """One share.

    Attributes:
        kind: what for.
        unit: key of the unit that gets it.
        percent: of the credit, in whole hundredths.
        person: key of the member of staff behind it, where one is.
        step: of the help.
    """

    kind: ShareKind
    unit: int
    percent: Decimal
    person: int | None = None
    step: str = ""


@dataclass(frozen=True)
class Help:
    """One step that an outlet finished with the customer; keys of unit and member of staff."""

    step: str
    unit: int
    person: int


def share_out(
    terms: CreditTerms, *, owner: int, entry: tuple[int, int | None] | None, helps: Sequence[Help]
) -> list[Part]:
    """Share out one opening; the parts are exactly 100 per cent.

    Args:
        terms: in force on the day of the activation.
        owner: key of the outlet that keeps the account.
        entry: keys of the unit and person whose code brought the customer; None for a customer
            who came alone or by an institution, which is never credited here.
        helps: what outlets did.

    Returns:
        The owner's part last: it gets what nobody else does, remainders of rounding included.
    """
    parts = []
    if entry and terms.entry:
        parts.append(Part(ShareKind.ENTRY, entry[0], terms.entry, entry[1]))
    weighed = [(each, terms.steps.get(each.step, 0)) for each in helps]
    weights = sum(weight for _help, weight in weighed)
    for each, weight in weighed:
        percent = (terms.assists * weight / weights).quantize(CENT, ROUND_DOWN) if weights else 0
        if percent:
            parts.append(
                Part(ShareKind.ASSIST, each.unit, Decimal(percent), each.person, each.step)
            )
    rest = WHOLE - sum((part.percent for part in parts), Decimal())
    return [*parts, Part(ShareKind.OWNER, owner, rest)] if rest else parts


def move(parts: Sequence[Part], *, source: int, to: int, percent: Decimal) -> list[Part]:
    """The parts after a dispute was upheld: some of one part goes to another unit.

    Args:
        parts: as they stand; together 100 per cent.
        source: which of them is reduced, by its place.
        to: key of the unit that gets it.
        percent: how much.

    Raises:
        ValueError: not positive, finer than a hundredth, or more than the part has.
    """
    taken = parts[source]
    if not 0 < percent <= taken.percent or percent != percent.quantize(CENT):
        raise ValueError("percent")
    left = Part(taken.kind, taken.unit, taken.percent - percent, taken.person, taken.step)
    given = Part(ShareKind.DECIDED, to, percent)
    others = [*parts[:source], left, *parts[source + 1 :], given]
    return [part for part in others if part.percent]
