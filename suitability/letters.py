"""What pages say of an assessment: its lines, its contradictions, its result letter."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from brokerage.core.display import formats
from suitability.content import group_name, screens, words_of
from suitability.labels import TYPES
from suitability.models import Assessment, in_language
from suitability.profiles import profile_of
from suitability.rules.contradictions import Conflict, Profile, age_on, find_conflicts
from suitability.rules.paper_terms import Severity
from suitability.rules.reasons import Code
from suitability.rules.scoring import find_wrong
from suitability.rules.sheets import split
from suitability.wording import sentence


@dataclass(frozen=True)
class Fact:
    """One side of a contradiction: what was asked or is known, what it says, where to change."""

    title: str
    says: str
    number: int = 0


@dataclass(frozen=True)
class Clash:
    """A contradiction as it is shown; a hard one blocks, a soft one can be confirmed."""

    rule: str
    hard: bool
    text: str
    sides: tuple[Fact, ...]


def lines(assessment: Assessment) -> list[dict[str, Any]]:
    """Every screen with its number, text and the answers given."""
    given = assessment.given
    return [
        {
            "key": each["key"],
            "number": number,
            "text": in_language(each["text"]),
            "answers": [
                in_language(option)
                for option in each["options"]
                if option["key"] in given.get(each["key"], [])
            ],
        }
        for number, each in enumerate(screens(assessment.questionnaire.content), 1)
    ]


def clashes(assessment: Assessment, on: Any) -> list[Clash]:
    """The contradictions of an open paper, as soon as every question is answered."""
    paper = assessment.questionnaire.paper
    answers, _said = split(paper, assessment.given)
    if find_wrong(paper, answers):
        return []
    profile = profile_of(assessment.customer, on)
    conflicts = find_conflicts(paper, answers, profile, on)
    if not conflicts:
        return []
    words = words_of(assessment.questionnaire.content)
    shown = {line["key"]: line for line in lines(assessment)}
    return [
        Clash(
            each.rule,
            each.severity is Severity.HARD,
            sentence(each.reason, words),
            tuple(_sides(each, shown, profile, on)),
        )
        for each in conflicts
    ]


def _sides(
    conflict: Conflict, shown: dict[str, dict[str, Any]], profile: Profile, on: Any
) -> Iterable[Fact]:
    given = conflict.reason.parameters
    for key in dict.fromkeys(given[name] for name in ("question", "other") if name in given):
        line = shown[key]
        yield Fact(line["text"], _("; ").join(line["answers"]), line["number"])
    code = conflict.reason.code
    if code is Code.AGE_DIFFERS and profile.birth_date:
        years = age_on(profile.birth_date, on)
        yield Fact(_("Your identity document"), _("{years} years old").format(years=years))
    elif code is Code.ASSETS_OVER_INCOME and profile.yearly_income is not None:
        yield Fact(_("Your yearly income"), formats.money(profile.yearly_income))
    elif code is Code.EXPERIENCE_BEFORE_FIRST_TRADE:
        first = profile.first_trade
        says = formats.day(first, year=True) if first else _("No trade is known")
        yield Fact(_("Your first trade in the depository's register"), says)
    elif code is Code.DEGREE_DIFFERS:
        yield Fact(_("Your profile"), _("Another education stands there"))


def letter(assessment: Assessment) -> dict[str, Any]:
    """The result letter of a submitted paper: what made it so, what it allows."""
    decision = assessment.decision
    content = assessment.questionnaire.content
    reasons = decision.reasons if decision else ()
    number = 1 if assessment.lowest else int(assessment.investor_class[1])
    return {
        "groups": _groups(assessment),
        "lowest_because": [sentence(each, words_of(content)) for each in reasons],
        "grades": "R1" if number == 1 else f"R1–R{number}",
        "horizon": _chosen(assessment, "horizon"),
        "types": [
            str(TYPES.get(each, each)) for each in sorted(decision.types if decision else ())
        ],
        "conflicts": [
            sentence(each.reason, words_of(content))
            for each in (decision.conflicts if decision else ())
        ],
    }


def _chosen(assessment: Assessment, means: str) -> str:
    """The words of the answer that says something for this leg of matching."""
    given = assessment.given
    for each in assessment.questionnaire.content["questions"]:
        for option in each["options"]:
            if option.get(means) and option["key"] in given.get(each["key"], []):
                return in_language(option)
    return ""


def _groups(assessment: Assessment) -> list[dict[str, Any]]:
    """Points reached and reachable by group, and the share of them as a whole percentage."""
    most: dict[str, int] = {}
    for each in assessment.questionnaire.paper.questions:
        most[each.group] = most.get(each.group, 0) + each.most
    reached = assessment.reasons.get("groups", {})
    return [
        {
            "name": in_language(group_name(assessment.questionnaire.content, key)),
            "points": reached.get(key, 0),
            "most": total,
            "share": reached.get(key, 0) * 100 // total,
        }
        for key, total in most.items()
    ]
