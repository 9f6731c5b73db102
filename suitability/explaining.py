"""A kept decision in words: legs with both values, reasons, nearest alternatives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from suitability.labels import HORIZONS, LABELS, TYPES
from suitability.models import GradeChoice, GradedItem, MatchRecord
from suitability.rules.grades import Grade
from suitability.rules.matching import LegName, MatchDecision, MatchInputs
from suitability.wording import months, sentences


@dataclass(frozen=True)
class LegLine:
    """One leg: what the item has beside what the customer has."""

    title: str
    fits: bool
    item: str
    yours: str


@dataclass(frozen=True)
class Explanation:
    """Everything a page or an inspector reads of one decision.

    Attributes:
        legs: empty where no leg was asked for (no assessment, professional investor).
        reasons: sentences in the active language.
        nearest: items that suit, nearest first, with their grade on the day of the decision.
    """

    record: MatchRecord
    inputs: MatchInputs
    legs: list[LegLine]
    reasons: list[str]
    nearest: list[GradedItem]


def explain(record: MatchRecord) -> Explanation:
    """Put a kept decision in words, in the active language.

    Raises:
        BadRecord: when what is stored was never written by us.
    """
    inputs = MatchInputs.from_json(record.inputs or "")
    found = MatchDecision.from_json(record.result or "")
    known = {str(item.ref): item for item in GradedItem.objects.filter(ref__in=record.nearest)}
    return Explanation(
        record=record,
        inputs=inputs,
        legs=leg_lines(inputs, found),
        reasons=sentences(found.reasons, fact_words()),
        nearest=[known[ref] for ref in record.nearest if ref in known],
    )


def leg_lines(inputs: MatchInputs, found: MatchDecision) -> list[LegLine]:
    """The legs of an opinion, kept or not, with both values in the active language."""
    return [_line(leg.name, leg.fits, inputs) for leg in found.legs]


def reasons_of(record: MatchRecord) -> list[str]:
    """The reasons of a kept decision as sentences in the active language."""
    return sentences(MatchDecision.from_json(record.result or "").reasons, fact_words())


def fact_words() -> dict[str, str]:
    """Names of facts and entry requirements by key, for sentences."""
    return {key: str(text) for key, text in LABELS["fact"].items()}


def _line(name: LegName, fits: bool, inputs: MatchInputs) -> LegLine:
    item, investor = inputs.item, inputs.investor
    unknown = _("not known")
    if name is LegName.RISK:
        yours = f"{investor.investor_class}" if investor.investor_class else unknown
        if investor.lowest:
            yours = _("{grade} only").format(grade=Grade.R1)
        return LegLine(_("Risk"), fits, str(GradeChoice(item.grade.value).label), yours)
    if name is LegName.HORIZON:
        bound = months(str(item.months)) if item.months else _("can be sold any day")
        wanted = str(HORIZONS.get(investor.horizon or "", unknown))
        return LegLine(_("Holding time"), fits, bound, wanted)
    chosen = [_type(each) for each in sorted(investor.types)]
    return LegLine(_("Type"), fits, _type(item.type), _(", ").join(chosen) or unknown)


def _type(key: str) -> str:
    label: Any = TYPES.get(key, key)
    return str(label)
