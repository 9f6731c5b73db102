"""Signs that somebody else answered, or told what to answer. Signs, not verdicts.

For compliance only: neither the customer nor the outlet or partner concerned sees them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from suitability.rules.reasons import Code, Reason, because
from suitability.rules.records import Recorded
from suitability.rules.versions import require_version


@dataclass(frozen=True, kw_only=True)
class Sheet(Recorded):
    """One submitted paper as seen here: opaque refs and keyed hashes, nothing personal.

    Attributes:
        customer: ref of the customer.
        device: keyed hash of the device; empty where unknown.
        outlet: ref of the partner by whose link, else of the home outlet; empty for neither.
        seconds: from opening to submitting, as the server saw it; None where it cannot tell.
    """

    customer: str
    device: str = ""
    outlet: str = ""
    seconds: int | None = None
    answers: Mapping[str, tuple[str, ...]]
    on: date


@dataclass(frozen=True, kw_only=True)
class CoachingInputs(Recorded):
    """A paper and the papers of others around it; `rules` is the version of the figures."""

    rules: str
    sheet: Sheet
    others: tuple[Sheet, ...]


@dataclass(frozen=True, kw_only=True)
class CoachingRules:
    """When something is a sign.

    Attributes:
        days: how far back other people's papers are looked at.
        device_people: so many people on one device, this one included.
        outlet_people: so many near-identical papers at one outlet, this one included.
        alike_percent: so large a share of equal answers is near-identical.
        alike_people: so many near-identical papers anywhere, this one included.
        seconds_a_question: answered faster than this on average, nobody has read it.
    """

    version: str
    days: int
    device_people: int
    outlet_people: int
    alike_percent: int
    alike_people: int
    seconds_a_question: int


def find_signs(inputs: CoachingInputs, rules: CoachingRules) -> tuple[Reason, ...]:
    """All signs. A person's own earlier papers are no sign.

    Raises:
        WrongRules: when `inputs` name another version.
    """
    require_version(inputs.rules, rules.version)
    mine = inputs.sheet
    others = [
        sheet
        for sheet in inputs.others
        if sheet.customer != mine.customer and abs((mine.on - sheet.on).days) <= rules.days
    ]
    alike = [each for each in others if likeness(mine, each) >= rules.alike_percent]
    signs = []
    people = 1 + _people(each for each in others if mine.device and each.device == mine.device)
    if people >= rules.device_people:
        signs.append(because(Code.SAME_DEVICE, count=people))
    people = 1 + _people(each for each in alike if mine.outlet and each.outlet == mine.outlet)
    if people >= rules.outlet_people:
        signs.append(because(Code.SAME_OUTLET, count=people))
    people = 1 + _people(alike)
    if people >= rules.alike_people:
        closest = max(likeness(mine, each) for each in alike) if alike else 100
        signs.append(because(Code.NEAR_IDENTICAL, count=people, percent=closest))
    limit = rules.seconds_a_question * len(mine.answers)
    if mine.seconds is not None and mine.seconds < limit:
        signs.append(because(Code.TOO_FAST, seconds=mine.seconds, limit=limit))
    return tuple(signs)


def likeness(one: Sheet, other: Sheet) -> int:
    """Equal answers in percent of all questions that either was asked, rounded down."""
    asked = one.answers.keys() | other.answers.keys()
    if not asked:
        return 0
    equal = sum(
        1
        for key in asked
        if key in one.answers
        and key in other.answers
        and set(one.answers[key]) == set(other.answers[key])
    )
    return equal * 100 // len(asked)


def _people(sheets: Iterable[Sheet]) -> int:
    return len({each.customer for each in sheets})
